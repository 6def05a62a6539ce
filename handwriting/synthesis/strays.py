"""Find stray strokes, which belong to no character: before a line that continues a primer, and after its end.

Before a line: strokes drawn while the window is still on the space that joins primer and line, where there is nothing
to write.

After a line: the pen may start a further character while the window is still on the last one, and the window leaves the
text during that stroke or soon after. The sampler cannot know this and finishes the stroke; afterwards it can be told
apart from the last character's own strokes: most of it was drawn past the text, it is to the right of everything drawn
before, and it is not a dot, or the last character had a stroke before it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Ink

DOT = 0.12
"""Largest length of a full stop, in writing heights of the training ink: nine in ten are below 0.1, stray strokes above
0.15."""

PAST = 0.75
"""Minimum share of a stray stroke that is drawn past the text; the second tick of a quotation mark stays below it."""


def own_points(ink: Ink, places: NDArray[np.int64], length: int, height: float) -> slice:
    """Return the range of points of ``ink`` that belong to a text of ``length`` characters, in whole strokes.

    ``places``: shape (N,), the character that each point belongs to, below 0 where the window was before the text and
    ``length`` where it was past it. ``height``: the writing height of the training ink, in the ink's units.
    """
    first = int((np.maximum.reduceat(places, ink.starts) < 0).argmin())  # 0 when all are before the text
    begin, end = int(ink.starts[first]), _end(ink, places, length, height)
    return slice(begin, end if end > begin else len(ink))


def _end(ink: Ink, places: NDArray[np.int64], length: int, height: float) -> int:
    start = int(ink.starts[-1])
    if start == 0 or (places[start:] >= length).mean() < PAST:
        return len(ink)
    drawn = float(np.hypot(np.diff(ink.x[start:]), np.diff(ink.y[start:])).sum())
    beyond = float(ink.x[start:].min()) > float(ink.x[:start].max())
    begun = bool((places[ink.starts[:-1]] == length - 1).any())
    return start if beyond and (begun or drawn > DOT * height) else len(ink)
