"""Save drawings as picture files: SVG, PNG or PDF, by the ending of the file name."""

from __future__ import annotations

import os
from pathlib import Path

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.rendering.drawing import Drawing

ENDINGS = (".svg", ".png", ".pdf")


def check(path: str | os.PathLike[str]) -> str:
    """Return the ending of ``path`` in lower case. Raises :class:`InkError` unless it is one of :data:`ENDINGS`."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InkError(
            f"{path}: cannot draw to {f'a {ending} file' if ending else 'a file without an extension'}; use .svg, "
            ".png or .pdf"
        )
    return ending


def save(drawing: Drawing, path: str | os.PathLike[str], *, dpi: float = 200) -> None:
    """Write ``drawing`` to ``path`` atomically; ``dpi`` is the resolution of a PNG."""
    data = encode(drawing, check(path), dpi=dpi)
    with atomic(path) as temporary:
        temporary.write_bytes(data)


def encode(drawing: Drawing, ending: str, *, dpi: float = 200) -> bytes:
    """Encode ``drawing`` as the file that :func:`save` writes for a name with this ``ending``."""
    match check(f"drawing{ending}"):
        case ".svg":
            from handwriting.rendering.svg import markup

            return markup(drawing).encode()
        case ".png":
            from handwriting.rendering import png

            return png.data(drawing, dpi)
        case _:
            from handwriting.rendering import pdf

            return pdf.data([drawing])
