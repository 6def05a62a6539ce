"""Survey a corpus: its contents, and every problem in it by file and reason.

:func:`survey` reads every list, transcript, form and line. It reports whatever :func:`open_corpus` and training would
refuse or skip, and continues after each problem.
"""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.corpora import Corpus, open_corpus, unipen_report
from handwriting.corpora.iamondb import LINE_PATTERN, IamOndb, split_id
from handwriting.corpora.own import OwnCorpus
from handwriting.corpora.unipen import Unipen
from handwriting.errors import InkError
from handwriting.features.offsets import JUMP_UNITS
from handwriting.formats import iamondb, load
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress

COLUMNS = (
    ("split", "name"), ("forms", "forms"), ("lines", "lines"), ("training", "training_lines"), ("writers", "writers"),
    ("no writer", "forms_without_writer"), ("points", "points"), ("strokes", "strokes"), ("dots", "dots"),
    ("still", "still_steps"), ("back", "backward_steps"), ("jumps", "jumps"),
)  # fmt: skip
"""Column titles of the table, with the fields of :class:`SplitFigures` that they show."""
MAX_NAMES = 400
"""Maximum number of names listed for one reason; more are only counted. All those of IAM-OnDB fit."""


@dataclass(frozen=True)
class Problem:
    """A problem of a corpus."""

    file: str
    """Path below the corpus, or id of a line or form."""
    reason: str
    """Reason, worded the same for problems of the same kind so that they can be counted."""


@dataclass(frozen=True)
class SplitFigures:
    """Contents of a split."""

    name: str
    forms: int
    lines: int
    training_lines: int
    """Lines that are not known to be bad and have a text."""
    writers: int
    forms_without_writer: int
    points: int
    strokes: int
    characters: str
    """Different characters of the transcripts, sorted."""
    dots: int
    """Strokes of one point."""
    still_steps: int
    """Steps within a stroke whose time stamps are equal."""
    backward_steps: int
    """Steps within a stroke whose time stamps decrease."""
    jumps: int
    """Steps within a stroke that are longer than :data:`~handwriting.features.offsets.JUMP_UNITS`."""


@dataclass(frozen=True)
class Survey:
    """Contents and problems of a corpus."""

    path: str
    splits: tuple[SplitFigures, ...]
    left_out: tuple[Problem, ...]
    """Lines that training leaves out, with the reason; they are included in all figures."""
    problems: tuple[Problem, ...]


def report(
    path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = (), progress: Progress = no_progress
) -> str:
    """Return the survey of a corpus as plain text: UNIPEN by category and donor, other corpora by split."""
    corpus = open_corpus(path, lists)
    if isinstance(corpus, Unipen):
        return unipen_report.render(unipen_report.survey(corpus, progress))
    return render(survey(path, lists, progress))


def survey(
    path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = (), progress: Progress = no_progress
) -> Survey:
    """Read all of a corpus (see :func:`open_corpus`); ``progress`` counts lines.

    Raises :class:`InkError` only if there is no corpus at ``path``.
    """
    corpus = open_corpus(path, lists)
    problems: list[Problem] = []
    ids = {split: _ids(corpus, split, problems) for split in corpus.splits}
    total = sum(map(len, ids.values()))
    splits, done = [], 0
    for split, members in ids.items():
        counter = _SplitCounter(split)
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
    """Return a survey as plain text: a table of the splits, then left-out lines and problems, grouped by reason."""
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
        f"dots: strokes of one point; within strokes, still: equal times, back: decreasing times, jumps: over "
        f"{JUMP_UNITS:g} units",
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
        more = f" and {len(names) - MAX_NAMES:,} more" if len(names) > MAX_NAMES else ""
        lines.append(
            textwrap.fill(" ".join(names[:MAX_NAMES]) + more, 120, initial_indent="    ", subsequent_indent="    ")
        )
    return lines


class _SplitCounter:
    """Counts the figures of a split."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.writers: dict[str, str | None] = {}
        self.characters: set[str] = set()
        self.sums: Counter[str] = Counter()

    def add(self, corpus: Corpus, id: str, problems: list[Problem]) -> None:
        """Count a line, and add its problems to ``problems``."""
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
        """Return the figures of the lines so far."""
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
    """Count points, strokes, and the irregularities of a line."""
    within = np.diff(ink.stroke_index) == 0
    steps = np.hypot(np.diff(ink.x), np.diff(ink.y))
    times = np.zeros(0) if ink.t is None else np.diff(ink.t)[within]
    return {
        "points": len(ink),
        "strokes": len(ink.starts),
        "dots": int((ink.ends - ink.starts == 1).sum()),
        "still_steps": int((times == 0).sum()),
        "backward_steps": int((times < 0).sum()),
        "jumps": int((steps[within] > JUMP_UNITS).sum()),
    }


def _ids(corpus: Corpus, split: str, problems: list[Problem]) -> list[str]:
    """Return the lines of a split that exist; entries of its list without ink are added to ``problems``."""
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
    problems += [Problem(name, f"listed in {split}.txt, but without ink") for name in names if not ids[name]]
    return list(dict.fromkeys(id for found in ids.values() for id in found))


def _files(corpus: IamOndb, walked: set[str]) -> Iterator[Problem]:
    """Yield the problems of transcripts and form files, and the ink files that are on no list."""
    stray = sorted(path.stem for path in corpus.line_files() if path.stem not in walked)
    for id in stray:
        if LINE_PATTERN.fullmatch(id):
            yield Problem(id, "ink on no list")
        else:
            yield Problem(id, "not the file name of a line of IAM-OnDB")
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
    """Yield the problems of a form file whose transcript has ``texts`` lines."""
    path = corpus.form_file(form)
    if path is None:
        yield Problem(form, "no form file in original/, so the writer is unknown")
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
