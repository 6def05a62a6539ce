"""Normalise ink, so that the same words give similar coordinates whatever their rotation, slant and size.

There are three steps, each a pure function from ink to ink: :func:`deskew` rotates the line of writing until it is
level, :func:`deslant` shears the letters upright, and :func:`resize` scales the writing height to 1 and puts the middle
of the writing at y = 0. None of them uses time. Each point is weighted by the length of ink around it, so that the
result does not depend on the sampling rate of the pen. The steps are those of Graves et al. 2009, "A novel
connectionist system for unconstrained handwriting recognition", section II-B.
"""

from __future__ import annotations

import numpy as np

from handwriting.ink import Floats, Ink

MAX_SLOPE = np.tan(np.radians(30))
"""Largest slope that one pass of :func:`deskew` corrects; a steeper estimate is unlikely to be that of a line."""


def normalise(ink: Ink) -> Ink:
    """Deskew, deslant and resize ``ink``: writing height 1, centred on y = 0, beginning at x = 0."""
    return resize(deslant(deskew(ink)))


def deskew(ink: Ink) -> Ink:
    """Rotate the ink until its line of writing is level.

    The slope is the regression of y on x, shrunk by the spread of y: a long line is rotated fully, and a single
    character, whose slope has no meaning, hardly at all. Two more passes remove what shrinkage left of a steep slope.
    """
    weight = ink_weights(ink)
    weight = weight / weight.sum()
    x, y = ink.x, ink.y
    for _ in range(3):
        dx, dy = x - weight @ x, y - weight @ y  # np.average would take ten times as long
        spread = weight @ dx**2 + 8 * (weight @ dy**2)
        slope = weight @ (dx * dy) / spread if spread > 0 else 0.0
        angle = np.arctan(np.clip(slope, -MAX_SLOPE, MAX_SLOPE))
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = cos * x + sin * y, cos * y - sin * x
    return ink.moved_to(x, y)


def deslant(ink: Ink) -> Ink:
    """Shear the ink until its downstrokes stand upright."""
    return ink.moved_to(ink.x - slant(ink) * ink.y, ink.y)


def slant(ink: Ink) -> float:
    """Return the slope dx / dy of the downstrokes, from -1.5 to 1.5; negative for writing that leans to the right.

    This is the regression of dx on dy over the steep downward segments. It takes three passes, because which segments
    are steep depends on the slant.
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
    """Return the writing height: four standard deviations of y, about a capital's height and robust to extremes.

    For ink without height (a dash), return a fifth of the median extent of the strokes, dots excluded; for a single
    dot, 1 unit.
    """
    weight = ink_weights(ink)
    weight = weight / weight.sum()
    spread = 4 * np.sqrt(weight @ (ink.y - weight @ ink.y) ** 2)
    left, top, right, bottom = ink.boxes
    extents = np.maximum(right - left, bottom - top)
    drawn = extents[extents > 0]
    height = max(float(spread), 0.2 * float(np.median(drawn)) if len(drawn) else 0.0)
    return height if height > 0 else 1.0


def segments(ink: Ink) -> tuple[Floats, Floats, Floats]:
    """Return dx, dy and the length of the step from each point to the next, shape (N - 1,) each; 0 at pen-ups."""
    dx, dy = np.diff(ink.x), np.diff(ink.y)
    pen_up = ink.starts[1:] - 1
    dx[pen_up] = dy[pen_up] = 0.0
    return dx, dy, np.hypot(dx, dy)


def ink_weights(ink: Ink) -> Floats:
    """Return the length of ink around each point, shape (N,); all 1 for ink without length."""
    length = segments(ink)[2]
    weight = np.append(length, 0.0) + np.append(0.0, length)
    return weight if weight.sum() > 0 else np.ones(len(ink))
