"""Resample ink to the pace of a synthesizer's training data: its point rate or its mean distance between points.

A synthesizer has learned typical offsets from one point to the next. Sampled 300 times a second, the same hand has
offsets a fifth as long as when sampled 60 times a second. Ink with times is resampled in time, which preserves the
hand's speed. Ink without times is resampled at equal distances if its points are much too close together or too far
apart.
"""

from __future__ import annotations

import numpy as np

from handwriting.geometry.normalise import segments, writing_height
from handwriting.geometry.resample import resample
from handwriting.ink import Floats, Ink

TOLERANCE = 1.5
"""Ink whose pace is off by less than this factor is unchanged: people differ by more."""
IMPLAUSIBLE = 6.0
"""Times are not trusted if they make the hand this many times faster or slower than the training ink."""


def match_pace(ink: Ink, rate: float, step: float) -> Ink:
    """Resample ``ink`` to about ``rate`` points a second or, without times, to points ``step`` writing heights apart.

    Implausible times, such as those of points that arrived all at once or are in the wrong unit, are ignored. A dot
    stays one point. Returns ``ink`` itself if its pace is close enough; otherwise pressure is lost.
    """
    own = mean_step(ink)
    if rate > 0 and ink.t is not None and (frequency := point_rate(ink)) > 0:
        faster = frequency / rate
        if own == 0 or _within(IMPLAUSIBLE, own * faster / step):
            return ink if _within(TOLERANCE, faster) else resample_in_time(ink, ink.t, rate)
    return ink if own == 0 or _within(TOLERANCE, own / step) else resample(ink, step * writing_height(ink))[0]


def _within(factor: float, ratio: float) -> bool:
    return 1 / factor < ratio < factor


def point_rate(ink: Ink) -> float:
    """Return the number of points per second while the pen is down; 0 without times, or if no time passes."""
    if ink.t is None:
        return 0.0
    seconds = float(np.sum(ink.t[ink.ends - 1] - ink.t[ink.starts]))
    return (len(ink) - len(ink.starts)) / seconds if seconds > 0 else 0.0


def mean_step(ink: Ink) -> float:
    """Return the mean distance between points while the pen is down, in writing heights; 0 if there are only dots."""
    steps = len(ink) - len(ink.starts)
    return float(segments(ink)[2].sum()) / steps / writing_height(ink) if steps else 0.0


def resample_in_time(ink: Ink, t: Floats, rate: float) -> Ink:
    """Resample ink with times ``t`` (N,) at ``rate`` points a second; a dot stays one point."""
    strokes = []
    for start, end in zip(ink.starts, ink.ends, strict=True):
        times = np.maximum.accumulate(t[start:end])
        count = max(1, round(float(times[-1] - times[0]) * rate)) + 1 if end - start > 1 else 1
        at = np.linspace(times[0], times[-1], count)
        strokes.append(np.column_stack([np.interp(at, times, v[start:end]) for v in (ink.x, ink.y)] + [at]))
    return Ink.from_strokes(strokes, ink.source)


def thin(ink: Ink, factor: float) -> Ink:
    """Keep one in ``factor`` points, interpolated, and both ends of each stroke; times and pressure are lost."""
    at = np.arange(len(ink), dtype=np.float64)
    ink = resample_in_time(ink, at, 1 / factor)
    return Ink(ink.x, ink.y, ink.starts)
