"""What a format is: how it is recognised, read and, for some, written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handwriting.formats.units import millimetres
from handwriting.ink import Ink, Page


@dataclass(frozen=True)
class Format:
    """One kind of ink file."""

    name: str
    extensions: tuple[str, ...]
    """With the dot, in lower case (``".inkml"``); the first is the usual one."""
    recognises: Callable[[bytes], bool]
    """Whether the first bytes (4096, or all) are of this format; looks at bytes, parses nothing, never fails."""
    read: Callable[[bytes, str], Ink | list[Page]]
    """Bytes and the file's name (for messages) to ink, or to the pages that have ink, in their order."""
    write: Callable[[Sequence[Page]], bytes] | None = None
    """Pages to bytes; None when the format is only read. Without ``"pages"`` in ``holds`` it is given one page."""
    holds: frozenset[str] = frozenset()
    """Which of :data:`PROPERTIES` survive being written and read back; strokes, x and y always do."""
    unit: str | None = None
    """The one unit of length that it is written in, to which ink is brought; None when any will do."""
    document: bool = False
    """Whether its files are documents of pages; others hold a single piece of ink."""


PROPERTIES = ("time", "start time", "pressure", "text", "writer", "units", "page size", "pages")
"""What ink may have beside x and y, by the names that the command ``formats`` shows; ``"pages"``: more than one."""


def lost(pages: Sequence[Page], format: Format) -> list[str]:
    """Those properties of ``pages`` that ``format`` cannot hold; lengths that it keeps in its own unit are not lost."""
    kept = set(format.holds)
    if format.unit is not None and all(millimetres(page.ink.source.units) for page in pages):
        kept.add("units")
    return [name for name in properties(pages) if name not in kept]


def properties(pages: Sequence[Page]) -> list[str]:
    """Those of :data:`PROPERTIES` that ``pages`` have."""
    inks = [page.ink for page in pages]
    has = {
        "time": any(ink.t is not None for ink in inks),
        "start time": any(ink.source.start_time is not None for ink in inks),
        "pressure": any(ink.pressure is not None for ink in inks),
        "text": any(ink.source.text for ink in inks),
        "writer": any(ink.source.writer for ink in inks),
        "units": any(ink.source.units for ink in inks),
        "page size": any(page.width is not None or page.height is not None for page in pages),
        "pages": len(pages) > 1,
    }
    return [name for name in PROPERTIES if has[name]]
