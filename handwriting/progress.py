"""The callback by which long-running work reports its progress."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, int], object]
"""Callback ``progress(done, total)`` of work that consists of ``total`` items (files, lines, characters).

``done`` never decreases and ends at ``total``; it is fractional while an item is partly done. Each function that takes
the callback documents its items. The callback's return value is ignored; an exception that it raises ends the work.
"""


def no_progress(done: float, total: int) -> None:
    """Ignore progress; the default :data:`Progress`."""


def part(progress: Progress, number: int, parts: int) -> Progress:
    """Return the progress callback for part ``number``, counted from 0, of ``parts`` equal parts."""
    return lambda done, total: progress(number * total + done, parts * total)
