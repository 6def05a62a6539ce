"""Learning-rate schedules: the fraction of the peak rate, from 0 to 1, as a function of the update."""

from __future__ import annotations

import math
from collections.abc import Callable

WARMUP = 0.1
"""Share of the updates over which ``one_cycle`` rises by default."""


def one_cycle(step: int, steps: int, warmup: int | None = None) -> float:
    """Rise along half a cosine over the first ``warmup`` updates, then fall to 0 along another.

    Smith & Topin 2019 (arXiv 1708.07120), with cosine flanks; from update 0 (already above 0) to ``steps - 1``. Without
    ``warmup`` it rises for a tenth of the ``steps``.
    """
    rise = max(1, round(steps * WARMUP)) if warmup is None else warmup
    if step < rise:
        return _rise(step, rise)
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - rise + 1) / max(1, steps - rise)))


def constant(step: int, steps: int, warmup: int | None = None) -> float:
    """Return the peak rate throughout, after a rise along half a cosine over ``warmup`` updates, if given."""
    return _rise(step, warmup) if warmup is not None and step < warmup else 1.0


def linear_decay(step: int, steps: int, warmup: int) -> float:
    """Rise in proportion to the update over the first ``warmup`` updates while falling linearly to 0 over all."""
    return min(1.0, (step + 1) / warmup) * (1 - step / steps)


def _rise(step: int, rise: int) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * (step + 1) / (rise + 1))


SCHEDULES: dict[str, Callable[[int, int, int | None], float]] = {"one-cycle": one_cycle, "constant": constant}
