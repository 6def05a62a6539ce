"""Parse colours; only spellings that SVG, PNG and PDF all understand are written to a file."""

from __future__ import annotations

import re

from svgwrite.data.colors import colornames

from handwriting.errors import InkError

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")


def parse(color: str) -> str:
    """Normalise ``color`` to a colour name of SVG 1.1 in lower case, #rgb or #rrggbb.

    Raises :class:`InkError` for anything but those and ``rgb(r, g, b)`` with numbers from 0 to 255.
    """
    small = color.strip().lower()
    if small in colornames or _HEX.fullmatch(small):
        return small
    match = _RGB.fullmatch(small)
    if match and max(map(int, match.groups())) <= 255:
        return "#{:02x}{:02x}{:02x}".format(*map(int, match.groups()))
    raise InkError(f"{color!r} is not a colour; give a name (navy), #rrggbb or rgb(r, g, b)")
