"""Draw sequences that need a memory: two tasks of Hochreiter & Schmidhuber 1997, two of Graves, Wayne & Danihelka 2014.

Many sequences are drawn in one call, B of them, from one random generator. All sequences of a problem have the same
number of steps, T, so that no padding is needed; the papers vary it, by up to a tenth (1997) or over a range (2014).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError

Floats = NDArray[np.float32]
Sequences = tuple[Floats, Floats, Floats]
"""Inputs (T, B, D), targets (T, B, K), and the weight of each step's targets (T, B)."""
Kind = Literal["value", "class", "bits"]
BITS = 8
ITEM_BITS, ITEM_STEPS = 6, 3
MAX_ITEMS = 6


@dataclass(frozen=True)
class Problem:
    """A memory task."""

    name: str
    title: str
    inputs: int
    """Number of inputs per step, D."""
    outputs: int
    """Number of outputs per step, K."""
    kind: Kind
    """Whether the targets are a number, one of K classes, or bits."""
    draw: Callable[[np.random.Generator, int, int], Sequences]
    """Draw B sequences of T steps, given a random generator, B and T."""
    shortest: int
    """Minimum number of steps."""


def adding(random: np.random.Generator, count: int, steps: int) -> Sequences:
    """Draw the adding problem (1997, section 5.4): the target is 0.5 + (a + b) / 4 for the two marked numbers.

    It is expected after the last step. Every step has a number from -1 to 1 and a marker: 1 at one of the first ten
    steps and at another one of the first half, -1 at the first and the last step, 0 elsewhere. If the first step is one
    of the two, its number is 0.
    """
    x = np.zeros((steps, count, 2), np.float32)
    x[:, :, 0] = random.uniform(-1, 1, (steps, count))
    first = random.integers(10, size=count)
    second = random.integers(steps // 2 - 2, size=count)
    second += second >= first
    each = np.arange(count)
    x[[0, -1], :, 1] = -1
    x[first, each, 1] = x[second, each, 1] = 1
    x[0, (first == 0) | (second == 0), 0] = 0
    total = x[first, each, 0] + x[second, each, 0]
    return x, *_last(steps, 0.5 + total[:, None] / 4)


def temporal_order(random: np.random.Generator, count: int, steps: int) -> Sequences:
    """Draw temporal order (1997, section 5.6, task 6a): which two symbols, X or Y, came in which order; four classes.

    Inputs are one-hot: E, B, a, b, c, d, X, Y. The sequence begins with E and ends with B; the two symbols are placed
    among distractors, between a tenth and a fifth, and between a half and six tenths, of the sequence.
    """
    symbols = random.integers(2, 6, (steps, count))
    symbols[0], symbols[-1] = 0, 1
    chosen = random.integers(2, size=(2, count))
    for number, (low, high) in enumerate(((steps // 10, steps // 5), (steps // 2, steps * 6 // 10))):
        symbols[random.integers(low, high + 1, count), np.arange(count)] = 6 + chosen[number]
    return np.eye(8, dtype=np.float32)[symbols], *_last(steps, np.eye(4)[2 * chosen[0] + chosen[1]])


def copy(random: np.random.Generator, count: int, steps: int) -> Sequences:
    """Draw the copy task (2014, section 4.1): repeat vectors of eight random bits after a delimiter."""
    shown = (steps - 1) // 2
    bits = random.integers(2, size=(shown, count, BITS)).astype(np.float32)
    x, y = np.zeros((steps, count, BITS + 1), np.float32), np.zeros((steps, count, BITS), np.float32)
    x[:shown, :, :BITS] = bits
    x[shown, :, BITS] = 1
    y[shown + 1 : 2 * shown + 1] = bits
    weight = np.zeros((steps, count), np.float32)
    weight[shown + 1 : 2 * shown + 1] = 1
    return x, y, weight


def recall(random: np.random.Generator, count: int, steps: int) -> Sequences:
    """Draw associative recall (2014, section 4.3): given one item of a list, output the next.

    An item has three vectors of six bits and follows a delimiter. There are as many items as fit into the steps, at
    most six. Two more inputs mark the delimiters of items and of the query.
    """
    span = ITEM_STEPS + 1
    shown = min((steps - span - ITEM_STEPS - 1) // span, MAX_ITEMS)
    items = random.integers(2, size=(shown, ITEM_STEPS, count, ITEM_BITS)).astype(np.float32)
    x, y = np.zeros((steps, count, ITEM_BITS + 2), np.float32), np.zeros((steps, count, ITEM_BITS), np.float32)
    for number, item in enumerate(items):
        x[number * span, :, ITEM_BITS] = 1
        x[number * span + 1 : (number + 1) * span, :, :ITEM_BITS] = item
    asked, each = random.integers(shown - 1, size=count), np.arange(count)
    query = steps - 2 * ITEM_STEPS - 2
    x[[query, query + ITEM_STEPS + 1], :, ITEM_BITS + 1] = 1
    x[query + 1 : query + 1 + ITEM_STEPS, :, :ITEM_BITS] = items[asked, :, each].swapaxes(0, 1)
    y[-ITEM_STEPS:] = items[asked + 1, :, each].swapaxes(0, 1)
    weight = np.zeros((steps, count), np.float32)
    weight[-ITEM_STEPS:] = 1
    return x, y, weight


PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem("adding", "adding problem", 2, 1, "value", adding, 24),
        Problem("order", "temporal order", 8, 4, "class", temporal_order, 12),
        Problem("copy", "copy", BITS + 1, BITS, "bits", copy, 3),
        Problem("recall", "associative recall", ITEM_BITS + 2, ITEM_BITS, "bits", recall, 16),
    )
}


def problem(name: str, steps: int) -> Problem:
    """Return a problem by name. Raises :class:`InkError` for an unknown name or too few ``steps``."""
    if name not in PROBLEMS:
        raise InkError(f"task {name!r} is unknown; choose from {', '.join(PROBLEMS)}")
    found = PROBLEMS[name]
    if steps < found.shortest:
        raise InkError(f"{found.title} of {steps} steps; it needs at least {found.shortest}")
    return found


def _last(steps: int, target: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return targets and weights with a ``target`` (B, K) after the last step only."""
    count, size = target.shape
    y, weight = np.zeros((steps, count, size), np.float32), np.zeros((steps, count), np.float32)
    y[-1], weight[-1] = target, 1
    return y, weight
