"""Find the steps of events that a unit may respond to: pen-up moves, word gaps, loops, a letter."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.inspection.reading import ReadingTrace
from handwriting.inspection.writing import WritingTrace

Mask = NDArray[np.bool_]
Trace = ReadingTrace | WritingTrace

MIN_LOOP, MAX_LOOP = 0.15, 4.0
"""Limits on the length of a loop, in writing heights: shorter ones are tremor, longer ones strokes that return."""
MAX_LOOP_POINTS = 400
"""Maximum number of points in a loop, several times the number that pens record."""


def events_of(trace: Trace, letter: str | None = None) -> dict[str, Mask]:
    """Return a mask, shape (T,), for each event by name; events that do not occur in the line are omitted.

    ``letter`` is a character to look for; by default the most frequent one.
    """
    text = trace.text
    letters = [c for c in text if c != " "]
    letter = letter or max(letters, key=lambda c: (letters.count(c), -letters.index(c)))
    names = {"pen-up": trace.pen_up, "word gap": word_gaps(trace), "loop": _loop_steps(trace)}
    names[f"letter {letter}"] = np.isin(trace.owner, [i for i, c in enumerate(text) if c == letter])
    return {name: mask for name, mask in names.items() if 0 < mask.sum() < len(mask)}


def word_gaps(trace: Trace) -> Mask:
    """Return a mask, shape (T,), of the steps that are pen-up moves from one word to the next."""
    mask = np.zeros(len(trace), dtype=bool)
    spaces = np.array([c == " " for c in trace.text])
    words = np.cumsum(spaces)
    drawn = np.flatnonzero((trace.owner >= 0) & ~spaces[trace.owner])
    for before, after in pairwise(drawn.tolist()):
        if words[trace.owner[after]] > words[trace.owner[before]]:
            mask[before : after + 1] = trace.pen_up[before : after + 1]
    return mask


def _loop_steps(trace: Trace) -> Mask:
    on_loop = loops(trace.ordered)
    return np.array([on_loop[begin:end].any() for begin, end in trace.points.tolist()])


def loops(ink: Ink) -> Mask:
    """Return a mask, shape (N,), of the points on a loop: a part of a stroke between two passes through one place."""
    z = ink.x + 1j * ink.y
    stroke = ink.stroke_index
    length = np.append(0.0, np.cumsum(np.abs(np.diff(z)))) / writing_height(ink)
    depth = np.zeros(len(z) + 1, dtype=np.int64)  # number of loops that contain each point, after the cumulative sum
    for lag in range(2, min(MAX_LOOP_POINTS, len(z) - 1)):
        a, b, c, d = z[: -lag - 1], z[1:-lag], z[lag:-1], z[lag + 1 :]
        crossing = (_side(b - a, c - a) * _side(b - a, d - a) < 0) & (_side(d - c, a - c) * _side(d - c, b - c) < 0)
        crossing &= stroke[: -lag - 1] == stroke[lag + 1 :]
        around = length[lag:-1] - length[1:-lag]
        begins = np.flatnonzero(crossing & (around > MIN_LOOP) & (around < MAX_LOOP)) + 1
        np.add.at(depth, begins, 1)
        np.add.at(depth, begins + lag, -1)
    return np.cumsum(depth)[:-1] > 0


def _side(u: NDArray[np.complex128], v: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the cross product of ``u`` and ``v``, whose sign tells to which side of ``u`` ``v`` points."""
    return (u.conj() * v).imag
