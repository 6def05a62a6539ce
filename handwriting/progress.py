"""The type of the callback that long work reports its progress to."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, float], object]
"""Is called with the amount of work done so far and the total, in the same unit; what it returns is ignored.

Raising in it ends the work.
"""


def no_progress(done: float, total: float) -> None:
    """Ignore the progress: the default of every function that takes a :data:`Progress`."""
