"""Names, components and brightness of colors, for the formats that tell erasers and highlighters by their color."""

from __future__ import annotations

import re

NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "darkred": "#8b0000", "green": "#008000",
    "darkgreen": "#006400", "blue": "#0000ff", "darkblue": "#00008b", "navy": "#000080", "gray": "#808080",
    "grey": "#808080", "yellow": "#ffff00", "orange": "#ffa500", "purple": "#800080", "brown": "#a52a2a",
}  # fmt: skip
"""The names of colors that drawings use most, with their values in CSS."""


_HEX = re.compile("#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")


def components(color: str) -> list[float] | None:
    """Return red, green, blue and perhaps the opacity, from 0 to 1, of a color that is named or hexadecimal.

    The result is None for any other text. Letters must be in lower case.
    """
    match = _HEX.fullmatch(NAMED.get(color, color))
    return None if match is None else hex_components(match[1])


def hex_components(digits: str) -> list[float]:
    """Return the components, from 0 to 1, that 3, 4, 6 or 8 hexadecimal digits stand for."""
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    return [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]


def luminance(red: float, green: float, blue: float) -> float:
    """Return the luminance of a color with components from 0 to 1 (ITU-R BT.709)."""
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
