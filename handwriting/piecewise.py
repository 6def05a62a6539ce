"""Piecewise fitting: cut runs of points until every piece fits, then join neighbours that fit as one piece.

Two curve fitters share it: ``features/bezier.py``, whose curves a network reads, and ``rendering/curves.py``, whose
curves people see. They differ in the shape of a piece and in how its fit is measured, so each passes its own ``fit``.
All open pieces are fitted at once, level by level. Joining is needed because a recursive cut is sometimes premature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

Pieces = tuple[Integers, Integers, NDArray, NDArray]
"""First point, last point, and the two fitted parameters; each of shape (pieces,)."""

Fit = Callable[[Integers, Integers], tuple[NDArray, NDArray, Bools, Integers]]
"""Fits pieces of three points or more, given their first and last points. Returns two parameters, whether the piece
fits, and the inner point to cut it at if not; each of shape (pieces,)."""

FREE_LEVELS = 16
"""Number of levels on which a piece is cut where ``fit`` says, which gives balanced cuts for handwriting. On later
levels pieces are halved, which bounds the work on hostile ink."""


def cut(
    fit: Fit, trivial: Callable[[Integers, Integers], tuple[NDArray, NDArray]], first: Integers, last: Integers
) -> Pieces:
    """Cut the pieces ``first`` to ``last`` until each fits, and return them in order.

    ``trivial`` gives the parameters of pieces of one or two points, which are not fitted.
    """
    done: list[Pieces] = []
    for level in count():
        short = last - first < 2
        done.append((first[short], last[short], *trivial(first[short], last[short])))
        first, last = first[~short], last[~short]
        if not len(first):
            break
        parameter1, parameter2, good, worst = fit(first, last)
        done.append((first[good], last[good], parameter1[good], parameter2[good]))
        middle = worst if level < FREE_LEVELS else (first + last) // 2
        first, last = np.append(first[~good], middle[~good]), np.append(middle[~good], last[~good])
    first, last, parameter1, parameter2 = (np.concatenate(column) for column in zip(*done, strict=True))
    order = np.lexsort((last, first))
    return first[order], last[order], parameter1[order], parameter2[order]


def join(fit: Fit, pieces: Pieces, parities: Sequence[int], fixed: Bools | None = None) -> Pieces:
    """Join neighbours that fit as one piece: in a round of parity 0 pieces 0+1, 2+3, …, of parity 1 pieces 1+2, 3+4, …

    ``fixed``, shape (points,), marks points at which pieces must not be joined.
    """
    first, last, parameter1, parameter2 = pieces
    for parity in parities:
        meet = last[:-1] == first[1:]
        left = np.flatnonzero(meet if fixed is None else meet & ~fixed[first[1:]])
        left = left[left % 2 == parity]
        if not len(left):
            continue
        joined1, joined2, good, _ = fit(first[left], last[left + 1])
        left = left[good]
        last[left], parameter1[left], parameter2[left] = last[left + 1], joined1[good], joined2[good]
        keep = np.ones(len(first), dtype=bool)
        keep[left + 1] = False
        first, last, parameter1, parameter2 = first[keep], last[keep], parameter1[keep], parameter2[keep]
    return first, last, parameter1, parameter2
