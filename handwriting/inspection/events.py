"""Events that a unit may respond to, as masks over the steps: pen-up moves, word gaps, loops, a letter."""

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

LEAST_LOOP, MOST_LOOP = 0.15, 4.0
"""Limits on the length of a loop, in writing heights: a shorter one is tremor, a longer one a stroke that returns."""
MOST_POINTS = 400
"""Largest number of points in a loop, several times what pens leave."""


def events_of(trace: Trace, letter: str | None = None) -> dict[str, Mask]:
    """Return masks (T,) by the name of the event; events that do not occur in the line are left out.

    ``letter`` is a character to look for; by default the most frequent one.
    """
    text = trace.text
    letters = [c for c in text if c != " "]
    letter = letter or max(letters, key=lambda c: (letters.count(c), -letters.index(c)))
    names = {"pen-up": trace.pen_up, "word gap": word_gaps(trace), "loop": _loop_steps(trace)}
    names[f"letter {letter}"] = np.isin(trace.owner, [i for i, c in enumerate(text) if c == letter])
    return {name: mask for name, mask in names.items() if 0 < mask.sum() < len(mask)}


def word_gaps(trace: Trace) -> Mask:
    """Return which steps are pen-up moves from one word to the next."""
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
    """Return which points, shape (N,), lie on a part of a stroke between two passes through the same place."""
    z = ink.x + 1j * ink.y
    stroke = ink.stroke_index
    length = np.append(0.0, np.cumsum(np.abs(np.diff(z)))) / writing_height(ink)
    depth = np.zeros(len(z) + 1, dtype=np.int64)  # rises where a loop begins and falls behind it
    for apart in range(2, min(MOST_POINTS, len(z) - 1)):
        a, b, c, d = z[: -apart - 1], z[1:-apart], z[apart:-1], z[apart + 1 :]
        crossing = (_side(b - a, c - a) * _side(b - a, d - a) < 0) & (_side(d - c, a - c) * _side(d - c, b - c) < 0)
        crossing &= stroke[: -apart - 1] == stroke[apart + 1 :]
        around = length[apart:-1] - length[1:-apart]
        begins = np.flatnonzero(crossing & (around > LEAST_LOOP) & (around < MOST_LOOP)) + 1
        np.add.at(depth, begins, 1)
        np.add.at(depth, begins + apart, -1)
    return np.cumsum(depth)[:-1] > 0


def _side(u: NDArray[np.complex128], v: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return a value that is positive where ``v`` points to one side of ``u``, negative for the other."""
    return (u.conj() * v).imag
