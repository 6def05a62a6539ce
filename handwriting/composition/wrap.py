"""Where the lines of a text break: at spaces, at the width of the page.

How wide a line comes out is known only when it has been drawn: :func:`wrap` goes by the mean width of a character,
and :func:`shorten` moves what did not fit to the next line of the same paragraph. Both are pure functions. They
take writable text (see :mod:`~handwriting.synthesis.characters`): what is mapped changes its length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handwriting.errors import InkError


@dataclass(frozen=True)
class WrappedLine:
    """A line as it is to be written."""

    text: str
    """Empty for the line that a blank one leaves between paragraphs."""
    paragraph: int
    """Number of the line of the given text that this is part of, from 0."""
    rest: str
    """What is left of that paragraph from here on, this line included."""


def wrap(text: str, width: float, advance: float, hyphen: bool = True) -> list[WrappedLine]:
    """The lines of ``text``, none with more characters than ``width`` holds at ``advance`` each.

    ``width`` and ``advance`` (from one character to the next, spaces included) are in the same unit. Every line end
    of the text is kept and a blank line gives an empty one. A word longer than a line is broken: behind a hyphen of
    its own, else behind one that is added, or without any unless ``hyphen`` can be written. A line holds at least one
    character. Raises :class:`InkError` when a width is not positive and finite.
    """
    limit = _limit(width, advance)
    return [
        line
        for number, paragraph in enumerate(text.split("\n"))
        for line in _fill(" ".join(paragraph.split()), number, limit, limit, hyphen)
    ]


def shorten(
    lines: Sequence[WrappedLine], i: int, drawn: float, width: float, advance: float, hyphen: bool = True
) -> list[WrappedLine]:
    """``lines`` with line ``i``, which came out ``drawn`` wide, cut to what fits ``width`` at its own advance.

    At least its last word moves on, or the end of its only word; the rest of its paragraph is wrapped anew and
    nothing else changes. The line always becomes shorter, so drawing and shortening comes to an end: a single
    character cannot be shortened, and the same lines come back.
    """
    line = lines[i]
    if len(line.text) < 2 or drawn <= width:
        return list(lines)
    first = min(len(line.text) - 1, _limit(width, drawn / len(line.text)))
    end = i + 1
    while end < len(lines) and lines[end].paragraph == line.paragraph:
        end += 1
    return [*lines[:i], *_fill(line.rest, line.paragraph, first, _limit(width, advance), hyphen), *lines[end:]]


def _limit(width: float, advance: float) -> int:
    """Characters of a line."""
    if not (0 < width < math.inf and 0 < advance < math.inf):
        raise InkError(f"lines {width:g} wide of characters {advance:g} wide: give widths above 0")
    return max(1, int(width / advance + 1e-9))  # 0.3 / 0.1 is 2.9999999999999996


def _fill(rest: str, paragraph: int, first: int, limit: int, hyphen: bool) -> list[WrappedLine]:
    """The lines of one paragraph, of at most ``limit`` characters, the first of at most ``first``."""
    lines: list[WrappedLine] = []
    while rest or not lines:
        text, after = _split(rest, limit if lines else first, hyphen)
        lines.append(WrappedLine(text, paragraph, rest))
        rest = after
    return lines


def _split(rest: str, limit: int, hyphen: bool) -> tuple[str, str]:
    """The first line of ``rest`` and what remains."""
    if len(rest) <= limit:
        return rest, ""
    space = rest.rfind(" ", 0, limit + 1)
    if space > 0:
        return rest[:space], rest[space + 1 :]
    own = rest.rfind("-", 1, limit) + 1
    if own:
        return rest[:own], rest[own:]
    if hyphen and limit > 1:
        return rest[: limit - 1] + "-", rest[limit - 1 :]
    return rest[:limit], rest[limit:]
