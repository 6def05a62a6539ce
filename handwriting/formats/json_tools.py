"""Find out from the properties of a stroke in JSON which tool drew it, and whether it is visible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from handwriting.formats.column_names import plain

TOOLS = ("tool", "type", "brush", "pen", "mode", "kind", "name", "class", "style", "ink")
"""Endings of the names of properties that name the tool, as :func:`plain` returns them."""
ERASED = ("eraser", "iseraser", "erase", "erased", "iserased", "iserasing")
DELETED = ("deleted", "isdeleted", "removed", "isremoved", "undone")
HIDDEN = ("hidden", "ishidden", "invisible")
SHOWN = ("visible", "isvisible", "opacity", "alpha")
COLORS = ("color", "strokecolor", "pencolor", "stroke")
OTHERS = (
    "rect", "rectangle", "square", "circle", "ellipse", "triangle", "polygon", "shape", "arrow", "text", "image",
    "selection", "select", "lasso", "hover", "laser", "undo", "redo", "clear",
)  # fmt: skip
"""Types of elements that are not ink, even if they have points."""
TRANSLUCENT = 0.75
"""Opacity below which a marker is a highlighter."""
_ERASES = re.compile("eras(e|ing)|rubber")


def not_writing(stroke: dict[str, Any]) -> str | None:
    """Return a name for a stroke that is not writing, such as ``eraser stroke``; None for writing."""
    values = {plain(key): value for key, value in stroke.items()}
    words = list(_words(stroke))
    composite = values.get("compositeoperation", values.get("globalcompositeoperation"))
    erases = composite == "destination-out" or any(map(_ERASES.search, words))
    if erases or values.get("drawmode") is False or _any(values, ERASED, True):
        return "eraser stroke"
    if _any(values, DELETED, True):
        return "deleted stroke"
    if _any(values, HIDDEN, True) or _any(values, SHOWN, False) or _any(values, COLORS, "transparent"):
        return "invisible stroke"
    opacity = values.get("opacity", values.get("alpha"))
    translucent = isinstance(opacity, int | float) and opacity < TRANSLUCENT
    highlights = any("highlight" in word or (translucent and "marker" in word) for word in words)
    if highlights or composite == "multiply" or _any(values, ("highlighter", "ishighlighter"), True):
        return "highlighter stroke"
    kind = values.get("type", "stroke")
    drawn = kind == "stroke" or any(isinstance(value, list) for value in stroke.values())
    if isinstance(kind, str) and (kind.lower() in OTHERS or not drawn):
        return f"{kind[:30]!r} element"
    return None


def _words(properties: dict[str, Any], inside: bool = False) -> Iterator[str]:
    """Yield the values of properties that name the tool, which may be an object with a name of its own."""
    for key, value in properties.items():
        if plain(key).endswith(TOOLS):
            if isinstance(value, str):
                yield value.lower()[:40]
            elif isinstance(value, dict) and not inside:
                yield from _words(value, inside=True)


def _any(values: dict[str, Any], names: tuple[str, ...], value: bool | str) -> bool:
    """Return whether one of these properties has this value; 1 counts as true, and 0 as false."""
    return any(isinstance(found := values.get(name), bool | int | float | str) and found == value for name in names)
