"""UNIPEN: text files of keywords, pen components and the segments that label them.

A keyword is a line that begins with a dot; its value reaches to the next keyword. What matters here:

======================================= ==============================================================
``.INCLUDE name``                       that file stands here; found in ``include/``, beside this file or above
``.COORD X Y T P``                      columns of the points that follow, in any order; T in milliseconds
``.X_POINTS_PER_INCH``, ``_MM``         resolution, of x and y each; ``.POINTS_PER_SECOND``
``.PEN_DOWN``, ``.PEN_UP``              a component: a stroke, or the pen's way through the air
``.DT ms``                              the time that the pen was in the air
``.SEGMENT level range quality "text"`` a label; its range is ``3``, ``3-7``, ``9:0-11:5``, ``67:106-67:129,69``
======================================= ==============================================================

Components are numbered from 0 through all included files. One without points has no number, be the pen up or down.
In ``9:0-11:5`` a number after a colon is that of a point, counted from 0; both ends belong to the range.
y grows upward in UNIPEN and is turned here, so that ink is as everywhere in this package.

Source: Guyon, Schomaker, Plamondon, Liberman & Janet, "UNIPEN project of on-line data exchange and recognizer
benchmarks", ICPR 1994; the format's definition, version 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import MAX_BYTES, MAX_COORDINATE, check_points

KEYWORD = re.compile(rb"^[ \t]*\.([A-Z][A-Z0-9_]*)(?=[ \t\r\n]|\Z)", re.MULTILINE)
SEGMENT = re.compile(r'\s*(\S+)\s+([0-9:,-]+)(?:\s+([^\s"]+))?(?:\s+"(.*)")?\s*', re.DOTALL)
RANGE = re.compile(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
MAX_INCLUDES = 64
"""Files that one file may draw in, directly and through others."""
MAX_INCLUDED_BYTES = 2 * MAX_BYTES
MAX_KEYWORDS = 250_000
"""Of one file: strokes, ways through the air, segments and all else that begins with a point."""


@dataclass(frozen=True)
class Component:
    """A stroke, or a way through the air; its numbers are read when they are asked for."""

    down: bool
    columns: tuple[str, ...]
    values: bytes
    where: str
    """File and number of the component, for messages."""
    begin: float | None
    """Seconds at the first point, by the rate; None when there is no rate or a column of times."""
    rate: float | None
    clock: int
    """Times of components compare when they are of one clock: it is lost when the pen is up for an untold time."""

    @property
    def lines(self) -> int:
        return len(self.values.strip().splitlines())

    @cached_property
    def rows(self) -> Floats:
        """Shape (n, columns). Raises :class:`InkError` for what is no number."""
        width = len(self.columns)
        fields = self.values.split()
        if len(fields) % width:  # a damaged line; the whole ones around it are good
            lines = [line.split() for line in self.values.splitlines()]
            fields = [number for line in lines if len(line) == width for number in line]
        try:
            numbers = np.array(list(map(float, fields)), dtype=np.float64)
        except ValueError as error:
            raise InkError(f"{self.where}: {str(error)[:80]}; copy the file again") from None
        if not (np.abs(numbers) <= MAX_COORDINATE).all():  # also true for nan
            raise InkError(f"{self.where}: a number is not finite or beyond {MAX_COORDINATE:g}; copy the file again")
        return numbers.reshape(-1, width)

    def column(self, name: str) -> Floats | None:
        """Shape (n,): a column of the file; T in seconds, by the rate where the file has no times."""
        if name in self.columns:
            values = self.rows[:, self.columns.index(name)]
            return values / 1000 if name == "T" else values
        if name == "T" and self.begin is not None and self.rate:
            return self.begin + np.arange(len(self.rows)) / self.rate
        return None


@dataclass(frozen=True)
class Segment:
    """A label and what it is of."""

    level: str
    """``CHARACTER``, ``WORD``, ``TEXT``, ..."""
    delineation: str
    """The components, as the file has it: ``"9:0-11:5,13"``."""
    quality: str
    """``OK``, ``GOOD``, ``BAD``, ``?`` for unknown; ``""`` when it is not given."""
    text: str | None


@dataclass
class Document:
    """A file with all that it includes."""

    file: str
    components: list[Component] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Included files that are not there."""
    writer: str | None = None
    resolution: tuple[float, float] | None = None
    """Points an inch along x and y."""
    unit: str | None = None

    def ink(self, segment: Segment | None = None) -> Ink:
        """The strokes of a segment, or of the whole file.

        Raises :class:`InkError` when there is no stroke or a component is not there.
        """
        delineation = f"0-{max(0, len(self.components) - 1)}" if segment is None else segment.delineation
        parts = list(self._parts(delineation))
        count = sum(end - begin for _, begin, end in parts)
        if count == 0:
            raise InkError(f"{self.file}: segment {delineation[:60]} has no ink; its components hold no point")
        check_points(count, self.file)
        starts = np.cumsum([0] + [end - begin for _, begin, end in parts[:-1]])
        x, y, t, pressure = (_joined([_cut(c.column(name), a, b) for c, a, b in parts]) for name in "XYTP")
        if x is None or y is None:
            raise InkError(f"{self.file}: segment {delineation[:60]} has components without x or y")
        ratio = 1.0 if self.resolution is None else self.resolution[1] / self.resolution[0]
        if ratio != 1:
            x = x * ratio
        if len({c.clock for c, _, _ in parts}) > 1:
            t = None
        source = Source(
            units=self.unit,
            start_time=None if t is None else float(t[0]),
            text=self.text if segment is None else segment.text,
            writer=self.writer,
            file=self.file,
        )
        if pressure is not None:
            top = float(pressure.max())
            pressure = np.clip(pressure / top, 0, 1) if top > 0 else None
        return Ink(x, -y, starts, None if t is None else t - t[0], pressure, source)

    def problem(self, segment: Segment) -> str | None:
        """Why a segment has no ink, alike for alike problems; None when it has."""
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

    def _parts(self, delineation: str) -> Iterator[tuple[Component, int, int]]:
        """The strokes that a range names, with the half-open range of their points; those without points left out."""
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
    """Whether a file begins as UNIPEN does."""
    words = {match[1] for match in KEYWORD.finditer(head)}
    return bool(words & {b"VERSION", b"INCLUDE", b"COORD", b"PEN_DOWN", b"SEGMENT", b"DATA_SOURCE"})


def read(data: bytes, file: str) -> Ink:
    """All strokes of a UNIPEN file. Raises :class:`InkError` when there are none or what they are in is missing."""
    document = parse(data, file)
    if not document.components and document.missing:
        raise InkError(
            f"{file}: its ink is in {document.missing[0]}, which is not there; "
            "put it below a folder include/ beside or above this file"
        )
    return document.ink()


def parse(data: bytes, file: str, include: Path | None = None, follow: bool = True) -> Document:
    """A file and what it includes, searched in the folder ``include`` or, if None, beside and above ``file``.

    ``follow=False`` leaves what it includes unread: for its segments alone.

    A file that is missing is noted in ``missing``, and stops nothing: real corpora have lost some. Raises
    :class:`InkError` when a number, column or segment is damaged or a limit is passed.
    """
    reader = _Reader(file, include, follow)
    reader.take(data, file, depth=0)
    return reader.document


class _Reader:
    """What a keyword sets holds until the next of its kind, through the ends of files."""

    def __init__(self, file: str, include: Path | None, follow: bool) -> None:
        self.document = Document(file)
        self.include, self.follow = include, follow
        self.columns: tuple[str, ...] = ("X", "Y")
        self.rate: float | None = None
        self.time, self.clock = 0.0, 0
        self.bytes = self.files = 0
        self.resolution: dict[str, tuple[float, float]] = {}

    def take(self, data: bytes, file: str, depth: int) -> None:
        self.bytes += len(data)
        self.files += 1
        if self.bytes > MAX_INCLUDED_BYTES or self.files > MAX_INCLUDES or depth > 8:
            raise InkError(
                f"{file}: with what it includes over {MAX_INCLUDED_BYTES:,} bytes, {MAX_INCLUDES} files or 8 levels; "
                "split it"
            )
        keywords = data.count(b"\n.")
        if keywords > MAX_KEYWORDS:
            raise InkError(f"{file}: {keywords:,} keywords, and a file may have {MAX_KEYWORDS:,} at most; split it")
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
            self.clock += not down  # nobody knows how long the pen was in the air, unless .DT tells
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
            raise InkError(f'{file}: .SEGMENT {" ".join(value.split())[:60]!r} is not: level, range, quality, "text"')
        level, delineation, quality, text = match.groups()
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


def _joined(columns: list[Floats | None]) -> Floats | None:
    known = [column for column in columns if column is not None]
    joined: Floats | None = np.concatenate(known) if len(known) == len(columns) else None
    return joined


def _cut(values: Floats | None, begin: int, end: int) -> Floats | None:
    return None if values is None else values[begin:end]


def _first_number(value: bytes) -> float | None:
    fields = value.split(None, 1)
    return float(fields[0]) if fields and _is_number(fields[0]) else None


def _is_number(field: bytes) -> bool:
    try:
        return abs(float(field)) <= MAX_COORDINATE
    except ValueError:
        return False
