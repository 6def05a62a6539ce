"""The contents of a UNIPEN file: components and segments.

Components are strokes and movements of the pen in the air; segments label them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from handwriting.errors import InkError, NoInkError
from handwriting.formats.strokes import Strokes
from handwriting.ink import Floats, Ink, Source
from handwriting.limits import MAX_COORDINATE, MAX_PAGES
from handwriting.notes import Notes

MIN_SAMPLES = 3
"""Minimum number of labels from which it can be judged whether samples were written over each other."""
RANGE = re.compile(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?")


@dataclass(frozen=True)
class Component:
    """A stroke or a movement of the pen in the air; its numbers are parsed on first use."""

    is_down: bool
    columns: tuple[str, ...]
    values: bytes
    location: str
    """File and number of the component, for messages."""
    start_time: float | None
    """Time of the first point in seconds, by the rate; None if there is no rate, or a column of times."""
    rate: float | None
    clock: int
    """Number of the clock: times of two components can be compared if it is the same. It changes when the pen is up for
    an unknown time."""

    @property
    def line_count(self) -> int:
        return len(self.values.strip().splitlines())

    @cached_property
    def rows(self) -> Floats:
        """The values, shape (n, columns), NaN for invalid ones. Raises :class:`InkError` if x or y is invalid."""
        width = len(self.columns)
        fields = self.values.split()
        has_extra = self._has_extra_values(len(fields))
        if has_extra:
            fields = [number for line in self.values.splitlines() for number in line.split()[:width]]
        elif len(fields) % width:  # a line is damaged; the complete ones around it are used
            lines = [line.split() for line in self.values.splitlines()]
            if {"X", "Y"} == set(self.columns[:2]):  # only the time or the pressure is missing
                lines = [line + [b"?"] * (width - len(line)) if len(line) >= 2 else line for line in lines]
            fields = [number for line in lines if len(line) == width for number in line]
        try:
            numbers = np.array(list(map(float, fields)), dtype=np.float64)
        except ValueError:
            numbers = np.array([float(field) if is_number(field) else np.nan for field in fields])
        rows = numbers.reshape(-1, width)
        for name in "XY":
            bad = np.flatnonzero(~(np.abs(rows[:, self.columns.index(name)]) <= MAX_COORDINATE))
            if len(bad):
                field = fields[bad[0] * width + self.columns.index(name)][:40].decode("latin-1")
                raise InkError(f"{self.location}: {name}={field!r} is not a finite number up to {MAX_COORDINATE:g}")
        return rows

    def _has_extra_values(self, fields: int) -> bool:
        """Return whether every line has more values than there are columns, but not those of several points."""
        width, lines = len(self.columns), self.line_count
        if fields <= width * lines or fields % lines != 0 or fields // lines % width == 0:
            return False
        return {len(line.split()) for line in self.values.splitlines() if line.strip()} == {fields // lines}

    @property
    def damaged_lines(self) -> int:
        """Number of lines that have no point, because a value is missing."""
        return max(0, self.line_count - len(self.rows)) if len(self.values.split()) % len(self.columns) else 0

    def column(self, name: str) -> Floats | None:
        """Return a column of the file, with shape (n,).

        T is in seconds, and computed from the rate if the file has no times.
        """
        if name in self.columns:
            values = self.rows[:, self.columns.index(name)]
            return values / 1000 if name == "T" else values
        if name == "T" and self.start_time is not None and self.rate:
            return self.start_time + np.arange(len(self.rows)) / self.rate
        return None


Part = tuple[Component, int, int | None]
"""A component and the half-open range of its points; None stands for the end."""


@dataclass(frozen=True)
class Segment:
    """A label and the components to which it belongs."""

    level: str
    """``CHARACTER``, ``WORD``, ``TEXT``, ..."""
    delineation: str
    """The components, as written in the file: ``"9:0-11:5,13"``."""
    quality: str
    """``OK``, ``GOOD``, ``BAD``, ``?`` for unknown; ``""`` if it is not given."""
    text: str | None


@dataclass
class UnipenFile:
    """A file with everything that it includes."""

    file: str
    components: list[Component] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Included files that do not exist."""
    writer: str | None = None
    resolution: tuple[float, float] | None = None
    """Points per inch along x and y."""
    unit: str | None = None

    def ink(self, segment: Segment) -> Ink:
        """Return the strokes of a segment.

        Raises :class:`InkError` if there are none, or one is damaged or missing.
        """
        ink = self._ink(self._find_parts(segment.delineation), segment.text, Notes(self.file, strict=True))
        if ink is None:
            raise NoInkError(
                f"{self.file}: segment {segment.delineation[:60]} has no ink; its components have no points"
            )
        return ink

    def strokes(self, components: Iterable[Component], text: str | None, notes: Notes) -> Ink | None:
        """Return the strokes among ``components`` with their label, or None if there are none."""
        return self._ink(((part, 0, None) for part in components if part.is_down), text, notes)

    def samples(self) -> list[tuple[list[Component], str | None]] | None:
        """Return the components and the label of each sample, in order, if samples were written over each other.

        Writers were often shown one word after another in the same place, and the highest level labels these words.
        Components between two samples are a sample without a label. The result is None if there are fewer than three
        labels, if labels share a component, or if most samples are beside each other.
        """
        top = [segment for segment in self.segments if segment.level == self.segments[0].level]
        try:
            owners = self._find_owners(top)
            if owners is None or not MIN_SAMPLES <= len(top) <= MAX_PAGES // 2:
                return None
            groups: dict[tuple[int, bool], list[Component]] = {}
            previous = -1
            for number, part in enumerate(self.components):
                previous = owners.get(number, previous)
                groups.setdefault((previous, number in owners), []).append(part)
            labelled = [parts for (_, is_labelled), parts in groups.items() if is_labelled]
            boxes = [box for parts in labelled if (box := _box(parts)) is not None]
        except InkError:  # a damaged label or stroke
            return None
        if len(boxes) < MIN_SAMPLES or not _are_overlaid(np.array(boxes)):
            return None
        return [(parts, top[owner].text if known else None) for (owner, known), parts in groups.items()]

    def _find_owners(self, segments: list[Segment]) -> dict[int, int] | None:
        """Return the index of the segment to which each component belongs, or None if it belongs to several."""
        owners: dict[int, int] = {}
        for index, segment in enumerate(segments):
            for item in segment.delineation.split(","):
                match = self._parse_range(item, segment.delineation)
                for number in range(int(match[1]), int(match[3] or match[1]) + 1):
                    if owners.setdefault(number, index) != index:
                        return None
        return owners

    def _ink(self, parts: Iterable[Part], text: str | None, notes: Notes) -> Ink | None:
        strokes = Strokes(self.file, notes)
        ratio = 1.0 if self.resolution is None else self.resolution[1] / self.resolution[0]
        parts = list(parts)
        one_clock = len({component.clock for component, _, _ in parts}) == 1
        for number, (component, begin, end) in enumerate(parts, 1):
            with notes.part(f"stroke {number}"):
                columns = [component.column(name) for name in "XYTP"]
                notes.count("damaged line", component.damaged_lines)
                x, y, t, pressure = (None if column is None else column[begin:end] for column in columns)
                if x is None or y is None:
                    raise InkError(f"{self.file}: it has no column X or Y")
                strokes.add(x * ratio, -y, t if one_clock else None, pressure)
        source = Source(units=self.unit, text=text, writer=self.writer, file=self.file)
        return strokes.ink(source, max_pressure=None)

    def problem(self, segment: Segment) -> str | None:
        """Return the reason why a segment has no ink, or None if it has.

        The words are the same for the same problem.
        """
        try:
            found = next(self._find_parts(segment.delineation), None)
        except InkError as error:
            missing = f"{self.missing[0]}, which it includes, is missing" if self.missing else ""
            return missing or str(error).replace(segment.delineation, "").removeprefix(f"{self.file}: ")
        return "its components have no points" if found is None else None

    @property
    def text(self) -> str | None:
        """The labels of the file's highest level, joined by spaces."""
        level = self.segments[0].level if self.segments else ""
        return " ".join(s.text for s in self.segments if s.level == level and s.text) or None

    def _find_parts(self, delineation: str) -> Iterator[Part]:
        """Yield the strokes in a range that have points, with the half-open range of these."""
        matches = [self._parse_range(item, delineation) for item in delineation.split(",")]  # checks all of them first
        for match in matches:
            first, last = int(match[1]), int(match[3] or match[1])
            for number in range(first, last + 1):
                part = self.components[number]
                if not part.is_down:
                    continue
                count = len(part.rows)
                begin = int(match[2]) if match[2] and number == first else 0
                end = min(count, int(match[4]) + 1) if match[4] and number == last else count
                if begin < end:
                    yield part, begin, end

    def _parse_range(self, item: str, delineation: str) -> re.Match[str]:
        match = RANGE.fullmatch(item)
        if match is None:
            raise InkError(f"{self.file}: segment {delineation[:60]} is not a range like 3-7 or 9:0-11:5")
        if not int(match[1]) <= int(match[3] or match[1]) < len(self.components):
            raise InkError(f"{self.file}: segment {delineation[:60]} is outside its {len(self.components)} components")
        return match


def _box(components: list[Component]) -> Floats | None:
    """Return left, bottom, right and top of the strokes among ``components``, or None if they have no point."""
    rows = [part.rows[:, [part.columns.index(name) for name in "XY"]] for part in components if part.is_down]
    points = np.concatenate(rows) if rows else np.empty((0, 2))
    return np.concatenate([points.min(axis=0), points.max(axis=0)]) if len(points) else None


def _are_overlaid(boxes: Floats) -> bool:
    """Return whether most of the ``boxes``, shape (n, 4), share half of the smaller one's area with the box before."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    low, high = np.maximum(boxes[1:, :2], boxes[:-1, :2]), np.minimum(boxes[1:, 2:], boxes[:-1, 2:])
    shared = (high - low).clip(0).prod(axis=1)
    return bool((shared > np.minimum(areas[1:], areas[:-1]) / 2).mean() > 0.5)


def is_number(field: bytes) -> bool:
    try:
        return abs(float(field)) <= MAX_COORDINATE
    except ValueError:
        return False
