"""Parse the colors that web programs store in JSON, as far as it matters how bright and how opaque they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from handwriting.formats.colors import components, luminance

_RGB = re.compile(r"rgba?\(\s*([0-9.]+)[\s,]+([0-9.]+)[\s,]+([0-9.]+)(?:[\s,/]+([0-9.]+)(%?))?\s*\)")


class Color(NamedTuple):
    """A color as programs draw it."""

    brightness: float
    """From 0 for black to 1 for white: the brightness of its darkest component if it is nearly white."""
    alpha: float


def are_argb(colors: Sequence[Any]) -> bool:
    """Return whether the first byte of colors of four bytes is the opacity, as in Android and .NET, not the last one.

    This is so if all colors have four bytes and most of them begin with ``ff``.
    """
    texts = [color.lower() for color in colors if isinstance(color, str)]
    opaque = [text.startswith("#ff") for text in texts if len(text) == 9]
    return bool(texts) and len(opaque) == len(texts) and 2 * sum(opaque) > len(texts)


def parse_color(color: Any, argb: bool) -> Color | None:
    """Return a color that is given as in CSS, or None if it is given otherwise.

    ``argb`` says that the opacity comes first in colors of four bytes; if they all have other colors, see
    :func:`are_argb`.
    """
    if not isinstance(color, str) or len(color) > 60:
        return None
    text = color.strip().lower()
    if (parts := components(text)) is not None:
        if argb and len(parts) == 4:
            parts = [*parts[1:], parts[0]]
        return Color(_brightness(parts[:3]), parts[3] if len(parts) == 4 else 1.0)
    if match := _RGB.fullmatch(text):
        try:
            parts = [float(part) / 255 for part in match.groups()[:3]]
            alpha = 1.0 if match[4] is None else float(match[4]) / (100 if match[5] else 1)
        except ValueError:
            return None
        return Color(_brightness(parts), alpha)
    return None


def _brightness(parts: Sequence[float]) -> float:
    return min(1.0, luminance(*parts))
