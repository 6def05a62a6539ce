"""Writing that writes itself."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.animation import (
    LEAD_SECONDS,
    LIFT_SECONDS,
    MAX_REST_SECONDS,
    TRAVEL_MM_PER_SECOND,
    animate,
    animated_svg,
    schedule,
)
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.svg import markup

NAMES = {"s": "http://www.w3.org/2000/svg"}


def strokes(text):
    """Of an animated document: (hidden until, begin, duration, lengths, times) in seconds, or the first alone."""
    for path in etree.fromstring(text.encode()).findall("s:g/s:path", NAMES):
        hide, *grow = path
        assert (hide.get("attributeName"), hide.get("to"), hide.get("begin")) == ("visibility", "hidden", None)
        until = float(hide.get("dur").removesuffix("s"))
        if not grow:
            yield until, None, None, None, None
            continue
        assert path.get("pathLength") == "1" and grow[0].get("attributeName") == "stroke-dasharray"
        begin, duration = (float(grow[0].get(name).removesuffix("s")) for name in ("begin", "dur"))
        lengths = [float(value.split()[0]) for value in grow[0].get("values").split(";")]
        yield until, begin, duration, lengths, [float(time) for time in grow[0].get("keyTimes", "0;1").split(";")]


def test_without_times_a_hundred_points_are_a_second():
    along = np.linspace(0, 30, 101)
    row = np.column_stack([along, 0 * along])
    first = Ink.from_strokes([row, row[:51] + (45, 0)])
    second = Ink.from_strokes([row + (0, 20)])
    one, two, three = schedule([first, second])
    assert (one.begin, one.duration) == (0, pytest.approx(1))
    assert two.begin == pytest.approx(1 + LIFT_SECONDS + 15 / TRAVEL_MM_PER_SECOND)
    assert two.duration == pytest.approx(0.5)
    assert three.begin == pytest.approx(two.begin + 0.5 + LIFT_SECONDS + np.hypot(60, 20) / TRAVEL_MM_PER_SECOND)
    np.testing.assert_allclose(one.course, [[0, 0], [1, 1]])


def test_the_inks_own_times_are_kept_and_rests_cut_short():
    ink = Ink.from_strokes(
        [[[0, 0, 0], [1, 0, 0.5], [4, 0, 1.0]], [[5, 0, 1.25], [6, 0, 2.25]], [[7, 0, 60], [8, 0, 59], [9, 0, 61]]]
    )
    one, two, three = schedule([ink])
    np.testing.assert_allclose(one.course, [[0, 0], [0.5, 0.25], [1, 1]])
    assert (two.begin, two.duration) == (1.25, 1)
    assert three.begin == pytest.approx(2.25 + MAX_REST_SECONDS)
    assert three.duration == pytest.approx(MAX_REST_SECONDS)  # the clock stood still when it ran backwards


def test_the_finished_writing_is_what_stands_in_the_file():
    drawing = fitted(write("finished", seed=3))
    text = animated_svg(drawing)
    bare = re.sub(r' pathLength="1"| id="ink[^"]*"|<style.*?</style>', "", text)
    bare = re.sub(r"><(set|animate)[^>]*/>(<animate[^>]*/>)?</path>", " />", bare)
    assert bare == markup(drawing)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 50), st.integers(0, 5), st.booleans())
def test_strokes_follow_one_another(speed, seed, timed):
    ink = write("in order, i. j.", seed=seed)
    if not timed:
        ink = Ink(ink.x, ink.y, ink.starts)
    drawing = fitted(ink)
    now = 0.0
    found = list(strokes(animated_svg(drawing, speed=speed)))
    assert len(found) == len(ink.starts)
    for until, begin, duration, lengths, times in found:
        assert until == begin >= max(now, LEAD_SECONDS) - 0.011  # rounded to a hundredth of a second
        assert duration > 0
        assert lengths[0] == times[0] == 0 and lengths[-1] == times[-1] == 1
        assert len(lengths) == len(times) and (np.diff(lengths) >= 0).all() and (np.diff(times) >= 0).all()
        now = begin + duration
    last = list(schedule(drawing.inks))[-1]
    assert now == pytest.approx(LEAD_SECONDS + (last.begin + last.duration) / speed, abs=0.03)


def test_dots_appear():
    ink = Ink.from_strokes([[[0, 0]], [[9, 0], [9, 0]], [[0, 5], [9, 5]]])
    dot, still, line = strokes(animated_svg(Drawing(20, 20, (ink,))))
    assert dot == (LEAD_SECONDS, None, None, None, None)
    assert still[1] is None
    assert line[3] == [0, 1]


def test_people_who_want_less_motion_see_the_writing():
    root = etree.fromstring(animated_svg(fitted(write("a"))).encode())
    style, group = root.find("s:style", NAMES), root.find("s:g", NAMES)
    assert style.text.startswith(f"@media(prefers-reduced-motion:reduce){{#{group.get('id')} path")


def test_a_file_whole_or_not_at_all(tmp_path):
    drawing = fitted(write("a"))
    animate(drawing, tmp_path / "a.svg", speed=2)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == animated_svg(drawing, speed=2)
    with pytest.raises(InkError, match="no folder"):
        animate(drawing, tmp_path / "missing" / "a.svg")


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_no_such_speed(speed):
    with pytest.raises(InkError, match="is not above 0; give 1 for the speed of the pen"):
        animated_svg(fitted(write("a")), speed=speed)
