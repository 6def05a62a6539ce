r"""What a format is: how it is recognised, read and, for some, written.

Another package adds a format by an entry point of the group ``handwriting.formats`` that names a :class:`Format`. Its
``pyproject.toml``::

    [project.entry-points."handwriting.formats"]
    points = "handwriting_points:POINTS"

and its module ``handwriting_points``, which reads lines of x and y with an empty line between strokes::

    from handwriting import Ink, InkError
    from handwriting.formats import Format

    def read(data, file, notes):
        strokes = []
        for number, block in enumerate(data.decode("ascii", "replace").split("\n\n")[1:], 1):
            with notes.part(f"stroke {number}"):          # a damaged stroke is left out, the others are kept
                try:
                    strokes.append([tuple(map(float, line.split())) for line in block.splitlines()])
                except ValueError:
                    raise InkError(f"{file}: {block[:40]!r} is not lines of x and y") from None
        return Ink.from_strokes(strokes) if strokes else []

    POINTS = Format("Points", (".points",), lambda head: head.startswith(b"#points"), read)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handwriting.formats.extras import ExtrasReader
from handwriting.formats.units import millimetres
from handwriting.ink import Ink, Page
from handwriting.limits import MAX_BYTES
from handwriting.notes import Notes

Read = Callable[[bytes, str, Notes], "Ink | list[Page]"]


@dataclass(frozen=True)
class Format:
    """One kind of ink file."""

    name: str
    extensions: tuple[str, ...]
    """With the dot, in lower case (``".inkml"``); the first is the usual one."""
    recognises: Callable[[bytes], bool]
    """Whether a file is of this format, judging by its first bytes (16,384, or all of them). It must not parse the
    file, and never fail. It is given the unpacked contents of gzip files."""
    read: Read
    """Returns the ink in these bytes, or the pages that have ink, in order; an empty list if there is none. The second
    argument is the file's name, for messages. Raises :class:`~handwriting.errors.InkError` for a damaged file; what can
    be left out is reported to the :class:`~handwriting.notes.Notes`."""
    write: Callable[[Sequence[Page]], bytes] | None = None
    """Encodes pages as bytes; None if the format can only be read. It is given one page, unless ``holds`` has
    ``"pages"``."""
    holds: frozenset[str] = frozenset()
    """Which of :data:`PROPERTIES` survive being written and read back; strokes, x and y always do."""
    unit: str | None = None
    """The only unit of length that it is written in, to which ink is converted; None if any unit will do."""
    document: bool = False
    """Whether its files are documents of pages; files of other formats hold a single piece of ink."""
    packs: Callable[[Sequence[str]], bool] | None = None
    """Whether a zip archive whose members have these names is of this format; None if files of this format are never
    zipped."""
    most: int = MAX_BYTES
    """Maximum number of bytes of a file, after unpacking gzip."""
    extras: ExtrasReader | None = None
    """Reads typed text, pictures and backgrounds; None if there is no reader for them."""


PROPERTIES = ("time", "start time", "pressure", "text", "writer", "units", "page size", "pages")
"""What ink may have besides x and y, by the names that the command ``formats`` shows; ``"pages"`` means several
pages."""


def lost_properties(pages: Sequence[Page], format: Format) -> list[str]:
    """Return the properties of ``pages`` that ``format`` cannot hold.

    Converting lengths to another unit loses nothing.
    """
    kept = set(format.holds)
    if format.unit is not None and all(millimetres(page.ink.source.units) for page in pages):
        kept.add("units")
    return [name for name in properties(pages) if name not in kept]


def properties(pages: Sequence[Page]) -> list[str]:
    """Return which of :data:`PROPERTIES` the ``pages`` have."""
    inks = [page.ink for page in pages]
    present = {
        "time": any(ink.t is not None for ink in inks),
        "start time": any(ink.source.start_time is not None for ink in inks),
        "pressure": any(ink.pressure is not None for ink in inks),
        "text": any(ink.source.text for ink in inks),
        "writer": any(ink.source.writer for ink in inks),
        "units": any(ink.source.units for ink in inks),
        "page size": any(page.width is not None or page.height is not None for page in pages),
        "pages": len(pages) > 1,
    }
    return [name for name in PROPERTIES if present[name]]
