"""The IAM On-Line Handwriting Database as downloaded: lines of ink with their transcripts, by the official lists.

The folder contains ``lineStrokes/``, ``ascii/`` and ``original/`` (or ``lineStrokes-all/lineStrokes/`` and so on, as
the archives unpack), and next to them the lists ``trainset.txt`` and so on. The files of a form are in a folder named
after the first 7 characters of its id, within one named after the first 3. The text is the ``CSR:`` part of
``ascii/.../<form>.txt`` (the ``OCR:`` part is wrong on purpose): its line n, not counting blank lines, belongs to
``<form>-0n.xml``; ``%%%%%%%%%%%`` marks a line break. Writers come from ``original/``, which lacks some forms.

Source: Liwicki & Bunke, ICDAR 2005; https://fki.tic.heia-fr.ch/databases/iam-on-line-handwriting-database
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

from handwriting.corpora.corpus import Line
from handwriting.errors import InkError
from handwriting.formats import iamondb as files
from handwriting.formats import load
from handwriting.text import raw

SPLITS = ("trainset", "testset_v", "testset_t", "testset_f")
"""The official splits. ``testset_v`` is the development set, and ``testset_f``, not ``testset_t``, the final test."""
PARTS = {"lineStrokes": "lineStrokes-all", "ascii": "ascii-all", "original": "original-xml-all"}
"""The folders, each with the folder that its archive unpacks to."""
FORM_PATTERN = re.compile(r"[a-z]\d\d-\d\d\d[a-z]?")
LINE_PATTERN = re.compile(rf"(?P<form>{FORM_PATTERN.pattern})-(?P<number>\d+)")
IAMONDB_TERMS = (
    "IAM On-Line Handwriting Database: may be used for non-commercial research purpose only; "
    "cite M. Liwicki and H. Bunke, ICDAR 2005"
)
LINE_BREAK = re.compile(r"\n|%{3,}")


class IamOndb:
    """The database in the folder ``root``, whose lists and lines are read on demand.

    ``lists`` are further split lists, named after their files. Raises :class:`InkError` if ``root`` does not contain
    IAM-OnDB, and later if a list is missing or names a form without ink.
    """

    def __init__(self, root: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = ()) -> None:
        self.root = Path(root)
        self._strokes = _required(self.root, "lineStrokes")
        self._ascii = _required(self.root, "ascii")
        self._original = _part(self.root, "original")
        beside = {name: self.root / f"{name}.txt" for name in SPLITS}
        self._lists = {name: path for name, path in beside.items() if path.is_file()}
        for path in map(Path, lists):
            if not path.is_file():
                raise InkError(f"{path}: no such list; give a file of form ids")
            self._lists[path.stem] = path
        self._transcript = lru_cache(64)(self._read_transcript)
        self._writer = lru_cache(64)(self._read_writer)

    @property
    def terms(self) -> str:
        return IAMONDB_TERMS

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(self._lists)

    @cached_property
    def known_bad(self) -> Mapping[str, str]:
        """Known-bad lines by id, with the reason; entries for whole forms are expanded to their lines."""
        reasons: dict[str, str] = {}
        for entry in known_bad_entries():
            for name in entry["ids"]:
                reasons |= dict.fromkeys(self.line_ids(name), entry["reason"])
        return reasons

    def names(self, split: str) -> list[str]:
        """Return the entries of a split's list, in order and without repetitions: ids of forms or of lines."""
        if split not in self._lists:
            have = ", ".join(self._lists) or "none"
            raise InkError(
                f"{self.root}: there is no list {split}.txt (found: {have}); put it there or take another split"
            )
        path = self._lists[split]
        names = load(path).decode("latin-1").split()
        for name in names:
            if not (FORM_PATTERN.fullmatch(name) or LINE_PATTERN.fullmatch(name)):
                raise InkError(f"{path}: {name[:40]!r} is not a form of IAM-OnDB; a list contains ids such as a01-000u")
        return list(dict.fromkeys(names))

    def line_ids(self, name: str) -> list[str]:
        """Return the lines of a form that have ink, by number, or the line ``name`` itself; empty without ink."""
        try:
            stems = [Path(file).stem for file in os.listdir(self._strokes / name[:3] / name[:7])]
        except OSError:
            return []
        matches = [match for stem in stems if (match := LINE_PATTERN.fullmatch(stem)) and name in (match["form"], stem)]
        return [match[0] for match in sorted(matches, key=lambda match: int(match["number"]))]

    def ids(self, split: str) -> list[str]:
        result: list[str] = []
        for name in self.names(split):
            ids = self.line_ids(name)
            if not ids:
                raise InkError(
                    f"{self._lists[split]}: {self._strokes} has no ink of {name}; unpack the missing files or "
                    "remove it from the list"
                )
            result += ids
        return list(dict.fromkeys(result))

    def training_ids(self, split: str) -> list[str]:
        return [id for id in self.ids(split) if id not in self.known_bad and self.text(id)]

    def lines(self, split: str) -> Iterator[Line]:
        return (self.line(id) for id in self.ids(split))

    def line(self, id: str) -> Line:
        form, _ = split_id(id)
        path = self.line_file(id)
        ink = files.read_ink(load(path), str(path))
        text, writer = self.text(id), self._writer(form)
        source = replace(ink.source, text=text, writer=writer, file=path.name)
        return Line(id, replace(ink, source=source), text, writer, form)

    def text(self, id: str) -> str:
        """Return the transcript of a line; ``""`` if its form has fewer lines of text than of ink."""
        form, number = split_id(id)
        lines = self._transcript(form)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def transcript(self, form: str) -> tuple[str, ...]:
        """Return the lines of text of a form; see :func:`transcript`."""
        return self._transcript(form)

    def text_file(self, form: str) -> Path:
        """Return the path of the transcript of a form."""
        return self._ascii / form[:3] / form[:7] / f"{form}.txt"

    def line_file(self, id: str) -> Path:
        """Return the path of the ink of a line."""
        form, _ = split_id(id)
        return self._strokes / form[:3] / form[:7] / f"{id}.xml"

    def line_files(self) -> Iterator[Path]:
        """Yield the ink files of all lines, whether listed or not."""
        return self._strokes.glob("*/*/*.xml")

    def form_file(self, form: str) -> Path | None:
        """Return the path of the ink of a whole form, or None if ``original/`` does not contain it."""
        if self._original is None:
            return None
        path = self._original / form[:3] / form[:7] / f"strokes{form[7:]}.xml"
        return path if path.is_file() else None

    def _read_transcript(self, form: str) -> tuple[str, ...]:
        path = self.text_file(form)
        return transcript(load(path).decode("latin-1"), str(path))

    def _read_writer(self, form: str) -> str | None:
        """Return the writer of a form, or None if it is unknown.

        A damaged form file counts as unknown: its lines can be used without it, and the survey reports it.
        """
        path = self.form_file(form)
        try:
            return None if path is None else files.form_writer(load(path, files.HEAD_SIZE), str(path))
        except InkError:
            return None


def transcript(text: str, file: str) -> tuple[str, ...]:
    """Return the lines of the ``CSR:`` part of a transcript file, unescaped, without blank lines and extra spaces."""
    _, mark, csr = text.partition("CSR:")
    if not mark:
        raise InkError(f"{file}: the file has no 'CSR:' before the transcript; copy the file again")
    lines = (raw(line) for line in LINE_BREAK.split(csr))
    return tuple(line for line in lines if line)


def split_id(id: str) -> tuple[str, int]:
    """Return form and line number of a line id. Raises :class:`InkError` for anything else."""
    match = LINE_PATTERN.fullmatch(id)
    if not match:
        raise InkError(f"{id!r} is not a line of IAM-OnDB; ids look like a01-000u-01")
    return match["form"], int(match["number"])


def known_bad_entries() -> list[dict]:
    """Return the entries of ``iamondb_known_bad.toml``: ``ids`` of lines or whole forms, and the ``reason``."""
    path = Path(__file__).with_name("iamondb_known_bad.toml")
    return tomllib.loads(path.read_text("utf-8"))["bad"]


def is_iamondb(root: Path) -> bool:
    """Return whether a folder contains any folder of the database; :class:`IamOndb` names the missing ones."""
    return any(_part(root, name) is not None for name in PARTS)


def _required(root: Path, name: str) -> Path:
    path = _part(root, name)
    if path is None:
        raise InkError(
            f"{root}: no IAM-OnDB here, {name}/ is missing; give the folder with lineStrokes/, ascii/, original/ and "
            "lists such as trainset.txt, or a folder of ink files with a .txt beside each"
        )
    return path


def _part(root: Path, name: str) -> Path | None:
    for path in (root / name, root / PARTS[name] / name, root / PARTS[name]):
        if path.is_dir():
            return path
    return None
