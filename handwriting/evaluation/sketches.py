"""Make drawings of many kinds, randomly varied and with the tremor of a hand, to add to pages of writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Strokes = list[NDArray[np.float64]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Canvas:
    """The writing on a page, as boxes in the ink's units, to which drawings are added."""

    rng: np.random.Generator
    height: float
    """Height of a small letter."""
    page: Box
    lines: Sequence[Box]
    """Box of each line of writing."""
    baselines: Sequence[float]
    """Baseline of each line: the median of the bottoms of its strokes."""
    words: Sequence[Box]
    """Box of the first word of each line."""
    longest: Sequence[Box]
    """Box of the longest word of each line."""
    longest_strokes: Sequence[Strokes]
    """The strokes of the longest words."""

    def line(self, *corners: tuple[float, float]) -> NDArray[np.float64]:
        """Return a hand-drawn stroke through the corners: closely spaced points with a slow tremor."""
        points = np.array(corners, dtype=np.float64)
        lengths = np.hypot(*np.diff(points, axis=0).T)
        at = np.append(0.0, np.cumsum(lengths))
        n = max(3, int(at[-1] / (0.25 * self.height)) + 1)
        along = np.linspace(0, at[-1], n)
        stroke = np.column_stack([np.interp(along, at, points[:, k]) for k in (0, 1)])
        knots = max(2, n // 12)
        tremor = self.rng.normal(0, 0.06 * self.height, (knots, 2))
        wave = np.column_stack([np.interp(np.arange(n), np.linspace(0, n - 1, knots), tremor[:, k]) for k in (0, 1)])
        return stroke + wave

    def arc(
        self, center: tuple[float, float], rx: float, ry: float, begin: float = 0.0, end: float = 2 * np.pi
    ) -> NDArray[np.float64]:
        """Return a hand-drawn elliptic arc from ``begin`` to ``end`` radians."""
        turn = np.linspace(begin, end, 40)
        return self.line(*zip(center[0] + rx * np.cos(turn), center[1] + ry * np.sin(turn), strict=True))

    def some_line(self) -> int:
        return int(self.rng.integers(len(self.lines)))


def underlined_word(c: Canvas) -> Strokes:
    left, _, right, bottom = c.words[c.some_line()]
    return [c.line((left, bottom + 0.4 * c.height), (right, bottom + 0.4 * c.height))]


def underlined_line(c: Canvas) -> Strokes:
    k = c.some_line()
    left, _, right, _ = c.lines[k]
    y = c.baselines[k] + 0.7 * c.height
    return [c.line((left, y), (right, y))]


def box(c: Canvas) -> Strokes:
    x0, y0, x1, y1 = _enlarged(c.lines[c.some_line()], 0.6 * c.height)
    return [c.line((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))]


def box_of_four(c: Canvas) -> Strokes:
    left, top, right, bottom = _enlarged(c.lines[c.some_line()], 0.5 * c.height)
    a, b, d, e = (left, top), (right, top), (right, bottom), (left, bottom)
    return [c.line(a, e), c.line(a, b), c.line(b, d), c.line(e, d)]


def rule(c: Canvas) -> Strokes:
    left, _, right, bottom = c.page
    y = bottom + 2.5 * c.height
    return [c.line((left, y), (right, y))]


def circle(c: Canvas) -> Strokes:
    x0, y0, x1, y1 = _enlarged(c.words[c.some_line()], 0.5 * c.height)
    return [c.arc(((x0 + x1) / 2, (y0 + y1) / 2), 0.62 * (x1 - x0), 0.62 * (y1 - y0), -1.5, 5.0)]


def arrow(c: Canvas) -> Strokes:
    _, top, right, _ = c.page
    a = (right + 2 * c.height, top + 3 * c.height)
    b = (a[0] + 9 * c.height, a[1] + c.rng.uniform(-4, 4) * c.height)
    return [c.line(a, b), *_head(c, a, b)]


def margin_bracket(c: Canvas) -> Strokes:
    left, top, _, bottom = c.page
    x, bottom = left - 2 * c.height, max(bottom, top + 9 * c.height)
    return [c.line((x + c.height, top), (x, top + c.height), (x, bottom - c.height), (x + c.height, bottom))]


def hatching(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    y, size = bottom + 3 * c.height, 5 * c.height
    lines = [
        c.line((left + k * 0.9 * c.height, y + size), (left + k * 0.9 * c.height + 0.6 * size, y)) for k in range(9)
    ]
    return lines


def zigzag(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    y, size = bottom + 3 * c.height, 6 * c.height
    corners = [(left + k * 0.6 * c.height, y + (size if k % 2 else 0)) for k in range(14)]
    return [c.line(*corners)]


def table(c: Canvas) -> Strokes:
    x0, y0, x1, y1 = _enlarged(c.page, c.height)
    edges = [y0, *(0.5 * (a[3] + d[1]) for a, d in zip(c.lines, c.lines[1:], strict=False)), y1]
    return [c.line((x0, y), (x1, y)) for y in edges] + [c.line((x, y0), (x, y1)) for x in (x0, x1)]


def grid(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    x, y, s = left, bottom + 3 * c.height, 4 * c.height
    rows = [c.line((x, y + k * s), (x + 4 * s, y + k * s)) for k in range(4)]
    return rows + [c.line((x + k * s, y), (x + k * s, y + 3 * s)) for k in range(5)]


def ruled_paper(c: Canvas) -> Strokes:
    left, top, right, bottom = _enlarged(c.page, 2 * c.height)
    gap = float(np.median(np.diff(c.baselines))) if len(c.baselines) > 1 else 4 * c.height
    below = np.arange(c.baselines[-1] + gap, max(bottom, c.baselines[-1] + 3 * gap), gap)
    above = np.arange(c.baselines[0] - gap, min(top, c.baselines[0] - gap) - 1, -gap)
    return [c.line((left, y), (right, y)) for y in (*above[::-1], *c.baselines, *below)]


def squared_paper(c: Canvas) -> Strokes:
    left, top, right, bottom = _enlarged(c.page, 2 * c.height)
    size = 2 * c.height
    rows = [c.line((left, y), (right, y)) for y in np.arange(top, bottom + size, size)]
    return rows + [c.line((x, top), (x, bottom)) for x in np.arange(left, right + size, size)]


def face(c: Canvas) -> Strokes:
    _, _, right, bottom = c.page
    r = 5 * c.height
    x, y = right + 2 * c.height + r, bottom - r
    eyes = [c.arc((x + s * 0.4 * r, y - 0.3 * r), 0.5 * c.height, 0.5 * c.height) for s in (-1, 1)]
    return [c.arc((x, y), r, r, -1.6, 4.8), *eyes, c.arc((x, y + 0.1 * r), 0.5 * r, 0.4 * r, 0.3, 2.8)]


def house(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    x, y, s = left, bottom + 7 * c.height, 8 * c.height
    walls = c.line((x, y), (x + s, y), (x + s, y + s), (x, y + s), (x, y))
    roof = c.line((x, y), (x + s / 2, y - s / 2), (x + s, y))
    door = c.line((x + 0.4 * s, y + s), (x + 0.4 * s, y + 0.6 * s), (x + 0.6 * s, y + 0.6 * s), (x + 0.6 * s, y + s))
    window = c.line((x + 0.1 * s, y + 0.2 * s), (x + 0.3 * s, y + 0.2 * s), (x + 0.3 * s, y + 0.4 * s),
                    (x + 0.1 * s, y + 0.4 * s), (x + 0.1 * s, y + 0.2 * s))  # fmt: skip
    return [walls, roof, door, window]


def graph(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    x, y, s = left, bottom + 3 * c.height, 12 * c.height
    axes = [c.line((x, y), (x, y + 0.7 * s)), c.line((x, y + 0.7 * s), (x + s, y + 0.7 * s))]
    at = np.linspace(0, 1, 30)
    curve = c.line(*zip(x + s * at, y + 0.35 * s - 0.3 * s * np.sin(5 * at), strict=True))
    heads = _head(c, (x, y + s), (x, y)) + _head(c, (x, y + 0.7 * s), (x + s, y + 0.7 * s))
    return [*axes, curve, *heads]


def struck_word(c: Canvas) -> Strokes:
    word, (left, _, right, _), y = _extra_word(c)
    return [*word, c.line((left, y), (right, y))]


def struck_word_twice(c: Canvas) -> Strokes:
    word, (left, _, right, _), y = _extra_word(c)
    return [*word, *(c.line((left, y + d), (right, y + d)) for d in (-0.2 * c.height, 0.3 * c.height))]


def scribbled_word(c: Canvas) -> Strokes:
    word, (left, _, right, _), y = _extra_word(c)
    n = max(6, round((right - left) / (0.35 * c.height)))
    corners = [(left + (right - left) * k / n, y + 1.1 * c.height * (-1) ** k) for k in range(n + 1)]
    return [*word, c.line(*corners)]


DRAWINGS: dict[str, Callable[[Canvas], Strokes]] = {
    f.__name__.replace("_", "-"): f
    for f in (underlined_word, underlined_line, box, box_of_four, rule, circle, arrow, margin_bracket, hatching, zigzag,
              table, grid, face, house, graph, struck_word, struck_word_twice, scribbled_word,
              ruled_paper, squared_paper)
}  # fmt: skip
"""Functions that make each kind of drawing, by name."""


def _enlarged(b: Box, by: float) -> Box:
    return b[0] - by, b[1] - by, b[2] + by, b[3] + by


def _head(c: Canvas, a: tuple[float, float], b: tuple[float, float]) -> Strokes:
    """Return the two barbs at ``b`` of an arrow from ``a`` to ``b``."""
    way = complex(*b) - complex(*a)
    back = -1.5 * c.height * way / abs(way)
    ends = [complex(*b) + back * np.exp(1j * turn) for turn in (0.5, -0.5)]
    return [c.line(b, (end.real, end.imag)) for end in ends]


def _extra_word(c: Canvas) -> tuple[Strokes, Box, float]:
    """Return a copy of a word, placed after a line; its box; and y of the middle of its letters."""
    k, to = c.some_line(), c.lines[c.some_line()]
    left, _, _, bottom = c.longest[k]
    move = np.array([to[2] + 2 * c.height - left, to[3] - bottom])
    x0, y0, x1, y1 = np.array(c.longest[k]) + np.tile(move, 2)
    word = [stroke + move for stroke in c.longest_strokes[k]]
    return word, (float(x0), float(y0), float(x1), float(y1)), float(np.median(np.concatenate(word)[:, 1]))
