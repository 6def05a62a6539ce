"""Geometry of ink that network input, drawing and documents share: measure, straighten, resample, set side by side."""
