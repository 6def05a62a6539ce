"""Learning-rate schedules as functions of the step: share of the peak rate, from 0 to 1."""

from __future__ import annotations

import math


def one_cycle(step: int, steps: int, warmup: float = 0.1) -> float:
    """Up along a half cosine for the first ``warmup`` share of the steps, down to 0 along another.

    Smith & Topin 2019 (arXiv 1708.07120), with cosine flanks. From step 0 (already above 0) to step ``steps - 1``.
    """
    rise = max(1, round(steps * warmup))
    if step < rise:
        return 0.5 - 0.5 * math.cos(math.pi * (step + 1) / (rise + 1))
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - rise + 1) / max(1, steps - rise)))


def constant(step: int, steps: int, warmup: float = 0.1) -> float:
    """The peak rate throughout."""
    return 1.0


SCHEDULES = {"one-cycle": one_cycle, "constant": constant}
