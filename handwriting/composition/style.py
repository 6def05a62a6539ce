"""A style made from an ink file."""

from __future__ import annotations

from pathlib import Path

from handwriting import formats
from handwriting.errors import InkError
from handwriting.synthesis.styles import Sample, Style


def style_from_file(
    path: Path, text: str | None = None, name: str | None = None, size: float = 1.0, *, text_option: str = "text"
) -> Style:
    """The style of the writer whose line of ink is in ``path``.

    ``text`` is what the ink says; by default, the transcript in the file. ``text_option`` is how an error names that
    argument to whoever called. Raises :class:`InkError` when neither gives a text.
    """
    ink = formats.read_ink(path)
    text = text or ink.source.text
    if not text:
        raise InkError(f"{path}: the file does not tell what its ink says; give {text_option}")
    return Style(name or "ink file", (Sample(text, ink),), size)
