"""Named perturbations that imitate other tablets and other hands, to measure the robustness of a recognizer.

Unlike the random distortions of ``training/augment.py``, each perturbation is fixed. All of them leave the text
readable to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from handwriting.errors import InkError
from handwriting.geometry.dots import delayed
from handwriting.geometry.pace import resample_in_time
from handwriting.ink import Ink

Perturbation = Callable[[Ink], Ink]


def sampled(ink: Ink, rate: float) -> Ink:
    """Resample to ``rate`` points per second; ink without times is returned unchanged."""
    return ink if ink.t is None else resample_in_time(ink, ink.t, rate)


def moved(ink: Ink, scale: float = 1.0, offset: float = 0.0) -> Ink:
    """Scale and move the ink."""
    return ink.moved_to(ink.x * scale + offset, ink.y * scale - 3 * offset)


def slanted(ink: Ink, degrees: float) -> Ink:
    """Shear by ``degrees``; positive values lean the writing to the right."""
    return ink.moved_to(ink.x - np.tan(np.radians(degrees)) * ink.y, ink.y)


def rotated(ink: Ink, degrees: float) -> Ink:
    """Rotate by ``degrees``; with positive values the line descends to the right."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return ink.moved_to(cos * ink.x - sin * ink.y, sin * ink.x + cos * ink.y)


def timeless(ink: Ink) -> Ink:
    """Drop times and pressure."""
    return replace(ink, t=None, pressure=None)


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
"""All perturbations by name; ``none`` leaves the ink unchanged."""


def perturbation(name: str) -> Perturbation:
    """Return the perturbation called ``name``. Raises :class:`InkError`, listing the names, if there is none."""
    try:
        return PERTURBATIONS[name]
    except KeyError:
        raise InkError(f"perturbation {name!r} is unknown; choose from {', '.join(PERTURBATIONS)}") from None
