"""Find out from the properties of a stroke in JSON which tool drew it, and whether it is visible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from handwriting.formats.column_names import plain
from handwriting.formats.json_colors import Color, are_argb, parse_color

TOOLS = ("tool", "type", "brush", "pen", "mode", "kind", "name", "class", "style", "ink")
"""Endings of the names of properties that name the tool, as :func:`plain` returns them."""
INSIDE = ("tool", "brush", "pen", "style", "ink", "attributes", "attrs", "options", "properties", "props", "settings",
          "paint", "path")  # fmt: skip
"""Endings of the names of objects within a stroke that have some of its properties."""
ERASED = ("eraser", "iseraser", "erase", "erased", "iserased", "iserasing")
DELETED = ("deleted", "isdeleted", "removed", "isremoved", "undone")
HIDDEN = ("hidden", "ishidden", "invisible")
SHOWN = ("visible", "isvisible", "opacity", "alpha")
COLORS = ("color", "strokecolor", "pencolor", "stroke", "strokestyle", "linecolor", "inkcolor", "brushcolor")
WIDTHS = ("width", "strokewidth", "linewidth", "penwidth", "brushsize", "brushradius", "thickness", "size",
          "maxwidth", "minwidth")  # fmt: skip
BACKGROUNDS = ("background", "backgroundcolor", "backgroundimage", "canvascolor", "papercolor", "pagecolor")
OTHERS = (
    "rect", "rectangle", "square", "circle", "ellipse", "triangle", "polygon", "shape", "arrow", "text", "image",
    "selection", "select", "lasso", "hover", "laser", "undo", "redo", "clear",
)  # fmt: skip
"""Types of elements that are not ink, even if they have points."""
TRANSLUCENT = 0.75
"""Opacity below which a marker, or a line much wider than the others, is a highlighter."""
MIN_HIGHLIGHTER_WIDTH = 3.0
"""Width of such a line, in units of the usual width."""
WHITE, DARK = 0.94, 0.75
"""Smallest brightness of white ink, and the largest brightness of the ink that it erases."""
_ERASES = re.compile(r"eras(e|ing)|\brubber\b")
_NAMES = ("eraser", "rubber", "highlighter")
"""Names of a stroke, as people give them too, that name its tool."""


def left_out(strokes: Sequence[dict[str, Any]], outer: Sequence[dict[str, Any]]) -> list[str | None]:
    """Return, for each stroke, a name for what it is if it is not writing, and None if it is writing.

    ``outer`` are the objects in which the strokes are. A stroke that only its look gives away is compared with the
    others: a translucent one is a highlighter, and a white one an eraser, only if most strokes look otherwise.
    """
    marks = [_marks(stroke) for stroke in strokes]
    found = [not_writing(stroke) for stroke in strokes]
    argb = are_argb([color for one in marks if (color := _first(one, COLORS)) is not None])
    colors = [parse_color(_first(one, COLORS), argb) for one in marks]
    for i, color in enumerate(colors):
        if found[i] is None and color is not None and color.alpha == 0:
            found[i] = "invisible stroke"
    _compare(found, "highlighter stroke", [_is_blended(one, color) for one, color in zip(marks, colors, strict=True)])
    widths = [_width(one) for one in marks]
    usual = [w for i, w in enumerate(widths) if w and found[i] is None and _opacity(marks[i], colors[i]) >= TRANSLUCENT]
    wide = MIN_HIGHLIGHTER_WIDTH * float(np.median(usual)) if usual else np.inf
    _compare(found, "highlighter stroke", [
        width >= wide and _opacity(one, color) < TRANSLUCENT
        for one, color, width in zip(marks, colors, widths, strict=True)
    ])  # fmt: skip
    if not any(map(_has_background, outer)):
        brightness = [np.nan if color is None else color.brightness for color in colors]
        others = [b for i, b in enumerate(brightness) if found[i] is None and not b >= WHITE]
        if others and all(b <= DARK for b in others):
            _compare(found, "white stroke", [b >= WHITE for b in brightness])
    return found


def not_writing(stroke: dict[str, Any]) -> str | None:
    """Return a name for a stroke that is not writing, such as ``eraser stroke``; None for writing."""
    if not stroke:
        return None
    values = _marks(stroke)
    words = list(_words(stroke))
    if _composite(values) == "destination-out" or any(map(_ERASES.search, words)) or values.get("drawmode") is False:
        return "eraser stroke"
    if _any(values, ERASED, True):
        return "eraser stroke"
    if (other := not_shown(stroke)) is not None:
        return other
    if any("highlight" in word for word in words) or _any(values, ("highlighter", "ishighlighter"), True):
        return "highlighter stroke"
    kind = stroke.get("type", stroke.get("Type"))
    return f"{kind[:30]!r} element" if isinstance(kind, str) and kind.lower() in OTHERS else None


def not_shown(stroke: dict[str, Any]) -> str | None:
    """Return a name for a stroke, or a group of strokes, that is deleted or invisible; None for others."""
    values = _marks(stroke)
    if _any(values, DELETED, True):
        return "deleted stroke"
    is_hidden = _any(values, HIDDEN, True) or _any(values, SHOWN, False) or _any(values, COLORS, "transparent")
    return "invisible stroke" if is_hidden else None


def not_ink(element: dict[str, Any]) -> str | None:
    """Return a name for an element without points that is not damaged ink, such as a text; None for others."""
    kind = element.get("type")
    if isinstance(kind, str) and kind != "stroke" and not any(isinstance(value, list) for value in element.values()):
        return f"{kind[:30]!r} element"
    return not_writing(element)


def _marks(stroke: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a stroke by their plain names, with those in an object for its tool or its style."""
    values: dict[str, Any] = {}
    for key, value in stroke.items():
        if isinstance(value, dict) and plain(key).endswith(INSIDE):
            for inner, one in value.items():
                if not isinstance(one, list | dict):
                    values.setdefault(plain(inner), one)
    return values | {plain(key): value for key, value in stroke.items()}


def _words(properties: dict[str, Any], inside: bool = False) -> Iterator[str]:
    """Yield the values of properties that name the tool, which may be in an object."""
    for key, value in properties.items():
        name = plain(key)
        if isinstance(value, dict) and not inside and name.endswith((*TOOLS, *INSIDE)):
            yield from _words(value, inside=True)
        elif isinstance(value, str) and name.endswith(TOOLS):
            word = value.lower()[:40]
            if name != "name" or inside or word in _NAMES:
                yield word


def _compare(found: list[str | None], name: str, suspects: Sequence[bool]) -> None:
    """Name the suspects among the strokes that are writing so far, unless they are most of these."""
    writing = [i for i, other in enumerate(found) if other is None]
    named = [i for i in writing if suspects[i]]
    if 2 * len(named) < len(writing):
        for i in named:
            found[i] = name


def _is_blended(marks: dict[str, Any], color: Color | None) -> bool:
    marker = any("marker" in value.lower()[:40] for key, value in marks.items()
                 if isinstance(value, str) and key.endswith(TOOLS))  # fmt: skip
    return _composite(marks) == "multiply" or (marker and _opacity(marks, color) < TRANSLUCENT)


def _composite(marks: dict[str, Any]) -> Any:
    return marks.get("compositeoperation", marks.get("globalcompositeoperation", marks.get("blendmode")))


def _opacity(marks: dict[str, Any], color: Color | None) -> float:
    stated = marks.get("opacity", marks.get("alpha"))
    own = float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) else 1.0
    return own * (1.0 if color is None else color.alpha)


def _width(marks: dict[str, Any]) -> float:
    width = _first(marks, WIDTHS)
    return float(width) if isinstance(width, int | float) and not isinstance(width, bool) else 0.0


def _has_background(document: dict[str, Any]) -> bool:
    """Return whether a drawing has a background other than white paper."""
    values = {plain(key): value for key, value in document.items()}
    background = _first(values, BACKGROUNDS)
    if background not in (None, "", "transparent", False):
        color = parse_color(background, False)
        if color is None or (color.alpha > 0 and color.brightness < WHITE):
            return True
    return values.get("theme") == "dark" or _any(values, ("dark", "isdark", "darkmode", "isdarkmode"), True)


def _first(values: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), None)


def _any(values: dict[str, Any], names: tuple[str, ...], value: bool | str) -> bool:
    """Return whether one of these properties has this value; 1 counts as true, and 0 as false."""
    return any(isinstance(values[name], bool | int | float | str) and values[name] == value
               for name in names if name in values)  # fmt: skip
