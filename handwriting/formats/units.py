"""Convert the units of length that ink files use to millimetres."""

from __future__ import annotations

import re

MILLIMETRES = {
    "m": 1000.0,
    "cm": 10.0,
    "mm": 1.0,
    "um": 0.001,
    "in": 25.4,
    "inch": 25.4,
    "pt": 25.4 / 72,
    "pc": 25.4 / 6,
    "px": 25.4 / 96,
    "q": 0.25,
    "himetric": 0.01,
    "twip": 25.4 / 1440,
}
_PREFIXES = {"milli": "mm", "centi": "cm", "micro": "um", "": "m"}
_SYMBOLS = {"inches": "in"} | {
    prefix + name: symbol for prefix, symbol in _PREFIXES.items() for name in ("meter", "meters", "metre", "metres")
}
"""Symbols of units by their full names."""
_FRACTION = re.compile(r"1/(\d{1,7})\s*([a-z]+)")


def millimetres(unit: str | None) -> float | None:
    """Return the length of one ``unit`` (``"cm"``, ``"1/1000 in"``) in millimetres, or None for an unknown unit.

    Full names (``"centimeters"``) are understood as well.
    """
    name = (unit or "").strip().lower()
    name = _SYMBOLS.get(name, name)
    if (match := _FRACTION.fullmatch(name)) and int(match[1]):
        whole = MILLIMETRES.get(match[2])
        return None if whole is None else whole / int(match[1])
    return MILLIMETRES.get(name)
