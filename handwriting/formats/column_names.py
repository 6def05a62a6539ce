"""Names of the columns in a table of points, and of the events in a column of events.

Names are compared without case, accents, spaces and punctuation: ``Pen Down``, ``pen_down`` and ``penDown`` are one
name. A unit in brackets belongs to the name (``Time (ms)``) or is ignored (``X [counts]``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

NAMES = {
    "x": (
        "x", "px", "posx", "xpos", "xposition", "positionx", "xcoord", "xcoordinate", "coordx", "xkoordinate", "xmm",
        "xpx", "xpixel", "xs", "clientx", "pagex", "offsetx", "screenx", "locationx", "abscisse", "х",
        "x坐标", "坐标x", "x座標",
    ),
    "y": (
        "y", "py", "posy", "ypos", "yposition", "positiony", "ycoord", "ycoordinate", "coordy", "ykoordinate", "ymm",
        "ypx", "ypixel", "ys", "clienty", "pagey", "offsety", "screeny", "locationy", "ordonnee", "у",
        "y坐标", "坐标y", "y座標",
    ),
    "t": (
        "t", "time", "times", "seconds", "sec", "ts", "timestamp", "timeseconds", "timesec", "elapsed", "zeit",
        "zeitstempel", "temps", "tiempo", "tempo", "tijd", "tid", "czas", "время", "时间", "時間",
    ),
    "ms": (
        "ms", "tms", "timems", "timestampms", "milliseconds", "timemilliseconds", "elapsedms", "zeitms", "tempsms",
        "tiempoms",
    ),
    "us": ("us", "tus", "timeus", "timestampus", "microseconds", "μs", "timeμs"),
    "ns": ("ns", "tns", "timens", "timestampns", "nanoseconds"),
    "stroke": (
        "stroke", "strokeid", "idstroke", "strokenumber", "strokeno", "strokenr", "strokenum", "strokeindex",
        "strokecount", "trace", "traceid", "s", "strich", "strichnr", "strichnummer", "trait", "trazo", "tratto",
        "traco", "streek", "штрих", "笔画", "筆画", "ストローク",
    ),
    "page": ("page", "pageno", "pagenumber", "pageindex", "pageid", "seite"),
    "pressure": (
        "pressure", "p", "force", "f", "penpressure", "tippressure", "normalpressure", "druck", "pression", "presion",
        "pressione", "pressao", "druk", "давление", "压力", "筆圧", "press", "pres", "npress", "stiftdruck",
        "druckstarke", "andruck", "pressiondustylet", "kraft", "normalizedpressure", "normalisedpressure",
        "pressureraw", "rawpressure", "pressurevalue", "pressurelevel", "pressuren", "styluspressure",
    ),
    "down": (
        "pendown", "isdown", "ispendown", "down", "penstate", "penstatus", "state", "status", "contact", "incontact",
        "touching", "istouching", "touch", "pressed", "ispressed", "tip", "tipswitch", "tipdown", "onpaper",
        "onsurface", "buttons", "button", "buttonstatus", "buttonstate", "pen", "pentip", "tipstate", "pencontact",
        "contactstatus", "penonpaper", "isdrawing", "drawing", "iswriting", "writing", "inking", "ismousedown",
        "mousedown", "mousepressed", "ismousepressed", "leftbutton", "lbutton", "clicked", "sw", "stift",
        "stiftstatus", "stiftunten", "stiftaufpapier", "stylo", "stylopose", "caneta", "lapiz", "penna", "pluma",
    ),
    "drag": ("isdragging", "dragging", "drag", "isdrag", "dragged", "clickdrag"),
    "up": ("penup", "ispenup", "up", "inair", "hover", "hovering", "ishovering", "eos", "endofstroke", "strokeend",
           "isend", "end", "islast", "last", "lift", "penlift", "e"),
    "first": ("newstroke", "isnewstroke", "new", "isfirst", "first", "strokestart", "isstart", "start", "begin",
              "penstart"),
    "eraser": ("eraser", "iseraser", "erasing", "iserasing", "erase", "erased", "iserased", "deleted", "isdeleted"),
    "opacity": ("opacity", "alpha", "visible", "isvisible"),
    "event": ("event", "eventtype", "eventname", "action", "phase", "type", "e", "dottype"),
}  # fmt: skip
"""Accepted names of each column, the surest first."""
TOOLS = (
    "tool", "tooltype", "toolname", "pentype", "penname", "pointertype", "brush", "brushtype", "stroketype", "inktype",
    "pen", "type", "mode", "device",
)  # fmt: skip
"""Columns that may name an eraser or a highlighter."""
GROUPS = (
    "char", "character", "letter", "glyph", "symbol", "digit", "word", "line", "row", "sample", "segment", "group",
    "label", "text", "item", "instance", "example", "file", "document", "doc", "session", "trial", "repetition",
    "signature", "writer", "user", "id", "buchstabe", "zeichen", "wort", "zeile", "lettre", "mot", "ligne", "letra",
    "palabra", "linea", "字", "字符", "文字", "行",
)  # fmt: skip
"""Columns of what a stroke belongs to."""
EVENTS = {
    "down": ("down", "start", "started", "begin", "began", "press", "pressed"),
    "move": ("move", "moved", "drag", "dragged", "update", "changed", "continue"),
    "up": ("up", "end", "ended", "cancel", "canceled", "cancelled", "release", "released", "leave", "lift", "lifted"),
    "hover": ("air", "enter", "out"),
}
"""Endings of the names of events, such as ``pointerdown``, ``ACTION_DOWN`` and ``stroke start``."""
ANDROID = {"0": "down", "1": "up", "2": "move", "3": "up"}
"""Actions of Android's motion events."""
IN_ORDER = {"0": "down", "1": "move", "2": "up", "3": "hover"}
"""Events of other programs, such as the types of dots of Neo smartpens."""
AFFIXES = (
    "pen", "stylus", "tip", "touch", "mouse", "cursor", "pointer", "point", "points", "raw", "loc", "layer", "canvas",
    "norm", "normalized", "rel", "pk", "click", "m", "cm", "um", "positionmm", "s", "coords", "coordinates", "achse",
    "axis", "eje", "axe", "coordenada", "координата",
)  # fmt: skip
"""What names of coordinates have before or after ``x`` and ``y`` (``pen_x``, ``x_raw``)."""
PREFIXED = ("t", "ms", "us", "ns", "stroke", "pressure", "down", "up", "first", "event")
"""Columns that may have the same word before their names as x and y."""
ZERO_IS_DOWN = re.compile("0(is)?(down|contact|touch|onpaper|writing)|(down|contact)0|1(is)?(up|air|inair)|(up|air)1")
"""What a plain name of a column has if 0 stands for a pen on the paper, against the custom (``pen_state_0down``)."""
_KIND = re.compile("(?<=.)(flag|bool|boolean|mark|marker|[01](is)?(down|up)|(down|up)[01])+$")
"""Endings of plain names that say only of what kind the values are."""
_NUMBERING = re.compile("(?<=.)(id|index|idx|no|nr|num|number|name|label)$")
_BRACKETS = re.compile(r"[(\[].{0,20}[)\]]\s*$")


def plain(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    letters = unicodedata.normalize("NFKD", name[:60].lower())
    return "".join(letter for letter in letters if letter.isalnum())


def where(names: Sequence[str]) -> dict[str, int]:
    """Return the index of each known column.

    If x and y have the same word before them (``pkX``), the other columns may have it, too (``pkTime``).
    """
    whole = [plain(name) for name in names]
    without_unit = [plain(_BRACKETS.sub("", name[:60].strip())) for name in names]
    without_kind = [_KIND.sub("", name) for name in whole]
    found = _find(NAMES, (whole, without_unit, without_kind))
    if found.keys() & {"x", "y"}:
        return found
    for affix in AFFIXES:
        for x, y in ("xy", "ху"):
            for first, second in ((affix + x, affix + y), (x + affix, y + affix)):
                if first in whole and second in whole:
                    others = [name.removeprefix(affix) for name in whole] if first.startswith(affix) else []
                    pair = {"x": whole.index(first), "y": whole.index(second)}
                    return _find({key: NAMES[key] for key in PREFIXED}, (others,)) | found | pair
    return found


def _find(known: Mapping[str, Sequence[str]], forms: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the index of each known column, whose names are given in several forms, the surest first."""
    found = {}
    for key, accepted in known.items():
        places = (plains.index(name) for name in accepted for plains in forms if name in plains)
        if (index := next(places, None)) is not None:
            found[key] = index
    return found


def tools(names: Iterable[str]) -> list[int]:
    """Return the indices of the columns that may name an eraser or a highlighter."""
    return [index for index, name in enumerate(names) if plain(name) in TOOLS]


def is_group(name: str) -> bool:
    """Return whether a column says or numbers what a stroke belongs to, such as ``word_id``."""
    return _NUMBERING.sub("", plain(name)) in GROUPS


def events(values: Sequence[str]) -> list[str]:
    """Return the meaning of each value in a column of events: a key of :data:`EVENTS`, or ``""`` if it is unknown."""
    distinct = set(values)
    if {"0", "2"} <= distinct <= set(ANDROID):
        # Other programs count down, move and up from 0; there are more moves than anything else.
        known = ANDROID if values.count("2") >= values.count("1") else IN_ORDER
        return [known[value] for value in values]
    meanings = {value: _event(value) for value in distinct}
    return [meanings[value] for value in values]


def _event(value: str) -> str:
    word = plain(value)
    if "hover" in word:
        return "hover"
    return next((meaning for meaning, endings in EVENTS.items() if word.endswith(endings)), "")
