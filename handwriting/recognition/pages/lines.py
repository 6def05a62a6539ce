"""Strokes to lines, from where they lie alone: neither time nor the order of strokes is looked at.

1. The page is turned so that its lines run level: of many slopes the one whose profile is sharpest.
2. Movements of the height of a small letter are smeared along the lines, into a landscape whose ridges are the lines.
   Ridges are followed from column to column, so each line may have a slope and a bend of its own. The distance between
   ridges tells how far to smear when this is done again.
3. The strongest ridges become lines; a weaker one continues one that stands beside it, is dropped when it runs close to
   one (quotation marks, the tops of ascenders), or is a line of its own.
4. Each stroke goes to the line that runs nearest to its middle. Lines are drawn anew through their strokes, joined
   where their strokes never stand above each other, and the strokes assigned again.

Ridges of an anisotropically smeared page as text lines: Bukhari, Shafait & Breuel 2009, "Script-Independent Handwritten
Textlines Segmentation Using Active Contours". Lengths in here are in letter heights (``Marks.height``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Evidence, Integers, Marks, weighted_median

STEEPEST = 0.6
"""Largest slope of a page's lines, up or down: 31 degrees."""
ACROSS, DOWN = 3.0, 0.5
"""Standard deviations of the first smear."""
PITCH = 4.5
"""From line to line, where only one line is to be seen."""
CLOSEST, FARTHEST = 2.0, 9.0
"""Limits of that distance; real pages have 2.0 to 6.5."""
FEWEST = 2.2
"""Evidence that a line has at least: the two letters of a last line. A pair of quotation marks has 1.5."""
BELONGS = 0.3
"""Pitches from a ridge within which evidence counts as its own."""
APART = 0.6
"""Pitches: ridges above each other, nearer than this, are one line."""
CONTINUES = 0.45
"""Pitches by which a line's continuation may be off."""
LOW = 0.25
"""Letter heights by which small marks count as lower than they are: dots, bars, quotation marks and apostrophes stand
farther above the middle of their letters than full stops and commas below it."""
SMALL = 0.6
"""Height of those marks, at most."""


@dataclass(frozen=True, eq=False)
class Ridge:
    """A line's middle at positions ``x`` (increasing), with the weight of what was found there."""

    x: Floats
    y: Floats
    weight: Floats

    @property
    def slope(self) -> float:
        """Of the whole, drawn towards level for a short one."""
        dx = self.x - np.average(self.x, weights=self.weight)
        dy = self.y - np.average(self.y, weights=self.weight)
        return float(np.average(dx * dy, weights=self.weight) / (np.average(dx**2, weights=self.weight) + 30))

    def at(self, x: Floats) -> Floats:
        """Its y at ``x``; beyond its ends it goes on straight."""
        over = np.minimum(x - self.x[0], 0) + np.maximum(x - self.x[-1], 0)
        return np.interp(x, self.x, self.y) + self.slope * over


def find_lines(marks: Marks) -> Integers:
    """Shape (S,): the number of the line that each stroke is on, counted from the top. No number is left out."""
    evidence = marks.evidence
    strokes = len(marks.ink.starts)
    if len(evidence.x) < 2 or strokes < 2:
        return np.zeros(strokes, dtype=np.int64)
    scale = marks.height
    slope = page_slope(evidence.x / scale, evidence.y / scale, evidence.weight)

    def level(points: Floats) -> Floats:
        return np.stack([points[..., 0], points[..., 1] - slope * points[..., 0]], axis=-1) / scale

    x, y = level(np.stack([evidence.x, evidence.y], axis=-1)).T
    flat = Evidence(x, y, evidence.weight, evidence.stroke)
    centers = level(marks.centers)
    heights = (marks.boxes[:, 3] - marks.boxes[:, 1]) / scale
    centers[:, 1] += np.where(heights < SMALL, LOW, 0.0)
    sides = marks.boxes[:, ::2] / scale
    lines, pitch = _first_lines(flat)
    number = _nearest(centers, lines)
    for _ in range(2):
        lines, number = _joined(lines, number, sides, pitch)
        lines = [_drawn(flat, number[flat.stroke] == k) or line for k, line in enumerate(lines)]
        number = _nearest(centers, lines)
    middle = np.array(
        [[np.median(centers[number == k, 1]) if (number == k).any() else np.inf] for k in range(len(lines))]
    )
    rank = np.argsort(np.argsort(middle[:, 0], kind="stable"))
    return np.unique(rank[number], return_inverse=True)[1].astype(np.int64)


def page_slope(x: Floats, y: Floats, weight: Floats) -> float:
    """The slope dy / dx along which the page's lines run."""

    def sharpness(slope: float) -> float:
        rest = y - slope * x
        profile = np.bincount(((rest - rest.min()) / 0.3).astype(int), weight)
        smooth = np.convolve(profile, [0.25, 0.5, 0.25])
        return float((smooth**2).sum()) * (1 - 0.3 * abs(slope))  # short ink is as sharp on many slopes: rather level

    return float(max(np.linspace(-STEEPEST, STEEPEST, 61), key=sharpness))


def _first_lines(evidence: Evidence) -> tuple[list[Ridge], float]:
    """Lines from the ridges of the smeared page, and the pitch."""
    pitch = PITCH
    across, down = ACROSS, DOWN
    for _ in range(2):
        ridges = _ridges(evidence, across, down)
        pitch = float(np.clip(_pitch(ridges) or PITCH, CLOSEST, FARTHEST))
        across, down = max(ACROSS, 0.9 * pitch), max(DOWN, 0.17 * pitch)  # as wide as this distance allows
    found = []
    for ridge in ridges:
        off = np.abs(evidence.y - np.interp(evidence.x, ridge.x, ridge.y))
        own = (off < BELONGS * pitch) & (evidence.x >= ridge.x[0]) & (evidence.x <= ridge.x[-1])
        if own.any():
            inside = (ridge.x >= evidence.x[own].min() - 1) & (ridge.x <= evidence.x[own].max() + 1)
            if inside.any():
                found.append((float(evidence.weight[own].sum()), _part(ridge, inside)))
    found.sort(key=lambda pair: -pair[0])
    lines: list[Ridge] = []
    for mass, ridge in found:
        _settle(lines, mass, ridge, pitch)
    if not lines:
        flat = np.average(evidence.y, weights=evidence.weight)
        lines = [Ridge(np.array([evidence.x.mean()]), np.array([flat]), np.ones(1))]
    middle = np.array([evidence.x.mean()])
    return sorted(lines, key=lambda line: float(line.at(middle)[0])), pitch


def _settle(lines: list[Ridge], mass: float, ridge: Ridge, pitch: float) -> None:
    """Add ``ridge`` to ``lines``, in which stronger ones are: as a line, as part of one, or not at all."""
    continued, nearest, close = None, CONTINUES * pitch, False
    for k, line in enumerate(lines):
        covered = _beside(ridge.x, line.x)
        off = float(np.median(np.abs(ridge.y - line.at(ridge.x))))
        if covered.mean() >= 0.35:
            close = close or off < APART * pitch
        elif off < nearest:
            continued, nearest = k, off
    if continued is not None:
        line = lines[continued]
        fresh = _part(ridge, ~_beside(ridge.x, line.x))
        x = np.concatenate([line.x, fresh.x])
        order = np.argsort(x, kind="stable")
        y, weight = np.concatenate([line.y, fresh.y]), np.concatenate([line.weight, fresh.weight])
        lines[continued] = Ridge(x[order], y[order], weight[order])
    elif not close and mass >= FEWEST:
        lines.append(ridge)


def _ridges(evidence: Evidence, across: float, down: float) -> list[Ridge]:
    """The ridges of the smeared evidence, each followed from left to right a letter height at a time."""
    columns = np.arange(evidence.x.min(), evidence.x.max() + 1, 1.0)
    rows = np.arange(evidence.y.min() - 2, evidence.y.max() + 2, 0.125)
    in_x = np.exp(-(((columns[:, None] - evidence.x) / across) ** 2) / 2) * evidence.weight
    in_y = np.exp(-(((rows[:, None] - evidence.y) / down) ** 2) / 2)
    land = in_x @ in_y.T  # (columns, rows)
    tops = (land[:, 1:-1] > land[:, :-2]) & (land[:, 1:-1] >= land[:, 2:])
    paths: list[list[tuple[int, int]]] = []
    ends: dict[int, list[tuple[int, int]]] = {}
    for column, top in enumerate(tops):
        here = np.flatnonzero(top) + 1
        before = np.array(sorted(ends), dtype=np.int64)
        going: dict[int, list[tuple[int, int]]] = {}
        for row in here.tolist():
            last = int(before[np.abs(before - row).argmin()]) if len(before) else None
            # Each other's nearest, and no more than 20 degrees up or down.
            if last is not None and abs(last - row) <= 3 and here[np.abs(here - last).argmin()] == row:
                path = ends[last]
            else:
                path = []
                paths.append(path)
            path.append((column, row))
            going[row] = path
        ends = going
    shaped = (np.array(path).T for path in paths)
    return [Ridge(columns[at], rows[row], land[at, row]) for at, row in shaped]


def _pitch(ridges: Sequence[Ridge]) -> float | None:
    """The weighted median distance between strong ridges above each other; None when none are."""
    strongest = max((ridge.weight.sum() for ridge in ridges), default=0.0)
    at: dict[float, list[tuple[float, float]]] = {}
    for ridge in ridges:
        if ridge.weight.sum() > 0.25 * strongest:
            for x, y, weight in zip(ridge.x.tolist(), ridge.y.tolist(), ridge.weight.tolist(), strict=True):
                at.setdefault(x, []).append((y, weight))
    gaps = [
        (below - above, min(w, v))
        for column in at.values()
        for (above, w), (below, v) in zip(sorted(column), sorted(column)[1:], strict=False)
    ]
    return weighted_median(*np.array(gaps).T) if gaps else None


def _nearest(centers: Floats, lines: Sequence[Ridge]) -> Integers:
    return np.abs(centers[:, 1] - np.array([line.at(centers[:, 0]) for line in lines])).argmin(axis=0)


def _joined(lines: Sequence[Ridge], number: Integers, sides: Floats, pitch: float) -> tuple[list[Ridge], Integers]:
    """Neighbours joined whose strokes stand beside and never above each other, or that run into one another.

    ``sides``: shape (S, 2), left and right of each stroke. Lines without strokes are left out.
    """
    used, number = np.unique(number, return_inverse=True)
    lines = [lines[k] for k in used]
    k = 0
    while k + 1 < len(lines):
        widths = [_union(sides[number == k]), _union(sides[number == k + 1])]
        lengths = [float(np.diff(width, axis=1).sum()) for width in widths]
        short = int(np.argmin(lengths))
        over = sum(max(0.0, min(b, d) - max(a, c)) for a, b in widths[0].tolist() for c, d in widths[1].tolist())
        ends = widths[short].ravel()
        off = float(np.median(np.abs(lines[k].at(ends) - lines[k + 1].at(ends))))
        if (over < 0.5 * lengths[short] and off < 0.8 * pitch) or off < max(1.0, 0.35 * pitch):
            del lines[k + short]
            number = np.where(number > k, number - 1, number)
            k = 0
        else:
            k += 1
    return lines, number


def _union(sides: Floats) -> Floats:
    """Intervals of shape (n, 2), joined where they touch or nearly do."""
    joined: list[list[float]] = []
    for left, right in sorted((sides + (-0.2, 0.2)).tolist()):
        if joined and left <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], right)
        else:
            joined.append([left, right])
    return np.array(joined)


def _drawn(evidence: Evidence, own: NDArray[np.bool_]) -> Ridge | None:
    """A line drawn smoothly through its own evidence, what is far from it counting less; None for hardly any."""
    if own.sum() < 2:
        return None
    x, y = evidence.x[own], evidence.y[own]
    at = np.arange(x.min(), x.max() + 1, 1.0)
    near = np.exp(-(((at[:, None] - x) / 4) ** 2) / 2) * evidence.weight[own] + 1e-30
    middle = (near * y).sum(axis=1) / near.sum(axis=1)
    for _ in range(2):
        weight = near * np.exp(-((y - np.interp(x, at, middle)) ** 2) / 2) + 1e-30
        middle = (weight * y).sum(axis=1) / weight.sum(axis=1)
    return Ridge(at, middle, near.sum(axis=1))


def _beside(x: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which of ``x`` are among ``others``: ridges of one landscape stand on the same columns."""
    return np.isin(x, others)


def _part(ridge: Ridge, chosen: NDArray[np.bool_]) -> Ridge:
    return Ridge(ridge.x[chosen], ridge.y[chosen], ridge.weight[chosen])
