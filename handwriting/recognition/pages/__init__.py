"""A page of ink split into lines, in reading order.

    ink -> upright -> drawings set aside -> columns -> lines -> order of strokes -> readings

Where the strokes lie is all that is looked at to find columns and lines, so a page without time, its strokes in any
order, is split like one with both.

=========== ==========================================================================
`marks`     strokes, measured, without the jumps of a sensor
`shapes`    how long, straight and curved strokes are, and where they cross
`drawings`  strokes that are not writing, and words that are crossed out
`columns`   blocks of text beside each other
`lines`     the lines of a block
`order`     the strokes of a line in the order of writing
`splitting` the layout of a page: all of the above, one after the other
`reading`   a page's lines, words and characters with their boxes, once they are read
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
