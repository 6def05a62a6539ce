"""Which way up a page of ink lies, whether it is mirrored, and whether its strokes run backwards.

Tablets and file formats disagree on where y grows to, people turn their tablets, and tools for pen plotters draw
strokes from their end. A page can therefore lie in eight ways (the symmetries of a square), and its strokes can be
drawn forward, backward, or some of each.

A log-linear classifier chooses among these 24 poses. Its features are counts of what the pen does: pairs of directions
a few steps apart along each stroke, where strokes begin and end, and where the next stroke lies. Turning, mirroring or
reversing ink merely permutes these counts, so one vector of weights scores all poses at the cost of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.resample import resample
from handwriting.ink import Floats, Ink

Integers = NDArray[np.int64]
Drawn = Literal["forward", "backward", "mixed"]

SECTORS = 16
"""Directions of the pen that are told apart; a multiple of 8, so that symmetries permute them."""
SPACING = 0.2
"""Length of a step in letter sizes."""
LAGS = (1, 3, 6)
"""Steps between the two directions of a pair."""
NEAR, FAR = 1.5, 5.0
"""Distances between strokes in letter sizes: beside it, in the next word, on the next line."""
DOT = 0.35
"""Largest extent of a dot in letter sizes."""
MOVES = 4
"""Kinds of a move to the next stroke: near, farther, far, to a dot."""
CHORDS = 3
"""Kinds of strokes by the length of their chord: short, medium, long."""
SIZE = len(LAGS) * SECTORS**2 + 2 * SECTORS + CHORDS * SECTORS + MOVES * SECTORS
"""Number of features of an ink."""


def counts(ink: Ink) -> tuple[Floats, Floats]:
    """Features of each stroke, shape (S, F), and of the moves between strokes, shape (F,)."""
    scale = letter_size(ink)
    points, _ = resample(ink, SPACING * scale)
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
    base = len(LAGS) * SECTORS**2
    if len(code):
        begins = np.flatnonzero(np.diff(own, prepend=-1))
        ends = np.append(begins[1:], len(own)) - 1
        keys += [base + code[begins], base + SECTORS + code[ends]]
        owners += [own[begins], own[ends]]
    base += 2 * SECTORS
    first, last = ink.xy[ink.starts], ink.xy[ink.ends - 1]
    chord = (last - first) / scale
    length = np.hypot(*chord.T)
    drawn = length > DOT
    kind = np.digitize(length, [NEAR, FAR])
    keys.append((base + SECTORS * kind + sector(*chord.T))[drawn])
    owners.append(np.flatnonzero(drawn))
    at, of = np.concatenate(keys), np.concatenate(owners)
    own_counts = np.bincount(of * SIZE + at, minlength=strokes * SIZE).reshape(strokes, SIZE).astype(np.float64)

    base += CHORDS * SECTORS
    left, top, right, bottom = ink.boxes / scale
    middle = np.stack([left + right, top + bottom]) / 2
    dot = np.maximum(right - left, bottom - top)[1:] < DOT
    move = np.diff(middle, axis=1)
    length = np.hypot(*move)
    kind = np.where(dot & (length < FAR), 3, np.digitize(length, [NEAR, FAR]))
    keys_of_moves = (base + SECTORS * kind + sector(*move))[length > 0]
    return own_counts, np.bincount(keys_of_moves, minlength=SIZE).astype(np.float64)


def sector(dx: Floats, dy: Floats) -> Integers:
    """The nearest of the 16 directions, counted clockwise from rightward as y grows downward."""
    return np.round(np.arctan2(dy, dx) * SECTORS / (2 * np.pi)).astype(np.int64) % SECTORS


def letter_size(ink: Ink) -> float:
    """About the size of a small letter; the same however the ink is turned."""
    return float(np.sqrt(_run(ink, ink.x) * _run(ink, ink.y)))


def _run(ink: Ink, along: Floats) -> float:
    """How far the pen goes one way along an axis before it turns: the median, each weighing its length."""
    step = np.diff(along)
    step[ink.starts[1:] - 1] = 0.0
    moving = step != 0
    way, owner = np.sign(step[moving]), ink.stroke_index[:-1][moving]
    if not len(way):
        return max(float(np.ptp(ink.xy, axis=0).max()) / 10, 1e-150) or 1.0
    begins = np.append(True, (np.diff(way) != 0) | (np.diff(owner) != 0))
    runs = np.abs(np.add.reduceat(step[moving], np.flatnonzero(begins)))
    order = np.sort(runs)
    total = np.cumsum(order)
    return max(float(order[np.searchsorted(total, total[-1] / 2)]), float(np.ptp(ink.xy, axis=0).max()) * 1e-3)
