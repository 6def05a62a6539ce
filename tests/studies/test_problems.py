"""Memory tasks: their sequences ask what they are said to ask, and the answer is right."""

from __future__ import annotations

import numpy as np
import pytest

from handwriting.errors import InkError
from handwriting.studies import problems
from handwriting.studies.problems import PROBLEMS, problem


def drawn(name: str, steps: int, seed: int = 0):
    return PROBLEMS[name].example(np.random.default_rng(seed), steps)


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
    assert len(items) == problems.MOST_ITEMS
    begin, end = np.flatnonzero(x[:, 7])
    asked = [i for i, item in enumerate(items) if np.array_equal(item, x[begin + 1 : end, :6])]
    assert any(np.array_equal(y[-3:], items[i + 1]) for i in asked if i + 1 < len(items))
    assert end + 4 == len(x)


def test_what_is_no_task_is_refused():
    with pytest.raises(InkError, match="choose from adding, order, copy, recall"):
        problem("parity", 50)
    with pytest.raises(InkError, match="needs at least 24"):
        problem("adding", 10)
