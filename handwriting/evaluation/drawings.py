"""Drawings put on pages of writing, and what they cost in splitting and reading the pages.

Every kind is drawn with the tremor of a hand, from a seed of its own, into an :class:`~handwriting.ink.Ink` beside the
writing of a form. All lengths are in letter heights. Strokes of a drawing count as right when they are set aside;
strokes of writing, when they are on their line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.corpora.forms import forms
from handwriting.errors import InkError
from handwriting.evaluation.pages import matched
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.pages.marks import Marks
from handwriting.recognition.pages.splitting import Layout, find_layout
from handwriting.recognition.recognizer import Recognizer

Strokes = list[NDArray[np.float64]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Canvas:
    """The writing that is drawn on: boxes in the ink's units."""

    rng: np.random.Generator
    height: float
    """Of a small letter."""
    page: Box
    lines: Sequence[Box]
    """Of each line of writing."""
    words: Sequence[Box]
    """Of the first word of each line."""
    longest: Sequence[Box]
    """Of the longest word of each line."""
    longest_strokes: Sequence[Strokes]
    """The strokes of the longest words."""

    def line(self, *corners: tuple[float, float]) -> NDArray[np.float64]:
        """A stroke through the corners, drawn by hand: points closely spaced, with a slow tremor."""
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

    def arc(self, center: tuple[float, float], rx: float, ry: float, begin: float = 0.0, end: float = 2 * np.pi):
        """An elliptic stroke."""
        turn = np.linspace(begin, end, 40)
        return self.line(*zip(center[0] + rx * np.cos(turn), center[1] + ry * np.sin(turn), strict=True))

    def some_line(self) -> int:
        return int(self.rng.integers(len(self.lines)))


def underlined_word(c: Canvas) -> Strokes:
    left, _, right, bottom = c.words[c.some_line()]
    return [c.line((left, bottom + 0.4 * c.height), (right, bottom + 0.4 * c.height))]


def underlined_line(c: Canvas) -> Strokes:
    left, _, right, bottom = c.lines[c.some_line()]
    y = bottom + 0.3 * c.height
    return [c.line((left, y), (right, y))]


def box(c: Canvas) -> Strokes:
    l, t, r, b = _grown(c.lines[c.some_line()], 0.6 * c.height)
    return [c.line((l, t), (r, t), (r, b), (l, b), (l, t))]


def box_of_four(c: Canvas) -> Strokes:
    l, t, r, b = _grown(c.lines[c.some_line()], 0.5 * c.height)
    return [c.line((l, t), (l, b)), c.line((l, t), (r, t)), c.line((r, t), (r, b)), c.line((l, b), (r, b))]


def rule(c: Canvas) -> Strokes:
    left, _, right, bottom = c.page
    y = bottom + 2.5 * c.height
    return [c.line((left, y), (right, y))]


def circle(c: Canvas) -> Strokes:
    l, t, r, b = _grown(c.words[c.some_line()], 0.5 * c.height)
    return [c.arc(((l + r) / 2, (t + b) / 2), 0.62 * (r - l), 0.62 * (b - t), -1.5, 5.0)]


def arrow(c: Canvas) -> Strokes:
    left, top, right, _ = c.page
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
    lines = [c.line((left + k * 0.9 * c.height, y + size), (left + k * 0.9 * c.height + 0.6 * size, y)) for k in range(9)]
    return lines


def zigzag(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    y, size = bottom + 3 * c.height, 6 * c.height
    corners = [(left + k * 0.6 * c.height, y + (size if k % 2 else 0)) for k in range(14)]
    return [c.line(*corners)]


def table(c: Canvas) -> Strokes:
    l, t, r, b = _grown(c.page, c.height)
    edges = [t, *(0.5 * (a[3] + d[1]) for a, d in zip(c.lines, c.lines[1:], strict=False)), b]
    return [c.line((l, y), (r, y)) for y in edges] + [c.line((x, t), (x, b)) for x in (l, r)]


def grid(c: Canvas) -> Strokes:
    left, _, _, bottom = c.page
    x, y, s = left, bottom + 3 * c.height, 4 * c.height
    rows = [c.line((x, y + k * s), (x + 4 * s, y + k * s)) for k in range(4)]
    return rows + [c.line((x + k * s, y), (x + k * s, y + 3 * s)) for k in range(5)]


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
              table, grid, face, house, graph, struck_word, struck_word_twice, scribbled_word)
}  # fmt: skip
"""By name."""


@dataclass(frozen=True)
class DrawingRow:
    """Figures of pages with one kind of drawing. Rates are fractions."""

    kind: str
    pages: int
    cer: float
    cer_without: float
    """CER of the same pages without the drawing."""
    strokes_right: float
    """Share of the strokes of writing that are on their line."""
    set_aside: float
    """Share of the drawing's strokes that are in a drawing region."""


@dataclass(frozen=True)
class DrawingReport:
    """What drawings on pages cost, by kind."""

    rows: tuple[DrawingRow, ...]

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return {row.kind: asdict(row) for row in self.rows}

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = ["drawing             pages  CER %  without  strokes right %  set aside %"]
        for r in self.rows:
            rows.append(
                f"{r.kind:18} {r.pages:6}  {100 * r.cer:5.2f}  {100 * r.cer_without:7.2f}  "
                f"{100 * r.strokes_right:15.2f}  {100 * r.set_aside:11.1f}"
            )
        return "\n".join(rows)


def evaluate(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    kinds: Sequence[str] = (),
    *,
    single_lines: bool = False,
    step: int = 1,
    progress: Progress = no_progress,
) -> DrawingReport:
    """Put each kind of drawing on every page of a split, then find the lines and read them.

    ``kinds`` are names in :data:`DRAWINGS`, all of them by default. ``single_lines`` takes every line file for a page
    of its own. ``step`` takes every n-th page. ``progress`` counts pages.
    """
    unknown = [kind for kind in kinds if kind not in DRAWINGS]
    if unknown:
        raise InkError(f"kinds: {unknown[0]!r} is not a drawing; choose from {', '.join(DRAWINGS)}")
    pages = list(_pages(corpus, split, single_lines))[::step]
    found: dict[str, list[_Measured]] = {kind: [] for kind in kinds or DRAWINGS}
    for number, page in enumerate(pages):
        reader = _CachingReader(recognizer)
        plain = reader.read(page.ink)
        canvas = page.canvas(number)
        for kind, rows in found.items():
            rng = np.random.default_rng([number, list(DRAWINGS).index(kind)])
            drawn = DRAWINGS[kind](replace(canvas, rng=rng))
            layout, read = reader.read_layout(_with(page.ink, drawn))
            got = np.full(len(page.line) + len(drawn), -1)
            for k, line in enumerate(layout.lines):
                got[line.strokes] = k
            written, extra = got[: len(page.line)], got[len(page.line) :]
            right = _right(page.line, written, page.number_of_lines)
            rows.append(_Measured(page.text, read, plain, right, len(written), int((extra < 0).sum()), len(extra)))
        progress(number + 1, len(pages))
    return DrawingReport(tuple(_row(kind, rows) for kind, rows in found.items()))


@dataclass(frozen=True)
class _Measured:
    text: str
    read: str
    plain: str
    right: int
    written: int
    aside: int
    drawn: int


def _row(kind: str, rows: Sequence[_Measured]) -> DrawingRow:
    return DrawingRow(
        kind,
        len(rows),
        metrics.cer((row.text, row.read) for row in rows),
        metrics.cer((row.text, row.plain) for row in rows),
        sum(row.right for row in rows) / max(1, sum(row.written for row in rows)),
        sum(row.aside for row in rows) / max(1, sum(row.drawn for row in rows)),
    )


@dataclass(frozen=True, eq=False)
class _Page:
    ink: Ink
    line: NDArray[np.int64]
    """Shape (S,): the line of each stroke, -1 for none."""
    number_of_lines: int
    text: str

    def canvas(self, seed: int) -> Canvas:
        marks = Marks(self.ink)
        boxes = marks.boxes
        lines, words, longest, strokes = [], [], [], []
        for k in range(self.number_of_lines):
            own = np.flatnonzero(self.line == k)
            if len(own):
                parts = _words(boxes, own, marks.height)
                long = max(parts, key=lambda part: float(np.ptp(boxes[part][:, [0, 2]])))
                lines.append(_union(boxes[own]))
                words.append(_union(boxes[parts[0]]))
                longest.append(_union(boxes[long]))
                strokes.append([self.ink.strokes[i] for i in long.tolist()])
        return Canvas(np.random.default_rng(seed), marks.height, _union(boxes), lines, words, longest, strokes)


def _pages(corpus: Corpus, split: str, single_lines: bool) -> Iterator[_Page]:
    if single_lines:
        for line in corpus.lines(split):
            yield _Page(line.ink, np.zeros(len(line.ink.starts), dtype=np.int64), 1, line.text)
    else:
        for form in forms(corpus, split):
            yield _Page(form.ink, form.line, len(form.lines), "\n".join(line.text for line in form.lines))


def _words(boxes: NDArray[np.float64], own: NDArray[np.int64], height: float) -> list[NDArray[np.int64]]:
    """The strokes of a line, parted at the gaps between words."""
    order = own[np.argsort(boxes[own, 0], kind="stable")]
    reached = np.maximum.accumulate(boxes[order, 2])
    return np.split(order, np.flatnonzero(boxes[order[1:], 0] - reached[:-1] > 0.7 * height) + 1)


def _right(line: NDArray[np.int64], got: NDArray[np.int64], lines: int) -> int:
    """How many strokes of writing are on their line; one that is set aside is on none."""
    there = got >= 0
    label = line[there]
    return int((matched(label, got[there], lines) == label).sum()) if there.any() else 0


def _with(ink: Ink, drawn: Strokes) -> Ink:
    """The ink with more strokes after its own."""
    t = None
    if ink.t is not None:
        count = sum(map(len, drawn))
        t = np.append(ink.t, ink.t.max() + 1 + 0.01 * np.arange(count))
    x, y = np.concatenate([ink.xy, *drawn]).T
    starts = np.cumsum([len(ink), *(len(stroke) for stroke in drawn[:-1])])
    return Ink(x, y, np.append(ink.starts, starts), t)


def _union(boxes: NDArray[np.float64]) -> Box:
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


class _CachingReader:
    """Reads pages on which most lines stay as they were."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._known: dict[bytes, str] = {}

    def read(self, ink: Ink) -> str:
        return self.read_layout(ink)[1]

    def read_layout(self, ink: Ink) -> tuple[Layout, str]:
        layout = find_layout(ink)
        keys = [line.ink.xy.tobytes() for line in layout.lines]
        new = {key: line.ink for key, line in zip(keys, layout.lines, strict=True) if key not in self._known}
        for key, read in zip(new, self._recognizer.transcribe_all(list(new.values())), strict=True):
            self._known[key] = read.text
        return layout, "\n".join(self._known[key] for key in keys if self._known[key])


def _grown(b: Box, by: float) -> Box:
    return b[0] - by, b[1] - by, b[2] + by, b[3] + by


def _head(c: Canvas, a: tuple[float, float], b: tuple[float, float]) -> Strokes:
    """The two barbs of an arrow from ``a`` at ``b``."""
    way = complex(*b) - complex(*a)
    back = -1.5 * c.height * way / abs(way)
    ends = [complex(*b) + back * np.exp(1j * turn) for turn in (0.5, -0.5)]
    return [c.line(b, (end.real, end.imag)) for end in ends]


def _extra_word(c: Canvas) -> tuple[Strokes, Box, float]:
    """A word written once more behind a line, its box, and the height of the middle of its letters."""
    k, to = c.some_line(), c.lines[c.some_line()]
    left, _, _, bottom = c.longest[k]
    move = np.array([to[2] + 2 * c.height - left, to[3] - bottom])
    l, t, r, b = np.array(c.longest[k]) + np.tile(move, 2)
    word = [stroke + move for stroke in c.longest_strokes[k]]
    return word, (float(l), float(t), float(r), float(b)), float(np.median(np.concatenate(word)[:, 1]))
