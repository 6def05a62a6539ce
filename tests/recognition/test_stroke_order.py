"""Direction and order of strokes from their shapes alone."""

from __future__ import annotations

import numpy as np
import pytest

import handwriting
from handwriting.errors import InkError
from handwriting.evaluation.orientation import apply_orientation, reversed_strokes
from handwriting.ink import Ink
from handwriting.recognition import stroke_order
from handwriting.recognition.orientation import ALL
from handwriting.recognition.pen_counts import letter_size, permutation, stepped, stroke_counts
from handwriting.recognition.stroke_order import StrokeNetworks, StrokeShapes, neighbor_pairs


@pytest.fixture(scope="module")
def ink():
    return handwriting.generate("the quick brown fox", seed=1, bias=2)


def shapes_of(ink):
    scale = letter_size(ink)
    return StrokeShapes.of(ink, scale, stepped(ink, scale))


@pytest.mark.parametrize("orientation", ALL[:8], ids=lambda o: o.name)
def test_shapes_are_turned_upright(ink, orientation):
    lies = shapes_of(apply_orientation(ink, orientation)).upright(orientation.turns, orientation.mirrored)
    plain = shapes_of(ink)
    for name in ("points", "length", "size", "around"):
        assert getattr(lies, name) == pytest.approx(getattr(plain, name), abs=1e-6)
    assert np.diff(lies.middles) == pytest.approx(np.diff(plain.middles), abs=1e-6)


def test_points_of_a_stroke_are_equally_spaced():
    """A corner of two sides of 15: a point every 2 units, from the middle of the box."""
    ink = Ink.from_strokes([[(0, 0), (15, 0), (15, 15)], [(40, 0), (40, 1)]])
    shapes = StrokeShapes.of(ink)
    corner = shapes.points[0] * (shapes.length[0] ** -1 * 30)
    assert corner[[0, 1, 7, 8, 15]] == pytest.approx([-7.5 - 7.5j, -5.5 - 7.5j, 6.5 - 7.5j, 7.5 - 6.5j, 7.5 + 7.5j])


def test_direction_changes_its_sign_with_the_stroke(ink):
    networks = StrokeNetworks.load()
    odds = [networks.forward_odds(shapes_of(one), stroke_counts(one)[0]) for one in (ink, reversed_strokes(ink))]
    assert odds[1] == pytest.approx(-odds[0], abs=1e-3)
    long = StrokeShapes.of(ink).length > 2
    assert (odds[0][long] > 0).mean() > 0.9


def test_the_order_does_not_depend_on_that_of_the_file(ink):
    def order(some):
        return StrokeNetworks.load().writing_order(some)

    shuffled = np.random.default_rng(0).permutation(len(ink.starts))
    again = ink.take(shuffled)
    assert shuffled[order(again)].tolist() == order(ink).tolist()
    letters = StrokeShapes.of(ink).middles.real[order(ink)]
    assert (np.diff(letters) > -0.1 * np.ptp(letters)).mean() > 0.9


def test_one_stroke_and_none_beside_it():
    ink = Ink.from_strokes([[(0, 0), (3, 5), (4, 0)]])
    assert StrokeNetworks.load().writing_order(ink).tolist() == [0]


def test_strokes_above_each_other_are_neighbors():
    """In letter sizes: 0 and 1 overlap, 2 is far to the right."""
    boxes = [(0, 4, 0, 4), (3, 6, 1, 5), (30, 33, 0, 4)]
    shapes = StrokeShapes(
        np.zeros((3, stroke_order.POINTS), complex), np.array([(a + b + 1j * (c + d)) / 2 for a, b, c, d in boxes]),
        np.ones(3), np.array([(b - a, d - c) for a, b, c, d in boxes], dtype=float),
    )  # fmt: skip
    first, second = neighbor_pairs(shapes, np.array([1, 0, 2]))
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(1, 0)]


def test_what_is_around_the_ends_of_a_stroke():
    """A stroke of the length of two cells begins half a cell to the right of the end of the first one."""
    ink = Ink.from_strokes([[(0, 0), (10, 0)], [(10.25, 0.1), (11.25, 0.1)]])
    around = StrokeShapes.of(ink, 1.0, stepped(ink, 1.0)).around
    assert around.shape == (2, 2, stroke_order.CELLS, stroke_order.CELLS)
    assert around[0, 0].sum() == 0
    found = around[0, 1]
    assert found[3].sum() == found.sum() == pytest.approx(2.4)  # six points, each of 0.2, in cells of 0.5
    assert (found[3] > 0).tolist() == [False, False, False, True, True, True]


def test_counts_alone_lean_to_a_direction_whichever_way_ink_lies(ink):
    networks, counts = StrokeNetworks.load(), stroke_counts(ink)[0]
    odds = networks.forward_odds_from_counts(counts)
    assert odds.shape == (len(ink.starts), 8)
    for k, (turns, mirrored) in enumerate(stroke_order.TURNS):
        own = counts[:, permutation(turns, mirrored, False)]
        assert odds[:, k] == pytest.approx(stroke_order.count_differences(own) @ networks.counts, abs=1e-5)


def test_missing_weights_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(stroke_order, "shipped", lambda name: tmp_path)
    with pytest.raises(InkError, match=r"strokes\.npz: not readable \(FileNotFoundError\); reinstall handwriting"):
        StrokeNetworks.load.__wrapped__(StrokeNetworks)
