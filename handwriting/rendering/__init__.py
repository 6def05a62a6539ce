"""Render ink: every file type is made from a `Drawing` in millimetres. Also makes ink with a font.

=============== =================================================================================
`drawing`       `Drawing`: ink placed on a sheet, with pen, paper and title; any ink fitted into a box
`layout`        `PageLayout`: lines of writing on plain, ruled or squared paper, or in a tight box
`save`          write a drawing to a file, whose type follows from its ending
`svg`           SVG with smooth curves, for people, editors and web pages
`animation`     SVG that writes itself
`plotter`       SVG of the strokes alone, ordered for short pen-up moves
`png`, `pdf`    pixels, and vectors with searchable text; contact sheets with captions
`hershey`       ink made with a single-stroke font, for demonstrations and tests
`curves`        smooth curves fitted to strokes
`splines`       decimation, curves through points, and the scale that fits ink into a box
`color`         colour spellings that all file types understand
`figure`        the matplotlib figure that `png` rasterises
=============== =================================================================================

Each module imports the library that it needs, so import only the modules that you use.
"""
