"""Draw `datasets/samples/notes.xopp`, a page of six lines, with the single-stroke font; nobody's handwriting is in it.

Run it from the root of a checkout: ``python docs/samples.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import handwriting
from handwriting.ink import Ink, Page, Source
from handwriting.rendering.hershey import write

LINES = (
    "shopping for the weekend",
    "bread and butter, milk, eggs",
    "a bottle of red wine",
    "call the dentist on Monday",
    "water the plants",
    "books back to the library",
)
POINTS_PER_HIMETRIC = 72 / 2540
WIDTH_PT, HEIGHT_PT = 595.28, 420.0
LEFT_PT, TOP_PT, LINE_HEIGHT_PT = 60.0, 80.0, 28.0


def notes(seed: int = 5) -> Page:
    """Return the page in Xournal++'s unit, 1/72 inch."""
    strokes = []
    for number, line in enumerate(LINES):
        ink = write(line, seed=seed + number)
        x = (ink.x - ink.x.min()) * POINTS_PER_HIMETRIC + LEFT_PT
        y = ink.y * POINTS_PER_HIMETRIC + TOP_PT + number * LINE_HEIGHT_PT
        strokes += np.split(np.column_stack([x, y]), ink.starts[1:])
    return Page(Ink.from_strokes(strokes, Source(units="pt")), WIDTH_PT, HEIGHT_PT)


if __name__ == "__main__":
    handwriting.save(notes(), Path("datasets/samples/notes.xopp"))
