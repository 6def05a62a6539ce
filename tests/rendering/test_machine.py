"""G-code and HPGL, read back by a parser of this test's own."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.machine import MACHINES, gcode, gcode_text, hpgl, hpgl_text, machine
from handwriting.rendering.splines import sample


def drawn_gcode(text: str, down: str, up: str) -> list[np.ndarray]:
    """The polylines that a machine draws, y upward."""
    strokes: list[list[tuple[float, float]]] = []
    place, is_down = (0.0, 0.0), False
    for row in text.splitlines():
        row = row.partition(";")[0].strip()
        if row == down:
            is_down = True
            strokes.append([place])
        elif row == up:
            is_down = False
        elif match := re.fullmatch(r"G[01] X(\S+) Y(\S+)(?: F\S+)?", row):
            place = float(match[1]), float(match[2])
            assert row.startswith("G1") == is_down
            if is_down:
                strokes[-1].append(place)
    return [np.array(stroke) for stroke in strokes]


def drawn_hpgl(text: str) -> list[np.ndarray]:
    strokes = []
    for start, line in re.findall(r"PU(-?\d+,-?\d+);PD([-\d,]+);", text):
        numbers = np.array(f"{start},{line}".split(","), dtype=float)
        strokes.append(numbers.reshape(-1, 2) / 40)
    return strokes


def farthest(points: np.ndarray, lines: list[np.ndarray]) -> float:
    """The largest distance of ``points`` (n, 2) from the nearest of the segments of ``lines``."""
    a = np.concatenate([line[:-1] for line in lines])
    along = np.concatenate([line[1:] for line in lines]) - a
    worst = 0.0
    for point in points:
        length2 = np.maximum((along**2).sum(1), 1e-12)
        position = np.clip(((point - a) * along).sum(1) / length2, 0, 1)[:, None]
        worst = max(worst, float(np.hypot(*(point - a - position * along).T).min()))
    return worst


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return fitted(write("a line, for a machine", seed=2), width_mm=120)


def on_curves(drawing: Drawing) -> np.ndarray:
    points = np.concatenate([sample(curve, 4) for curve in drawing.curves])
    return points * (1, -1) + (0, drawing.height)


@pytest.mark.parametrize(("name", "down", "up"), [("z", "G1 Z0 F600", "G0 Z5"), ("laser", "M4 S250", "M5")])
def test_gcode_draws_the_strokes_of_the_drawing(drawing, name, down, up):
    lines = drawn_gcode(gcode_text(drawing, MACHINES[name]), down, up)
    assert 1 < len(lines) <= len(drawing.curves)
    assert farthest(on_curves(drawing), lines) <= 0.05
    vertices = np.concatenate(lines)
    assert farthest(vertices, curves_as_lines(drawing)) <= 0.05


def curves_as_lines(drawing: Drawing) -> list[np.ndarray]:
    return [sample(curve, 30) * (1, -1) + (0, drawing.height) for curve in drawing.curves]


def test_hpgl_draws_them_too(drawing):
    lines = drawn_hpgl(hpgl_text(drawing))
    assert farthest(on_curves(drawing), lines) <= 0.05
    assert hpgl_text(drawing).startswith("IN;SP1;") and hpgl_text(drawing).endswith("PU;SP0;\n")


def test_a_dot_is_a_short_line_and_ends_that_meet_are_joined():
    ink = Ink.from_strokes([[(10, 10), (20, 10)], [(20, 10), (20, 20)], [(40, 30)]])
    drawing = Drawing(50, 40, (ink,))
    apart = drawn_hpgl(hpgl_text(drawing, join_mm=0))
    joined = drawn_hpgl(hpgl_text(drawing))
    assert len(joined) == 2
    assert len(apart) == 2  # their ends are equal
    dot = min(joined, key=len)
    assert np.allclose(dot, [(39.95, 10), (40.05, 10)], atol=0.026)


def test_the_outline_moves_around_the_ink_with_the_pen_up(drawing):
    text = gcode_text(drawing, replace(MACHINES["z"], outline=True))
    assert "G1" not in text
    assert len(re.findall(r"G0 X", text)) == 6  # five corners and the way home


def test_ink_outside_the_work_area_is_refused_before_anything_is_written(drawing, tmp_path):
    small = machine("servo,width=100,height=200")
    with pytest.raises(InkError, match="leaves the work area of 100 x 200 mm"):
        gcode(drawing, tmp_path / "a.gcode", small)
    assert list(tmp_path.iterdir()) == []


def test_profiles_are_changed_by_fields():
    changed = machine("z, feed=900, pen_up=G0 Z8, width=300")
    assert (changed.feed, changed.pen_up, changed.width, changed.pen_down) == (900, "G0 Z8", 300, "G1 Z0 F600")
    for text, message in (
        ("lathe", "no machine profile 'lathe'"),
        ("z,speed=3", "'speed=3' is not FIELD=VALUE"),
        ("z,feed=fast", "'feed=fast' is not a number"),
        ("z,feed=0", "feed is 0"),
    ):
        with pytest.raises(InkError, match=message):
            machine(text)


def test_files_are_written(drawing, tmp_path):
    gcode(drawing, tmp_path / "a.gcode", MACHINES["servo"])
    hpgl(drawing, tmp_path / "a.hpgl")
    assert (tmp_path / "a.gcode").read_text().splitlines()[1:3] == ["G21", "G90"]
    assert "M3 S90" in (tmp_path / "a.gcode").read_text()
    assert (tmp_path / "a.hpgl").read_text().startswith("IN;")
