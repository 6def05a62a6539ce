"""Export drawings to any supported file type: pictures (SVG, PNG, PDF) or ink formats."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from handwriting import formats
from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.ink import Ink, Page, Source
from handwriting.rendering import save as pictures
from handwriting.rendering.drawing import Drawing


def endings() -> list[str]:
    """Return the endings of files that can be written, with the dot; pictures first."""
    inks = (format.extensions[0] for format in formats.writers())
    return [*pictures.ENDINGS, *(ending for ending in inks if ending not in pictures.ENDINGS)]


def check(path: str | os.PathLike[str], also: Sequence[str] = ()) -> str:
    """Return the ending of ``path`` in lower case. Raises :class:`InkError` if no such file can be written.

    ``also``: further endings that the caller can write.
    """
    ending = Path(path).suffix.lower()
    known = any(ending in format.extensions for format in formats.writers())
    if not (known or ending in pictures.ENDINGS or ending in also):
        raise InkError(
            f"{path}: cannot write {f'a {ending} file' if ending else 'a file without an extension'}; give a name "
            f"with {', '.join([*endings(), *also])}"
        )
    return ending


def encode(drawing: Drawing, ending: str, *, text: str | None = None, dpi: float = 200) -> bytes:
    """Encode ``drawing`` as the contents of a file with this ``ending``, one of :func:`endings`.

    ``text`` is the transcript of an ink file; ``dpi`` is the resolution of a PNG.
    """
    if ending in pictures.ENDINGS:
        return pictures.encode(drawing, ending, dpi=dpi)
    return encode_pages([page_of(drawing, text)], ending)


def encode_pages(pages: Sequence[Page], ending: str) -> bytes:
    """Encode ``pages`` as the contents of an ink file with this ``ending``."""
    format = formats.writer(f"ink{ending}")
    if format.write is None:
        raise InkError(f"{ending} files can only be read; give one of {', '.join(endings())}")
    return format.write(list(pages))


def save(drawing: Drawing, path: str | os.PathLike[str], *, text: str | None = None, dpi: float = 200) -> None:
    """Write ``drawing`` to ``path`` as :func:`encode` does; the file appears complete or not at all."""
    data = encode(drawing, check(path), text=text, dpi=dpi)
    with atomic(path) as temporary:
        temporary.write_bytes(data)


def page_of(drawing: Drawing, text: str | None = None) -> Page:
    """Return all the ink of ``drawing`` as one page, in millimetres."""
    return Page(Ink.from_strokes(drawing.strokes, Source(units="mm", text=text)), drawing.width, drawing.height)
