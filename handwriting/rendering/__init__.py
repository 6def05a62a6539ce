"""Drawing ink: as SVG in millimetres, as PNG with matplotlib, and ink drawn from text with a single-stroke font.

=============== =================================================================================
`svg`           one line or page as an SVG file with smooth curves, for people, editors and pages
`png`           the same as a picture of pixels, and contact sheets of many lines with captions
`hershey`       the other way round: ink with known text, for demonstrations and tests
`geometry`      decimation, curves through points, and fitting ink into a box
=============== =================================================================================

Each module imports its library when it is imported itself, so import the one that is needed.
"""
