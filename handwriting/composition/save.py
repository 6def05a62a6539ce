"""Save ink, pages and written pages: one function for every output format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from handwriting import formats
from handwriting.composition import export
from handwriting.composition.letter_files import MACHINE_ENDINGS, ink_page, save_letter
from handwriting.composition.page import WrittenPage
from handwriting.errors import InkError
from handwriting.ink import Ink, Page
from handwriting.rendering import save as pictures
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.placed import draw
from handwriting.rendering.plotter import PenTravel

Savable = Ink | Page | WrittenPage | Sequence[Page] | Sequence[WrittenPage]


@dataclass(frozen=True)
class Saved:
    """Result of saving a file."""

    lost: list[str] = field(default_factory=list)
    """Properties that the file format cannot store, such as ``time``."""
    travel: PenTravel | None = None
    """Pen-up distance of a plotter file before and after the strokes were reordered."""


def check(path: str | os.PathLike[str], *, animation_speed: float | None, plotter: bool) -> None:
    """Raise :class:`InkError` if no such file can be written."""
    ending = export.check(path, MACHINE_ENDINGS)
    if animation_speed is not None and plotter:
        raise InkError("animation and plotter: a plotter cannot play an animation; give one of them")
    if (animation_speed is not None or plotter) and ending != ".svg":
        raise InkError(f"{path}: only an SVG can be animated or plotted; give a name with .svg")


def save(
    what: Savable,
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    dpi: float = 200,
    animation_speed: float | None = None,
    plotter: bool = False,
) -> Saved:
    """Write ``what`` to ``path``, as ink or as a drawing, by its ending or by the ink ``format``.

    PNG, PDF, G-code and HPGL files are drawings; so are an SVG with ``animation_speed`` or ``plotter`` and the SVG of a
    :class:`WrittenPage`. Every other file contains the ink. The file is written atomically. Raises
    :class:`InkError` when it cannot be written.
    """
    if format is None:
        check(path, animation_speed=animation_speed, plotter=plotter)
    ending = Path(path).suffix.lower()
    drawn = animation_speed is not None or plotter or ending in MACHINE_ENDINGS
    written = _written(what)
    if written and (format is not None or not (drawn or ending in pictures.ENDINGS)):
        return Saved(formats.save([replace(ink_page(p), number=n) for n, p in enumerate(written, 1)], path, format))
    if not written and (format is not None or not (drawn or ending in (".png", ".pdf"))):
        return Saved(formats.save(what, path, format))  # type: ignore[arg-type]
    drawings = [page.drawing for page in written] or _drawings(what)
    return Saved(travel=_draw(drawings, path, ending, dpi, animation_speed, plotter))


def _draw(
    drawings: Sequence[Drawing],
    path: str | os.PathLike[str],
    ending: str,
    dpi: float,
    animation_speed: float | None,
    plotter: bool,
) -> PenTravel | None:
    if not drawings:
        raise InkError(f"{path}: there is no page to draw; give at least one")
    if len(drawings) > 1 and ending != ".pdf":
        raise InkError(f"{path}: there are {len(drawings)} pages, and only a PDF can contain several; give one page")
    if plotter:
        from handwriting.rendering.plotter import plot

        return plot(drawings[0], path)
    if animation_speed is not None:
        from handwriting.rendering.animation import animate

        animate(drawings[0], path, speed=animation_speed)
    else:
        save_letter([WrittenPage(drawing, [], drawing.desc or "") for drawing in drawings], Path(path), dpi=dpi)
    return None


def _written(what: Savable) -> list[WrittenPage]:
    """Return the written pages in ``what``; an empty list if it is other ink."""
    if isinstance(what, WrittenPage):
        return [what]
    return [] if isinstance(what, Ink | Page) else [page for page in what if isinstance(page, WrittenPage)]


def _drawings(what: Savable) -> list[Drawing]:
    if isinstance(what, Ink):
        return [fitted(what)]
    pages = [what] if isinstance(what, Page) else what
    return [draw(page) for page in pages]  # type: ignore[union-attr, arg-type]
