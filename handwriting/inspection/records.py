"""Convert inspection results to plain lists and numbers, which the page plays along the ink.

Steps are counted from 0. Numbers are rounded to three decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import BLANK
from handwriting.inspection.events import Mask
from handwriting.inspection.gates import SIGNALS, Gates, of_unit
from handwriting.inspection.reading import ReadingTrace
from handwriting.inspection.units import Response
from handwriting.inspection.writing import WritingTrace

MIN_PROBABILITY = 0.05
"""Characters that never reach this probability are omitted."""
MIN_WEIGHT = 0.02
"""Mixture components with less weight are omitted."""


def reading_record(trace: ReadingTrace) -> dict[str, Any]:
    """Return text, winning path, decisions and CTC probabilities of a line that was read.

    ``path`` has a character for each step, empty for the blank; ``characters`` has the most probable step of each
    character and its half-open part of the path; ``probabilities`` has a list for the blank, under the empty name, and
    one for each character that is ever likely.
    """
    probabilities = np.exp(trace.log_probs)
    likely = np.flatnonzero(probabilities.max(0) > MIN_PROBABILITY).tolist()
    return {
        "text": trace.text,
        "greedy": trace.greedy,
        "path": ["" if index == BLANK else trace.alphabet[index - 1] for index in trace.path.tolist()],
        "characters": [
            {"text": character, "step": int(step), "first": first, "last": last}
            for character, step, (first, last) in zip(trace.text, trace.decided, trace.steps, strict=True)
        ],
        "probabilities": {
            "" if index == BLANK else trace.alphabet[index - 1]: rounded(probabilities[:, index])
            for index in sorted({BLANK, *likely})
        },
    }


def writing_record(trace: WritingTrace) -> dict[str, Any]:
    """Return the strokes of a written line, and for each point the window, the mixture and the end of the stroke.

    Every step is a point, in the order of the strokes. ``window`` has for each point a weight for each character and
    one for the place after the text; ``mixture`` has for each point its likely components as weight, x and y of the
    mean, standard deviations in x and y, and correlation, in the units of the strokes.
    """
    m = trace.mixture
    parts = np.concatenate([m.pi[..., None], m.mean, m.sigma, m.rho[..., None]], 2)
    return {
        "text": trace.text,
        "complete": trace.complete,
        "strokes": [rounded(stroke) for stroke in trace.ink.strokes],
        "window": rounded(trace.phi),
        "mixture": [rounded(row[row[:, 0] > MIN_WEIGHT]) for row in parts],
        "end": rounded(trace.end),
        "bias": rounded(trace.bias),
    }


def units_record(
    gates: Sequence[Sequence[Gates]], found: Mapping[str, Sequence[Response]], events: Mapping[str, Mask]
) -> dict[str, Any]:
    """Return the steps of each event, and all signals of the units in ``found``."""
    return {
        "events": {name: np.flatnonzero(mask).tolist() for name, mask in events.items()},
        "units": [
            {
                "event": one.event,
                "layer": one.unit.layer,
                "direction": one.unit.direction,
                "number": one.unit.number,
                "signal": one.signal,
                "auc": round(one.auc, 3),
                "chance": round(one.chance, 3),
                **{
                    signal: rounded(getattr(of_unit(gates, one.unit), signal)[:, one.unit.number]) for signal in SIGNALS
                },
            }
            for responses in found.values()
            for one in responses
        ],
    }


def rounded(values: NDArray) -> list[Any]:
    """Return numbers as lists, rounded to three decimals."""
    result: list[Any] = np.round(np.asarray(values, np.float64), 3).tolist()
    return result
