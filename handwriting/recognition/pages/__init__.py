"""A page of ink split into lines, in reading order.

    ink -> marks (where the hand wrote) -> columns -> lines -> order of strokes

Where the strokes lie is all that is looked at to find columns and lines, so a page without time, its strokes in any
order, is split like one with both.

=========== ==========================================================================
`marks`     strokes, measured, without the jumps of a sensor
`columns`   blocks of text beside each other
`lines`     the lines of a block
`order`     the strokes of a line in the order of writing
`splitting` all of them, one after the other
`reading`   a page's lines, words and characters with their boxes, once they are read
`evaluation` how many strokes come to the right line, and how well pages are read
=========== ==========================================================================
"""

from __future__ import annotations

from handwriting.recognition.pages.reading import Reader, ReadLine, ReadPage, read_pages, reader
from handwriting.recognition.pages.splitting import split, split_lines, split_strokes

__all__ = ["ReadLine", "ReadPage", "Reader", "read_pages", "reader", "split", "split_lines", "split_strokes"]
