"""Do lines of writing differ from one another? The spread of slant, height, speed and word spacing over lines.

A synthesizer that writes one neat hand over and over is legible and no synthesizer of handwriting. People's lines, of
many writers, show how much lines should vary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.corpora import Line
from handwriting.features.offsets import clean
from handwriting.geometry.normalise import deskew, normalise, segments, slant, writing_height
from handwriting.ink import Ink
from handwriting.text import natural

RATIO = (0.5, 1.5)
"""Where the spread of generated lines should lie, divided by that of real ones."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations over lines."""

    slant: float
    """Degrees from upright."""
    height: float
    """Writing height, in the source's units."""
    speed: float
    """Mean length of a step of the pen on the surface, in the source's units: the pen samples at a constant rate."""
    spacing: float
    """Median gap between words, in writing heights, of the lines that have more than one."""


def spread(lines: Sequence[Line]) -> Spread:
    """Standard deviations over ``lines``, cleaned as for training."""
    rows = [_measures(clean(line.ink), natural(line.text).count(" ")) for line in lines]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    columns: list[NDArray[np.float64]] = [column[~np.isnan(column)] for column in table.T]
    return Spread(*(float(column.std()) if len(column) else 0.0 for column in columns))


def word_gap(ink: Ink, spaces: int) -> float:
    """The median gap between the words of a line with so many ``spaces``, in writing heights; NaN for one word.

    Level, upright ink is projected onto the writing line, which hides dots and bars made late, and gaps within
    letters. The ``spaces`` widest gaps that are left are taken for those between words; words that overlap have 0.
    """
    if spaces == 0:
        return float("nan")
    strokes = normalise(ink).strokes
    strokes.sort(key=lambda stroke: float(stroke[:, 0].min()))
    reached = np.maximum.accumulate([stroke[:, 0].max() for stroke in strokes])
    gaps = [float(stroke[:, 0].min() - end) for stroke, end in zip(strokes[1:], reached, strict=False)]
    widest = sorted((max(0.0, gap) for gap in gaps), reverse=True)[:spaces]
    return float(np.median(widest + [0.0] * (spaces - len(widest))))


def _measures(ink: Ink, spaces: int) -> tuple[float, float, float, float]:
    level = deskew(ink)
    steps = len(ink) - len(ink.starts)
    speed = float(segments(ink)[2].sum()) / steps if steps else 0.0
    return -float(np.degrees(np.arctan(slant(level)))), writing_height(level), speed, word_gap(ink, spaces)
