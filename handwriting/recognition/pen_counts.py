"""Counts of pen movements, from which the orientation of ink is determined.

If an ink is turned by a quarter, mirrored, or its strokes are reversed, its counts are only permuted:
:func:`permutation` gives the order, so the ink is counted once for all orientations. Lengths are in letter
sizes, which do not depend on the orientation either.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import segments
from handwriting.geometry.resample import resample
from handwriting.ink import Floats, Ink

Integers = NDArray[np.int64]

SECTORS = 16
"""Number of directions; a multiple of 8, so that the symmetries permute them."""
STEP = 0.2
"""Length of a step along a stroke."""
MOST_STEPS = 50_000
"""Largest number of steps; a larger page gets longer steps."""
LAGS = (1, 3, 6)
"""Numbers of steps between the two directions of a pair."""
NEAR, FAR = 1.5, 5.0
"""Boundaries between distances to the next stroke: nearby, in the next word, on another line."""
DOT = 0.35
"""Largest extent of a dot."""
MOVES = 4
"""Number of kinds of moves to the next stroke: near, farther, far, to a dot."""
CHORDS = 3
"""Number of kinds of strokes by the length of the chord: short, medium, long."""
ENDS_BEGIN = len(LAGS) * SECTORS**2
CHORDS_BEGIN = ENDS_BEGIN + 2 * SECTORS
MOVES_BEGIN = CHORDS_BEGIN + CHORDS * SECTORS
SIZE = MOVES_BEGIN + MOVES * SECTORS
"""Number of counts: of pairs of directions, first and last directions of strokes, chords, and moves."""


@cache
def permutation(turns: int, mirrored: bool, backward: bool) -> Integers:
    """Return the permutation of the counts when ink is mirrored, then turned by quarter ``turns``, then reversed.

    Mirroring is left to right, turning is clockwise, ``backward`` reverses the strokes:
    ``counts(changed)[permutation] == counts(ink)``.
    """
    direction = np.arange(SECTORS)
    moved = (SECTORS // 2 - direction) % SECTORS if mirrored else direction
    moved = (moved + SECTORS // 4 * turns) % SECTORS
    drawn = (moved + SECTORS // 2) % SECTORS if backward else moved
    a, b = np.meshgrid(drawn, drawn, indexing="ij")
    pairs = (SECTORS * b + a if backward else SECTORS * a + b).ravel()
    first, last = (drawn + SECTORS, drawn) if backward else (drawn, drawn + SECTORS)
    parts = [SECTORS**2 * k + pairs for k in range(len(LAGS))]
    parts += [ENDS_BEGIN + first, ENDS_BEGIN + last]
    parts += [CHORDS_BEGIN + SECTORS * k + drawn for k in range(CHORDS)]
    parts += [MOVES_BEGIN + SECTORS * k + moved for k in range(MOVES)]
    return np.concatenate(parts)


def stepped(ink: Ink, scale: float) -> tuple[Ink, float]:
    """Return the ink with points at equal distances along each stroke, and that distance in letter sizes ``scale``."""
    step = max(STEP * scale, float(segments(ink)[2].sum()) / MOST_STEPS)
    return resample(ink, step)[0], step / scale


def stroke_counts(ink: Ink, scale: float | None = None, points: Ink | None = None) -> tuple[Floats, Floats]:
    """Return the counts of each stroke, shape (S, SIZE), and those of the moves between strokes, shape (SIZE,).

    ``scale`` is the letter size and ``points`` the ink in equal steps, if already known.
    """
    scale = letter_size(ink) if scale is None else scale
    points = stepped(ink, scale)[0] if points is None else points
    strokes = len(ink.starts)
    dx, dy = np.diff(points.x), np.diff(points.y)
    owner = points.stroke_index
    inside = owner[1:] == owner[:-1]
    moving = inside & (np.hypot(dx, dy) > 0)
    code, own = sector(dx[moving], dy[moving]), owner[:-1][moving]
    keys, owners = [], []
    for k, lag in enumerate(LAGS):
        same = own[lag:] == own[:-lag]
        keys.append(k * SECTORS**2 + SECTORS * code[:-lag][same] + code[lag:][same])
        owners.append(own[lag:][same])
    if len(code):
        begins = np.flatnonzero(np.diff(own, prepend=-1))
        ends = np.append(begins[1:], len(own)) - 1
        keys += [ENDS_BEGIN + code[begins], ENDS_BEGIN + SECTORS + code[ends]]
        owners += [own[begins], own[ends]]
    begin, end = ink.starts, ink.ends - 1
    chord = np.stack([ink.x[end] - ink.x[begin], ink.y[end] - ink.y[begin]]) / scale
    length = np.hypot(*chord)
    drawn = length > DOT
    kind = np.digitize(length, [NEAR, FAR])
    keys.append((CHORDS_BEGIN + SECTORS * kind + sector(*chord))[drawn])
    owners.append(np.flatnonzero(drawn))
    at, of = np.concatenate(keys), np.concatenate(owners)
    own_counts = np.bincount(of * SIZE + at, minlength=strokes * SIZE).reshape(strokes, SIZE).astype(np.float64)

    left, top, right, bottom = ink.boxes / scale
    middle = np.stack([left + right, top + bottom]) / 2
    dot = np.maximum(right - left, bottom - top)[1:] < DOT
    move = np.diff(middle, axis=1)
    length = np.hypot(*move)
    kind = np.where(dot & (length < FAR), 3, np.digitize(length, [NEAR, FAR]))
    keys_of_moves = (MOVES_BEGIN + SECTORS * kind + sector(*move))[length > 0]
    return own_counts, np.bincount(keys_of_moves, minlength=SIZE).astype(np.float64)


def sector(dx: Floats, dy: Floats) -> Integers:
    """Return the nearest of the 16 directions, numbered clockwise from rightward (y grows downward)."""
    return np.round(np.arctan2(dy, dx) * SECTORS / (2 * np.pi)).astype(np.int64) % SECTORS


def letter_size(ink: Ink) -> float:
    """Return the approximate size of a small letter; it does not depend on the orientation."""
    left, top, right, bottom = ink.bounds
    extent = max(right - left, bottom - top)
    return float(np.sqrt(_run(ink, ink.x, extent) * _run(ink, ink.y, extent)))


def _run(ink: Ink, along: Floats, extent: float) -> float:
    """Return how far the pen moves along an axis before it turns: the median, weighted by length.

    ``extent`` is the larger side of the bounding box; the result is at least a thousandth of it.
    """
    step = np.diff(along)
    step[ink.starts[1:] - 1] = 0.0
    moving = step != 0
    way, owner = np.sign(step[moving]), ink.stroke_index[:-1][moving]
    if not len(way):
        return max(extent / 10, 1e-150)
    begins = np.append(True, (np.diff(way) != 0) | (np.diff(owner) != 0))
    runs = np.abs(np.add.reduceat(step[moving], np.flatnonzero(begins)))
    order = np.sort(runs)
    total = np.cumsum(order)
    return max(float(order[np.searchsorted(total, total[-1] / 2)]), extent * 1e-3)
