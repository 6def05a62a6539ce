"""What a corpus holds and everything that is wrong with it, by file and reason.

:func:`survey` walks every list, transcript, form and line; it reports what :func:`open_corpus` and training would
trip over or pass by, and stops at nothing.
"""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.corpora import Corpus, open_corpus, unipen_report
from handwriting.corpora.iamondb import LINE, IamOndb, split_id
from handwriting.corpora.own import OwnCorpus
from handwriting.corpora.unipen import Unipen
from handwriting.errors import InkError
from handwriting.formats import iamondb, load
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress

JUMP = 600
"""Units of IAM-OnDB: a longer step within a stroke is a sensor dropout and no movement of a hand."""
COLUMNS = (
    ("split", "name"), ("forms", "forms"), ("lines", "lines"), ("training", "training_lines"), ("writers", "writers"),
    ("no writer", "forms_without_writer"), ("points", "points"), ("strokes", "strokes"), ("dots", "dots"),
    ("still", "still_steps"), ("back", "backward_steps"), ("jumps", "jumps"),
)  # fmt: skip
"""Titles of the table and the figures below them."""
SHOWN = 400
"""Names listed below one reason; more are counted. IAM-OnDB's are all shown."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong."""

    file: str
    """A path below the corpus, or the id of a line or form."""
    reason: str
    """Alike for alike problems, so that they can be counted."""


@dataclass(frozen=True)
class SplitFigures:
    """What one split holds."""

    name: str
    forms: int
    lines: int
    training_lines: int
    """Without the known-bad lines and those without text."""
    writers: int
    forms_without_writer: int
    points: int
    strokes: int
    characters: str
    """The distinct ones of its transcripts, sorted."""
    dots: int
    """Strokes of one point."""
    still_steps: int
    """Steps within a stroke at which the time stamp stays the same."""
    backward_steps: int
    """Steps within a stroke at which it goes back."""
    jumps: int
    """Steps longer than :data:`JUMP` within a stroke."""


@dataclass(frozen=True)
class Survey:
    """A corpus in figures."""

    path: str
    splits: tuple[SplitFigures, ...]
    left_out: tuple[Problem, ...]
    """Lines that training leaves out, each with the reason; they are in every figure."""
    problems: tuple[Problem, ...]


def report(
    path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = (), progress: Progress = no_progress
) -> str:
    """What a corpus holds and every problem in it, as plain text: UNIPEN by category and donor, others by split."""
    corpus = open_corpus(path, lists)
    if isinstance(corpus, Unipen):
        return unipen_report.render(unipen_report.survey(corpus, progress))
    return render(survey(path, lists, progress))


def survey(
    path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = (), progress: Progress = no_progress
) -> Survey:
    """Walk all of a corpus (see :func:`open_corpus`); ``progress(done, total)`` counts lines.

    Raises :class:`InkError` only when there is no corpus at ``path``.
    """
    corpus = open_corpus(path, lists)
    problems: list[Problem] = []
    ids = {split: _ids(corpus, split, problems) for split in corpus.splits}
    total = sum(map(len, ids.values()))
    splits, done = [], 0
    for split, members in ids.items():
        counter = _Counter(split)
        for id in members:
            counter.add(corpus, id, problems)
            done += 1
            progress(done, total)
        splits.append(counter.figures())
    walked = {id for members in ids.values() for id in members}
    left_out = tuple(Problem(id, reason) for id, reason in corpus.known_bad.items() if id in walked)
    if isinstance(corpus, IamOndb):
        problems += _files(corpus, walked)
    if isinstance(corpus, OwnCorpus):
        problems += [Problem(name, reason) for name, reason in corpus.problems().items()]
        problems += [Problem(id, "in no split") for id in corpus.unlisted()]
    return Survey(str(path), tuple(splits), left_out, tuple(dict.fromkeys(problems)))


def render(survey: Survey) -> str:
    """The survey as plain text: a table of the splits, then left-out lines and problems grouped by reason."""
    cells = [[title for title, _ in COLUMNS]]
    for split in survey.splits:
        values = [getattr(split, name) for _, name in COLUMNS]
        cells.append([v if isinstance(v, str) else f"{v:,}" for v in values])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [survey.path, ""]
    for first, *rest in cells:
        lines.append("  ".join([first.ljust(widths[0])] + [v.rjust(w) for v, w in zip(rest, widths[1:], strict=True)]))
    lines += [
        "",
        f"dots: strokes of one point; within strokes: time stands still, runs back; jumps of over {JUMP} units",
    ]
    lines += [
        f"{len(split.characters)} characters of {split.name}: {split.characters.strip()}" for split in survey.splits
    ]
    lines += _grouped(f"left out of training: {len(survey.left_out)} lines", survey.left_out)
    lines += _grouped(f"problems: {len(survey.problems)}", survey.problems)
    return "\n".join(lines)


def _grouped(title: str, problems: Iterable[Problem]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.reason, []).append(problem.file)
    lines = ["", title]
    for reason, names in reasons.items():
        lines.append(f"  {reason} ({len(names)})")
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        lines.append(
            textwrap.fill(" ".join(names[:SHOWN]) + more, 120, initial_indent="    ", subsequent_indent="    ")
        )
    return lines


class _Counter:
    """The sums behind :class:`SplitFigures`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.writers: dict[str, str | None] = {}
        self.characters: set[str] = set()
        self.sums: Counter[str] = Counter()

    def add(self, corpus: Corpus, id: str, problems: list[Problem]) -> None:
        self.sums["lines"] += 1
        try:
            line = corpus.line(id)
        except InkError as error:
            self.writers.setdefault(id.rpartition("-")[0], None)
            problems.append(Problem(id, str(error)))
            return
        self.sums["training_lines"] += id not in corpus.known_bad and bool(line.text)
        if not line.text:
            problems.append(Problem(id, "ink without text"))
        self.writers[line.form] = line.writer
        self.characters |= set(line.text)
        self.sums.update(_quirks(line.ink))

    def figures(self) -> SplitFigures:
        writers = list(self.writers.values())
        known = set(writers) - {None}
        names = ("lines", "training_lines", "points", "strokes", "dots", "still_steps", "backward_steps", "jumps")
        return SplitFigures(
            name=self.name,
            forms=len(writers),
            writers=len(known),
            forms_without_writer=writers.count(None),
            characters="".join(sorted(self.characters)),
            **{name: self.sums[name] for name in names},
        )


def _quirks(ink: Ink) -> dict[str, int]:
    within = np.diff(ink.stroke_index) == 0
    steps = np.hypot(np.diff(ink.x), np.diff(ink.y))
    times = np.zeros(0) if ink.t is None else np.diff(ink.t)[within]
    return {
        "points": len(ink),
        "strokes": len(ink.starts),
        "dots": int((ink.ends - ink.starts == 1).sum()),
        "still_steps": int((times == 0).sum()),
        "backward_steps": int((times < 0).sum()),
        "jumps": int((steps[within] > JUMP).sum()),
    }


def _ids(corpus: Corpus, split: str, problems: list[Problem]) -> list[str]:
    """The lines of a split that can be found; what its list names in vain is a problem and no end."""
    if isinstance(corpus, OwnCorpus):
        try:
            return corpus.ids(split)
        except InkError as error:
            problems.append(Problem(split, str(error)))
            return []
    if not isinstance(corpus, IamOndb):
        return corpus.ids(split)
    try:
        names = corpus.names(split)
    except InkError as error:
        problems.append(Problem(f"{split}.txt", str(error)))
        return []
    ids = {name: corpus.line_ids(name) for name in names}
    problems += [Problem(name, f"listed in {split}.txt, but there is no ink of it") for name in names if not ids[name]]
    return list(dict.fromkeys(id for found in ids.values() for id in found))


def _files(corpus: IamOndb, walked: set[str]) -> Iterator[Problem]:
    """What is wrong with the files behind the lines: transcripts, forms, and what no list holds."""
    stray = sorted(path.stem for path in corpus.line_files() if path.stem not in walked)
    for id in stray:
        if LINE.fullmatch(id):
            yield Problem(id, "ink on no list")
        else:
            yield Problem(id, "a file name that is no line of IAM-OnDB")
    forms = sorted({split_id(id)[0] for id in walked})
    for form in forms:
        try:
            texts = len(corpus.transcript(form))
        except InkError as error:
            yield Problem(form, str(error))
            continue
        numbers = {split_id(id)[1] for id in corpus.line_ids(form)}
        for number in sorted(set(range(1, texts + 1)) - numbers):
            yield Problem(f"{form}-{number:02d}", "text without ink")
        yield from _form_file(corpus, form, texts)


def _form_file(corpus: IamOndb, form: str, texts: int) -> Iterator[Problem]:
    path = corpus.form_file(form)
    if path is None:
        yield Problem(form, "no form file in original/, hence no writer")
        return
    try:
        ink = iamondb.read_ink(load(path), str(path))
    except InkError as error:
        yield Problem(form, str(error))
        return
    lines = (ink.source.text or "").splitlines()
    if ink.source.writer is None:
        yield Problem(form, "its form file names no writer")
    if len(lines) != texts:
        yield Problem(form, f"{texts} lines of text in ascii/ and {len(lines)} in original/")
    own = [corpus.text(f"{form}-{number:02d}") for number in range(1, len(lines) + 1)]
    for number, (here, there) in enumerate(zip(own, lines, strict=True), 1):
        if here.replace(" ", "") != there.replace(" ", ""):
            yield Problem(f"{form}-{number:02d}", "its text differs between ascii/ and original/ by more than spaces")
