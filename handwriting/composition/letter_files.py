"""Letters in files: one PDF or notebook of several pages, or one picture, ink file or machine program for each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from handwriting import formats
from handwriting.composition import export
from handwriting.files import atomic, has_place
from handwriting.ink import Page
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.machine import MACHINES, Machine, gcode, hpgl
from handwriting.rendering.pens import widths

MACHINE_ENDINGS = (".gcode", ".nc", ".hpgl", ".plt")


def check(path: Path) -> str:
    """The ending of ``path`` in lower case. Raises :class:`InkError` if no letter can be written to it."""
    ending = export.check(path, MACHINE_ENDINGS)
    has_place(path)
    return ending


def files_of(path: Path, pages: int) -> list[Path]:
    """The files that ``pages`` pages are written to: ``path`` itself, or ``NAME-1.ENDING`` and so on."""
    if pages == 1 or _holds_pages(path.suffix.lower()):
        return [path]
    return [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, pages + 1)]


def save_letter(
    pages: Sequence[Drawing], path: Path, *, text: str, dpi: float = 200, machine: Machine = MACHINES["servo"]
) -> list[Path]:
    """Write ``pages`` to ``path`` and return the files; each appears complete or not at all.

    ``text`` is the transcript of ink files, ``dpi`` the resolution of PNGs, ``machine`` what G-code is for.
    """
    ending, files = check(path), files_of(path, len(pages))
    if ending == ".pdf":
        from handwriting.rendering.pdf import data

        with atomic(path) as temporary:
            temporary.write_bytes(data(pages))
    elif _holds_pages(ending):
        formats.save([replace(ink_page(page, text), number=n) for n, page in enumerate(pages, 1)], path)
    else:
        for page, file in zip(pages, files, strict=True):
            if ending in (".gcode", ".nc"):
                gcode(page, file, machine)
            elif ending in (".hpgl", ".plt"):
                hpgl(page, file)
            elif ending in (".svg", ".png"):
                export.save(page, file, dpi=dpi)
            else:
                formats.save(ink_page(page, text), file)
    return files


def ink_page(drawing: Drawing, text: str) -> Page:
    """The ink of a page in millimetres; a pen whose line varies in width becomes pressure."""
    page = export.page_of(drawing, text)
    if drawing.pen is None:
        return page
    width = np.concatenate([widths(stroke, drawing.pen, seed=n) for n, stroke in enumerate(drawing.strokes)])
    return replace(page, ink=replace(page.ink, pressure=np.clip(width / (2 * drawing.pen.width), 0.05, 1.0)))


def _holds_pages(ending: str) -> bool:
    """Whether one file of this ending holds several pages."""
    return ending == ".pdf" or any(
        ending in format.extensions and "pages" in format.holds for format in formats.writers()
    )
