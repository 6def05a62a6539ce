"""Assign strokes to lines by their positions alone, without times or the order of strokes.

1. Shear the page until its lines are level: of many slopes, take the one with the sharpest projection profile.
2. Blur movements as high as a small letter along the lines into a density whose ridges are the lines. Follow ridges
   from column to column, so that each line may slope and bend in its own way. Repeat with a blur that fits the distance
   between ridges.
3. Make lines of the strongest ridges. A weaker ridge continues a line beside it, is dropped if it is close to a line
   (quotation marks, the tops of ascenders), or becomes a separate line. A ridge between two bands of writing is split.
4. Assign each stroke to the line nearest to its middle. Fit the lines to their strokes again, join lines whose strokes
   do not overlap horizontally, and assign the strokes once more.

Text lines as ridges of an anisotropically smoothed page: Bukhari, Shafait & Breuel 2009, "Script-Independent
Handwritten Textlines Segmentation Using Active Contours". Lengths are in letter heights (:attr:`Marks.height`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats
from handwriting.recognition.pages.marks import Integers, Marks, Movements, weighted_median

MAX_SLOPE = 0.6
"""Largest slope of the lines of a page, up or down: 31 degrees."""
BLUR_X, BLUR_Y = 3.0, 0.5
"""Standard deviations of the first blur, along and across the lines."""
DEFAULT_PITCH = 4.5
"""Distance between lines that is assumed if only one line is found."""
MIN_PITCH, MAX_PITCH = 2.0, 9.0
"""Limits of the distance between lines; real pages have 2.0 to 6.5."""
MIN_WEIGHT = 2.2
"""Minimum weight of a line: two letters, as on a short last line. A pair of quotation marks has 1.5."""
RIDGE_REACH = 0.3
"""Movements within this many line distances of a ridge belong to it."""
MIN_SEPARATION = 0.6
"""Two ridges, one above the other, that are closer than this many line distances are one line."""
MAX_CONTINUATION = 0.45
"""Largest offset of the continuation of a line, in line distances."""
BAND_SD = 0.5
"""Standard deviation of the blur in which a line may turn out to be two."""
MIN_BAND_DISTANCE, MIN_BAND_SHARE, MAX_VALLEY_SHARE = 2.5, 0.3, 0.3
"""A line is split if its blurred movements have two peaks farther apart than the first value, the lower peak is more
than the second share of the higher one, and the valley between them is less than the third share of the lower one."""
SMALL_STROKE_SHIFT = 0.25
"""Small strokes are moved down by this many letter heights: dots, bars, quotation marks and apostrophes are farther
above the middle of their letters than full stops and commas are below it."""
SMALL_STROKE_HEIGHT = 0.6
"""Largest height of such small strokes."""


@dataclass(frozen=True, eq=False)
class Ridge:
    """The middle of a line at increasing positions ``x``, with the weight of the movements there, shape (n,) each."""

    x: Floats
    y: Floats
    weight: Floats

    @property
    def slope(self) -> float:
        """Slope of the whole ridge, shrunk towards 0 for a short ridge."""
        dx = self.x - np.average(self.x, weights=self.weight)
        dy = self.y - np.average(self.y, weights=self.weight)
        return float(np.average(dx * dy, weights=self.weight) / (np.average(dx**2, weights=self.weight) + 30))

    def at(self, x: Floats) -> Floats:
        """Return y of the ridge at ``x``, extended in a straight line beyond its ends."""
        over = np.minimum(x - self.x[0], 0) + np.maximum(x - self.x[-1], 0)
        return np.interp(x, self.x, self.y) + self.slope * over


def find_lines(marks: Marks) -> Integers:
    """Return the line of each stroke, numbered from the top without gaps; shape (S,)."""
    movements = marks.movements
    strokes = len(marks.ink.starts)
    if len(movements.x) < 2 or strokes < 2:
        return np.zeros(strokes, dtype=np.int64)
    scale = marks.height
    slope = page_slope(movements.x / scale, movements.y / scale, movements.weight)

    def level(points: Floats) -> Floats:
        return np.stack([points[..., 0], points[..., 1] - slope * points[..., 0]], axis=-1) / scale

    x, y = level(np.stack([movements.x, movements.y], axis=-1)).T
    flat = replace(movements, x=x, y=y)
    centers = level(marks.centers)
    heights = (marks.boxes[:, 3] - marks.boxes[:, 1]) / scale
    centers[:, 1] += np.where(heights < SMALL_STROKE_HEIGHT, SMALL_STROKE_SHIFT, 0.0)
    sides = marks.boxes[:, ::2] / scale
    lines, pitch = _first_lines(flat)
    number = _nearest(centers, lines)
    lines = [part for k, line in enumerate(lines) for part in _split_bands(flat, number[flat.stroke] == k, line)]
    number = _nearest(centers, lines)
    for _ in range(2):
        lines, number = _join_lines(lines, number, sides, pitch)
        lines = [_fit_ridge(flat, number[flat.stroke] == k) or line for k, line in enumerate(lines)]
        number = _nearest(centers, lines)
    middle = np.array(
        [[np.median(centers[number == k, 1]) if (number == k).any() else np.inf] for k in range(len(lines))]
    )
    rank = np.argsort(np.argsort(middle[:, 0], kind="stable"))
    return np.unique(rank[number], return_inverse=True)[1].astype(np.int64)


def page_slope(x: Floats, y: Floats, weight: Floats) -> float:
    """Return the slope dy / dx of the page's lines, from the movements (E,)."""

    def sharpness(slope: float) -> float:
        rest = y - slope * x
        profile = np.bincount(((rest - rest.min()) / 0.3).astype(int), weight)
        smooth = np.convolve(profile, [0.25, 0.5, 0.25])
        return float((smooth**2).sum()) * (1 - 0.3 * abs(slope))  # short ink is sharp at many slopes: prefer level

    return float(max(np.linspace(-MAX_SLOPE, MAX_SLOPE, 61), key=sharpness))


def _first_lines(movements: Movements) -> tuple[list[Ridge], float]:
    """Return first lines from the ridges of the blurred page, and the distance between lines."""
    pitch = DEFAULT_PITCH
    blur_x, blur_y = BLUR_X, BLUR_Y
    for _ in range(2):
        ridges = _ridges(movements, blur_x, blur_y)
        pitch = float(np.clip(_pitch(ridges) or DEFAULT_PITCH, MIN_PITCH, MAX_PITCH))
        blur_x, blur_y = max(BLUR_X, 0.9 * pitch), max(BLUR_Y, 0.17 * pitch)  # as wide as this distance allows
    found = []
    for ridge in ridges:
        off = np.abs(movements.y - np.interp(movements.x, ridge.x, ridge.y))
        own = (off < RIDGE_REACH * pitch) & (movements.x >= ridge.x[0]) & (movements.x <= ridge.x[-1])
        if own.any():
            inside = (ridge.x >= movements.x[own].min() - 1) & (ridge.x <= movements.x[own].max() + 1)
            if inside.any():
                found.append((float(movements.weight[own].sum()), _part(ridge, inside)))
    found.sort(key=lambda pair: -pair[0])
    lines: list[Ridge] = []
    for mass, ridge in found:
        _add_ridge(lines, mass, ridge, pitch)
    if not lines:
        flat = np.average(movements.y, weights=movements.weight)
        lines = [Ridge(np.array([movements.x.mean()]), np.array([flat]), np.ones(1))]
    middle = np.array([movements.x.mean()])
    return sorted(lines, key=lambda line: float(line.at(middle)[0])), pitch


def _add_ridge(lines: list[Ridge], mass: float, ridge: Ridge, pitch: float) -> None:
    """Add ``ridge`` to ``lines``, which hold stronger ridges: as a line, as part of a line, or not at all."""
    continued, nearest, close = None, MAX_CONTINUATION * pitch, False
    for k, line in enumerate(lines):
        covered = _columns_in(ridge.x, line.x)
        off = float(np.median(np.abs(ridge.y - line.at(ridge.x))))
        if covered.mean() >= 0.35:
            close = close or off < MIN_SEPARATION * pitch
        elif off < nearest:
            continued, nearest = k, off
    if continued is not None:
        line = lines[continued]
        fresh = _part(ridge, ~_columns_in(ridge.x, line.x))
        x = np.concatenate([line.x, fresh.x])
        order = np.argsort(x, kind="stable")
        y, weight = np.concatenate([line.y, fresh.y]), np.concatenate([line.weight, fresh.weight])
        lines[continued] = Ridge(x[order], y[order], weight[order])
    elif not close and mass >= MIN_WEIGHT:
        lines.append(ridge)


def _ridges(movements: Movements, blur_x: float, blur_y: float) -> list[Ridge]:
    """Return the ridges of the blurred movements, each followed from left to right in steps of a letter height."""
    columns = np.arange(movements.x.min(), movements.x.max() + 1, 1.0)
    rows = np.arange(movements.y.min() - 2, movements.y.max() + 2, 0.125)
    in_x = np.exp(-(((columns[:, None] - movements.x) / blur_x) ** 2) / 2) * movements.weight
    in_y = np.exp(-(((rows[:, None] - movements.y) / blur_y) ** 2) / 2)
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
            # The two peaks must be each other's nearest, and at most 20 degrees up or down.
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
    """Return the weighted median distance between strong ridges, one above the other; None if there are none."""
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


def _join_lines(lines: Sequence[Ridge], number: Integers, sides: Floats, pitch: float) -> tuple[list[Ridge], Integers]:
    """Join neighbouring lines whose strokes do not overlap horizontally, or that run into each other.

    ``sides`` has shape (S, 2): left and right of each stroke. Lines without strokes are removed.
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


def _split_bands(movements: Movements, own: NDArray[np.bool_], line: Ridge) -> list[Ridge]:
    """Split a line whose movements ``own`` form two bands, because one ridge ran between two lines."""
    if own.sum() < 2:
        return [line]
    off = movements.y[own] - line.at(movements.x[own])
    at = np.arange(off.min(), off.max() + 0.25, 0.25)
    band = np.exp(-(((at[:, None] - off) / BAND_SD) ** 2) / 2) @ movements.weight[own]
    tops = np.flatnonzero((band[1:-1] > band[:-2]) & (band[1:-1] >= band[2:])) + 1
    if len(tops) < 2:
        return [line]
    upper, lower = sorted(tops[np.argsort(-band[tops], kind="stable")[:2]].tolist())
    least, most = sorted((float(band[upper]), float(band[lower])))
    if (
        at[lower] - at[upper] < MIN_BAND_DISTANCE
        or least < MIN_BAND_SHARE * most
        or band[upper:lower].min() > MAX_VALLEY_SHARE * least
    ):
        return [line]
    return [Ridge(line.x, line.y + at[top], line.weight * band[top] / band.sum()) for top in (upper, lower)]


def _union(sides: Floats) -> Floats:
    """Merge intervals of shape (n, 2) that touch or nearly touch."""
    joined: list[list[float]] = []
    for left, right in sorted((sides + (-0.2, 0.2)).tolist()):
        if joined and left <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], right)
        else:
            joined.append([left, right])
    return np.array(joined)


def _fit_ridge(movements: Movements, own: NDArray[np.bool_]) -> Ridge | None:
    """Fit a smooth line to the movements ``own``, weighting distant ones less; None if there are fewer than two."""
    if own.sum() < 2:
        return None
    x, y = movements.x[own], movements.y[own]
    at = np.arange(x.min(), x.max() + 1, 1.0)
    near = np.exp(-(((at[:, None] - x) / 4) ** 2) / 2) * movements.weight[own] + 1e-30
    middle = (near * y).sum(axis=1) / near.sum(axis=1)
    for _ in range(2):
        weight = near * np.exp(-((y - np.interp(x, at, middle)) ** 2) / 2) + 1e-30
        middle = (weight * y).sum(axis=1) / weight.sum(axis=1)
    return Ridge(at, middle, near.sum(axis=1))


def _columns_in(x: Floats, others: Floats) -> NDArray[np.bool_]:
    """Return a mask of those ``x`` that are among ``others``; all ridges of one density share the same columns."""
    return np.isin(x, others)


def _part(ridge: Ridge, chosen: NDArray[np.bool_]) -> Ridge:
    return Ridge(ridge.x[chosen], ridge.y[chosen], ridge.weight[chosen])
