"""Find out which rows of a table of points are not writing: erasers, highlighters, invisible and white lines.

Erasers are named (``tool=eraser``), flagged (``is_eraser=1``), or numbered as the standards do it: 32 among the
``buttons`` of W3C's Pointer Events, and 4 as the ``toolType`` of Android's motion events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handwriting.formats.colors import NAMED, hex_components, luminance
from handwriting.formats.column_names import plain, tools
from handwriting.formats.pen_states import is_no

MAX_COLUMNS = 8
"""Maximum number of columns that are searched for names of tools, and for colors."""
CLEAR = ("0", "0.0", "false", "no")
"""Values of an opacity or a visibility at which a line cannot be seen."""
ERASER_BUTTON = 32
"""Bit of ``buttons`` in W3C's Pointer Events, section 4.1, that says that the pen's eraser touches."""
BUTTONS = range(64)
"""Values of ``buttons``: six bits."""
ANDROID_TOOLS = ("0", "1", "2", "3", "4")
"""Android's tool types: unknown, finger, stylus, mouse, eraser."""
COLORS = ("color", "colour", "strokecolor", "strokecolour", "pencolor", "inkcolor", "farbe", "couleur")
"""Columns of the color of the ink."""
DARK = 0.6
"""Maximum luminance of ink that is dark."""
_HEX = re.compile("#?(([0-9a-f]{6})([0-9a-f]{2})?|([0-9a-f]{3}))")


def not_writing(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    rows: Sequence[Sequence[str]],
    erased: Sequence[str],
) -> list[str]:
    """Return, for each row, what it is called if it is not writing (``"eraser stroke"``), and ``""`` for writing.

    ``columns`` are the values of the known columns by the keys of :data:`~handwriting.formats.column_names.NAMES`, and
    ``erased`` is the result of :func:`numbered_erasers`.
    """
    values = [[row[i] if i < len(row) else "" for row in rows] for i in tools(names)[:MAX_COLUMNS]]
    told = list(zip(*values, erased, strict=True))
    named = {words: _tool(" ".join(words).lower()) for words in set(told)}
    found = [named[words] for words in told]
    found = _add(found, "eraser stroke", [not is_no(value) for value in columns.get("eraser", [])])
    found = _add(found, "invisible stroke", [value.lower() in CLEAR for value in columns.get("opacity", [])])
    return _add(found, "white stroke", _white_rows(names, rows))


def _add(found: list[str], kind: str, flags: Sequence[bool]) -> list[str]:
    """Name the rows with a flag that have no name yet; ``flags`` may be empty."""
    return [old or (kind if flag else "") for old, flag in zip(found, flags, strict=True)] if flags else found


def _tool(words: str) -> str:
    if "eras" in words or "rubber" in words:
        return "eraser stroke"
    return "highlighter stroke" if "highlight" in words else ""


def numbered_erasers(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return ``"eraser"`` for the rows in which a number of a standard names the eraser."""
    erased = [False] * len(rows)
    plain_names = [plain(name) for name in names]
    for name in {"buttons", "tooltype"} & set(plain_names):
        i = plain_names.index(name)
        values = [row[i] if i < len(row) else "" for row in rows]
        erasers = _eraser_buttons(set(values)) if name == "buttons" else _eraser_types(set(values))
        erased = [old or value in erasers for old, value in zip(erased, values, strict=True)]
    return ["eraser" if is_erased else "" for is_erased in erased]


def _eraser_buttons(values: set[str]) -> set[str]:
    if all(value.isdecimal() and len(value) < 3 and int(value) in BUTTONS for value in values):
        return {value for value in values if int(value) & ERASER_BUTTON}
    return set()


def _eraser_types(values: set[str]) -> set[str]:
    return {"4"} if values <= set(ANDROID_TOOLS) and values & {"1", "2"} else set()


def _white_rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return which rows are white among dark ink, as by a correction pen; an empty list if there are none."""
    for i in [i for i, name in enumerate(names) if plain(name) in COLORS][:MAX_COLUMNS]:
        values = [row[i] if i < len(row) else "" for row in rows]
        luminances = {value: _luminance(value) for value in set(values)}
        white = {value for value, luminance in luminances.items() if luminance == 1}
        others = [luminance for value, luminance in luminances.items() if value not in white]
        if white and others and all(luminance is not None and luminance <= DARK for luminance in others):
            return [value in white for value in values]
    return []


def _luminance(color: str) -> float | None:
    """Return the luminance of a color, from 0 to 1; None for what is not a color."""
    name = color.strip().lower()
    match = _HEX.fullmatch(NAMED.get(name, name))
    if match is None:
        return None
    return round(luminance(*hex_components(match[2] or match[4])), 6)
