"""The directions of a line's strokes, inferred together, and lines that a tool sorted."""

from __future__ import annotations

import numpy as np
import pytest

import handwriting
from handwriting.errors import InkError
from handwriting.evaluation.orientation import in_plotter_order, reversed_strokes
from handwriting.ink import Ink
from handwriting.recognition.pages.splitting import find_layout
from handwriting.recognition.pen_counts import letter_size, stepped
from handwriting.recognition.stroke_directions import (
    FEATURES,
    DirectionNetwork,
    places_in_sequence,
    restored_line,
    strokes_in_sequence,
)
from handwriting.recognition.stroke_order import StrokeShapes, direction_features


@pytest.fixture(scope="module", params=["the quick brown fox", "Mr. Taylor, 16 Kings"])
def ink(request):
    return handwriting.generate(request.param, seed=1, bias=2)


def shapes_of(ink):
    scale = letter_size(ink)
    return StrokeShapes.of(ink, scale, stepped(ink, scale))


def test_strokes_as_written_run_forward(ink):
    odds = DirectionNetwork.load().forward_odds(shapes_of(ink))
    assert (odds >= 0).mean() > 0.9
    assert DirectionNetwork.load().forward_odds(shapes_of(reversed_strokes(ink))) == pytest.approx(-odds, abs=1e-3)


def test_dots_have_no_direction_and_are_left_out():
    dot, stem = [(0, -9)], np.linspace((0, 0), (0, 8), 20)
    shapes = shapes_of(Ink.from_strokes([dot, stem + (9, 0), stem]))
    assert strokes_in_sequence(shapes).tolist() == [2, 1]
    odds = DirectionNetwork.load().forward_odds(shapes)
    assert odds[0] == 0 and (odds[1:] != 0).all()
    assert DirectionNetwork.load().forward_odds(shapes_of(Ink.from_strokes([dot]))).tolist() == [0]


def test_places_are_distances_in_letter_sizes():
    strokes = [[(0, 0), (0, 2)], [(4, 2), (6, 2)], [(10, -2), (10, 6)]]
    shapes = StrokeShapes.of(Ink.from_strokes(strokes), 2.0)
    places = np.sinh(places_in_sequence(shapes, np.arange(3)))
    assert places == pytest.approx(np.array([
        [0, 0, -0.5, 0, 1, 1],
        [2.5, 0.5, 0, 1, 0, 1],
        [2.5, 0, 0, 0, 4, 4],
    ]))  # fmt: skip
    assert direction_features(shapes_of(Ink.from_strokes(strokes))).shape[1] + places.shape[1] == FEATURES


def test_the_restored_line_does_not_depend_on_the_file(ink):
    plain, other = (restored_line(one)[0] for one in (ink, in_plotter_order(ink)))
    assert other.xy == pytest.approx(plain.xy)
    assert other.starts.tolist() == plain.starts.tolist()


def test_strokes_and_points_of_a_restored_line_are_known(ink):
    path = in_plotter_order(ink)
    restored, strokes, points = restored_line(path)
    assert sorted(strokes.tolist()) == list(range(len(path.starts)))
    assert restored.xy.tolist() == path.xy[points].tolist()
    assert path.stroke_index[points].tolist() == np.repeat(strokes, restored.ends - restored.starts).tolist()


@pytest.mark.parametrize("single_line", [True, False])
def test_lines_of_a_page_that_a_tool_sorted_are_restored(ink, single_line):
    path = in_plotter_order(ink)
    (line,) = find_layout(path, single_line=single_line, sorted_by_tool=True).lines
    assert line.ink.xy == pytest.approx(restored_line(ink)[0].xy)
    assert line.ink.xy.tolist() == path.xy[line.points].tolist()
    assert path.stroke_index[line.points].tolist() == np.repeat(line.strokes, line.ink.ends - line.ink.starts).tolist()


def test_a_missing_network_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("handwriting.recognition.stroke_directions.shipped", lambda name: tmp_path)
    with pytest.raises(InkError, match=r"directions\.onnx: not a graph that ONNX Runtime can run"):
        DirectionNetwork.load.__wrapped__(DirectionNetwork)
