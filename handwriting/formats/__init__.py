"""Ink files, read and written: one registry, found by content first and by extension second.

A format is one file of this package and one line in :func:`readers`. A reader turns bytes into :class:`Ink`, or into
the :class:`Page` values of a document, or raises :class:`InkError` with one line that holds the offending value and the
remedy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np

from handwriting.errors import InkError
from handwriting.files import atomic, refuse_input
from handwriting.formats import csv, iamondb, inkml, json, remarkable, svg, unipen, xml, xournal
from handwriting.formats.format import PROPERTIES, Format, lost
from handwriting.ink import Ink, Page
from handwriting.limits import MAX_BYTES, check_size

__all__ = [
    "Format",
    "Reader",
    "convert",
    "endings",
    "find",
    "load",
    "read",
    "read_ink",
    "read_pages",
    "readers",
    "save",
    "table",
    "writer",
    "writers",
]

HEAD = 4096
"""Bytes at the start of a file that a format is recognised by."""

Readable: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO"
"""A path, the bytes themselves, or a binary stream."""

Reader = Format


def readers() -> tuple[Format, ...]:
    """Every format that can be read, and asked in this order; those with ``write`` can be written too."""
    return (
        Format("IAM-OnDB", (".xml",), lambda head: xml.root_name(head) == iamondb.ROOT, iamondb.read),
        Format("UNIPEN", (".dat", ".upn", ".unp"), unipen.recognises, unipen.read),
        Format("InkML", (".inkml",), inkml.recognises, inkml.read, inkml.write, inkml.HOLDS),
        Format(
            "Xournal++", (".xopp", ".xoj"), xournal.recognises, xournal.read, xournal.write, xournal.HOLDS, "pt", True
        ),
        Format("SVG", (".svg",), svg.recognises, svg.read, svg.write, svg.HOLDS, "mm"),
        Format("reMarkable", (".rm", ".rmdoc"), remarkable.recognises, remarkable.read, document=True),
        Format("JSON", (".json", ".jiix"), json.recognises, json.read, json.write, json.HOLDS),
        Format("CSV", (".csv", ".tsv"), csv.recognises, csv.read, csv.write, csv.HOLDS),
    )


def writers() -> tuple[Format, ...]:
    """Every format that can be written."""
    return tuple(format for format in readers() if format.write is not None)


@cache
def endings() -> frozenset[str]:
    """The endings of files that can be read."""
    return frozenset(ending for format in readers() for ending in format.extensions)


def read(source: Readable, format: str | None = None, page: int | None = None) -> Ink | Page:
    """What a path, bytes or a binary stream holds: :class:`Ink`, or the :class:`Page` of a document.

    ``format`` names the format (``"IAM-OnDB"``) instead of recognising it. A document of several pages needs the number
    of a ``page``, from 1; for all of them see :func:`read_pages`. Raises :class:`InkError` when the file is missing,
    empty, too large, of no known format, or damaged.
    """
    data, file = _load(source)
    found = find(data, file, format)
    pages = _pages(found, data, file)
    if page is not None:
        pages = [_choose(pages, page, file)]
    if len(pages) > 1:
        raise InkError(f"{file}: {len(pages)} pages with ink; choose one with --page N (page=N), or take read_pages")
    return pages[0] if found.document else pages[0].ink


def read_ink(source: Readable, format: str | None = None, page: int | None = None) -> Ink:
    """As :func:`read`, for those who want the strokes and not the sheet under them."""
    found = read(source, format, page)
    return found.ink if isinstance(found, Page) else found


def read_pages(source: Readable, format: str | None = None) -> list[Page]:
    """Every page that has ink, in order; what is no document is one page. Never empty. Raises as :func:`read`."""
    data, file = _load(source)
    return _pages(find(data, file, format), data, file)


def save(ink: Ink | Page | Sequence[Page], path: str | os.PathLike[str], format: str | None = None) -> list[str]:
    """Write ink, a page or pages to ``path`` in the format of its ending, or the one that ``format`` names.

    The file appears complete or not at all. Returns what of the ink it cannot hold, by the names of
    :data:`~handwriting.formats.format.PROPERTIES`. Raises :class:`InkError` when no format that can be written has this
    ending, the format holds one page and there are several, or the file cannot be written.
    """
    pages = [Page(ink)] if isinstance(ink, Ink) else [ink] if isinstance(ink, Page) else list(ink)
    chosen = writer(path, format)
    if not pages or chosen.write is None:
        raise InkError(f"{path}: there is no page to write; give one at least")
    if len(pages) > 1 and "pages" not in chosen.holds:
        raise InkError(
            f"{path}: {chosen.name} holds one page, and there are {len(pages)}; choose one with --page N (page=N)"
        )
    data = chosen.write(pages)
    with atomic(path) as temporary:
        temporary.write_bytes(data)
    return lost(pages, chosen)


def convert(
    source: Readable, path: str | os.PathLike[str], page: int | None = None, format: str | None = None
) -> tuple[list[Page], list[str]]:
    """Write what ``source`` holds, or one ``page`` of it, to ``path``; ``format`` is that of ``source``.

    Returns the pages that were written and what of them the file cannot hold, as :func:`save`.
    """
    writer(path)
    if isinstance(source, str | os.PathLike):
        refuse_input(path, [source])
    data, file = _load(source)
    pages = _pages(find(data, file, format), data, file)
    if page is not None:
        pages = [_choose(pages, page, file)]
    return pages, save(pages, path)


def writer(path: str | os.PathLike[str], format: str | None = None) -> Format:
    """The format to write ``path`` in; :class:`InkError` when there is none. To be asked before long work."""
    suffix = Path(path).suffix.lower()
    for known in writers():
        if known.name.lower() == format.lower() if format is not None else suffix in known.extensions:
            return known
    endings = ", ".join(known.extensions[0] for known in writers())
    if format is not None:
        raise InkError(f"format {format!r} is not written; choose one of: {', '.join(k.name for k in writers())}")
    raise InkError(f"{path}: no ink is written to {suffix or 'a name without an ending'}; give a name with {endings}")


def table() -> str:
    """Every format, its endings, and what it holds when written."""
    rows = [("format", "endings", "read", "written, and holds beside the points")]
    for known in readers():
        holds = ", ".join(name for name in PROPERTIES if name in known.holds)
        rows.append((known.name, " ".join(known.extensions), "yes", "no" if known.write is None else f"yes: {holds}"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3]]) for row in rows)


def find(data: bytes, file: str, format: str | None = None) -> Format:
    """The format of these bytes: the named one, else by content, else by the extension of ``file``."""
    known = readers()
    names = ", ".join(reader.name for reader in known)
    if format is not None:
        for reader in known:
            if reader.name.lower() == format.lower():
                return reader
        raise InkError(f"format {format!r} is not known; choose one of: {names}")
    for reader in known:
        if reader.recognises(data[:HEAD]):
            return reader
    extension = Path(file).suffix.lower()
    for reader in known:
        if extension in reader.extensions:
            return reader
    raise InkError(f"{file}: not a known kind of ink file; the formats are: {names}")


def _choose(pages: list[Page], number: int, file: str) -> Page:
    for page in pages:
        if page.number == number:
            return page
    numbers = ", ".join(str(page.number) for page in pages[:20]) + (", ..." if len(pages) > 20 else "")
    raise InkError(f"{file}: no ink on page {number}; the pages with ink are: {numbers}")


def _pages(found: Format, data: bytes, file: str) -> list[Page]:
    with np.errstate(all="ignore"):  # what is not finite is refused by its value
        result = found.read(data, file)
    return [Page(result)] if isinstance(result, Ink) else result


def _load(source: Readable) -> tuple[bytes, str]:
    """The bytes and the name to report; sizes are checked before anything is read."""
    if isinstance(source, bytes):
        check_size(len(source), "ink")
        return source, "ink"
    if not isinstance(source, str | os.PathLike):
        file = str(getattr(source, "name", "stream"))
        data = source.read(MAX_BYTES + 1)
        if not isinstance(data, bytes):
            raise InkError(f"{file}: a stream of text; ink is read from a binary stream, opened with mode 'rb'")
        check_size(len(data), file)
        return data, file
    return load(Path(source)), str(source)


def load(path: Path, limit: int = -1) -> bytes:
    """The bytes of an ink file, or the first ``limit`` of them.

    Raises :class:`InkError` when it is missing, a folder, unreadable, empty or too large.
    """
    if "\0" in str(path):
        raise InkError(f"{str(path)!r} is not a path: it has a zero byte in it; check the name")
    try:
        if path.is_dir():
            raise InkError(f"{path}: this is a folder; give one ink file")
        if path.is_file():  # a pipe has no size; what comes out of it has
            check_size(path.stat().st_size, str(path))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1 if limit < 0 else limit)
        check_size(len(data), str(path))
        return data
    except OSError as error:
        raise InkError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from None
