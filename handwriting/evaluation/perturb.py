"""Ink from other tablets and other hands, made from lines at hand, to measure how well a recognizer bears it.

Unlike ``augment``, which draws distortions at random to train on, each of these is fixed and has a name. All of them
leave the text readable to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.geometry.dots import dots_and_bars
from handwriting.geometry.normalise import writing_height
from handwriting.geometry.pace import sampled_in_time
from handwriting.ink import Ink

Perturbation = Callable[[Ink], Ink]

WORD_GAP = 0.35
"""Two strokes this far apart, in writing heights, belong to two words."""


def sampled(ink: Ink, rate: float) -> Ink:
    """The pen's readings ``rate`` times a second; ink without times is left as it is."""
    return ink if ink.t is None else sampled_in_time(ink, ink.t, rate)


def moved(ink: Ink, scale: float = 1.0, offset: float = 0.0) -> Ink:
    """Other units and another origin."""
    return ink.moved_to(ink.x * scale + offset, ink.y * scale - 3 * offset)


def slanted(ink: Ink, degrees: float) -> Ink:
    """Sheared; positive leans to the right."""
    return ink.moved_to(ink.x - np.tan(np.radians(degrees)) * ink.y, ink.y)


def rotated(ink: Ink, degrees: float) -> Ink:
    """Turned; positive falls to the right."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return ink.moved_to(cos * ink.x - sin * ink.y, sin * ink.x + cos * ink.y)


def timeless(ink: Ink) -> Ink:
    """Without times and pressure."""
    return replace(ink, t=None, pressure=None)


def delayed(ink: Ink, among: NDArray[np.bool_] | None = None) -> Ink:
    """Every i-dot and t-bar written at the end of its word; without times, which would run backward.

    ``among``: shape (S,), the strokes that may be moved. A word is what no gap of :data:`WORD_GAP` interrupts.
    """
    late = dots_and_bars(ink)
    if among is not None:
        late &= among
    word = _words(ink)
    last = np.zeros(word.max() + 1, dtype=np.int64)  # the last stroke of each word that stays
    np.maximum.at(last, word[~late], np.flatnonzero(~late))
    at = np.where(late, np.maximum(last[word], np.arange(len(late))), np.arange(len(late)))
    order = np.lexsort((np.arange(len(late)), late, at))
    return replace(ink.take(order), t=None, pressure=None, source=ink.source)


def _words(ink: Ink) -> NDArray[np.int64]:
    """Shape (S,): the number of the word that each stroke belongs to, from left to right."""
    left, _, right, _ = ink.boxes
    order = np.argsort(left, kind="stable")
    reached = np.maximum.accumulate(right[order])
    begins = left[order[1:]] - reached[:-1] > WORD_GAP * writing_height(ink)
    word = np.empty(len(left), dtype=np.int64)
    word[order] = np.concatenate([[0], np.cumsum(begins)])
    return word


PERTURBATIONS: dict[str, Perturbation] = {
    "none": lambda ink: ink,
    "rate-60": partial(sampled, rate=60),
    "rate-120": partial(sampled, rate=120),
    "rate-250": partial(sampled, rate=250),
    "rate-500": partial(sampled, rate=500),
    "scale-small": partial(moved, scale=1e-3),
    "scale-large": partial(moved, scale=1e3),
    "offset": partial(moved, offset=1e5),
    "slant-right": partial(slanted, degrees=20),
    "slant-left": partial(slanted, degrees=-20),
    "rotation-down": partial(rotated, degrees=5),
    "rotation-up": partial(rotated, degrees=-5),
    "no-time": timeless,
    "delayed-strokes": delayed,
}
"""By name."""


def perturbation(name: str) -> Perturbation:
    """The one of that name. Raises :class:`InkError` with the names there are."""
    try:
        return PERTURBATIONS[name]
    except KeyError:
        raise InkError(f"perturbation {name!r} is not known; choose from {', '.join(PERTURBATIONS)}") from None
