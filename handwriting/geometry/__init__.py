"""Measuring and straightening ink: what features, drawing and documents share."""
