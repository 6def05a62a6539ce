"""Memory tasks: their sequences ask what they are said to ask, and the answer is right."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.studies import problems
from handwriting.studies.problems import PROBLEMS, problem


def drawn(name: str, steps: int, seed: int = 0):
    """One sequence out of several."""
    return tuple(part[:, 2] for part in PROBLEMS[name].draw(np.random.default_rng(seed), 4, steps))


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("seed", range(5))
def test_shapes_and_repeatability(name, seed):
    one = PROBLEMS[name]
    for steps in (one.shortest, 50, 51):
        x, y, weight = drawn(name, steps, seed)
        assert x.shape == (steps, one.inputs)
        assert y.shape == (steps, one.outputs)
        assert weight.shape == (steps,)
        assert weight.sum() > 0
        assert all(np.array_equal(a, b) for a, b in zip((x, y, weight), drawn(name, steps, seed), strict=True))


@pytest.mark.parametrize("name", PROBLEMS)
def test_sequences_differ(name):
    x, *_ = PROBLEMS[name].draw(np.random.default_rng(0), 50, 60)
    assert len({x[:, number].tobytes() for number in range(50)}) == 50


def test_every_place_of_the_first_half_is_marked_and_never_one_twice():
    x, *_ = PROBLEMS["adding"].draw(np.random.default_rng(0), 5000, 60)
    marked = x[:, :, 1] == 1
    assert (marked.sum(0) == 2).all()
    assert np.flatnonzero(marked.any(1)).tolist() == list(range(29))
    # Either marker may stand at one of the first ten steps; the other ones are as frequent as each other.
    later = marked[10:].sum(1) / marked[10:].sum()
    assert later == pytest.approx(np.full(50, 1 / 19) * (np.arange(10, 60) < 29), abs=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_of_the_marked_numbers(seed):
    x, y, weight = drawn("adding", 60, seed)
    marked = np.flatnonzero(x[:, 1] == 1)
    assert len(marked) == 2
    assert marked.min() < 10
    assert marked.max() < 30
    assert y[-1, 0] == pytest.approx(0.5 + x[marked, 0].sum() / 4)
    assert weight.tolist() == [0.0] * 59 + [1.0]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_two_symbols(seed):
    x, y, _ = drawn("order", 100, seed)
    symbols = x.argmax(1)
    (first, second) = np.flatnonzero(symbols >= 6)
    assert 10 <= first <= 20
    assert 50 <= second <= 60
    assert y[-1].argmax() == 2 * (symbols[first] - 6) + symbols[second] - 6
    assert (symbols[0], symbols[-1]) == (0, 1)


def test_what_was_shown_is_copied():
    x, y, weight = drawn("copy", 21)
    assert x[10].tolist() == [0] * 8 + [1]
    assert np.array_equal(y[11:], x[:10, :8])
    assert not x[11:].any()
    assert weight.tolist() == [0] * 11 + [1] * 10


@pytest.mark.parametrize("seed", range(10))
def test_the_item_after_the_query_is_recalled(seed):
    x, y, _ = drawn("recall", 40, seed)
    items = [x[start + 1 : start + 4, :6] for start in np.flatnonzero(x[:, 6])]
    assert len(items) == problems.MAX_ITEMS
    begin, end = np.flatnonzero(x[:, 7])
    asked = [i for i, item in enumerate(items) if np.array_equal(item, x[begin + 1 : end, :6])]
    assert any(np.array_equal(y[-3:], items[i + 1]) for i in asked if i + 1 < len(items))
    assert end + 4 == len(x)


def test_what_is_no_task_is_refused():
    with pytest.raises(InkError, match="choose from adding, order, copy, recall"):
        problem("parity", 50)
    with pytest.raises(InkError, match="needs at least 24"):
        problem("adding", 10)
