"""reMarkable notebooks: pages (``.rm``, versions 3, 5 and 6 of the tablet's lines) and bundles of them (``.rmdoc``).

Only lines of pens are ink: highlighters, shaders, erasers and hidden layers are left out, with a note. x is measured
from the left edge of the paper. Lengths are in 1/226 inch, the pixels of the screen. There is no time.

A bundle is a zip archive of pages, with a ``.content`` file that gives their order. If it is missing, as in copies of a
tablet's files, the pages are sorted by name.

The package rmscene, with which the tests compare, knows more of the format. It is not used because it requires a
version of packaging older than that of common test and build tools, so that both cannot be installed together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from handwriting.errors import InkError
from handwriting.formats import packed, remarkable_v5, remarkable_v6
from handwriting.formats.remarkable_page import HEADER_SIZE, MEDIUM_WIDTH, NOT_PENS, PLAIN_PENS
from handwriting.formats.strokes import Strokes
from handwriting.ink import Page, Source
from handwriting.limits import check_pages, check_points
from handwriting.notes import Notes

HEADER = b"reMarkable .lines file, version="
UNIT = "1/226 in"
PDF = "PDF background"
"""What the notes call the PDF under the pages of a bundle."""
COLORS = (0, 1, 2)
"""Black, gray and white: the only colors of the first tablets."""


def recognises(head: bytes) -> bool:
    return head.startswith(HEADER)


def packs(names: Sequence[str]) -> bool:
    return any(name.endswith((".content", ".rm")) for name in names)


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the pages that have ink."""
    if not data.startswith(packed.ZIP):
        page = _read_page(data, file, 1, notes)
        return [] if page is None else [page]
    archive = packed.Archive(data, file, notes)
    notes.count(PDF, any(name.endswith(".pdf") for name in archive.names))
    points, pages = 0, []
    for number, name in enumerate(page_names(archive, file, notes), 1):
        if name not in archive.names and not archive.is_truncated:  # the page was never drawn on
            continue
        with notes.part(f"page {number}"):
            if name not in archive.names:
                raise InkError(f"{file}: it is missing from the damaged archive; copy it again")
            page = _read_page(archive.read(name, notes), file, number, notes)
            if page is not None:
                points += len(page.ink)
                check_points(points, file)
                pages.append(page)
    return pages


def page_names(archive: packed.Archive, file: str, notes: Notes) -> list[str]:
    """Return the names of the pages in the archive, in the document's order, without those that are deleted.

    They include pages that the archive does not contain, because they were never drawn on.
    """
    contents = [name for name in archive.names if name.endswith(".content")]
    drawn = [name for name in archive.names if name.endswith(".rm")]
    names: list[str] = []
    deleted: set[str] = set()
    for content in contents:
        for page, is_live in _listed_pages(archive, content, file, notes):
            if is_live:
                names.append(page)
            else:
                deleted.add(page)
    deleted -= set(names)
    notes.count("deleted page", len(deleted.intersection(drawn)))
    others = sorted((name for name in drawn if name not in deleted), key=_natural_key)
    if others and not any(name in archive.names for name in names):
        names = others
    if not names and not deleted:
        raise InkError(f"{file}: an archive without pages (.rm); this is not a reMarkable bundle")
    check_pages(len(names), file)
    return names


def _listed_pages(archive: packed.Archive, name: str, file: str, notes: Notes) -> list[tuple[str, bool]]:
    """Return the names of the pages that a ``.content`` file lists, and whether they are in use or deleted.

    If the file is damaged, the pages in the archive are sorted by where the file mentions them.
    """
    folder, text = name.removesuffix(".content"), b""
    with notes.part("the list of pages"):
        text = archive.read(name, notes)
        try:
            content: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise InkError(f"{file}: its .content file is damaged; the pages may be in the wrong order") from None
        sheets = content.get("cPages") or content if isinstance(content, dict) else {}
        sheets = sheets.get("pages") if isinstance(sheets, dict) else None
        if not isinstance(sheets, list):
            return []
        check_pages(len(sheets), file)
        ids = [sheet.get("id") if isinstance(sheet, dict) else sheet for sheet in sheets]
        return [(f"{folder}/{one}.rm", not is_deleted(sheet)) for one, sheet in zip(ids, sheets, strict=True)]
    pages = [page for page in archive.names if page.startswith(f"{folder}/") and page.endswith(".rm")]
    places = {page: text.find(f'"{PurePosixPath(page).stem}"'.encode()) for page in pages}
    ordered = sorted(pages, key=lambda page: (places[page] < 0, places[page], _natural_key(page)))
    return [(page, True) for page in ordered]


def is_deleted(sheet: Any) -> bool:
    """Return whether a page is deleted.

    A page that was deleted and restored keeps the mark, with the value 0.
    """
    mark = sheet.get("deleted") if isinstance(sheet, dict) else None
    return bool(mark.get("value", True) if isinstance(mark, dict) else mark)


def _natural_key(name: str) -> tuple[int, str]:
    """Return a sort key for the name of a page; pages of old tablets are numbered (``10.rm``)."""
    digits = re.fullmatch(r"\d{1,9}", PurePosixPath(name).stem)
    return (int(digits[0]) if digits else 0, name)


def _read_page(data: bytes, file: str, number: int, notes: Notes) -> Page | None:
    """Read a page; return None if no pen drew on it."""
    page_name = f"page {number}"
    version = data[len(HEADER) : len(HEADER) + 1]
    if data.startswith(HEADER) and version == b"6":
        lines, paper = remarkable_v6.lines(data, page_name, file, notes)
    elif data.startswith(HEADER) and version in (b"3", b"5") and len(data) > HEADER_SIZE:
        lines, paper = remarkable_v5.lines(data, int(version), page_name, file, notes)
    else:
        found = f"version {version.decode('latin-1')!r}" if data.startswith(HEADER) else "no lines"
        raise InkError(
            f"{file}: {page_name} has {found}, and only versions 3, 5 and 6 can be read; change it on the tablet"
        )
    strokes = Strokes(file, notes)
    for count, line in enumerate(lines, 1):
        if line.tool in NOT_PENS:
            notes.count(f"{NOT_PENS[line.tool]} stroke")
            continue
        notes.count("stroke color", line.color not in COLORS, "detail")
        notes.count("pen style", line.tool not in PLAIN_PENS, "detail")
        notes.count("pen width", abs(line.width - MEDIUM_WIDTH) > 0.01, "detail")
        with notes.part(f"stroke {count} on {page_name}"):
            strokes.add(line.x, line.y, None, line.pressure)
    ink = strokes.ink(Source(units=UNIT, file=file))
    if ink is None:
        return None
    # A page may extend beyond the screen, because it can be scrolled.
    return Page(ink, max(float(paper[0]), float(ink.x.max())), max(float(paper[1]), float(ink.y.max())), number)
