"""Connectionist temporal classification by its definition: every path, one after the other."""

from itertools import groupby, product

import numpy as np
from hypothesis import strategies as st


def collapse(path):
    """The labels of a path: repeats collapsed, blanks dropped."""
    return tuple(index for index, _ in groupby(path) if index != 0)


def all_paths(log_probs):
    """Every path and its log-probability, from log-probabilities with shape (T, V)."""
    for path in product(range(log_probs.shape[1]), repeat=len(log_probs)):
        yield path, float(sum(frame[index] for frame, index in zip(log_probs, path, strict=True)))


def all_texts(log_probs):
    """Labels to the logarithm of their probability, impossible ones left out."""
    texts = {}
    for path, log_probability in all_paths(log_probs):
        if log_probability > -np.inf:
            labels = collapse(path)
            texts[labels] = np.logaddexp(texts.get(labels, -np.inf), log_probability)
    return texts


def frames(weights):
    """Log-probabilities in proportion to rows of ``weights``; 0 gives -inf."""
    weights = np.asarray(weights, dtype=float)
    with np.errstate(divide="ignore"):
        return np.log(weights / weights.sum(axis=1, keepdims=True))


@st.composite
def any_frames(draw, max_steps=5, max_size=4):
    """Log-probabilities with shape (T, V), some of them -inf."""
    steps, size = draw(st.integers(1, max_steps)), draw(st.integers(2, max_size))
    weight = st.one_of(st.just(0.0), st.floats(0.01, 1.0))
    row = st.lists(weight, min_size=size, max_size=size).filter(any)
    return frames(draw(st.lists(row, min_size=steps, max_size=steps)))
