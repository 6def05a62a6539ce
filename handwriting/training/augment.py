"""Augmentation: distort ink as if other writers had written it with other pens.

It works on normalised ink (writing height 1). Each distortion is sampled for each line and epoch from the given
generator, so that a resumed training sees the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handwriting.geometry.dots import delayed
from handwriting.geometry.normalise import segments
from handwriting.ink import Floats, Ink
from handwriting.recognition.stroke_directions import restored_line


@dataclass(frozen=True)
class Augmentation:
    """Strengths of the distortions; 0 disables one."""

    scale: float = 0.15
    """Standard deviation of the logarithm of the width's and the height's scale."""
    slant: float = 0.20
    """Standard deviation of the shear dx/dy."""
    rotation: float = 0.03
    """Standard deviation of the line's rotation, in radians."""
    warp: float = 0.06
    """Standard deviation, in writing heights, of a smooth displacement along the ink."""
    warp_length: float = 0.8
    """Distance along the ink, in writing heights, over which that displacement changes."""
    jitter: float = 0.008
    """Standard deviation, in writing heights, of independent noise on each point."""
    drop_stroke: float = 0.01
    """Probability that a stroke is dropped (never the only one)."""
    drop_point: float = 0.1
    """Largest share of the points inside strokes that is dropped."""
    spacing: float = 0.15
    """Standard deviation of the logarithm of the resampling distance."""
    delay: float = 0.5
    """Probability that i-dots and t-bars are moved to the end of their words: all, or each with probability 1/2."""
    plotted: float = 0.0
    """Probability that the strokes get the order and directions that would be inferred for them if a plotter tool
    had sorted them; some of these directions are wrong."""

    def __call__(self, ink: Ink, random: np.random.Generator) -> Ink:
        """Return a distorted copy of normalised ink, without time and pressure."""
        ink = Ink(ink.x, ink.y, ink.starts)
        if self.plotted and random.random() < self.plotted:
            ink = restored_line(ink)[0]
        elif random.random() < self.delay:
            ink = delayed(ink, None if random.random() < 0.5 else random.random(len(ink.starts)) < 0.5)
        ink = self._drop(ink, random)
        x, y = self._warp(ink, random)
        x, y = x + random.normal(0, self.jitter, len(x)), y + random.normal(0, self.jitter, len(y))
        width, height = np.exp(random.normal(0, self.scale, 2))
        x, y = x * width, y * height
        x = x + random.normal(0, self.slant) * y
        angle = random.normal(0, self.rotation)
        return ink.moved_to(x + angle * y, y - angle * (x - x.mean()))

    def stretch(self, random: np.random.Generator) -> float:
        """Return a random factor for the resampling distance."""
        return float(np.exp(random.normal(0, self.spacing)))

    def _drop(self, ink: Ink, random: np.random.Generator) -> Ink:
        keep = random.random(len(ink)) >= random.random() * self.drop_point
        keep[ink.starts] = keep[ink.ends - 1] = True
        strokes = random.random(len(ink.starts)) >= self.drop_stroke
        if strokes.any():
            keep &= strokes[ink.stroke_index]
        return ink.keep(keep)

    def _warp(self, ink: Ink, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Displace the ink smoothly along the pen's path: noise at knots, interpolated linearly between them."""
        if self.warp == 0:
            return ink.x, ink.y
        path = np.append(0.0, np.cumsum(segments(ink)[2]) + 0.3 * ink.stroke_index[1:]) / self.warp_length
        knots = random.normal(0, self.warp, (2, int(path[-1]) + 2))
        at = np.arange(knots.shape[1])
        return ink.x + np.interp(path, at, knots[0]), ink.y + np.interp(path, at, knots[1])
