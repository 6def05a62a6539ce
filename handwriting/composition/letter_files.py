"""Letters in files: one PDF or notebook of several pages, or one picture, ink file or machine program for each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from handwriting import formats
from handwriting.composition import export
from handwriting.composition.page import WrittenPage
from handwriting.files import atomic, check_writable
from handwriting.ink import Page
from handwriting.rendering.machine import MACHINES, Machine, gcode_text, hpgl_text
from handwriting.rendering.pens import widths

GCODE_ENDINGS, HPGL_ENDINGS = (".gcode", ".nc"), (".hpgl", ".plt")
MACHINE_ENDINGS = (*GCODE_ENDINGS, *HPGL_ENDINGS)


def check(path: Path) -> str:
    """Return the ending of ``path`` in lower case. Raises :class:`InkError` if no letter can be written to it."""
    ending = export.check(path, MACHINE_ENDINGS)
    check_writable(path)
    return ending


def files_of(path: Path, pages: int) -> list[Path]:
    """Return the files to which ``pages`` pages are written: ``path`` itself, or ``NAME-1.ENDING`` and so on."""
    if pages == 1 or _holds_pages(path.suffix.lower()):
        return [path]
    return [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, pages + 1)]


def save_letter(
    pages: Sequence[WrittenPage], path: Path, *, dpi: float = 200, machine: Machine = MACHINES["servo"]
) -> list[Path]:
    """Write ``pages`` to ``path`` and return the files, each of which is written atomically.

    ``dpi`` is the resolution of PNGs, ``machine`` the target of G-code; ink outside its work area is refused before
    any file is written.
    """
    ending, files = check(path), files_of(path, len(pages))
    contents = (
        [encode_letter(pages, ending)]
        if _holds_pages(ending)
        else [_encode_page(page, ending, dpi, machine) for page in pages]
    )
    for file, data in zip(files, contents, strict=True):
        with atomic(file) as temporary:
            temporary.write_bytes(data)
    return files


def encode_letter(pages: Sequence[WrittenPage], ending: str) -> bytes:
    """Encode ``pages`` as the contents of one file with this ``ending``, a format for several pages."""
    if ending == ".pdf":
        from handwriting.rendering import pdf

        return pdf.data([page.drawing for page in pages])
    inked = [replace(ink_page(page), number=n) for n, page in enumerate(pages, 1) if page.drawing.inks]
    return export.encode_pages(inked, ending)


def _encode_page(page: WrittenPage, ending: str, dpi: float, machine: Machine) -> bytes:
    """Encode one page as the contents of a file with this ``ending``."""
    if ending in GCODE_ENDINGS:
        return gcode_text(page.drawing, machine).encode("ascii")
    if ending in HPGL_ENDINGS:
        return hpgl_text(page.drawing).encode("ascii")
    if ending in (".svg", ".png"):
        return export.encode(page.drawing, ending, dpi=dpi)
    return export.encode_pages([ink_page(page)], ending)


def ink_page(page: WrittenPage) -> Page:
    """Return the ink of a page in millimetres; a pen with a varying line width becomes pressure."""
    drawing = page.drawing
    inked = export.page_of(drawing, page.text)
    if drawing.pen is None:
        return inked
    width = np.concatenate([widths(stroke, drawing.pen, seed=n) for n, stroke in enumerate(drawing.strokes)])
    return replace(inked, ink=replace(inked.ink, pressure=np.clip(width / (2 * drawing.pen.width), 0.05, 1.0)))


def _holds_pages(ending: str) -> bool:
    """Return whether one file of this ending holds several pages."""
    return ending == ".pdf" or any(
        ending in format.extensions and "pages" in format.holds for format in formats.writers()
    )
