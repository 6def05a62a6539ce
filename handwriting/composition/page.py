"""Write a text on one page, which is as long as the text: all lines in one hand, each on its ruling."""

from __future__ import annotations

from dataclasses import dataclass

from handwriting.composition.blocks import plain
from handwriting.composition.composer import ComposedLine, Composer
from handwriting.composition.runs import WordWriter
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.layout import PageLayout, compose
from handwriting.synthesis.hand import Hand


@dataclass(frozen=True)
class WrittenLine:
    """A written line of a page."""

    text: str
    """Text to be written."""
    ink: Ink
    """Ink in millimetres, from the left margin and with its baseline at y = 0."""
    read: str
    """The recognizer's reading."""
    doubtful: tuple[tuple[str, str], ...] = ()
    """Words that may be illegible, each with the recognizer's reading."""

    @classmethod
    def of(cls, line: ComposedLine) -> WrittenLine | None:
        """Convert a composed line; None if it has no ink."""
        return None if line.ink is None else cls(line.text, line.ink, line.read, line.doubtful)


@dataclass(frozen=True, repr=False)
class WrittenPage:
    """A written page, displayed as SVG in notebooks.

    >>> import handwriting
    >>> page = handwriting.generate("Dear Ann,", layout=handwriting.PageLayout(width_mm=120, paper="ruled"))
    >>> page
    WrittenPage('Dear Ann,', 1 line, 120 x 50 mm)
    """

    drawing: Drawing
    lines: list[WrittenLine]
    """The lines in order, without empty ones."""
    text: str
    """Text to be written."""

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else f"{self.text[:37]}..."
        lines = f"{len(self.lines)} line" + "s" * (len(self.lines) != 1)
        return f"WrittenPage({text!r}, {lines}, {self.drawing.width:.0f} x {self.drawing.height:.0f} mm)"

    @property
    def doubtful(self) -> list[tuple[str, str]]:
        """Words that may be illegible, each with the recognizer's reading."""
        return [word for line in self.lines for word in line.doubtful]

    def _repr_svg_(self) -> str:
        """Return the page as SVG for notebooks."""
        from handwriting.rendering.svg import markup

        svg = markup(self.drawing)
        return svg[svg.index("<svg") :]


def write_page(
    writer: WordWriter,
    text: str,
    layout: PageLayout = PageLayout(),
    hand: Hand = Hand(),
    *,
    title: str | None = None,
    progress: Progress = no_progress,
) -> WrittenPage:
    """Write ``text`` in ``hand`` on a page with this ``layout``.

    Lines break at the page's width and at the line ends of the text; a blank line stays blank. Raises
    :class:`InkError`, before anything is drawn, when a character cannot be written.
    """
    composer = Composer(writer, plain(text), layout.room, layout.line_height_mm, hand, progress=progress)
    lines = [WrittenLine.of(line) for line in composer]
    inks = [None if line is None else line.ink for line in lines]
    drawing = compose(inks, layout, title=title, desc=text if len(lines) > 1 else None)
    return WrittenPage(drawing, [line for line in lines if line is not None], text)
