"""UNIPEN: text files of keywords, pen components and the segments that label them.

A keyword is a line that begins with a dot; its value extends to the next keyword. These are used here:

======================================= ==============================================================
``.INCLUDE name``                       inserts that file; found in ``include/``, beside this file or above
``.COORD X Y T P``                      columns of the points that follow, in any order; T in milliseconds
``.X_POINTS_PER_INCH``, ``_MM``         resolution, of x and y each; ``.POINTS_PER_SECOND``
``.PEN_DOWN``, ``.PEN_UP``              a component: a stroke, or the pen's way through the air
``.DT ms``                              the time that the pen was in the air
``.SEGMENT level range quality "text"`` a label; its range is ``3``, ``3-7``, ``9:0-11:5``, ``67:106-67:129,69``
======================================= ==============================================================

Components are numbered from 0 through all included files. A component without points has no number. In ``9:0-11:5``
a number after a colon is the index of a point, from 0; both ends belong to the range. Text of a label is usually
quoted. y grows upward in UNIPEN and is negated here. Lines may end in CR, LF or both.

Source: Guyon, Schomaker, Plamondon, Liberman & Janet, "UNIPEN project of on-line data exchange and recognizer
benchmarks", ICPR 1994; the format's definition, version 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np

from handwriting.errors import InkError, NoInkError, TooLargeError
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_BYTES, MAX_COORDINATE
from handwriting.notes import Notes

KEYWORD = re.compile(rb"^[ \t]*\.([A-Z][A-Z0-9_]*)(?=[ \t\r\n]|\Z)", re.MULTILINE)
SEGMENT = re.compile(r'\s*(\S+)\s+([0-9:,-]+)(?:\s+([^\s"]+))?(?:\s+(?:"(.*)"|([^\s"][^"]*?)))?\s*', re.DOTALL)
RANGE = re.compile(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
MAX_INCLUDES = 64
"""Files that one file may include, directly and through others."""
MAX_INCLUDED_BYTES = 2 * MAX_BYTES
MAX_KEYWORDS = 250_000
"""Keywords of one file: strokes, ways through the air, segments and all others."""


@dataclass(frozen=True)
class Component:
    """A stroke, or a way through the air; its numbers are parsed on first use."""

    down: bool
    columns: tuple[str, ...]
    values: bytes
    where: str
    """File and number of the component, for messages."""
    begin: float | None
    """Seconds at the first point, by the rate; None when there is no rate or a column of times."""
    rate: float | None
    clock: int
    """Number of the clock: times of two components are comparable when it is the same. It changes when the pen is up
    for an unknown time."""

    @property
    def lines(self) -> int:
        return len(self.values.strip().splitlines())

    @cached_property
    def rows(self) -> Floats:
        """Shape (n, columns), NaN for invalid values. Raises :class:`InkError` when x or y has one."""
        width = len(self.columns)
        fields = self.values.split()
        if len(fields) % width:  # a damaged line; the whole ones around it are good
            lines = [line.split() for line in self.values.splitlines()]
            fields = [number for line in lines if len(line) == width for number in line]
        try:
            numbers = np.array(list(map(float, fields)), dtype=np.float64)
        except ValueError:
            numbers = np.array([float(field) if _is_number(field) else np.nan for field in fields])
        rows = numbers.reshape(-1, width)
        for name in "XY":
            bad = np.flatnonzero(~(np.abs(rows[:, self.columns.index(name)]) <= MAX_COORDINATE))
            if len(bad):
                field = fields[bad[0] * width + self.columns.index(name)][:40].decode("latin-1")
                raise InkError(f"{self.where}: {name}={field!r} is not a finite number up to {MAX_COORDINATE:g}")
        return rows

    def column(self, name: str) -> Floats | None:
        """Shape (n,): a column of the file; T in seconds, computed from the rate where the file has no times."""
        if name in self.columns:
            values = self.rows[:, self.columns.index(name)]
            return values / 1000 if name == "T" else values
        if name == "T" and self.begin is not None and self.rate:
            return self.begin + np.arange(len(self.rows)) / self.rate
        return None


Part = tuple[Component, int, int | None]
"""A component and the half-open range of its points; None for all the rest."""


@dataclass(frozen=True)
class Segment:
    """A label and the components that it belongs to."""

    level: str
    """``CHARACTER``, ``WORD``, ``TEXT``, ..."""
    delineation: str
    """The components, as the file writes them: ``"9:0-11:5,13"``."""
    quality: str
    """``OK``, ``GOOD``, ``BAD``, ``?`` for unknown; ``""`` when it is not given."""
    text: str | None


@dataclass
class Document:
    """A file with everything that it includes."""

    file: str
    components: list[Component] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Included files that are not there."""
    writer: str | None = None
    resolution: tuple[float, float] | None = None
    """Points an inch along x and y."""
    unit: str | None = None

    def ink(self, segment: Segment) -> Ink:
        """The strokes of a segment. Raises :class:`InkError` when there is none, one is damaged, or one is missing."""
        ink = self._ink(self._parts(segment.delineation), segment.text, Notes(self.file, strict=True))
        if ink is None:
            raise NoInkError(
                f"{self.file}: segment {segment.delineation[:60]} has no ink; its components hold no point"
            )
        return ink

    def whole(self, notes: Notes) -> Ink | None:
        """All strokes of the file; None when there is none."""
        return self._ink(((part, 0, None) for part in self.components if part.down), self.text, notes)

    def _ink(self, parts: Iterable[Part], text: str | None, notes: Notes) -> Ink | None:
        strokes = Strokes(self.file, notes)
        ratio = 1.0 if self.resolution is None else self.resolution[1] / self.resolution[0]
        parts = list(parts)
        one_clock = len({component.clock for component, _, _ in parts}) == 1
        for number, (component, begin, end) in enumerate(parts, 1):
            with notes.part(f"stroke {number}"):
                columns = [component.column(name) for name in "XYTP"]
                x, y, t, pressure = (None if column is None else column[begin:end] for column in columns)
                if x is None or y is None:
                    raise InkError(f"{self.file}: it has no column X or Y")
                strokes.add(x * ratio, -y, t if one_clock else None, pressure)
        source = Source(units=self.unit, text=text, writer=self.writer, file=self.file)
        return strokes.ink(source, largest=None)

    def problem(self, segment: Segment) -> str | None:
        """Why a segment has no ink, in the same words for the same problem; None when it has."""
        try:
            found = next(self._parts(segment.delineation), None)
        except InkError as error:
            missing = f"{self.missing[0]}, which it includes, is missing" if self.missing else ""
            return missing or str(error).replace(segment.delineation, "").removeprefix(f"{self.file}: ")
        return "its components hold no point" if found is None else None

    @property
    def text(self) -> str | None:
        """The labels of the file's highest level, joined by spaces."""
        level = self.segments[0].level if self.segments else ""
        return " ".join(s.text for s in self.segments if s.level == level and s.text) or None

    def _parts(self, delineation: str) -> Iterator[Part]:
        """The strokes in a range that have points, with the half-open range of these."""
        for match in [self._range(item, delineation) for item in delineation.split(",")]:  # all before the first
            first, last = int(match[1]), int(match[3] or match[1])
            for number in range(first, last + 1):
                part = self.components[number]
                if not part.down:
                    continue
                count = len(part.rows)
                begin = int(match[2]) if match[2] and number == first else 0
                end = min(count, int(match[4]) + 1) if match[4] and number == last else count
                if begin < end:
                    yield part, begin, end

    def _range(self, item: str, delineation: str) -> re.Match[str]:
        match = RANGE.fullmatch(item)
        if match is None:
            raise InkError(f"{self.file}: segment {delineation[:60]} is no range like 3-7 or 9:0-11:5")
        if not int(match[1]) <= int(match[3] or match[1]) < len(self.components):
            raise InkError(f"{self.file}: segment {delineation[:60]} is outside its {len(self.components)} components")
        return match


def recognises(head: bytes) -> bool:
    words = {match[1] for match in KEYWORD.finditer(_with_newlines(head))}
    return bool(words & {b"VERSION", b"INCLUDE", b"COORD", b"PEN_DOWN", b"SEGMENT", b"DATA_SOURCE"})


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """All strokes of a UNIPEN file. Raises :class:`InkError` when the file that contains them is missing."""
    document = parse(data, file, notes=notes)
    if not document.components and document.missing:
        raise InkError(
            f"{file}: its ink is in {document.missing[0]}, which is missing; "
            "put it below a folder include/ beside or above this file"
        )
    ink = document.whole(notes)
    return [] if ink is None else [Page(ink)]


def parse(
    data: bytes, file: str, include: Path | None = None, follow: bool = True, notes: Notes | None = None
) -> Document:
    """A file and what it includes, searched in the folder ``include`` or, if None, beside and above ``file``.

    ``follow=False`` skips what it includes, for those who only want its own segments.

    A missing file is recorded in ``missing`` and does not stop anything: real corpora have lost some. Raises
    :class:`InkError` when a column is damaged or a limit is passed, and, unless ``notes`` are given, for a damaged
    segment.
    """
    reader = _Reader(file, include, follow, notes)
    reader.take(data, file, depth=0)
    return reader.document


class _Reader:
    """The state of parsing: what a keyword sets holds until the next of its kind, across files."""

    def __init__(self, file: str, include: Path | None, follow: bool, notes: Notes | None) -> None:
        self.document = Document(file)
        self.notes = notes
        self.include, self.follow = include, follow
        self.columns: tuple[str, ...] = ("X", "Y")
        self.rate: float | None = None
        self.time, self.clock = 0.0, 0
        self.bytes = self.files = 0
        self.resolution: dict[str, tuple[float, float]] = {}

    def take(self, data: bytes, file: str, depth: int) -> None:
        data = _with_newlines(data)
        self.bytes += len(data)
        self.files += 1
        if self.bytes > MAX_INCLUDED_BYTES or self.files > MAX_INCLUDES or depth > 8:
            raise TooLargeError(
                f"{file}: with what it includes over {MAX_INCLUDED_BYTES:,} bytes, {MAX_INCLUDES} files or 8 levels; "
                "split it"
            )
        keywords = data.count(b"\n.")
        if keywords > MAX_KEYWORDS:
            raise TooLargeError(
                f"{file}: {keywords:,} keywords, and a file may have {MAX_KEYWORDS:,} at most; split it"
            )
        found = list(KEYWORD.finditer(data))
        if not found:
            return
        for match, after in zip(found, [*(m.start() for m in found[1:]), len(data)], strict=True):
            word, value = match[1], data[match.end() : after]
            if word in (b"PEN_DOWN", b"PEN_UP"):
                self._component(word == b"PEN_DOWN", value, file)
            elif word == b"SEGMENT":
                self._segment(value.decode("latin-1"), file)
            elif word == b"INCLUDE" and self.follow:
                self._include(value.decode("latin-1").strip(), file, depth)
            elif word == b"COORD":
                self._coord(value.decode("latin-1").split(), file)
            elif word == b"WRITER_ID":
                self.document.writer = value.decode("latin-1").strip()[:200] or None
            elif word == b"DT":
                self._pause(_first_number(value))
            elif word == b"POINTS_PER_SECOND":
                self.rate = _first_number(value)
            elif word[:12] in (b"X_POINTS_PER", b"Y_POINTS_PER"):
                self._resolution(word.decode("latin-1"), _first_number(value))

    def _component(self, down: bool, value: bytes, file: str) -> None:
        first = value.split(None, 1)[:1]
        if not first:
            self.clock += not down  # it is unknown how long the pen was in the air, unless .DT follows
            return
        if not _is_number(first[0]):  # a mention in running text
            return
        where = f"{file}: component {len(self.document.components)}"
        timed = "T" in self.columns or not self.rate or self.rate <= 0
        clock = 0 if timed else self.clock
        part = Component(down, self.columns, value, where, None if timed else self.time, self.rate, clock)
        self.document.components.append(part)
        if not timed and self.rate:
            self.time += part.lines / self.rate

    def _pause(self, milliseconds: float | None) -> None:
        """``.DT`` stands behind the empty ``.PEN_UP`` that lost the clock."""
        if milliseconds is not None and milliseconds >= 0 and self.clock > 0:
            self.clock -= 1
            self.time += milliseconds / 1000

    def _segment(self, value: str, file: str) -> None:
        match = SEGMENT.fullmatch(value)
        if match is None:
            reason = f'.SEGMENT {" ".join(value.split())[:60]!r} is not: level, range, quality, "text"'
            if self.notes is None:
                raise InkError(f"{file}: {reason}")
            self.notes.drop("a label", reason)
            return
        level, delineation, quality, quoted, bare = match.groups()
        text = bare if quoted is None else quoted
        text = None if text is None else ESCAPE.sub(r"\1", text)
        self.document.segments.append(Segment(level, delineation, quality or "", text))

    def _coord(self, names: list[str], file: str) -> None:
        if not {"X", "Y"} <= set(names) or len(set(names)) < len(names):
            raise InkError(f"{file}: .COORD {' '.join(names)[:60]} must name X and Y, and each column once")
        self.columns = tuple(names)

    def _resolution(self, word: str, value: float | None) -> None:
        if value is None or value <= 0:
            return
        axis, unit = word[0], word[13:]
        if unit in ("INCH", "MM"):
            self.resolution[axis] = (value * (25.4 if unit == "MM" else 1.0), value)
        if {"X", "Y"} <= self.resolution.keys():
            (x, _), (y, shown) = self.resolution["X"], self.resolution["Y"]
            self.document.resolution = (x, y)
            self.document.unit = f"1/{shown:g} {'mm' if unit == 'MM' else 'in'}"

    def _include(self, name: str, file: str, depth: int) -> None:
        from handwriting.formats import load

        path = self._find(name)
        if path is None:
            self.document.missing.append(name[:200])
        else:
            self.take(load(path), str(path), depth + 1)

    def _find(self, name: str) -> Path | None:
        """Only below a folder named include, or beside the file: a name cannot lead out of them."""
        parts = PurePosixPath(name).parts
        if not name or "\0" in name or PurePosixPath(name).is_absolute() or ".." in parts:
            return None
        here = Path(self.document.file).absolute().parent
        roots = [self.include] if self.include else [here, *(p / "include" for p in (here, *here.parents))]
        for root in roots:
            try:
                if (root / name).is_file():
                    return root / name
            except OSError:  # a name that is too long
                return None
        return None


def _with_newlines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _first_number(value: bytes) -> float | None:
    fields = value.split(None, 1)
    return float(fields[0]) if fields and _is_number(fields[0]) else None


def _is_number(field: bytes) -> bool:
    try:
        return abs(float(field)) <= MAX_COORDINATE
    except ValueError:
        return False
