"""A page of ink split into lines, in reading order.

    ink -> turn upright -> set drawings aside -> columns -> lines -> stroke order -> readings

Columns and lines are found from the positions of the strokes alone, so a page without times, with its strokes in any
order, is split in the same way.

=========== ==========================================================================
`marks`     measurements of strokes, without sensor jumps
`shapes`    length, straightness, curvature and crossings of strokes
`drawings`  strokes that are not writing, and words that are crossed out
`arrows`    heads of arrows, and small arrows
`rulings`   the lines of ruled and squared paper
`sketches`  groups of strokes that turn less than writing, ticks and stars
`symbols`   boxes, ticks in boxes, and dashed or dotted rules
`columns`   blocks of text side by side
`lines`     the lines of a block
`order`     the strokes of a line in the order of writing
`splitting` the layout of a page: all of the above in sequence
`reading`   lines, words and characters of a page with their boxes
=========== ==========================================================================
"""

from __future__ import annotations

from handwriting.recognition.pages.drawings import DrawingRegion
from handwriting.recognition.pages.reading import (
    Orienter,
    Reader,
    ReadLine,
    ReadPage,
    orienter,
    read_line,
    read_pages,
    reader,
)
from handwriting.recognition.pages.splitting import Layout, find_layout, split, split_lines, split_strokes

__all__ = [
    "DrawingRegion",
    "Layout",
    "Orienter",
    "ReadLine",
    "ReadPage",
    "Reader",
    "find_layout",
    "orienter",
    "read_line",
    "read_pages",
    "reader",
    "split",
    "split_lines",
    "split_strokes",
]
