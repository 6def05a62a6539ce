"""Line breaking: at spaces, by the width of the page.

The width of a line is known only after it is drawn: :func:`wrap` estimates it by the mean width of a character, and
:func:`shorten` moves what did not fit to the next line of the same paragraph. Both are pure functions of writable text
(see :mod:`~handwriting.synthesis.characters`), because replacing characters changes the length of a text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handwriting.errors import InkError


@dataclass(frozen=True)
class WrappedLine:
    """A line to write."""

    text: str
    """Empty for a blank line between paragraphs."""
    paragraph: int
    """Index of the paragraph, a line of the given text, that this is part of."""
    rest: str
    """The rest of that paragraph, from the start of this line."""


def wrap(text: str, width: float, advance: float, hyphen: bool = True) -> list[WrappedLine]:
    """Break ``text`` into lines with no more characters than ``width`` holds at ``advance`` each.

    ``width`` and ``advance`` (from one character to the next, spaces included) are in the same unit. Line ends of the
    text are kept, and a blank line gives an empty one. A word longer than a line is broken after a hyphen of its own,
    or else after an added one; without one if no ``hyphen`` can be written. A line holds at least one character.
    Raises :class:`InkError` when a width is not positive and finite.
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
    """Shorten line ``i``, whose ink is ``drawn`` wide, to what fits ``width`` at its own advance; return all lines.

    At least its last word moves to the next line, or the end of its only word. The rest of its paragraph is wrapped
    again, and nothing else changes. The line always becomes shorter, so drawing and shortening terminates: a single
    character cannot be shortened, and the same lines are returned.
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
    """Most characters of a line."""
    if not (0 < width < math.inf and 0 < advance < math.inf):
        raise InkError(f"lines {width:g} wide of characters {advance:g} wide: give widths above 0")
    return max(1, int(width / advance + 1e-9))  # 0.3 / 0.1 is 2.9999999999999996


def _fill(rest: str, paragraph: int, first: int, limit: int, hyphen: bool) -> list[WrappedLine]:
    """Break one paragraph into lines of at most ``limit`` characters, the first of at most ``first``."""
    lines: list[WrappedLine] = []
    while rest or not lines:
        text, after = _split(rest, limit if lines else first, hyphen)
        lines.append(WrappedLine(text, paragraph, rest))
        rest = after
    return lines


def _split(rest: str, limit: int, hyphen: bool) -> tuple[str, str]:
    """Split ``rest`` into its first line and what remains."""
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
