"""Render ink: every file type is made from one `Drawing` in millimetres. Also writes ink with a font.

=============== =================================================================================
`drawing`       `Drawing`: ink placed on a sheet, with pen, paper and title; any ink fitted into a box
`layout`        `PageLayout`: lines of writing on plain, ruled or squared paper, or in a tight box
`save`          write a drawing to a file; the ending of its name chooses the type
`svg`           SVG with smooth curves, for people, editors and web pages
`animation`     SVG that writes itself
`plotter`       SVG of only the strokes, ordered so that pen-up moves are short
`png`, `pdf`    pixels, and vectors with searchable text; contact sheets with captions
`hershey`       ink made with a single-stroke font, for demonstrations and tests
`curves`        smooth curves fitted to a pen's many points
`splines`       decimation, curves through points, and the scale that fits ink into a box
`color`         colour spellings that all file types understand
`figure`        the matplotlib figure that `png` rasterises
=============== =================================================================================

Each module imports the library that it needs, so import only the modules that you use.
"""
