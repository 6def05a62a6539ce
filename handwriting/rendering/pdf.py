"""A drawing as PDF: vectors in the drawing's own size, with its title; the same drawing gives the same bytes."""

from __future__ import annotations

import os

from matplotlib.backends.backend_pdf import FigureCanvasPdf

from handwriting.files import atomic
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.figure import figure


def pdf(drawing: Drawing, path: str | os.PathLike[str]) -> None:
    """Write ``drawing`` to ``path``, which appears complete or not at all."""
    metadata = {"Title": drawing.title, "Subject": drawing.desc, "Creator": "Handwriting", "CreationDate": None}
    canvas = FigureCanvasPdf(figure(drawing))
    with atomic(path) as temporary:
        canvas.print_pdf(temporary, metadata=metadata)
