"""Find the ruling of the paper among straight strokes: parallel lines of the same length, usually at equal distances.

A ruling lies under the writing and touches it anywhere, so it does not cross words out. Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.recognition.pages.shapes import Shapes

MIN_LENGTH = 15.0
"""Minimum length of a line of a ruling."""
MIN_LINES = 4
"""Minimum number of lines of a ruling."""
MAX_ANGLE = 5.0
"""Largest angle between a line and the horizontal or vertical, in degrees."""
MAX_END_OFFSET = 0.04
"""Largest distance between the ends of two lines along them, as a share of their length: people who strike lines of
text through do not begin and end all of them at the same places."""
MAX_UNEVENNESS = 0.2
"""Largest deviation of a distance between lines from the usual one, as a share of it. A line may be missing."""
MIN_UNEVEN_LINES, MAX_UNEVEN_OFFSET = 6, 0.02
"""The same limits for a ruling by hand, whose distances are uneven: it needs more lines, whose ends are closer."""


def find_rulings(shapes: Shapes) -> NDArray[np.bool_]:
    """Return a mask of the strokes that are lines of ruled or squared paper, shape (S,)."""
    ruling = np.zeros(len(shapes.length), dtype=bool)
    long = shapes.straight & (np.abs(shapes.chord) > MIN_LENGTH)
    for across, tilt in ((1, np.abs(shapes.slope)), (0, 90 - np.abs(shapes.slope))):
        lines = np.flatnonzero(long & (tilt < MAX_ANGLE))
        if len(lines) < MIN_LINES:
            continue
        boxes = shapes.boxes[lines]
        ends = boxes[:, [1 - across, 3 - across]]
        usual = np.median(ends, axis=0)
        offset = np.abs(ends - usual).max(axis=1) / (usual[1] - usual[0])
        aligned = offset < MAX_END_OFFSET
        lines, at = lines[aligned], (boxes[aligned, across] + boxes[aligned, across + 2]) / 2
        if (offset < MAX_UNEVEN_OFFSET).sum() >= MIN_UNEVEN_LINES:
            ruling[lines] = True
        elif len(lines) >= MIN_LINES:
            gaps = np.diff(np.sort(at))
            steps = gaps / max(float(np.median(gaps)), 1e-9)
            even = np.abs(steps - np.round(steps)) < MAX_UNEVENNESS
            if even.mean() > 0.75 and (np.round(steps) >= 1).all():
                ruling[lines] = True
    return ruling
