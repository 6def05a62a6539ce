"""Measure the diversity of lines of writing: the spread of slant, height, speed and word spacing.

A synthesizer that always writes the same neat hand is legible but does not write as people do. Real lines of many
writers show how much lines should vary.
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

SPREAD_RATIOS = (0.5, 1.5)
"""Range in which the spread of generated lines, divided by that of real lines, should lie."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations over lines."""

    slant: float
    """SD of the slant, in degrees."""
    height: float
    """SD of the writing height, in units of the source."""
    speed: float
    """SD of the mean pen step within strokes, in units of the source: a proxy for speed, because the pen is sampled at
    a constant rate."""
    spacing: float
    """SD of the median gap between words, in writing heights, over lines of more than one word."""


def spread(lines: Sequence[Line]) -> Spread:
    """Return the standard deviations over ``lines``, cleaned as for training."""
    rows = [_measures(clean(line.ink), natural(line.text).count(" ")) for line in lines]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    columns: list[NDArray[np.float64]] = [column[~np.isnan(column)] for column in table.T]
    return Spread(*(float(column.std()) if len(column) else 0.0 for column in columns))


def word_gap(ink: Ink, spaces: int) -> float:
    """Return the median gap between the words of a line with ``spaces`` spaces, in writing heights; NaN without any.

    Deskewed and deslanted ink is projected onto the baseline, which hides gaps within letters, and dots and bars
    that were added late. The ``spaces`` widest remaining gaps are taken as the gaps between words; overlapping words
    count as a gap of 0.
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
    """Return slant, height, speed and word gap of a line."""
    level = deskew(ink)
    steps = len(ink) - len(ink.starts)
    speed = float(segments(ink)[2].sum()) / steps if steps else 0.0
    return -float(np.degrees(np.arctan(slant(level)))), writing_height(level), speed, word_gap(ink, spaces)
