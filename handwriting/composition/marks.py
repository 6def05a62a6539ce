"""Accented letters, written as a base letter and its mark: é, ü, ő, ç, ø, and signs such as “ £ ½.

The network writes only base letters. Its window shows where the base letter is, and the mark is added there in the
hand's own size, slant and shakiness. Every letter of Latin-1 and Latin Extended-A and the usual signs can be written
this way; the tables below say how.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.ink import Floats, Ink

Strokes = tuple[tuple[tuple[float, float], ...], ...]
"""Strokes of a mark or a sign: points (x, y) in x-heights, y growing upward."""


def _arc(x: float, y: float, rx: float, ry: float, begin: float, end: float, points: int = 9) -> tuple:
    """Return points of an ellipse around (``x``, ``y``) from ``begin`` to ``end`` degrees, counter-clockwise."""
    angles = np.radians(np.linspace(begin, end, points))
    return tuple(zip((x + rx * np.cos(angles)).tolist(), (y + ry * np.sin(angles)).tolist(), strict=True))


# Marks above a letter: the origin is the middle of the letter's upper edge. Distances are typical of hands, not fonts.
_DOT = 0.045
ABOVE: dict[str, Strokes] = {
    "grave": (((-0.22, 0.62), (-0.05, 0.42), (0.06, 0.24)),),
    "acute": (((0.24, 0.66), (0.1, 0.44), (-0.02, 0.24)),),
    "circumflex": (((-0.26, 0.22), (0.0, 0.56), (0.24, 0.24)),),
    "caron": (((-0.25, 0.58), (-0.02, 0.24), (0.25, 0.6)),),
    "tilde": (((-0.32, 0.28), (-0.2, 0.45), (-0.06, 0.44), (0.08, 0.33), (0.22, 0.32), (0.36, 0.5)),),
    "diaeresis": (((-0.2, 0.42), (-0.2 + _DOT, 0.38)), ((0.2, 0.44), (0.2 + _DOT, 0.4))),
    "ring": (_arc(0.0, 0.42, 0.17, 0.18, 90, 460, 13),),
    "macron": (((-0.3, 0.38), (0.3, 0.41)),),
    "breve": (((-0.26, 0.58), (-0.16, 0.34), (0.0, 0.27), (0.16, 0.35), (0.25, 0.6)),),
    "dot": (((0.0, 0.42), (_DOT, 0.38)),),
    "double acute": (((-0.02, 0.62), (-0.2, 0.24)), ((0.34, 0.62), (0.14, 0.24))),
    "comma above": (((0.04, 0.62), (-0.04, 0.48), (0.06, 0.3)),),
}
# Marks below a letter: the origin is the middle of the letter's lower edge.
BELOW: dict[str, Strokes] = {
    "cedilla": (((0.02, 0.02), (0.0, -0.16), (0.16, -0.26), (0.1, -0.44), (-0.1, -0.48)),),
    "comma below": (((0.06, -0.16), (0.02, -0.34), (-0.1, -0.48)),),
    "ogonek": (((0.2, 0.02), (0.06, -0.16), (0.06, -0.36), (0.3, -0.4)),),
    "tail": (((0.28, 0.05), (0.3, -0.3), (0.14, -0.5), (-0.08, -0.42)),),
}
# Marks across a letter: x and y from 0 to 1 run from the left to the right and the lower to the upper edge of the
# letter.
ACROSS: dict[str, Strokes] = {
    "slash": (((-0.12, -0.1), (1.12, 1.12)),),
    "short slash": (((-0.45, 0.36), (1.35, 0.72)),),
    "high bar": (((-0.1, 0.8), (0.55, 0.81), (1.2, 0.83)),),
    "left bar": (((-0.25, 0.5), (0.1, 0.51), (0.5, 0.5)),),
    "middle bar": (((-0.05, 0.5), (0.5, 0.51), (1.05, 0.5)),),
    "two bars": (((-0.25, 0.6), (0.3, 0.61), (0.75, 0.62)), ((-0.25, 0.38), (0.3, 0.39), (0.7, 0.39))),
    "dots": (((0.5, 6.0), (0.55, 5.6)), ((0.5, -5.0), (0.55, -5.4))),
}
# Marks to the right of a letter: the origin is its upper right corner.
BESIDE: dict[str, Strokes] = {
    "apostrophe": (((0.16, 0.1), (0.14, -0.06), (0.06, -0.24)),),
    "middle dot": (((0.3, -0.75), (0.3 + _DOT, -0.79)),),
}

# Signs unlike any letter: the origin is on the baseline at the left edge; the width comes first.
SIGNS: dict[str, tuple[float, Strokes]] = {
    "“": (0.45, (((0.14, 1.55), (0.02, 1.75), (0.1, 1.98)), ((0.4, 1.55), (0.28, 1.75), (0.36, 1.98)))),
    "”": (0.45, (((0.14, 1.98), (0.16, 1.75), (0.02, 1.55)), ((0.4, 1.98), (0.42, 1.75), (0.28, 1.55)))),
    "„": (0.45, (((0.14, 0.12), (0.16, -0.1), (0.02, -0.3)), ((0.4, 0.12), (0.42, -0.1), (0.28, -0.3)))),
    "‘": (0.2, (((0.16, 1.55), (0.03, 1.75), (0.12, 1.98)),)),
    "’": (0.2, (((0.14, 1.98), (0.16, 1.75), (0.03, 1.55)),)),
    "‚": (0.2, (((0.14, 0.12), (0.16, -0.1), (0.03, -0.3)),)),
    "«": (0.8, (((0.4, 0.85), (0.02, 0.5), (0.38, 0.15)), ((0.78, 0.85), (0.4, 0.5), (0.76, 0.15)))),
    "»": (0.8, (((0.02, 0.85), (0.4, 0.5), (0.0, 0.15)), ((0.4, 0.85), (0.78, 0.5), (0.38, 0.15)))),
    "°": (0.4, (_arc(0.2, 1.6, 0.18, 0.2, 90, 455, 13),)),
    "§": (
        0.7,
        (
            (
                (0.62, 1.5), (0.45, 1.7), (0.18, 1.64), (0.1, 1.42), (0.28, 1.2), (0.52, 1.02), (0.64, 0.76),
                (0.5, 0.52), (0.3, 0.5),
            ),
            (
                (0.28, 1.2), (0.1, 1.0), (0.16, 0.76), (0.44, 0.54), (0.6, 0.26), (0.52, 0.02), (0.28, -0.08),
                (0.06, 0.12),
            ),
        ),
    ),
    "£": (
        0.95,
        (
            (
                (0.85, 1.42), (0.7, 1.68), (0.44, 1.64), (0.34, 1.3), (0.38, 0.6), (0.28, 0.14), (0.06, 0.02),
                (0.08, 0.16), (0.4, 0.08), (0.92, 0.06),
            ),
            ((0.08, 0.84), (0.44, 0.85), (0.72, 0.86)),
        ),
    ),
    "ß": (
        0.75,
        (
            (
                (0.1, -0.05), (0.12, 0.8), (0.16, 1.4), (0.36, 1.72), (0.6, 1.55), (0.56, 1.2), (0.34, 0.98),
                (0.58, 0.8), (0.72, 0.45), (0.58, 0.08), (0.3, 0.06),
            ),
        ),
    ),
    "þ": (
        0.75,
        (
            ((0.08, 1.7), (0.1, 0.6), (0.08, -0.65)),
            ((0.1, 0.7), (0.32, 1.0), (0.6, 0.86), (0.7, 0.5), (0.54, 0.1), (0.28, 0.0), (0.1, 0.2)),
        ),
    ),
    "Þ": (
        0.85,
        (
            ((0.1, 1.7), (0.12, 0.8), (0.1, 0.0)),
            ((0.12, 1.3), (0.5, 1.34), (0.76, 1.1), (0.72, 0.72), (0.46, 0.5), (0.12, 0.48)),
        ),
    ),
    "ð": (
        0.75,
        (
            (
                (0.2, 1.62), (0.5, 1.3), (0.68, 0.8), (0.64, 0.3), (0.38, 0.0), (0.12, 0.16), (0.08, 0.55),
                (0.3, 0.85), (0.56, 0.74), (0.67, 0.5),
            ),
            ((0.16, 1.2), (0.4, 1.34), (0.62, 1.5)),
        ),
    ),
    "ſ": (0.4, (((0.12, -0.02), (0.14, 1.0), (0.18, 1.5), (0.36, 1.72), (0.54, 1.6)),)),
}  # fmt: skip

_COMBINING = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "circumflex", "\u0303": "tilde", "\u0304": "macron",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "diaeresis", "\u030a": "ring", "\u030b": "double acute",
    "\u030c": "caron", "\u0327": "cedilla", "\u0328": "ogonek", "\u0326": "comma below",
}  # fmt: skip
_COMMA_BELOW = frozenset("ģķļņŗĢĶĻŅŖ")
"""Latvian letters that Unicode decomposes with a cedilla, but people write with a comma."""
_CARON_BESIDE = frozenset("ďľťĽ")
_SPECIAL: dict[str, tuple[str, tuple[str, ...]]] = {
    "ø": ("o", ("slash",)), "Ø": ("O", ("slash",)), "ł": ("l", ("short slash",)), "Ł": ("L", ("short slash",)),
    "đ": ("d", ("high bar",)), "Đ": ("D", ("left bar",)), "Ð": ("D", ("left bar",)), "ħ": ("h", ("high bar",)),
    "Ħ": ("H", ("high bar",)), "ŧ": ("t", ("middle bar",)), "Ŧ": ("T", ("middle bar",)), "ı": ("i", ("no dot",)),
    "ŋ": ("n", ("tail",)), "Ŋ": ("N", ("tail",)), "ĸ": ("k", ()), "ŀ": ("l", ("middle dot",)),
    "Ŀ": ("L", ("middle dot",)), "€": ("C", ("two bars",)), "÷": ("-", ("dots",)), "×": ("x", ()),
    "ģ": ("g", ("comma above",)),
}  # fmt: skip
_SEVERAL = {
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ĳ": "ij", "Ĳ": "IJ", "ŉ": "'n", "½": "1/2", "¼": "1/4", "¾": "3/4",
    "…": "...", "–": "-", "—": "-", "ẞ": "SS",
}  # fmt: skip

STANDS_FOR = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": ",", "«": "<", "»": ">", "°": "o", "§": "S",
              "£": "L", "ß": "B", "þ": "p", "Þ": "P", "ð": "d", "ſ": "f"}  # fmt: skip
"""Character that the network writes in place of each of :data:`SIGNS` until the sign replaces it, of similar size."""


LATIN = range(0xA0, 0x250), range(0x1E00, 0x1F00)
"""Code points of Latin-1, Latin Extended-A and B, and Latin Extended Additional."""


@dataclass(frozen=True)
class Spelling:
    """A text as the network writes it, with marks and signs to add."""

    base: str
    marks: dict[int, tuple[str, ...]]
    """Marks of the characters of ``base`` by index, in the order of writing: names in the tables above."""
    signs: dict[int, str]
    """Signs that replace characters of ``base``, by index."""


def spell(text: str, known: Iterable[str] = ()) -> Spelling:
    """Spell ``text`` with base letters, marks and signs.

    Characters in ``known`` are unchanged, and so are those in no table and, if ``known`` is given, those that
    would need an unknown character.

    >>> spell("café").base, spell("café").marks
    ('cafe', {3: ('acute',)})
    """
    base, marks, signs = "", {}, {}
    known = frozenset(known)
    for character in unicodedata.normalize("NFC", text):
        at = len(base)
        decomposed = unicodedata.normalize("NFD", character)
        letter, combining = decomposed[0], decomposed[1:]
        names = tuple(_COMBINING.get(mark, "") for mark in combining)
        if character in known:
            written = character
        elif character in SIGNS:
            written, signs[at] = STANDS_FOR[character], character
        elif character in _SPECIAL:
            written, marks[at] = _SPECIAL[character]
        elif character in _SEVERAL:
            written = _SEVERAL[character]
        elif names and all(names):
            written, marks[at] = letter, _placed(character, letter, names)
        else:
            written = character
        if known and not known.issuperset(written):
            written = character
            marks.pop(at, None)
            signs.pop(at, None)
        base += written
    return Spelling(base, {at: names for at, names in marks.items() if names}, signs)


def drawable(text: Iterable[str], known: Iterable[str] = ()) -> frozenset[str]:
    """Return the characters of ``text`` that :func:`spell` replaces by (``known``) characters and marks.

    >>> sorted(drawable("a café for £2"))
    ['£', 'é']
    """
    return frozenset(c for c in unicodedata.normalize("NFC", "".join(text)) if spell(c, known).base != c)


def drawn_with(known: Collection[str]) -> frozenset[str]:
    """Return the Latin letters and the signs that can be drawn with ``known`` characters."""
    letters = {chr(code) for block in LATIN for code in block}
    return drawable(letters | set(SIGNS) | set(_SPECIAL) | set(_SEVERAL), known)


def _placed(character: str, letter: str, names: tuple[str, ...]) -> tuple[str, ...]:
    if character in _COMMA_BELOW:
        return ("comma below",)
    if character in _CARON_BESIDE:
        return ("apostrophe",)
    dotless = letter in "ij" and any(name in ABOVE for name in names)
    return ("no dot", *names) if dotless else names


@dataclass(frozen=True)
class HandShape:
    """Properties of a hand that its marks have in common with its letters."""

    x_height: float
    """Height of a small letter, in the units of the ink."""
    slant: float
    """Shear: units to the right per unit upward."""
    shake: float = 0.015
    """Standard deviation of the hand's irregularity, in x-heights."""


def add_marks(
    ink: Ink, places: NDArray[np.int64], spelling: Spelling, shape: HandShape, random: np.random.Generator
) -> Ink:
    """Return ``ink`` of the base text with its marks and signs; y grows downward and the baseline is y = 0.

    ``places``: the character of ``spelling.base`` that each point belongs to.
    """
    strokes = _split(ink, places, set(spelling.signs))
    for at, names in sorted(spelling.marks.items()):
        box = _box(ink, places, at, shape)
        if "no dot" in names:
            strokes = [stroke for stroke in strokes if not _is_dot(stroke, box, shape)]
            box = (box[0], min(-shape.x_height, _body_top(ink, places == at)), box[2], box[3])
        for name in names:
            strokes += [_drawn(points, shape, random) for points in _at(name, box, shape)]
    for at, sign in sorted(spelling.signs.items()):
        box = _box(ink, places, at, shape)
        width, template = SIGNS[sign]
        left = (box[0] + box[2]) / 2 - width * shape.x_height / 2
        strokes += [
            _drawn(np.array(stroke) * (1, -1) * shape.x_height + (left, 0), shape, random, baseline=0.0)
            for stroke in template
        ]
    return Ink.from_strokes(strokes, ink.source)


def _split(ink: Ink, place: np.ndarray, removed: set[int]) -> list[Floats]:
    """Return the strokes without the ``removed`` characters; a stroke that ran through one is split in two."""
    strokes = []
    gone = np.isin(place, sorted(removed))
    for start, end in zip(ink.starts, ink.ends, strict=True):
        keep = np.flatnonzero(~gone[start:end]) + start
        for part in np.split(keep, np.flatnonzero(np.diff(keep) > 1) + 1):
            if len(part) > 1 or (len(part) == 1 and end - start == 1):
                strokes.append(ink.xy[part])
    return strokes


def _box(ink: Ink, places: NDArray[np.int64], at: int, shape: HandShape) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of character ``at``, or of the nearest character that has points."""
    away = np.abs(places - at)
    mask = away == away.min()
    x, y = ink.x[mask], ink.y[mask]
    left, right = np.quantile(x, [0.03, 0.97])
    return float(left), float(y.min()), float(max(right, left + 0.1 * shape.x_height)), float(y.max())


def _body_top(ink: Ink, mask: np.ndarray) -> float:
    """Return the top of the stroke that contains most points in ``mask``: for i and j, without the dot."""
    counts = np.add.reduceat(mask, ink.starts)
    stroke = slice(ink.starts[counts.argmax()], ink.ends[counts.argmax()])
    own = mask[stroke]
    return float(ink.y[stroke][own].min()) if own.any() else 0.0


def _is_dot(stroke: Floats, box: tuple[float, float, float, float], shape: HandShape) -> bool:
    """Return whether a stroke is the dot of the i whose body has this box."""
    small = np.ptp(stroke, axis=0).max() < 0.6 * shape.x_height
    middle = (stroke.min(axis=0) + stroke.max(axis=0)) / 2
    beside = box[0] - 0.6 * shape.x_height < middle[0] < box[2] + 0.9 * shape.x_height
    return bool(small and beside and middle[1] < -1.05 * shape.x_height)


def _at(name: str, box: tuple[float, float, float, float], shape: HandShape) -> list[Floats]:
    """Return the strokes of a mark at its place, y growing downward."""
    left, top, right, bottom = box
    middle, unit = (left + right) / 2, shape.x_height
    if name in ACROSS:
        size = np.array([max(right - left, 0.25 * unit), max(bottom - top, 0.1 * unit)])
        return [np.array(stroke) * (1, -1) * size + (left, bottom) for stroke in ACROSS[name]]
    origins = {"above": (middle, top), "below": (middle, min(bottom, 0.1 * unit)), "beside": (right, top)}
    for table, origin in ((ABOVE, "above"), (BELOW, "below"), (BESIDE, "beside")):
        if name in table:
            return [np.array(stroke) * (1, -1) * unit + origins[origin] for stroke in table[name]]
    return []  # "no dot" removes ink and adds none


def _drawn(points: Floats, shape: HandShape, random: np.random.Generator, baseline: float | None = None) -> Floats:
    """Draw a template stroke in the hand: smooth, sheared about its lower end and slightly irregular."""
    steps = np.linspace(0, len(points) - 1, max(2, 4 * (len(points) - 1) + 1))
    smooth = np.column_stack([np.interp(steps, np.arange(len(points)), column) for column in points.T])
    for _ in range(2 if len(points) > 3 else 0):
        smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) / 4
    bottom_y = smooth[:, 1].max() if baseline is None else baseline
    smooth[:, 0] += shape.slant * (bottom_y - smooth[:, 1])
    wander = random.normal(0, shape.shake * shape.x_height, (3, 2))
    along = np.linspace(0, 2, len(smooth))
    moved = smooth + np.column_stack([np.interp(along, np.arange(3), column) for column in wander.T])
    return moved + random.normal(0, 2 * shape.shake * shape.x_height, 2)
