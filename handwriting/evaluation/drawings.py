"""Measure what drawings on pages of writing cost in splitting and reading the pages.

Every kind of drawing in :mod:`~handwriting.evaluation.sketches` is added to every page of a split, after its writing.
The orientation of the pages is determined as well, because many rules could hide it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.corpora.forms import forms
from handwriting.errors import InkError
from handwriting.evaluation.pages import match_lines
from handwriting.evaluation.sketches import DRAWINGS, Box, Canvas, Strokes
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.pages import orienter
from handwriting.recognition.pages.marks import Marks
from handwriting.recognition.pages.splitting import Layout, find_layout
from handwriting.recognition.recognizer import Recognizer


@dataclass(frozen=True)
class DrawingRow:
    """Figures for pages with one kind of drawing. Rates are fractions."""

    kind: str
    pages: int
    cer: float
    cer_without: float
    """CER of the same pages without the drawing."""
    strokes_right: float
    """Share of the strokes of writing that are assigned to their line."""
    set_aside: float
    """Share of the drawing's strokes that are in a drawing region."""
    upright: float
    """Share of the pages that are found to be upright."""


@dataclass(frozen=True)
class DrawingReport:
    """The cost of drawings on pages, by kind."""

    rows: tuple[DrawingRow, ...]

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return {row.kind: asdict(row) for row in self.rows}

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = ["drawing             pages  CER %  without  strokes right %  set aside %  upright %"]
        for r in self.rows:
            rows.append(
                f"{r.kind:18} {r.pages:6}  {100 * r.cer:5.2f}  {100 * r.cer_without:7.2f}  "
                f"{100 * r.strokes_right:15.2f}  {100 * r.set_aside:11.1f}  {100 * r.upright:9.1f}"
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
    """Put each kind of drawing on every page of a split, then determine its orientation, find the lines and read them.

    ``kinds`` are names in :data:`DRAWINGS`, all of them by default. With ``single_lines`` every line file is a page
    of its own. Only every ``step``-th page is used. ``progress`` counts pages. Raises :class:`InkError` for an unknown
    kind.
    """
    unknown = [kind for kind in kinds if kind not in DRAWINGS]
    if unknown:
        raise InkError(f"kinds: {unknown[0]!r} is not a drawing; choose from {', '.join(DRAWINGS)}")
    pages = _pages(corpus, split, single_lines, step)
    found: dict[str, list[_Measured]] = {kind: [] for kind in kinds or DRAWINGS}
    for number, page in enumerate(pages):
        reader = _CachingReader(recognizer)
        _, plain, _ = reader.read_page(page.ink)
        canvas = page.canvas(number)
        for kind, rows in found.items():
            rng = np.random.default_rng([number, list(DRAWINGS).index(kind)])
            drawn = DRAWINGS[kind](replace(canvas, rng=rng))
            layout, read, upright = reader.read_page(_add_strokes(page.ink, drawn))
            got = np.full(len(page.line) + len(drawn), -1)
            for k, line in enumerate(layout.lines):
                got[line.strokes] = k
            written, extra = got[: len(page.line)], got[len(page.line) :]
            right = _count_right(page.line, written, page.number_of_lines)
            aside = int((extra < 0).sum())
            rows.append(_Measured(page.text, read, plain, right, len(written), aside, len(extra), upright))
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
    upright: bool


def _row(kind: str, rows: Sequence[_Measured]) -> DrawingRow:
    return DrawingRow(
        kind,
        len(rows),
        metrics.cer((row.text, row.read) for row in rows),
        metrics.cer((row.text, row.plain) for row in rows),
        sum(row.right for row in rows) / max(1, sum(row.written for row in rows)),
        sum(row.aside for row in rows) / max(1, sum(row.drawn for row in rows)),
        sum(row.upright for row in rows) / max(1, len(rows)),
    )


@dataclass(frozen=True, eq=False)
class _Page:
    ink: Ink
    line: NDArray[np.int64]
    """Line of each stroke, -1 for none, shape (S,)."""
    number_of_lines: int
    text: str

    def canvas(self, seed: int) -> Canvas:
        marks = Marks(self.ink)
        boxes = marks.boxes
        lines, baselines, words, longest, strokes = [], [], [], [], []
        for k in range(self.number_of_lines):
            own = np.flatnonzero(self.line == k)
            if len(own):
                parts = _words(boxes, own, marks.height)
                long = max(parts, key=lambda part: float(np.ptp(boxes[part][:, [0, 2]])))
                lines.append(_union(boxes[own]))
                baselines.append(float(np.median(boxes[own, 3])))
                words.append(_union(boxes[parts[0]]))
                longest.append(_union(boxes[long]))
                strokes.append([self.ink.strokes[i] for i in long.tolist()])
        return Canvas(
            np.random.default_rng(seed), marks.height, _union(boxes), lines, baselines, words, longest, strokes
        )


def _pages(corpus: Corpus, split: str, single_lines: bool, step: int) -> list[_Page]:
    """Return every ``step``-th form, or line, of a split."""
    if single_lines:
        lines = map(corpus.line, corpus.ids(split)[::step])
        return [_Page(line.ink, np.zeros(len(line.ink.starts), dtype=np.int64), 1, line.text) for line in lines]
    return [
        _Page(form.ink, form.line, len(form.lines), "\n".join(line.text for line in form.lines))
        for form in forms(corpus, split, step)
    ]


def _words(boxes: NDArray[np.float64], own: NDArray[np.int64], height: float) -> list[NDArray[np.int64]]:
    """Split the strokes ``own`` of a line at the gaps between words."""
    order = own[np.argsort(boxes[own, 0], kind="stable")]
    reached = np.maximum.accumulate(boxes[order, 2])
    return np.split(order, np.flatnonzero(boxes[order[1:], 0] - reached[:-1] > 0.7 * height) + 1)


def _count_right(line: NDArray[np.int64], got: NDArray[np.int64], lines: int) -> int:
    """Return how many strokes of writing are on their line; strokes that are set aside are on none."""
    there = got >= 0
    label = line[there]
    return int((match_lines(label, got[there], lines) == label).sum()) if there.any() else 0


def _add_strokes(ink: Ink, drawn: Strokes) -> Ink:
    """Return ``ink`` with the strokes ``drawn`` appended."""
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
    """Reads variants of a page, on which most lines are unchanged, and caches their texts."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._orient = orienter(recognizer)
        self._known: dict[bytes, str] = {}

    def read_page(self, ink: Ink) -> tuple[Layout, str, bool]:
        """Return the layout and the text of a page, and whether it is found to be upright."""
        orientation, backward = self._orient(ink)
        turned = ink if orientation.as_is else orientation.upright(ink, backward)[0]
        layout = find_layout(turned, sorted_by_tool=orientation.strokes == "mixed")
        keys = [line.ink.xy.tobytes() for line in layout.lines]
        new = {key: line.ink for key, line in zip(keys, layout.lines, strict=True) if key not in self._known}
        for key, read in zip(new, self._recognizer.transcribe_all(list(new.values())), strict=True):
            self._known[key] = read.text
        text = "\n".join(self._known[key] for key in keys if self._known[key])
        return layout, text, orientation.as_is
