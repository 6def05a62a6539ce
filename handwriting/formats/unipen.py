"""UNIPEN: text files of keywords, pen components and the segments that label them.

A keyword is a line that begins with a dot; its value extends to the next keyword. These are used here:

======================================= ==============================================================
``.INCLUDE name``                       inserts that file; found in ``include/``, beside this file or above
``.COORD X Y T P``                      columns of the points that follow, in any order; T in milliseconds
``.X_POINTS_PER_INCH``, ``_MM``         resolution, of x and y each; ``.POINTS_PER_SECOND``
``.PEN_DOWN``, ``.PEN_UP``              a component: a stroke, or a movement of the pen in the air
``.DT ms``                              the time that the pen was in the air
``.SEGMENT level range quality "text"`` a label; its range is ``3``, ``3-7``, ``9:0-11:5``, ``67:106-67:129,69``
======================================= ==============================================================

Components are numbered from 0 across all included files. A component without points has no number. In ``9:0-11:5`` a
number after a colon is the index of a point, from 0; both ends belong to the range; ``?`` stands for an unknown range.
The text of a label is usually quoted. y grows upward in UNIPEN and is negated here. Lines may end in CR, LF or both.
Text is in UTF-8 or Latin-1. Keywords are in upper case, or all of them in lower case.

Source: Guyon, Schomaker, Plamondon, Liberman & Janet, "UNIPEN project of on-line data exchange and recognizer
benchmarks", ICPR 1994; the format's definition, version 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.unipen_document import Component, Segment, UnipenFile, is_number
from handwriting.ink import Page
from handwriting.limits import MAX_BYTES
from handwriting.notes import Notes

KEYWORD = re.compile(rb"^[ \t]*\.([A-Z][A-Z0-9_]*)(?=[ \t\r\n]|\Z)", re.MULTILINE)
LOWER_CASE_KEYWORD = re.compile(KEYWORD.pattern, re.MULTILINE | re.IGNORECASE)
"""Keywords of a file in which none is in upper case."""
SEGMENT = re.compile(r'\s*(\S+)\s+([0-9:,-]+|\?)(?:\s+([^\s"]+))?(?:\s+(?:"(.*)"|([^\s"][^"]*?)))?\s*', re.DOTALL)
NUMERIC = re.compile(rb"[-+.]*[0-9]")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
MAX_INCLUDES = 64
"""Maximum number of files that one file may include, directly and through others."""
MAX_INCLUDED_BYTES = 2 * MAX_BYTES
MAX_KEYWORDS = 250_000
"""Maximum number of keywords in a file: strokes, movements in the air, segments and all others."""


def recognises(head: bytes) -> bool:
    head = _normalise_newlines(head)
    words = {match[1] for match in KEYWORD.finditer(head)}
    if not words:  # other languages have such words as .version and .include in lower case
        return any(match[1].upper() == b"PEN_DOWN" for match in LOWER_CASE_KEYWORD.finditer(head))
    return bool(words & {b"VERSION", b"INCLUDE", b"COORD", b"PEN_DOWN", b"SEGMENT", b"DATA_SOURCE"})


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read all strokes of a UNIPEN file; samples that were written over each other are a page each.

    Raises :class:`InkError` if the file that contains them is missing.
    """
    document = parse(data, file, notes=notes)
    if not document.components and document.missing:
        raise InkError(
            f"{file}: its ink is in {document.missing[0][:80]}, which is missing; "
            "put it into a folder include/ beside or above this file"
        )
    notes.count("pen-up movement", sum(not part.is_down for part in document.components), "detail")
    top = document.segments[0].level if document.segments else ""
    notes.count("label of a part", sum(one.level != top for one in document.segments), "detail")
    samples = document.samples() or [(document.components, document.text)]
    inks = [document.strokes(parts, text, notes) for parts, text in samples]
    return [Page(ink, number=number) for number, ink in enumerate(inks, 1) if ink is not None]


def parse(
    data: bytes, file: str, include: Path | None = None, follow: bool = True, notes: Notes | None = None
) -> UnipenFile:
    """Parse a file and what it includes, searched in the folder ``include`` or, if None, beside and above ``file``.

    ``follow=False`` skips what it includes, for callers who need only its own segments.

    A missing file is recorded in ``missing`` and is not an error, because real corpora have lost some. Raises
    :class:`InkError` if a column is damaged or a limit is exceeded, and, unless ``notes`` are given, for a damaged
    segment.
    """
    reader = _Reader(file, include, follow, notes)
    reader.read(data, file, depth=0)
    return reader.document


class _Reader:
    """The state of parsing: what a keyword sets applies until the next of its kind, across files."""

    def __init__(self, file: str, include: Path | None, follow: bool, notes: Notes | None) -> None:
        self.document = UnipenFile(file)
        self.notes = notes
        self.include, self.follow = include, follow
        self.columns: tuple[str, ...] = ("X", "Y")
        self.rate: float | None = None
        self.time, self.clock = 0.0, 0
        self.bytes = self.files = 0
        self.any_case = False
        """Whether keywords may be in lower case, because no keyword of the first file is in upper case."""
        self.resolution: dict[str, tuple[float, float]] = {}

    def read(self, data: bytes, file: str, depth: int) -> None:
        data = _normalise_newlines(data)
        self.bytes += len(data)
        self.files += 1
        if self.bytes > MAX_INCLUDED_BYTES or self.files > MAX_INCLUDES or depth > 8:
            raise TooLargeError(
                f"{file}: together with what it includes, it has over {MAX_INCLUDED_BYTES:,} bytes, "
                f"{MAX_INCLUDES} files or 8 levels; split it"
            )
        keywords = data.count(b"\n.")
        if keywords > MAX_KEYWORDS:
            raise TooLargeError(
                f"{file}: {keywords:,} keywords, and a file may have {MAX_KEYWORDS:,} at most; split it"
            )
        found = list(KEYWORD.finditer(data))
        if not found and (depth == 0 or self.any_case):
            self.any_case = True
            found = list(LOWER_CASE_KEYWORD.finditer(data))
        if not found:
            return
        for match, after in zip(found, [*(m.start() for m in found[1:]), len(data)], strict=True):
            word, value = match[1].upper(), data[match.end() : after]
            if word in (b"PEN_DOWN", b"PEN_UP"):
                self._add_component(word == b"PEN_DOWN", value, file)
            elif word == b"SEGMENT":
                self._add_segment(_decode(value), file)
            elif word == b"INCLUDE" and self.follow:
                self._read_include(_decode(value).strip(), file, depth)
            elif word == b"COORD":
                self._set_columns(value.decode("latin-1").split(), file)
            elif word == b"WRITER_ID":
                self.document.writer = _decode(value).strip()[:200] or None
            elif word == b"DT":
                self._advance(_first_number(value))
            elif word == b"POINTS_PER_SECOND":
                self.rate = _first_number(value)
            elif word[:12] in (b"X_POINTS_PER", b"Y_POINTS_PER"):
                self._set_resolution(word.decode("latin-1"), _first_number(value))

    def _add_component(self, is_down: bool, value: bytes, file: str) -> None:
        first = value.split(None, 1)[:1]
        if not first:
            self.clock += not is_down  # the time in the air is unknown, unless .DT follows
            return
        if not NUMERIC.match(first[0]):  # the keyword is only mentioned in a text
            return
        location = f"{file}: component {len(self.document.components)}"
        timed = "T" in self.columns or not self.rate or self.rate <= 0
        clock = 0 if timed else self.clock
        part = Component(is_down, self.columns, value, location, None if timed else self.time, self.rate, clock)
        self.document.components.append(part)
        if not timed and self.rate:
            self.time += part.line_count / self.rate

    def _advance(self, milliseconds: float | None) -> None:
        """Advance the time by ``.DT``, which follows the empty ``.PEN_UP`` after which the time was unknown."""
        if milliseconds is not None and milliseconds >= 0 and self.clock > 0:
            self.clock -= 1
            self.time += milliseconds / 1000

    def _add_segment(self, value: str, file: str) -> None:
        match = SEGMENT.fullmatch(value)
        if match is None:
            reason = f'.SEGMENT {" ".join(value.split())[:60]!r} must consist of: level, range, quality, "text"'
            if self.notes is None:
                raise InkError(f"{file}: {reason}")
            self.notes.drop("a label", reason)
            return
        level, delineation, quality, quoted, bare = match.groups()
        text = bare.strip("'") if quoted is None and bare else quoted
        text = None if text is None else ESCAPE.sub(r"\1", text)
        self.document.segments.append(Segment(level, delineation, quality or "", text))

    def _set_columns(self, names: list[str], file: str) -> None:
        names = [name.upper() for name in names]
        if not {"X", "Y"} <= set(names) or len(set(names)) < len(names):
            raise InkError(f"{file}: .COORD {' '.join(names)[:60]} must name X and Y, and each column once")
        self.columns = tuple(names)

    def _set_resolution(self, word: str, value: float | None) -> None:
        if value is None or value <= 0:
            return
        axis, unit = word[0], word[13:]
        if unit in ("INCH", "MM"):
            self.resolution[axis] = (value * (25.4 if unit == "MM" else 1.0), value)
        if {"X", "Y"} <= self.resolution.keys():
            (x, _), (y, stated) = self.resolution["X"], self.resolution["Y"]
            self.document.resolution = (x, y)
            self.document.unit = f"1/{stated:g} {'mm' if unit == 'MM' else 'in'}"

    def _read_include(self, name: str, file: str, depth: int) -> None:
        from handwriting.formats import load

        path = self._find(name)
        if path is None:
            self.document.missing.append(name[:200])
        else:
            self.read(load(path), str(path), depth + 1)

    def _find(self, name: str) -> Path | None:
        """Return the path of an included file, or None if it is missing.

        The name may be quoted, and may have backslashes or letters of another case, as programs for Windows write it.
        Only folders named include and the folder of the file are searched, so that a name cannot lead out of them.
        """
        path = PureWindowsPath(name.strip("\"'"))
        if not path.parts or "\0" in name or path.anchor or ".." in path.parts:
            return None
        here = Path(self.document.file).absolute().parent
        roots = [self.include] if self.include else [here, *(p / "include" for p in (here, *here.parents))]
        try:
            exact = next((root / path.as_posix() for root in roots if (root / path.as_posix()).is_file()), None)
            if exact is not None or self.include:
                return exact
            return next(filter(None, (_find_in_any_case(root, path.parts) for root in roots)), None)
        except OSError:  # a name that is too long, or a folder that cannot be listed
            return None


def _find_in_any_case(folder: Path, parts: Sequence[str]) -> Path | None:
    """Return the only file below ``folder`` with this path, except for the case of its letters, or None."""
    found = [folder] if folder.is_dir() else []
    for part in parts:
        entries = [entry for parent in found if parent.is_dir() for entry in parent.iterdir()]
        found = [entry for entry in entries if entry.name.casefold() == part.casefold()]
    return found[0] if len(found) == 1 and found[0].is_file() else None


def _decode(value: bytes) -> str:
    """Decode text in UTF-8, or else in Latin-1, in which older files are written."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _normalise_newlines(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0\x1a")  # padding, and DOS's end-of-file mark
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _first_number(value: bytes) -> float | None:
    fields = value.split(None, 1)
    return float(fields[0]) if fields and is_number(fields[0]) else None
