"""UNIPEN train_r01_v07 as unpacked: characters, words and texts of many donors, on many tablets.

The folder contains ``data/<category>/<donor>/`` with files of ``.SEGMENT`` lines, and ``include/`` with the ink that
they include. The same segment may be in several categories (all of 1a to 1d and 3 also in 2, all of 6 also in 7). It
has one id: the file, then ``C``, ``W`` or ``T`` for character, word or text, then its components, such as
``"sta/sta1/hpb1-ja:W22-27"``.

A split is named by a group of donors and a kind of segment, such as ``train-words`` or ``valid-characters``;
:data:`CATEGORY_OF_KIND` lists the kinds. The groups of donors, and what training leaves out, are in
``unipen_known_bad.toml``. Validation and test splits leave out only segments without ink.

Source: Guyon, Schomaker, Plamondon, Liberman & Janet, ICPR 1994; https://doi.org/10.5281/zenodo.1195803
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path

from handwriting.corpora.corpus import Line
from handwriting.corpora.unipen_rules import rules
from handwriting.errors import InkError
from handwriting.formats import load, unipen, unipen_document

CATEGORY_OF_KIND = {
    "characters": "2",
    "digits": "1a",
    "capitals": "1b",
    "letters": "1c",
    "symbols": "1d",
    "context": "3",
    "tokens": "7",
    "words": "6",
    "texts": "8",
}
"""Kinds of segments, with which the names of splits end, and their categories. ``context`` are characters cut out of
words, ``words`` consist of letters only, and ``tokens`` are words that may contain digits and punctuation. A category
that includes others comes before them."""
CATEGORIES_OF_LETTER = {"C": ("2", "1a", "1b", "1c", "1d", "3"), "W": ("7", "6"), "T": ("8",)}
"""The letter in the id of a segment, and the categories that may contain the segment."""
LETTER_OF_CATEGORY = {
    category: letter for letter, categories in CATEGORIES_OF_LETTER.items() for category in categories
}
ID_PATTERN = re.compile(r"(?P<stem>[^:]+):(?P<letter>[CWT])(?P<range>[0-9:,-]+)")
UNIPEN_TERMS = (
    "UNIPEN train_r01_v07: CC BY 4.0 (doi 10.5281/zenodo.1195803); its CD-ROM of 1999 grants use of the coordinates "
    "for research and forbids to distribute them for commercial purposes; credit Guyon, Schomaker, Plamondon, "
    "Liberman & Janet, ICPR 1994, and the International Unipen Foundation"
)


class Unipen:
    """The distribution in the folder ``root``, whose categories and ink are read on demand.

    Raises :class:`InkError` if ``root`` does not contain UNIPEN.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        if not is_unipen(self.root):
            raise InkError(f"{self.root}: no UNIPEN here; give the folder with data/1a ... data/8 and include/")
        self._document = lru_cache(2)(self._read_document)
        self._segments = cache(self._read_segments)
        self._problems: dict[str, str | None] = {}
        self._verdicts: dict[str, str | None] = {}

    @property
    def terms(self) -> str:
        return UNIPEN_TERMS

    @cached_property
    def splits(self) -> tuple[str, ...]:
        """The splits whose data exists, training splits first."""
        return tuple(
            f"{group}-{kind}"
            for group in ("train", "valid", "test")
            for kind, category in CATEGORY_OF_KIND.items()
            if any(rules().group(donor) == group for donor in self.donors(category))
        )

    def donors(self, category: str) -> list[str]:
        """Return the donors with a folder in a category."""
        folder = self.root / "data" / category
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []

    def files(self, category: str, donor: str) -> list[str]:
        """Return the files of a donor in a category, as stems such as ``"sta/sta1/hpb1-ja"``."""
        base = self.root / "data" / category
        paths = (base / donor).rglob("*.dat")
        return sorted(path.relative_to(base).with_suffix("").as_posix() for path in paths)

    def members(self, category: str, donor: str) -> Iterator[str]:
        """Yield the ids of a donor's segments in a category, whether or not they have ink."""
        for stem in self.files(category, donor):
            for key in self._segments(category, stem):
                yield f"{stem}:{LETTER_OF_CATEGORY[category]}{key}"

    @cached_property
    def known_bad(self) -> Mapping[str, str]:
        """Segments that training leaves out, by id, with the reason; decided on demand, from the ink."""
        return _UnfitSegments(self)

    def ids(self, split: str) -> list[str]:
        """Return the segments of a split that have ink.

        This reads the ink of the whole split, which takes seconds to minutes; a packed corpus answers at once.
        """
        return [id for id, problem in self.problems(split).items() if problem is None]

    def problems(self, split: str) -> dict[str, str | None]:
        """Return all segments of a split, with the reason why a segment has no ink, or None if it has."""
        if split not in self.splits:
            raise InkError(f"{self.root}: there is no split {split!r}; it has: {', '.join(self.splits)}")
        group, _, kind = split.partition("-")
        donors = [donor for donor in self.donors(CATEGORY_OF_KIND[kind]) if rules().group(donor) == group]
        return {id: self.problem(id) for donor in donors for id in self.members(CATEGORY_OF_KIND[kind], donor)}

    def training_ids(self, split: str) -> list[str]:
        return [id for id in self.ids(split) if id not in self.known_bad]

    def lines(self, split: str) -> Iterator[Line]:
        return (self.line(id) for id in self.ids(split))

    def text(self, id: str) -> str:
        at = self._find(id)
        return rules().label(at.stem, at.segment.text or "")

    def line(self, id: str) -> Line:
        at = self._find(id)
        document = self._document(at.category, at.stem)
        ink = document.ink(at.segment)
        text = self.text(id)
        writer = f"{at.donor}/{document.writer or at.stem}"
        source = replace(ink.source, text=text, writer=writer, file=f"{at.stem}.dat")
        return Line(id, replace(ink, source=source), text, writer, at.stem)

    def problem(self, id: str) -> str | None:
        """Return the reason why a segment has no ink, or None if it has."""
        if id not in self._problems:
            at = self._find(id)
            try:
                self._problems[id] = self._document(at.category, at.stem).problem(at.segment)
            except InkError as error:
                self._problems[id] = str(error)
        return self._problems[id]

    def unfit(self, id: str) -> str | None:
        """Return the reason why training leaves a segment out, or None if it does not."""
        if id not in self._verdicts:
            at, line = self._find(id), self.line(id)
            self._verdicts[id] = rules().unfit(at.donor, at.category, at.segment.quality, line)
        return self._verdicts[id]

    def _find(self, id: str) -> _SegmentPlace:
        match = ID_PATTERN.fullmatch(id)
        if match is None:
            raise InkError(f"{id!r} is not a segment of UNIPEN; ids look like sta/sta1/hpb1-ja:W22-27")
        for category in CATEGORIES_OF_LETTER[match["letter"]]:
            segment = self._segments(category, match["stem"]).get(match["range"])
            if segment is not None:
                return _SegmentPlace(category, match["stem"], segment)
        raise InkError(f"{self.root}: there is no segment {id!r}; unpack the missing files")

    def _path(self, category: str, stem: str) -> Path:
        return self.root / "data" / category / f"{stem}.dat"

    def _read_segments(self, category: str, stem: str) -> dict[str, unipen_document.Segment]:
        """Return the segments of a file by their range, without ink; empty if there is no such file."""
        path = self._path(category, stem)
        if not path.is_file():
            return {}
        document = unipen.parse(load(path), str(path), follow=False)
        return {segment.delineation: segment for segment in document.segments}

    def _read_document(self, category: str, stem: str) -> unipen_document.UnipenFile:
        path = self._path(category, stem)
        return unipen.parse(load(path), str(path), self.root / "include")


@dataclass(frozen=True)
class _SegmentPlace:
    """Place of a segment."""

    category: str
    stem: str
    segment: unipen_document.Segment

    @property
    def donor(self) -> str:
        return self.stem.partition("/")[0]


class _UnfitSegments(Mapping[str, str]):
    """Segments that training leaves out, by id, with the reason; decided segment by segment."""

    def __init__(self, corpus: Unipen) -> None:
        self.corpus = corpus

    def __getitem__(self, id: str) -> str:
        reason = self.corpus.unfit(id)
        if reason is None:
            raise KeyError(id)
        return reason

    def __iter__(self) -> Iterator[str]:
        ids = dict.fromkeys(id for split in self.corpus.splits for id in self.corpus.ids(split))
        return (id for id in ids if id in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_unipen(root: Path) -> bool:
    """Return whether a folder has the layout of UNIPEN."""
    return (root / "include").is_dir() and any(
        (root / "data" / category).is_dir() for category in CATEGORY_OF_KIND.values()
    )
