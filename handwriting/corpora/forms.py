"""Read whole forms of IAM-OnDB, with the line of each stroke.

A form file in ``original/`` and the files of its lines contain the same points with the same time stamps, and the same
strokes except for a few that are split in one of them. Each stroke is therefore assigned to the line whose file
contains most of its points. A form without a form file is assembled from its lines, whose coordinates are those of
the form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.corpora.corpus import Corpus, Line
from handwriting.corpora.iamondb import IamOndb, split_id
from handwriting.errors import InkError
from handwriting.formats import iamondb as files
from handwriting.formats import load
from handwriting.ink import Ink


@dataclass(frozen=True, eq=False)
class Form:
    """A form of IAM-OnDB whose lines are known."""

    id: str
    ink: Ink
    line: NDArray[np.int64]
    """Index in ``lines`` of each stroke's line, shape (S,); -1 if no line contains any of its points."""
    lines: tuple[Line, ...]
    original: bool
    """Whether the ink is from a form file; otherwise it is assembled from the lines."""


def forms(corpus: Corpus, split: str, step: int = 1) -> Iterator[Form]:
    """Yield every ``step``-th form of a split, in the order of its list.

    Raises :class:`InkError` for any corpus but IAM-OnDB.
    """
    if not isinstance(corpus, IamOndb):
        raise InkError("pages need the forms of IAM-OnDB; give its folder instead of a packed file")
    ids: dict[str, list[str]] = {}
    for id in corpus.ids(split):
        ids.setdefault(split_id(id)[0], []).append(id)
    return (_form(corpus, form, members) for form, members in list(ids.items())[::step])


def _form(corpus: IamOndb, id: str, members: list[str]) -> Form:
    lines = tuple(corpus.line(member) for member in members)
    path = corpus.form_file(id)
    if path is None:
        strokes = [stroke for line in lines for stroke in _timed(line.ink)]
        label = np.repeat(np.arange(len(lines)), [len(line.ink.starts) for line in lines])
        return Form(id, Ink.from_strokes(strokes), label, lines, False)
    ink = files.read_ink(load(path), str(path))
    owners: dict[tuple[float, ...], set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        for point in _keys(line.ink):
            owners[point].add(number)
    votes = np.zeros((len(ink.starts), len(lines)))
    for stroke, point in zip(ink.stroke_index.tolist(), _keys(ink), strict=True):
        votes[stroke, list(owners.get(point, ()))] += 1
    label = np.where(votes.any(axis=1), votes.argmax(axis=1), -1)
    return Form(id, replace(ink, source=replace(ink.source, text=None)), label, lines, True)


def _timed(ink: Ink) -> list[NDArray[np.float64]]:
    """Return the strokes of ``ink``, with times of the source's clock if it has times."""
    if ink.t is None:
        return ink.strokes
    clock = ink.t + (ink.source.start_time or 0.0)
    return np.split(np.column_stack([ink.xy, clock]), ink.starts[1:])


def _keys(ink: Ink) -> list[tuple[float, ...]]:
    """Return the points of ``ink`` with their times in hundredths of a second, the precision of the files."""
    clock = np.zeros(len(ink)) if ink.t is None else ink.t + (ink.source.start_time or 0.0)
    return list(map(tuple, np.column_stack([ink.xy, np.round(100 * clock)]).tolist()))
