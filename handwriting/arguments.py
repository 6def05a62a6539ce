"""Type checks for arguments of the public API."""

from __future__ import annotations


def expect(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Raise :class:`TypeError` if ``value``, the argument ``name``, is not of one of ``kinds``.

    ``wanted`` describes the accepted types: "a string". A bool does not pass as a number, although :class:`bool` is a
    subclass of :class:`int`.

    >>> expect("seed", "7", int, "a whole number")
    Traceback (most recent call last):
    TypeError: seed must be a whole number, not str ('7')
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        shown = repr(value)
        shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
        raise TypeError(f"{name} must be {wanted}, not {type(value).__name__} ({shown})")
