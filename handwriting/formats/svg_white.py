"""Leave out white lines on white paper: casings under the lines of the pen, and lines that were drawn to erase.

White lines are kept if the writing may be white: on a dark background, or unless most of the other lines are dark.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handwriting.formats.colors import components
from handwriting.formats.svg_pens import PenLine
from handwriting.formats.svg_style import NO_PAINT
from handwriting.ink import Floats
from handwriting.limits import number_or_none
from handwriting.notes import Notes

MIN_WHITE, MAX_DARK = 0.98, 0.25
"""Smallest lightness of white lines, and largest of dark ones, which nobody draws on a dark background."""
MIN_LIGHT_BACKGROUND = 0.75
"""Smallest red, green and blue of a background on which a white line cannot be seen."""
MAX_COMPARISONS = 5_000_000
"""Maximum number of pairs of a white line and a background; if there are more, the white lines are kept."""
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^(),/\s]+)[\s,]+([^(),/\s]+)[\s,]+([^(),/\s]+)[^()]*\)")
_WEIGHTS = np.array([0.299, 0.587, 0.114])
"""Shares of red, green and blue in the lightness of a color (ITU-R BT.601)."""


@dataclass(frozen=True)
class Background:
    """A filled shape or an image under the lines that are drawn after it."""

    box: Floats
    """Its upper left and its lower right corner, with shape (2, 2)."""
    is_light: bool
    position: int
    """Number of lines that are drawn before it."""


def color_channels(color: str) -> Floats | None:
    """Return red, green and blue from 0 to 1, with shape (3,), or None for a color that is not known."""
    color = color.strip()[:100]
    if (found := components(color)) is not None:
        return np.array(found[:3])
    match = _FUNCTION.fullmatch(color)
    if match is None:
        return None
    words = match.groups()[1:]
    values = [
        value for word in words if (value := number_or_none(word.removesuffix("%").removesuffix("deg"))) is not None
    ]
    if len(values) < 3:
        return None
    if match[1] == "hsl":
        return np.array(colorsys.hls_to_rgb(values[0] / 360 % 1, values[2] / 100, values[1] / 100))
    return np.array(values) / [100 if word.endswith("%") else 255 for word in words]


def is_light(color: str) -> bool:
    """Return whether a white line cannot be seen on this color; False if that is not known."""
    channels = np.ones(3) if color in NO_PAINT else color_channels(color)
    return channels is not None and bool(channels.min() >= MIN_LIGHT_BACKGROUND)


def _lightness(color: str) -> float | None:
    channels = color_channels(color)
    return None if channels is None else float(_WEIGHTS @ channels)


def without_white(
    lines: list[PenLine], backgrounds: Sequence[Background], paper_is_light: bool, notes: Notes
) -> list[PenLine]:
    """Remove the white lines that cannot be seen, and note them. ``backgrounds`` are in the order of painting."""
    known = {color: _lightness(color) for color in {one.color for one in lines}}
    shades = [known[one.color] for one in lines]
    white = [i for i, shade in enumerate(shades) if shade is not None and shade >= MIN_WHITE]
    dark = sum(shade is not None and shade <= MAX_DARK for shade in shades)
    if not white or len(white) > dark or len(white) * len(backgrounds) > MAX_COMPARISONS:
        return lines
    boxes = np.array([one.box for one in backgrounds]).reshape(-1, 2, 2)
    lights = np.array([one.is_light for one in backgrounds], dtype=bool)
    positions = np.array([one.position for one in backgrounds])
    hidden = set[int]()
    for i in white:
        points = lines[i].curves.reshape(-1, 2)
        low, high = points.min(axis=0), points.max(axis=0)
        touches = (boxes[:, 0] <= high).all(axis=1) & (low <= boxes[:, 1]).all(axis=1)
        contains = (boxes[:, 0] <= low).all(axis=1) & (high <= boxes[:, 1]).all(axis=1)
        decisive = np.flatnonzero((positions <= i) & np.where(lights, contains, touches))
        if lights[decisive[-1]] if len(decisive) else paper_is_light:
            hidden.add(i)
    notes.count("white line", len(hidden))
    return [one for i, one in enumerate(lines) if i not in hidden]
