"""Ink geometry shared by network input, drawing and documents: measure, straighten, resample, set side by side."""
