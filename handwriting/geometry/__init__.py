"""Ink geometry shared by network input, drawing and documents: measure, straighten, resample and compose ink."""
