"""Drawing ink: one drawing, in millimetres, from which every kind of file is made; and ink drawn with a font.

=============== =================================================================================
`drawing`       ink in its place on a sheet, with pen, paper and title; any ink fitted into a box
`page`          lines of writing on plain, ruled or squared paper, or alone in a tight box
`save`          a drawing to a file, by the ending of its name
`svg`           the drawing as SVG with smooth curves, for people, editors and web pages
`animation`     the same, writing itself
`plotter`       its strokes alone, in an order that keeps the pen's way through the air short
`png`, `pdf`    the drawing as pixels and as vectors on a page; contact sheets with captions
`hershey`       the other way round: ink with known text, for demonstrations and tests
`curves`        the smooth curve along a pen's many points
`geometry`      decimation, curves through points, and fitting ink into a box
`color`         the spellings of colours that all of them understand
`figure`        what `png` makes pixels of
=============== =================================================================================

Each module imports its library when it is imported itself, so import the one that is needed.
"""
