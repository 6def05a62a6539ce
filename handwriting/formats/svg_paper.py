"""Recognise the rulings that are printed on the paper of a drawing.

They are straight lines along an axis through two points. Three or more belong to the paper if they go from edge to
edge, or if they are equally long, lie exactly beside each other at equal distances and span most of the paper (rules
that stop at the margins). One or two may be underlining by hand.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from handwriting.formats.svg_pens import Frame, PenLine
from handwriting.ink import Floats
from handwriting.notes import Notes

RULINGS = "ruleline"
"""Class of a group of printed rulings in the documents of Stylus Labs Write."""
MIN_RULINGS = 3
"""Number of such lines from which they belong to the paper in the drawings of other programs."""
MIN_EDGE_SHARE, MIN_MARGIN_SHARE = 0.995, 0.6
"""Share of the paper that a ruling spans from edge to edge, and from margin to margin."""
MAX_UNEVENNESS = 0.01
"""Largest deviation of a distance between neighboring rulings, relative to the average distance."""
_MAX_SLANT = 1e-6


def without_rulings(lines: list[PenLine], notes: Notes) -> list[PenLine]:
    """Remove the lines that are printed on the paper, and note them."""
    by_frame: dict[int, list[PenLine]] = defaultdict(list)
    for one in lines:
        if one.frame is not None and None not in one.frame.size and not one.is_dot and _is_straight(one.curves):
            by_frame[id(one.frame)].append(one)
    edges, margins = set[int](), set[int]()
    for group in by_frame.values():
        across, down = (float(size or 0) for size in (group[0].frame or Frame()).size)
        from_edge = {id(one) for one in group if _spans(one, (across, down), MIN_EDGE_SHARE)}
        regular = _regular([one for one in group if _spans(one, (across, down), MIN_MARGIN_SHARE)])
        if len(from_edge | regular) >= MIN_RULINGS:
            edges |= from_edge
            margins |= regular
    if len(edges | margins) == len(lines):
        margins = set()  # nothing else is written, so they are a drawing
    notes.count("ruling", len(edges | margins))
    return [one for one in lines if id(one) not in edges | margins]


def _is_straight(curves: Floats) -> bool:
    return len(curves) == 1 and bool((curves[0, 0] == curves[0, 1]).all() and (curves[0, 2] == curves[0, 3]).all())


def _spans(line: PenLine, size: tuple[float, float], share: float) -> bool:
    """Return whether a straight line goes along an axis and spans this share of the paper's size."""
    across, down = np.abs(line.curves[0, 3] - line.curves[0, 0])
    return bool((down < _MAX_SLANT and across > share * size[0]) or (across < _MAX_SLANT and down > share * size[1]))


def _regular(lines: list[PenLine]) -> set[int]:
    """Return the ids of the lines that begin and end beside each other, at equal distances, in the same color."""
    families: dict[tuple[object, ...], dict[float, list[PenLine]]] = defaultdict(lambda: defaultdict(list))
    for one in lines:
        ends = one.curves[0, [0, 3]]
        along = int(np.abs(ends[1] - ends[0]).argmax())
        low, high = np.sort(ends[:, along]).round(6).tolist()
        families[along, low, high, one.color][float(ends[0, 1 - along])].append(one)
    found = set[int]()
    for family in families.values():
        gaps = np.diff(sorted(family))
        if len(family) >= MIN_RULINGS and np.ptp(gaps) <= MAX_UNEVENNESS * gaps.mean():
            found |= {id(one) for same in family.values() for one in same}
    return found
