"""A drawing as PDF: vectors in the drawing's own size, with its title; the same drawing gives the same bytes."""

from __future__ import annotations

import io
import os

from matplotlib.backends.backend_pdf import FigureCanvasPdf

from handwriting.files import atomic
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.figure import figure


def pdf(drawing: Drawing, path: str | os.PathLike[str]) -> None:
    """Write ``drawing`` to ``path``, which appears complete or not at all."""
    with atomic(path) as temporary:
        temporary.write_bytes(data(drawing))


def data(drawing: Drawing) -> bytes:
    """What `pdf` writes."""
    metadata = {"Title": drawing.title, "Subject": drawing.desc, "Creator": "Handwriting", "CreationDate": None}
    buffer = io.BytesIO()
    FigureCanvasPdf(figure(drawing)).print_pdf(buffer, metadata=metadata)
    return buffer.getvalue()
