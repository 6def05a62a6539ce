"""Normalisation: the same words give the same coordinates, however they were held, slanted or scaled.

Three steps, each a pure function from ink to ink: :func:`deskew` turns the line of writing until it runs level,
:func:`deslant` shears the letters upright, :func:`resize` scales the writing height to 1 and puts the middle of the
writing at y = 0. None uses time. Every point counts by the length of ink around it, so that the result does not
depend on the pen's sampling rate. The steps are those of Graves et al. 2009, section II-B ("A novel connectionist
system for unconstrained handwriting recognition").
"""

from __future__ import annotations

import numpy as np

from handwriting.ink import Floats, Ink

MAX_SLOPE = np.tan(np.radians(30))
"""A line is turned by no more than this in one pass: beyond it the estimate is hardly of writing."""


def normalise(ink: Ink) -> Ink:
    """Level, upright and of writing height 1, centred on y = 0, beginning at x = 0."""
    return resize(deslant(deskew(ink)))


def deskew(ink: Ink) -> Ink:
    """Turn the ink until its line of writing is level.

    The slope is the regression of y on x, shrunk by the spread of y: a long line is turned fully, a single character,
    whose slope says nothing, hardly at all. Two more passes remove what the shrinkage left of a steep slope.
    """
    weight = ink_weights(ink)
    x, y = ink.x, ink.y
    for _ in range(3):
        dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
        spread = np.average(dx**2, weights=weight) + 8 * np.average(dy**2, weights=weight)
        slope = np.average(dx * dy, weights=weight) / spread if spread > 0 else 0.0
        angle = np.arctan(np.clip(slope, -MAX_SLOPE, MAX_SLOPE))
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = cos * x + sin * y, cos * y - sin * x
    return ink.moved_to(x, y)


def deslant(ink: Ink) -> Ink:
    """Shear the ink until its downstrokes stand upright."""
    return ink.moved_to(ink.x - slant(ink) * ink.y, ink.y)


def slant(ink: Ink) -> float:
    """The shear dx / dy of the downstrokes: negative for writing that leans to the right, at most 1.5 either way.

    It is the regression of dx on dy over the steep downward segments; it is estimated three times, since which
    segments are steep depends on the slant itself.
    """
    dx, dy, _ = segments(ink)
    total = 0.0
    for _ in range(3):
        sheared = dx - total * dy
        steep = (dy > 0) & (np.abs(sheared) < 1.2 * dy)
        energy = float(np.sum(dy[steep] ** 2))
        if energy == 0:
            break
        total = float(np.clip(total + np.sum(sheared[steep] * dy[steep]) / energy, -1.5, 1.5))
    return total


def resize(ink: Ink) -> Ink:
    """Scale the writing height to 1, centre the writing on y = 0 and begin at x = 0."""
    weight = ink_weights(ink)
    height = writing_height(ink)
    middle = np.average(ink.y, weights=weight)
    return ink.moved_to((ink.x - ink.x.min()) / height, (ink.y - middle) / height)


def writing_height(ink: Ink) -> float:
    """Four standard deviations of y: about the height of a capital, and steady where extremes are not.

    Ink without height (a dash) falls back on a fifth of its median stroke's extent, dots not counted; a lone dot on 1
    unit.
    """
    spread = 4 * np.sqrt(np.cov(ink.y, aweights=ink_weights(ink), bias=True)) if len(ink) > 1 else 0.0
    left, top, right, bottom = ink.boxes
    extents = np.maximum(right - left, bottom - top)
    drawn = extents[extents > 0]
    height = max(float(spread), 0.2 * float(np.median(drawn)) if len(drawn) else 0.0)
    return height if height > 0 else 1.0


def segments(ink: Ink) -> tuple[Floats, Floats, Floats]:
    """dx, dy and length of the step from each point to the next, each of shape (N - 1,), 0 where the pen was up."""
    dx, dy = np.diff(ink.x), np.diff(ink.y)
    pen_up = ink.starts[1:] - 1
    dx[pen_up] = dy[pen_up] = 0.0
    return dx, dy, np.hypot(dx, dy)


def ink_weights(ink: Ink) -> Floats:
    """Shape (N,): the length of ink around each point; all 1 for ink without length."""
    length = segments(ink)[2]
    weight = np.append(length, 0.0) + np.append(0.0, length)
    return weight if weight.sum() > 0 else np.ones(len(ink))
