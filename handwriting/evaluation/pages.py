"""How well pages are split into lines, and what that costs in reading them.

The pages are the forms of a split, of which the line of every stroke is known. A stroke is right when its line is the
one that its line of the form was matched to; lines are matched one to one and in reading order, so that as many strokes
as can be are right. The CER of pages compares all of a page's text at once; beside it stands that of the form's line
files, read one by one, and with their texts joined likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.corpora.forms import Form, forms
from handwriting.ink import Ink
from handwriting.recognition.pages import split_lines, split_strokes
from handwriting.recognition.pages.marks import Integers, Marks
from handwriting.recognition.recognizer import Recognizer

GUTTER = 1000.0
"""Units of IAM-OnDB between the two forms of a page of two columns; its lines are about 500 apart."""


@dataclass(frozen=True)
class PageScore:
    """Rates are fractions."""

    pages: int
    original: int
    """Of them, read from a form file; the others are put together from line files."""
    strokes: int
    strokes_right: float
    strokes_right_original: float
    """The same over the pages from form files alone."""
    pages_with_all_lines: float
    """With as many lines as there are."""
    lines_unsplit: float
    """Line files that stay one line when they are taken for pages."""
    cer: float | None
    """Of the pages, split and read; None when nothing was read."""
    cer_joined: float | None
    """Of their line files, read one by one, the texts of a page joined."""
    cer_lines: float | None
    """Of their line files, line by line."""
    worst: tuple[tuple[str, int, int], ...]
    """The pages with the most strokes on a wrong line: id, such strokes, all strokes."""

    def figures(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(
    corpus: Corpus,
    split: str,
    recognizer: Recognizer | None,
    *,
    timeless: bool = False,
    columns: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> PageScore:
    """Split every form of ``split`` into lines and, with a recognizer, read them.

    ``timeless``: times dropped and strokes shuffled. ``columns``: two forms beside each other on every page. The line
    files are read as they are all the same.
    """
    total = len({line.rsplit("-", 1)[0] for line in corpus.ids(split)})
    pages = _paired(forms(corpus, split)) if columns else forms(corpus, split)
    rows, texts, lines = [], [], []
    unsplit: list[bool] = []
    for number, form in enumerate(pages, 1):
        ink, label = _shuffled(form, number) if timeless else (form.ink, form.line)
        pieces = split_lines(ink)
        found = [line.strokes for line in pieces]
        got = np.empty(len(label), dtype=np.int64)
        for k, strokes in enumerate(found):
            got[strokes] = k
        right = int((matched(label, got, len(form.lines)) == label).sum())
        rows.append((form, len(label), right, len(found) == len(form.lines)))
        unsplit += [len(split_strokes(line.ink)) == 1 for line in form.lines]
        if recognizer is not None:
            read = [t.text for t in recognizer.transcribe_all([line.ink for line in pieces])]
            single = [t.text for t in recognizer.transcribe_all([line.ink for line in form.lines])]
            reference = [line.text for line in form.lines]
            texts.append(tuple("\n".join(part) for part in (reference, read, single)))
            lines += list(zip(reference, single, strict=True))
        progress(number * (2 if columns else 1), total)
    wrong = sorted(((form.id, n - right, n) for form, n, right, _ in rows if right < n), key=lambda row: -row[1])
    return PageScore(
        len(rows),
        sum(form.original for form, *_ in rows),
        sum(n for _, n, *_ in rows),
        _rate((right, n) for _, n, right, _ in rows),
        _rate((right, n) for form, n, right, _ in rows if form.original),
        _rate((complete, 1) for *_, complete in rows),
        _rate((one, 1) for one in unsplit),
        metrics.cer((reference, read) for reference, read, _ in texts) if texts else None,
        metrics.cer((reference, single) for reference, _, single in texts) if texts else None,
        metrics.cer(lines) if texts else None,
        tuple(wrong[:20]),
    )


def matched(label: Integers, got: Integers, lines: int) -> Integers:
    """For each stroke the true line that its found line stands for; -1 for none.

    ``label``: the true lines, 0 to ``lines`` - 1, or -1; ``got``: the found ones. Shape (S,) all.
    """
    common = np.zeros((lines, int(got.max()) + 1), dtype=np.int64)
    np.add.at(common, (label[label >= 0], got[label >= 0]), 1)
    best = np.zeros(np.add(common.shape, 1), dtype=np.int64)
    for i, j in np.ndindex(common.shape):
        best[i + 1, j + 1] = max(best[i, j] + common[i, j], best[i, j + 1], best[i + 1, j])
    i, j = common.shape
    stands = np.full(j, -1)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            stands[j] = i
    return stands[got]


def render(score: PageScore) -> str:
    """The figures as people read them."""
    rows = [
        f"{score.pages} pages, {score.original} of them from form files, {score.strokes:,} strokes",
        f"{100 * score.strokes_right:6.2f} % of the strokes on the right line "
        f"({100 * score.strokes_right_original:.2f} % on pages from form files)",
        f"{100 * score.pages_with_all_lines:6.2f} % of the pages with the right number of lines",
        f"{100 * score.lines_unsplit:6.2f} % of the line files stay one line",
    ]
    if score.cer is not None and score.cer_joined is not None and score.cer_lines is not None:
        rows.append(
            f"{100 * score.cer:6.2f} % CER of the pages; of their line files, joined {100 * score.cer_joined:.2f} %, "
            f"line by line {100 * score.cer_lines:.2f} %"
        )
    rows += [f"{id}: {wrong} of {strokes} strokes" for id, wrong, strokes in score.worst[:10]]
    return "\n".join(rows)


def _rate(pairs: Iterable[tuple[int, int]]) -> float:
    some = list(pairs)
    return sum(a for a, _ in some) / max(1, sum(b for _, b in some))


def _shuffled(form: Form, seed: int) -> tuple[Ink, Integers]:
    order = np.random.default_rng(seed).permutation(len(form.line))
    return replace(form.ink.take(order), t=None), form.line[order]


def _paired(pages: Iterator[Form]) -> Iterator[Form]:
    """Two forms a page, one beside the other; a last one alone."""
    for left in pages:
        right = next(pages, None)
        yield left if right is None else _beside(left, right)


def _beside(left: Form, right: Form) -> Form:
    boxes = Marks(left.ink).boxes, Marks(right.ink).boxes
    dx = boxes[0][:, 2].max() + GUTTER - boxes[1][:, 0].min()
    dy = boxes[0][:, 1].min() - boxes[1][:, 1].min()
    a, b = left.ink, right.ink
    t = None if a.t is None or b.t is None else np.append(a.t, b.t + a.t.max() + 1)
    ink = Ink(np.append(a.x, b.x + dx), np.append(a.y, b.y + dy), np.append(a.starts, b.starts + len(a)), t)
    line = np.append(left.line, np.where(right.line < 0, -1, right.line + len(left.lines)))
    return Form(f"{left.id}+{right.id}", ink, line, left.lines + right.lines, left.original and right.original)
