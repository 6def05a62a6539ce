"""What a value in a column about the pen means: yes or no, or that the pen is on the paper or in the air.

Values are compared without case, accents, spaces and punctuation, so that ``Pen-Up``, ``PEN_UP`` and ``penUp`` are one
word, and as numbers where they are numbers, so that ``1``, ``1.0`` and ``0x1`` are one value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handwriting.formats.column_names import plain

MISSING = ("", "nan", "null", "none", "na")
"""Values that mean that a value is missing."""
NO = (
    "0", "false", "f", "no", "n", "off", "none", "u", "", "falsch", "falso", "faux", "nein", "non", "nee", "nej", "nie",
    "nao", "нет", "ложь", "いいえ", "否", "假", "偽",
)  # fmt: skip
"""Words for "no"."""
YES = (
    "1", "true", "t", "yes", "y", "x", "wahr", "verdadero", "verdadeiro", "vero", "vrai", "waar", "ja", "oui", "si",
    "sim", "tak", "да", "はい", "是", "真",
)  # fmt: skip
"""Words for "yes"."""
_PEN = "(pen|tip|stylus|mouse|pointer|touch|finger|button|is)*"
_IN_AIR = re.compile(rf"{_PEN}(up|lift|lifted|raised|released|off|away|air|inair|inrange|outofrange|\w*hover\w*)")
_DOWN_WORDS = "(down|pressed|contact|incontact|touching|draw|drawing|write|writing|inking|onpaper|onsurface)"
_DOWN = re.compile(rf"{_PEN}{_DOWN_WORDS}")
_NOT_DOWN = re.compile(rf"(no|not|non)({_PEN}{_DOWN_WORDS}|touch|ink|paper)")
_TOOL = re.compile("eras|rubber|highlight|marker|brush|pencil|lasso|select")


def is_no(value: str) -> bool:
    """Return whether a value means "no", or that the pen is in the air."""
    word = _normalise(value)
    return word in NO or any(pattern.fullmatch(word) for pattern in (_IN_AIR, _NOT_DOWN))


def is_yes(value: str) -> bool:
    """Return whether a value means "yes"."""
    return _normalise(value) in YES


def flags(values: Sequence[str]) -> list[bool]:
    """Return which values of a column mean "yes"; an empty list if some mean neither "yes" nor "no" (times do not)."""
    meanings = {value: is_yes(value) for value in set(values)}
    if not all(yes or is_no(value) for value, yes in meanings.items()):
        return []
    return [meanings[value] for value in values]


def in_air(values: Sequence[str]) -> list[bool] | None:
    """Return, for each value of a pen column, whether the pen is in the air; None if the values do not say so.

    Beside values that mean "no", these are negative numbers among positive ones, and the other one of two words if the
    first means that the pen is down. Names of tools, such as ``pen`` and ``marker``, say nothing about it.
    """
    distinct = set(values)
    air = {value for value in distinct if is_no(value)}
    if not air and not names_tools(distinct):
        numbers = [number for value in distinct if (number := _number(value)) is not None]
        if len(numbers) == len(distinct):
            air = {value for value in distinct if (number := _number(value)) is not None and number < 0}
        elif len(distinct) == 2:
            down = {value for value in distinct if _DOWN.fullmatch(_normalise(value))}
            air = distinct - down if down else set()
    return [value in air for value in values] if air and air != distinct else None


def invert(values: Sequence[str]) -> list[str]:
    """Return the values of a column in which 0 means that the pen is down as 1, and 1 as 0."""
    meanings = {value: {"0": "1", "1": "0"}.get(_normalise(value), value) for value in set(values)}
    return [meanings[value] for value in values]


def names_tools(values: set[str]) -> bool:
    """Return whether one of the values of a column is the name of a tool."""
    return any(_TOOL.search(value[:60].lower()) for value in values)


def _normalise(value: str) -> str:
    number = _number(value)
    return plain(value) if number is None else f"{number:g}"


def _number(value: str) -> float | None:
    try:
        return float(int(value, 16)) if value[:2].lower() == "0x" and len(value) <= 20 else float(value[:40])
    except ValueError:
        return None
