"""Find units that respond to an event: how well a gate or cell separates its steps from the others.

The measure is the area under the ROC curve (AUC): the probability that the value is larger at a random step of the
event than at a random other step; at 0.5 there is no relation, and below it the unit is less active in the event. Among
thousands of units some separate an event of a short line well by chance, so every area is reported with the best one
that the same units reach for the event shifted along the line, which means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.inspection.events import Mask
from handwriting.inspection.gates import DIRECTIONS, SIGNALS, Gates, Unit

SHIFTS = 20
"""Number of shifted copies of an event from which chance is estimated."""


@dataclass(frozen=True)
class Response:
    """Response of one signal of a unit to an event."""

    event: str
    unit: Unit
    signal: str
    """One of :data:`~handwriting.inspection.gates.SIGNALS`."""
    auc: float
    """Area under the ROC curve."""
    chance: float
    """Mean over shifted events of the largest area that any unit reaches, counted from 0.5 in either direction."""

    @property
    def strength(self) -> float:
        """The larger of ``auc`` and 1 - ``auc``: an area of 0.1 separates the event as well as one of 0.9."""
        return max(self.auc, 1 - self.auc)


def responding_units(
    gates: Sequence[Sequence[Gates]], events: Mapping[str, Mask], count: int = 3
) -> dict[str, list[Response]]:
    """Return for each event the ``count`` units that respond best, best first, each with its best signal.

    ``gates`` are those of each layer and direction.
    """
    names = [
        (Unit(layer, DIRECTIONS[direction], number), signal)
        for layer, both in enumerate(gates, 1)
        for direction, one in enumerate(both)
        for signal in SIGNALS
        for number in range(one.cell.shape[1])
    ]
    values = np.concatenate([getattr(one, signal) for both in gates for one in both for signal in SIGNALS], 1)
    ranks = _ranks(values)
    found: dict[str, list[Response]] = {}
    for event, mask in events.items():
        area = _areas(ranks, mask)
        shifts = np.linspace(0, len(mask), SHIFTS + 2).astype(int)[1:-1]
        shifted = _areas(ranks, np.stack([np.roll(mask, shift) for shift in shifts]))
        chance = float(np.abs(shifted - 0.5).max(1).mean() + 0.5)
        best: dict[Unit, Response] = {}
        for at in np.argsort(-np.abs(area - 0.5), kind="stable").tolist():
            unit, signal = names[at]
            best.setdefault(unit, Response(event, unit, signal, float(area[at]), chance))
            if len(best) == count:
                break
        found[event] = list(best.values())
    return found


def _ranks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rank of each value (T, N) in its column, from 0; equal values share the mean of their ranks."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, 0)
    places = np.arange(len(values))[:, None]
    differs = ordered[1:] != ordered[:-1]
    begins = np.maximum.accumulate(np.where(np.pad(differs, ((1, 0), (0, 0)), constant_values=True), places, 0))
    ends = np.where(np.pad(differs, ((0, 1), (0, 0)), constant_values=True), places, len(values))
    ends = np.minimum.accumulate(ends[::-1])[::-1]
    ranks = np.empty(values.shape, np.float32)
    np.put_along_axis(ranks, order, ((begins + ends) / 2).astype(np.float32), 0)
    return ranks


def _areas(ranks: NDArray[np.float32], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Compute the areas under the ROC curve of each column of ``ranks`` (T, N) for masks (..., T): (..., N)."""
    inside = masks.sum(-1, keepdims=True).astype(np.float64)
    outside = masks.shape[-1] - inside
    total = masks.astype(np.float64) @ ranks.astype(np.float64)
    return (total - inside * (inside - 1) / 2) / (inside * outside)
