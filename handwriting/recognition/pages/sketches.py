"""Find sketches: groups of strokes, apart from the lines of writing, that turn less than writing of their length.

The words of a thousand real lines turn by about two radians per letter height, counting a pen-up as a turn. Figures,
flowers, houses, staves and graphs turn by half of that, though none of their strokes may be longer or smoother than a
letter's. A few small marks are found by their shape: ticks, stars, and bars or braces beside several lines.

Lengths are in letter heights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Integers
from handwriting.recognition.pages.shapes import Shapes, components
from handwriting.recognition.pages.symbols import is_tick

MAX_GAP = 0.8
"""Strokes that are nearer than this are of one group; words are farther apart."""
PEN_UP = 1.5
"""A pen-up counts as a turn by this angle, in radians."""
LENGTHS, TURNS = (9.0, 14.0, 25.0, 45.0), (1.0, 1.1, 1.2, 1.25)
"""A group of these lengths is a sketch if it turns by less than this, in radians per letter height."""
MIN_HEIGHT = 3.0
"""Minimum height of a sketch."""
LABEL_TURNS, MAX_LABEL_HEIGHT = 1.3, 3.2
"""Parts of a sketch that turn more than this and are not higher than one line are labels."""
MIN_WORD = 4.0
"""Minimum length of the strokes of a word."""
TOUCH = 0.6
"""Parts that are nearer than this to a long or smooth stroke, such as the ticks of an axis, are no labels."""
ROW_REACH = 6.0
"""A group this near to writing on its left or right may be a large initial letter, unless the next limits hold."""
MIN_HEIGHT_IN_ROW, MIN_LENGTH_IN_ROW, ROW_TURNS = 4.5, 20.0, 0.75
"""Minimum height and length of a sketch in a row of writing, and the share of the limit by which it may turn."""
NEXT_WORD, ROW_MARGIN = 2.5, 1.0
"""Parts of a group are writing if other writing is this near to their left or right, at most so far above or below."""
MIN_PARTS, PART_REACH = 4, 1.6
"""A sketch of at least so many strokes also takes simple strokes inside it, and around it up to this distance."""
MIN_TICK, MIN_SHORT_LEG, MIN_STAR, MIN_CLOSED, MIN_BAR = 2.0, 0.8, 2.2, 3.4, 5.0
"""Minimum heights of a tick and of its shorter leg, and minimum sizes of the strokes of a star, of a closed figure, and
of a bar or brace."""
MIN_ROWS_APART = 2.0
"""Minimum distance between strokes beside a bar or brace that are on different lines."""


def find_sketches(shapes: Shapes, free: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> list[Integers]:
    """Return the strokes of each sketch, among those taken for writing and those drawn, without its labels.

    ``free`` and ``drawn``, shape (S,), mark the strokes taken for writing so far and the longer or smoother ones. Only
    sketches with strokes in ``free`` are returned.
    """
    free, found = free.copy(), []
    for group in _groups(shapes, np.flatnonzero(free | drawn)):
        if not free[group].any() or shapes.torn[group].any():
            continue
        sketch = group
        if not _is_mark(shapes, group, free):
            if not _is_sketch(shapes, group, free) or _is_around_writing(shapes, group, free):
                continue
            sketch = group[~_labels(shapes, group, free)]
            if not free[sketch].any() or not _is_sketch(shapes, sketch, free):
                continue
        free[sketch] = False
        found.append(sketch)
    for k, sketch in enumerate(found):
        if len(sketch) >= MIN_PARTS:
            parts = _parts_beside(shapes, sketch, free)
            free[parts] = False
            found[k] = np.concatenate([sketch, parts])
    return found


def _is_sketch(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> bool:
    length = float(shapes.length[group].sum())
    height = float(np.ptp(shapes.boxes[group][:, 1::2]))
    if length < LENGTHS[0] or height < MIN_HEIGHT:
        return False
    limit = float(np.interp(length, LENGTHS, TURNS))
    if _in_row(shapes, group, free):
        if height < MIN_HEIGHT_IN_ROW or length < MIN_LENGTH_IN_ROW:
            return False
        limit *= ROW_TURNS
    return _turns(shapes, group) < limit


def _is_around_writing(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> bool:
    """Return whether the shorter strokes of a group are those of words with a box or a circle around them."""
    if free[group].all():
        return False
    small = group[free[group]]
    if len(small) < MIN_PARTS and all(shapes.encloses(k) for k in group[~free[group]].tolist()):
        return True
    words = sum(
        float(shapes.length[part].sum())
        for part in _groups(shapes, small)
        if shapes.length[part].sum() > MIN_WORD and _turns(shapes, part) > LABEL_TURNS
    )
    return words > 0.5 * float(shapes.length[small].sum())


def _turns(shapes: Shapes, group: Integers) -> float:
    """Return by how much a group turns, in radians per letter height."""
    turning = shapes.turning[group].sum() + PEN_UP * (len(group) - 1)
    return float(turning / max(shapes.length[group].sum(), 1e-9))


def _in_row(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> bool:
    """Return whether there is writing right beside a group."""
    return len(_heights_beside(shapes, group, free, ROW_REACH)) > 0


def _heights_beside(
    shapes: Shapes, group: Integers, free: NDArray[np.bool_], reach: float, margin: float = 0.0
) -> Floats:
    """Return y of the middle of each other stroke of writing within ``reach`` to the left or right of a group.

    It must be at most ``margin`` above the top or below the bottom of the group.
    """
    left, top = shapes.boxes[group, :2].min(axis=0) - (0, margin)
    right, bottom = shapes.boxes[group, 2:].max(axis=0) + (0, margin)
    others = np.setdiff1d(np.flatnonzero(free), group)
    boxes = shapes.boxes[others]
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    beside = (boxes[:, 0] < right + reach) & (boxes[:, 2] > left - reach) & (middle > top) & (middle < bottom)
    return np.asarray(middle[beside])


def _labels(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask of the strokes of a group that are writing beside or in a sketch."""
    kept = np.zeros(len(group), dtype=bool)
    large = group[~free[group]]
    writing = free.copy()
    writing[group] = False
    for part in _groups(shapes, group[free[group]]):
        if np.ptp(shapes.boxes[part][:, 1::2]) > MAX_LABEL_HEIGHT:
            continue
        if len(_heights_beside(shapes, part, writing, NEXT_WORD, ROW_MARGIN)):
            kept |= np.isin(group, part)
            continue
        touches = any(_distance(shapes, a, b) < TOUCH for a in part.tolist() for b in large.tolist())
        several = len(part) > 1 or shapes.turning[part[0]] > 3.0
        if several and not touches and _turns(shapes, part) > LABEL_TURNS:
            kept |= np.isin(group, part)
    return kept


def _is_mark(shapes: Shapes, group: Integers, free: NDArray[np.bool_]) -> bool:
    """Return whether a group is a tick, a star, a closed figure, or a bar or brace beside several lines."""
    width, height = (float(np.ptp(shapes.boxes[group][:, side::2])) for side in (0, 1))
    if len(group) > 1:
        return _is_asterisk(shapes, group)
    stroke = int(group[0])
    length, turning = float(shapes.length[stroke]), float(shapes.turning[stroke])
    if min(width, height) > MIN_STAR and length > 4 * MIN_STAR and turning < 1.1 * length:
        crossings = int(shapes.crossings(stroke, group)[0]) // 2
        if crossings >= 4 and 0.7 < width / height < 1.4:
            return True
    if min(width, height) > MIN_CLOSED and shapes.closed(stroke) and turning < 1.1 * length:
        return True
    path = shapes.points[stroke]
    short_leg = abs(path[path.imag.argmax()] - path[0])  # that of a J is a small hook
    if height > MIN_TICK and short_leg > MIN_SHORT_LEG and is_tick(path):
        return True
    if height > MIN_BAR and width < 0.35 * height and turning < 1.5 * np.pi:
        rows = _heights_beside(shapes, group, free, ROW_REACH)
        return bool(len(rows) and np.ptp(rows) > MIN_ROWS_APART)
    return False


def _is_asterisk(shapes: Shapes, group: Integers) -> bool:
    """Return whether straight strokes cross each other in the middle."""
    if not 3 <= len(group) <= 5 or not (shapes.straight[group] & (shapes.length[group] > MIN_STAR)).all():
        return False
    middles = np.array([shapes.points[k].mean() for k in group.tolist()])
    return bool(np.abs(middles - middles.mean()).max() < 0.25 * shapes.length[group].min())


def _parts_beside(shapes: Shapes, sketch: Integers, free: NDArray[np.bool_]) -> Integers:
    """Return the simple strokes inside a sketch and around it that are not beside writing."""
    left, top = shapes.boxes[sketch, :2].min(axis=0) - PART_REACH
    right, bottom = shapes.boxes[sketch, 2:].max(axis=0) + PART_REACH
    boxes = shapes.boxes
    within = (boxes[:, 0] > left) & (boxes[:, 1] > top) & (boxes[:, 2] < right) & (boxes[:, 3] < bottom)
    simple = shapes.straight | (shapes.length < 0.6)
    some = np.flatnonzero(free & within & simple)
    writing = free.copy()
    writing[some] = False
    apart = [not len(_heights_beside(shapes, np.array([k]), writing, NEXT_WORD, ROW_MARGIN)) for k in some.tolist()]
    return some[np.array(apart, dtype=bool)]


def _groups(shapes: Shapes, strokes: Integers) -> list[Integers]:
    """Return connected groups of the strokes that are near each other."""
    left, top, right, bottom = shapes.boxes[strokes].T
    near = (left < right[:, None] + MAX_GAP) & (top < bottom[:, None] + MAX_GAP)
    near &= near.T
    for a, b in np.argwhere(np.triu(near, 1)).tolist():
        near[a, b] = near[b, a] = _distance(shapes, int(strokes[a]), int(strokes[b])) < MAX_GAP
    return [strokes[group] for group in components(near)]


def _distance(shapes: Shapes, a: int, b: int) -> float:
    """Return the distance between the nearest points of two strokes."""
    return float(np.abs(shapes.points[a][:, None] - shapes.points[b]).min())
