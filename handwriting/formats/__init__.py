"""Read and write ink files. A file's format is recognised by its content first, and by its extension second.

A format is a module of this package that is listed in :func:`readers`, or an entry point of another package (see
:mod:`handwriting.formats.format`). A reader turns bytes into :class:`Ink`, or into the :class:`Page` values of a
document, or raises :class:`InkError` with a message of one line that has the offending value and the remedy. What it
left out is listed in ``ink.source.notes``.
"""

from __future__ import annotations

import gzip
import io
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np

from handwriting.errors import InkError, NoInkError
from handwriting.files import atomic, refuse_input
from handwriting.formats import (
    archives,
    csv,
    excalidraw,
    gif,
    iamondb,
    inkml,
    isf,
    json,
    note_app_extras,
    other_kinds,
    packed,
    remarkable,
    remarkable_extras,
    rnote,
    svg,
    tldraw,
    uim,
    unipen,
    xml,
    xournal,
    xournal_extras,
)  # fmt: skip
from handwriting.formats.extras import PageExtras
from handwriting.formats.format import PROPERTIES, Format, lost_properties
from handwriting.ink import Ink, Page
from handwriting.limits import MAX_BYTES, MAX_PACKAGE, check_size
from handwriting.notes import Note, Notes

__all__ = [
    "DocumentContents",
    "Format",
    "Reader",
    "convert",
    "endings",
    "find",
    "has_ending",
    "load",
    "read",
    "read_document",
    "read_ink",
    "read_pages",
    "readers",
    "save",
    "table",
    "writer",
    "writers",
]

ENTRY_POINT_GROUP = "handwriting.formats"
"""Entry points of other packages that are a :class:`Format`."""
GZIPPED = (".svgz",)
"""Extensions of files that are written with gzip compression. When reading, any file may be compressed with gzip."""
HEAD_SIZE = 16384
"""Number of bytes at the start of a file from which its format is recognised."""

Readable: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO"
"""A path, the bytes themselves, or a binary stream."""

Reader = Format


def readers() -> tuple[Format, ...]:
    """Return every format that can be read, in the order in which they are tried.

    Those with a ``write`` function can be written too.
    """
    return (
        Format("IAM-OnDB", (".xml",), lambda head: xml.root_name(head) == iamondb.ROOT, iamondb.read),
        Format("UNIPEN", (".dat", ".upn", ".unp"), unipen.recognises, unipen.read),
        Format("InkML", (".inkml",), inkml.recognises, inkml.read, inkml.write, inkml.HOLDS),
        Format(
            "Xournal++", (".xopp", ".xoj"), xournal.recognises, xournal.read, xournal.write, xournal.HOLDS, "pt",
            document=True, packs=xournal.packs, most=xournal.MAX_SIZE, extras=xournal_extras.EXTRAS,
        ),
        Format("SVG", (".svg", ".svgz"), svg.recognises, svg.read, svg.write, svg.HOLDS, "mm"),
        Format(
            "reMarkable", (".rm", ".rmdoc"), remarkable.recognises, remarkable.read,
            document=True, packs=remarkable.packs, extras=remarkable_extras.EXTRAS,
        ),
        Format(
            "Excalidraw", (".excalidraw", ".excalidraw.md", ".excalidraw.png", ".excalidrawlib"),
            excalidraw.recognises, excalidraw.read, extras=note_app_extras.EXCALIDRAW,
        ),
        Format(
            "tldraw", (".tldr", ".writing", ".drawing"), tldraw.recognises, tldraw.read, document=True,
            extras=note_app_extras.TLDRAW,
        ),
        Format(
            "Rnote", (".rnote",), rnote.recognises, rnote.read,
            document=True, most=rnote.MAX_SIZE, extras=note_app_extras.RNOTE,
        ),
        Format("Universal Ink Model", (".uim",), uim.recognises, uim.read),
        Format("Ink Serialized Format", (".isf",), isf.recognises, isf.read),
        *_plugins(),
        # These recognise any JSON or CSV, so they must come after the more specific formats.
        Format("JSON lines", (".ndjson",), json.recognises_lines, json.read),
        Format("JSON", (".json", ".jiix"), json.recognises, json.read, json.write, json.HOLDS),
        Format("CSV", (".csv", ".tsv"), csv.recognises, csv.read, csv.write, csv.HOLDS),
    )  # fmt: skip


@cache
def _plugins() -> tuple[Format, ...]:
    """Return the formats of other packages. One that cannot be loaded is skipped with a warning."""
    found = []
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            known = point.load()
        except Exception as error:
            warnings.warn(f"the format {point.name!r} of {point.value!r} cannot be loaded: {error!r}", stacklevel=2)
            continue
        if isinstance(known, Format):
            found.append(known)
        else:
            warnings.warn(f"{point.value!r} is not a handwriting.formats.Format but {known!r:.80}", stacklevel=2)
    return tuple(found)


def writers() -> tuple[Format, ...]:
    """Return every format that can be written."""
    return tuple(format for format in readers() if format.write is not None)


@cache
def endings() -> frozenset[str]:
    """Return the extensions of files that can be read."""
    return frozenset(ending for format in readers() for ending in format.extensions)


def has_ending(name: str | os.PathLike[str]) -> bool:
    """Return whether the name of a file has the extension of a format that can be read."""
    return bool(Path(name).suffix) and str(name).lower().endswith(tuple(endings()))


def read(source: Readable, format: str | None = None, page: int | None = None) -> Ink | Page:
    """Read :class:`Ink`, or the :class:`Page` of a document, from a path, bytes or a binary stream.

    ``format`` names the format (``"IAM-OnDB"``) instead of having it recognised. A document of several pages needs the
    number of a ``page``, counted from 1; to get all of them, use :func:`read_pages`. ``ink.source.notes`` lists what
    was left out. Raises :class:`InkError` if the file is missing, empty, too large, of no known format, or damaged.
    """
    found, pages, file, _ = _read(source, format)
    if page is not None:
        pages = [_choose_page(pages, page, file)]
    if len(pages) > 1:
        raise InkError(f"{file}: {len(pages)} pages with ink; choose one with 'page', or use read_pages")
    return pages[0] if found.document else pages[0].ink


def read_ink(source: Readable, format: str | None = None, page: int | None = None) -> Ink:
    """Read as :func:`read` does, but return only the strokes of a page."""
    found = read(source, format, page)
    return found.ink if isinstance(found, Page) else found


def read_pages(source: Readable, format: str | None = None) -> list[Page]:
    """Read every page that has ink, in order; the result is never empty. A file that is not a document is one page.

    Raises :class:`~handwriting.errors.NoInkError` for a file without ink, and the same errors as :func:`read`
    otherwise.
    """
    return _read(source, format)[1]


@dataclass(frozen=True)
class DocumentContents:
    """The contents of a file: its ink, and what its pages have besides ink."""

    pages: tuple[Page, ...]
    """The pages that have ink."""
    extras: tuple[PageExtras, ...]
    """What all pages have besides ink; empty if there is no reader of such extras for the format."""
    notes: tuple[Note, ...]
    """What was left out."""


def read_document(source: Readable, format: str | None = None) -> DocumentContents:
    """Read the pages that have ink, like :func:`read_pages`, and what all pages have besides ink.

    A document may have no ink. Raises :class:`~handwriting.errors.NoInkError` for a file that has neither ink nor
    pages.
    """
    extras: list[PageExtras] = []
    _, pages, _, notes = _read(source, format, extras)
    return DocumentContents(tuple(pages), tuple(extras), notes)


def save(ink: Ink | Page | Sequence[Page], path: str | os.PathLike[str], format: str | None = None) -> list[str]:
    """Write ink, a page or pages to ``path`` in the format of its extension, or the one that ``format`` names.

    The file appears complete or not at all. Returns the properties of the ink that the format cannot hold, by the names
    in :data:`~handwriting.formats.format.PROPERTIES`. Raises :class:`InkError` if no format that can be written has
    this extension, if there are several pages and the format holds only one, or if the file cannot be written.
    """
    pages = [Page(ink)] if isinstance(ink, Ink) else [ink] if isinstance(ink, Page) else list(ink)
    chosen = writer(path, format)
    if not pages or chosen.write is None:
        raise InkError(f"{path}: there is no page to write; give at least one")
    if len(pages) > 1 and "pages" not in chosen.holds:
        raise InkError(
            f"{path}: {chosen.name} holds one page, and there are {len(pages)}; choose one by its number (page)"
        )
    data = chosen.write(pages)
    if Path(path).suffix.lower() in GZIPPED:
        data = gzip.compress(data, mtime=0)
    with atomic(path) as temporary:
        temporary.write_bytes(data)
    return lost_properties(pages, chosen)


def convert(
    source: Readable, path: str | os.PathLike[str], page: int | None = None, format: str | None = None
) -> tuple[list[Page], list[str]]:
    """Write the contents of ``source``, or one ``page`` of it, to ``path``; ``format`` is that of ``source``.

    Returns the pages that were written and the properties that the file cannot hold, like :func:`save`. What was
    already left out when ``source`` was read is in the ``source.notes`` of their ink.
    """
    writer(path)
    if isinstance(source, str | os.PathLike):
        refuse_input(path, [source])
    _, pages, file, _ = _read(source, format)
    if page is not None:
        pages = [_choose_page(pages, page, file)]
    return pages, save(pages, path)


def writer(path: str | os.PathLike[str], format: str | None = None) -> Format:
    """Return the format in which ``path`` is written. Raises :class:`InkError` if there is none.

    Call it before long work, so that an extension that cannot be written is reported at once.
    """
    suffix = Path(path).suffix.lower()
    for known in writers():
        if known.name.lower() == format.lower() if format is not None else suffix in known.extensions:
            return known
    endings = ", ".join(known.extensions[0] for known in writers())
    if format is not None:
        raise InkError(f"format {format!r} cannot be written; choose one of: {', '.join(k.name for k in writers())}")
    raise InkError(
        f"{path}: cannot write ink to {f'a {suffix} file' if suffix else 'a file without an extension'}; use {endings}"
    )


def table() -> str:
    """Return a table of every format, its extensions, and what it holds when written."""
    rows = [("format", "endings", "read", "written, and holds beside the points")]
    for known in readers():
        holds = ", ".join(name for name in PROPERTIES if name in known.holds)
        rows.append((known.name, " ".join(known.extensions), "yes", "no" if known.write is None else f"yes: {holds}"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3]]) for row in rows)


def find(data: bytes, file: str, format: str | None = None) -> Format:
    """Return the format of these bytes.

    It is the one named ``format``, or else it is recognised by the content, or else by the extension of ``file``. Gzip
    is unpacked first. Zip archives are recognised by the names of their members.
    """
    if data.startswith(packed.GZIP):
        data = packed.gunzip(data, file)
    known = readers()
    names = ", ".join(reader.name for reader in known)
    if format is not None:
        for reader in known:
            if reader.name.lower() == format.lower():
                return reader
        raise InkError(f"format {format!r} is unknown; choose one of: {names}")
    members = packed.Archive(data, file).names if data.startswith(packed.ZIP) else None
    for reader in known:
        if reader.recognises(data[:HEAD_SIZE]) or (members is not None and reader.packs and reader.packs(members)):
            return reader
    for reader in known:
        if file.lower().endswith(reader.extensions):
            return reader
    if csv.is_unnamed(data[:HEAD_SIZE]):
        raise csv.unnamed_error(data[:HEAD_SIZE], file)
    if data.startswith(gif.SIGNATURES) and isf.in_gif(data) is not None:  # after the picture, beyond the head
        return next(reader for reader in known if reader.read is isf.read)
    kind = other_kinds.name_file(data) if members is None else other_kinds.name_package(members)
    reason = f": {kind}" if kind else ""
    raise InkError(f"{file}: not a known kind of ink file{reason}; the formats are: {names}", key="unknown-file")


def _choose_page(pages: list[Page], number: int, file: str) -> Page:
    for page in pages:
        if page.number == number:
            return page
    numbers = ", ".join(str(page.number) for page in pages[:20]) + (", ..." if len(pages) > 20 else "")
    raise InkError(f"{file}: no ink on page {number}; the pages with ink are: {numbers}")


def _read(
    source: Readable, format: str | None, extras: list[PageExtras] | None = None
) -> tuple[Format, list[Page], str, tuple[Note, ...]]:
    """Read ``source`` and return its format, its pages with their notes, its name for messages, and the notes.

    There is at least one page, unless what the pages have besides ink is added to a list ``extras``.
    """
    data, file = _load(source)
    notes = Notes(file)
    name = file
    if data.startswith(packed.ZIP) and format is None and (member := _find_in_archive(data, file, notes)) is not None:
        name, data = f"{file}/{member[0]}", member[1]
    if data.startswith(packed.GZIP):
        data = packed.gunzip(data, file, notes)
        if not data and notes.first_loss:
            raise _no_ink_error(file, notes)
    found = find(data, name, format)
    check_size(len(data), file, MAX_PACKAGE if data.startswith(packed.ZIP) else found.most)
    extras_reader = found.extras if extras is not None else None
    notes.known = extras_reader.covers if extras_reader else frozenset()
    with np.errstate(all="ignore"):  # each value that is not finite is refused by itself
        try:
            result = found.read(data, file, notes)
            if extras is not None and extras_reader is not None:
                extras += extras_reader.read(data, file, notes)
        except InkError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:150]
            raise InkError(f"{file}: the reader of {found.name} failed ({reason}); export the file again") from error
    pages = [Page(result)] if isinstance(result, Ink) else list(result)
    if not pages and (not extras or (notes.first_loss and not any(page.texts for page in extras))):
        raise _no_ink_error(file, notes)
    all_notes = notes.all()
    if all_notes:
        pages = [
            replace(page, ink=replace(page.ink, source=replace(page.ink.source, notes=all_notes))) for page in pages
        ]
    return found, pages, file, all_notes


def _find_in_archive(data: bytes, file: str, notes: Notes) -> tuple[str, bytes] | None:
    """Return the name and the content of the only ink file in a zip archive, or None if there is no ink file in it.

    The result is also None if the archive belongs to a format that uses zip itself, read or not.
    Raises :class:`InkError` for an archive of several ink files.
    """
    names = packed.Archive(data, file).names
    if other_kinds.name_package(names) or any(known.packs is not None and known.packs(names) for known in readers()):
        return None
    return archives.find_member(data, file, notes, has_ending, find)


def _no_ink_error(file: str, notes: Notes) -> InkError:
    """Return the error that says why no page of a file has ink."""
    if notes.first_loss is not None:
        return InkError(f"{file}: nothing in it can be read: {notes.first_loss}")
    others = "; ".join(note.text for note in notes.all() if note.severity == "noted")
    return NoInkError(f"{file}: no strokes in it{f' ({others})' if others else ''}; it needs at least one point")


def _load(source: Readable) -> tuple[bytes, str]:
    """Return the bytes of ``source`` and its name for messages. Sizes are checked before anything is read."""
    if isinstance(source, bytes):
        return _read_checked(io.BytesIO(source), "ink"), "ink"
    if isinstance(source, str | os.PathLike):
        return load(Path(source)), str(source)
    file = str(getattr(source, "name", "stream"))
    return _read_checked(source, file), file


def load(path: Path, limit: int = -1) -> bytes:
    """Read the bytes of an ink file, or the first ``limit`` of them.

    Raises :class:`InkError` if the file is missing, a folder, unreadable, empty or too large.
    """
    if "\0" in str(path):
        raise InkError(f"{str(path)!r} is not a path: it contains a zero byte; check the name")
    try:
        if path.is_dir():
            raise InkError(f"{path}: this is a folder; give one ink file")
        size = path.stat().st_size if path.is_file() else None  # the size of a pipe is known only after reading it
        with path.open("rb") as file:
            return _read_checked(file, str(path), size, limit)
    except OSError as error:
        raise InkError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from None


def _read_checked(stream: BinaryIO, file: str, size: int | None = None, limit: int = -1) -> bytes:
    """Read all bytes of a stream, or ``limit`` of them, but never more than a file of its kind may have."""
    signature = stream.read(len(packed.ZIP))
    if not isinstance(signature, bytes):
        raise InkError(f"{file}: a text stream; open the file in binary mode ('rb')")
    max_size = MAX_PACKAGE if signature == packed.ZIP else MAX_BYTES
    check_size(len(signature) if size is None else size, file, max_size)
    data = signature + stream.read((max_size + 1 if limit < 0 else limit) - len(signature))
    check_size(len(data), file, max_size)
    return data
