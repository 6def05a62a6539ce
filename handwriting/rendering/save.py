"""A drawing to a file of the kind that its name asks for."""

from __future__ import annotations

import os
from pathlib import Path

from handwriting.errors import InkError
from handwriting.rendering.drawing import Drawing

KINDS = (".svg", ".png", ".pdf")


def kind(path: str | os.PathLike[str]) -> str:
    """One of `KINDS`; raises :class:`InkError` for any other ending, so that it can be asked before long work."""
    suffix = Path(path).suffix.lower()
    if suffix not in KINDS:
        raise InkError(f"{path}: no drawing ends in {suffix or 'nothing'}; give a name with .svg, .png or .pdf")
    return suffix


def save(drawing: Drawing, path: str | os.PathLike[str], *, dpi: float = 200) -> None:
    """Write ``drawing`` to ``path``, which appears complete or not at all; ``dpi`` is for pixels alone."""
    match kind(path):
        case ".svg":
            from handwriting.rendering.svg import svg

            svg(drawing, path)
        case ".png":
            from handwriting.rendering.png import png

            png(drawing, path, dpi=dpi)
        case ".pdf":
            from handwriting.rendering.pdf import pdf

            pdf(drawing, path)


def encoded(drawing: Drawing, kind: str, *, dpi: float = 200) -> bytes:
    """What `save` writes to a file that ends in ``kind``, one of `KINDS`."""
    match kind:
        case ".svg":
            from handwriting.rendering.svg import markup

            return markup(drawing).encode()
        case ".png":
            from handwriting.rendering import png

            return png.data(drawing, dpi)
        case ".pdf":
            from handwriting.rendering import pdf

            return pdf.data([drawing])
    raise InkError(f"no drawing ends in {kind}; give one of {', '.join(KINDS)}")
