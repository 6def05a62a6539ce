"""A hand: all parameters that decide how lines are written, as one value.

It is created once where a request enters (command line, HTTP API, Python) and passed as a whole to the code that uses
it: the synthesizer reads bias, seed and style, the page layout reads size and slant.
"""

from __future__ import annotations

from dataclasses import dataclass

from handwriting.errors import InkError
from handwriting.synthesis.styles import Style

DEFAULT_BIAS = 1.0
"""Default bias, chosen by the legibility at each bias, which benchmarks/synthesis.py prints."""

MAX_BIAS = 20.0
"""Largest bias: with a higher one, every point would be the mean of its Gaussian."""

MIN_SIZE, MAX_SIZE = 0.3, 2.0
MAX_SLANT_DEGREES = 45.0


@dataclass(frozen=True)
class Hand:
    """The parameters of a hand. Raises :class:`InkError` for a value out of range.

    >>> Hand(bias=0.5, seed=7).total_size
    1.0
    """

    bias: float = DEFAULT_BIAS
    """Neatness (Graves 2013, section 5.4): 0 is as varied as the training data, higher is neater."""
    seed: int = 0
    """Seed of the random numbers: the same seed gives the same ink on the same machine and versions."""
    style: Style | None = None
    """The writer to imitate; without one, every line gets a random writer."""
    size: float = 1.0
    """Size relative to the writing height that fits the line height; multiplied by the style's own size."""
    slant: float = 0.0
    """Degrees by which the writing is sheared; positive values lean to the right."""

    def __post_init__(self) -> None:
        if not 0 <= self.bias <= MAX_BIAS:
            raise InkError(f"a bias of {self.bias:g}; give one from 0 (as varied as people) to {MAX_BIAS:g}")
        if self.seed < 0:
            raise InkError(f"a seed of {self.seed}; give 0 or more")
        if not MIN_SIZE <= self.total_size <= MAX_SIZE:
            own = "" if self.style is None or self.style.size == 1 else f" times the style's own {self.style.size:g}"
            raise InkError(
                f"a size of {self.size:g}{own}; give one from {MIN_SIZE:g} to {MAX_SIZE:g} (1 fits the lines)"
            )
        if not abs(self.slant) <= MAX_SLANT_DEGREES:
            raise InkError(
                f"a slant of {self.slant:g} degrees; give one from -{MAX_SLANT_DEGREES:g} to {MAX_SLANT_DEGREES:g}"
            )

    @property
    def total_size(self) -> float:
        """The size multiplied by the style's own size."""
        return self.size * (self.style.size if self.style is not None else 1.0)
