"""The transforms of SVG drawings, in attributes and in CSS, and the fit of a view box into its frame.

Attributes have angles in degrees and lengths in user units (``translate(5 3) rotate(30)``); CSS has units
(``translate(5px, 3px) rotate(0.5turn)``) and a few more functions. Either syntax is accepted in either place, as
browsers do for most of it.

Sources: https://www.w3.org/TR/css-transforms-1/, https://www.w3.org/TR/SVG2/coords.html
"""

from __future__ import annotations

import math
import re

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Floats
from handwriting.limits import MAX_COORDINATE, number_or_none

FUNCTIONS = frozenset({"translate", "rotate", "scale", "transform"})
"""Properties that transform an element."""
_FUNCTION = re.compile(r"\s*,?\s*([a-zA-Z0-9]{1,20})\s*\(([^()]{0,500})\)")
_ARGUMENT = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)([a-z%]*)", re.IGNORECASE)
_PLANE = [0, 1, 3]
"""Rows and columns of a transform in space, shape (4, 4), that concern x and y."""
_KEYWORDS = {"left": 0.0, "top": 0.0, "center": 50.0, "right": 100.0, "bottom": 100.0}
"""Percentages that the keywords of a transform's origin stand for."""
_UNITS = {
    "": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0, "q": 96 / 101.6,
    "deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0,
}  # fmt: skip


def parse_transform(text: str, file: str) -> Floats:
    """Return the product of the functions in ``text``, with shape (3, 3).

    Functions in space are multiplied as such, and the product is projected onto the page. Raises :class:`InkError` for
    a function that is unknown or has the wrong arguments, and for a perspective that converges.
    """
    product = np.eye(4)
    position = 0
    if text.strip().lower() == "none":
        return np.eye(3)
    while match := _FUNCTION.match(text, position):
        product = product @ _parse_function(match[1].lower(), match[2], text, file)
        position = match.end()
    if text[position:].strip(" ,\t\r\n"):
        raise _not_supported(text, file)
    if not (np.abs(product) <= MAX_COORDINATE**2).all():
        raise InkError(f"{file}: transform={text[:60]!r} is too large; export the drawing again")
    found = product[np.ix_(_PLANE, _PLANE)]
    if np.abs(found[2, :2]).max() > 1e-12 or not found[2, 2] > 0:
        raise _not_supported(text, file)
    return found if found[2, 2] == 1 else np.asarray(found / found[2, 2])


def combine(declared: dict[str, str]) -> str:
    """Return the functions of ``transform``, preceded by those that are CSS properties of their own."""
    if not declared.keys() & FUNCTIONS:
        return ""
    parts = []
    for name in ("translate", "rotate", "scale"):
        value = declared.get(name, "none")
        if value != "none":
            parts.append(f"{name}({','.join(value.split())})")
    text = declared.get("transform", "none")
    return " ".join([*parts, "" if text == "none" else text]).strip()


def parse_origin(text: str, size: list[float | None], file: str) -> tuple[float, float]:
    """Return the point of a ``transform-origin``; percentages and keywords refer to the ``size`` of a box."""
    words = text.split()[:2]
    if words and words[0] in ("top", "bottom"):
        words.reverse()
    places = []
    for word, length in zip([*words, "center"][:2], size, strict=True):
        share = _KEYWORDS.get(word, number_or_none(word[:-1]) if word.endswith("%") else None)
        if share is None:
            places.append(_parse_number(word, f"origin {text}", file))
        else:
            places.append(share / 100 * (length or 0.0))
    return places[0], places[1]


def fit_view_box(box: Floats, frame: Floats, aspect: str) -> Floats:
    """Return the transform that maps the view ``box`` to the ``frame`` (preserveAspectRatio), with shape (3, 3).

    Both are given as x, y, width, height.
    """
    scale = frame[2:] / box[2:]
    words = aspect.split() or ["xMidYMid"]
    if words[0] == "none":
        shares = np.zeros(2)
    else:
        scale = np.full(2, scale.max() if "slice" in words else scale.min())
        positions = {"min": 0.0, "mid": 0.5, "max": 1.0}
        name = words[0].lower()
        shares = np.array([positions.get(name[1:4], 0.5), positions.get(name[5:8], 0.5)])
    corner = frame[:2] + shares * (frame[2:] - scale * box[2:]) - scale * box[:2]
    return np.array([[scale[0], 0, corner[0]], [0, scale[1], corner[1]], [0, 0, 1.0]])


def scale_of(matrix: Floats) -> float:
    """Return by how much a transform, shape (3, 3), enlarges the widths of lines."""
    (a, b), (c, d) = matrix[:2, :2].tolist()
    return float(abs(a * d - b * c) ** 0.5)


def _parse_function(name: str, body: str, text: str, file: str) -> Floats:
    words = [word for word in re.split(r"[\s,]+", body.strip()) if word]
    numbers = [_parse_number(word, text, file) for part in words for word in _split_numbers(part)]
    if not all(map(math.isfinite, numbers)):
        raise _not_supported(text, file)
    found = _parse_planar(name, numbers)
    if found is not None:
        space = np.eye(4)
        space[np.ix_(_PLANE, _PLANE)] = found
        return space
    found = _parse_spatial(name, numbers)
    if found is None:
        raise _not_supported(text, file)
    return found


def _parse_planar(name: str, numbers: list[float]) -> Floats | None:
    """Return the matrix of a function that stays in the plane, shape (3, 3); None for any other."""
    n = len(numbers)
    match name:
        case "matrix" if n == 6:
            a, b, c, d, e, f = numbers
            return np.array([[a, c, e], [b, d, f], [0, 0, 1]])
        case "translate" if n in (1, 2):
            return translation(numbers[0], numbers[1] if n == 2 else 0.0)
        case "translatex" if n == 1:
            return translation(numbers[0], 0.0)
        case "translatey" if n == 1:
            return translation(0.0, numbers[0])
        case "scale" if n in (1, 2):
            return np.diag([numbers[0], numbers[1] if n > 1 else numbers[0], 1.0])
        case "scalex" if n == 1:
            return np.diag([numbers[0], 1.0, 1.0])
        case "scaley" if n == 1:
            return np.diag([1.0, numbers[0], 1.0])
        case "rotate" | "rotatez" if n in (1, 3):
            center = (numbers[1], numbers[2]) if n == 3 else (0.0, 0.0)
            cosine, sine = math.cos(math.radians(numbers[0])), math.sin(math.radians(numbers[0]))
            rotation = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
            return translation(*center) @ rotation @ translation(-center[0], -center[1])
        case "skewx" if n == 1:
            return np.array([[1, math.tan(math.radians(numbers[0])), 0], [0, 1, 0], [0, 0, 1]])
        case "skewy" if n == 1:
            return np.array([[1, 0, 0], [math.tan(math.radians(numbers[0])), 1, 0], [0, 0, 1]])
        case "skew" if n in (1, 2):
            x, y = (math.tan(math.radians(angle)) for angle in (numbers[0], numbers[1] if n == 2 else 0.0))
            return np.array([[1, x, 0], [y, 1, 0], [0, 0, 1]])
    return None


def _parse_spatial(name: str, numbers: list[float]) -> Floats | None:
    """Return the matrix of a function of CSS in space, shape (4, 4); None for any other."""
    n = len(numbers)
    found = np.eye(4)
    match name:
        case "matrix3d" if n == 16:
            return np.array(numbers).reshape(4, 4).T
        case "translate3d" | "translate" if n == 3:
            found[:3, 3] = numbers
        case "translatez" if n == 1:
            found[2, 3] = numbers[0]
        case "scale3d" | "scale" if n == 3:
            found[range(3), range(3)] = numbers
        case "scalez" if n == 1:
            found[2, 2] = numbers[0]
        case "rotatex" | "rotatey" if n == 1:
            found[:3, :3] = _rotation((1.0, 0.0, 0.0) if name == "rotatex" else (0.0, 1.0, 0.0), numbers[0])
        case "rotate3d" | "rotate" if n == 4 and any(numbers[:3]):
            found[:3, :3] = _rotation((numbers[0], numbers[1], numbers[2]), numbers[3])
        case "perspective" if n == 1 and numbers[0] > 0:
            found[3, 2] = -1 / max(1.0, numbers[0])
        case _:
            return None
    return found


def _rotation(axis: tuple[float, float, float], degrees: float) -> Floats:
    """Return the rotation about an axis in space, with shape (3, 3) (Rodrigues' formula)."""
    x, y, z = np.array(axis) / math.hypot(*axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(math.radians(degrees)) * cross + (1 - math.cos(math.radians(degrees))) * cross @ cross


def _split_numbers(word: str) -> list[str]:
    """Split numbers that follow each other without a space, as in ``1-2``."""
    found = [match[0] for match in _ARGUMENT.finditer(word)]
    return found if "".join(found) == word else [word]


def _parse_number(word: str, text: str, file: str) -> float:
    match = _ARGUMENT.fullmatch(word[:60])
    if match is None or match[2].lower() not in _UNITS:
        raise _not_supported(text, file)
    return float(match[1]) * _UNITS[match[2].lower()]


def translation(x: float, y: float) -> Floats:
    """Return the transform that moves everything by (x, y), with shape (3, 3)."""
    return np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])


def _not_supported(text: str, file: str) -> InkError:
    return InkError(f"{file}: transform={text[:60]!r} is not supported; export the drawing again")
