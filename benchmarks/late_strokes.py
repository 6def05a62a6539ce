"""Fit the weights with which late dots and bars are moved back to their letters, and measure how many find them.

    python benchmarks/late_strokes.py --data datasets/iam.packed

The dots and bars of ``trainset`` are moved to the ends of their words, and the letter of each is the one after which it
was written. The weights in ``handwriting/geometry/dot_letters.py`` are those of a logistic regression among the letters
near a stroke (a softmax over them). The shares on ``testset_v`` are those of the weights that are in use, and of the
nearest letter.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from handwriting.cli.options import corpus_at
from handwriting.corpora import Corpus
from handwriting.geometry.dot_letters import LETTER_WEIGHTS, is_wide, letter_features, letters_near, nearest_letter
from handwriting.geometry.dots import delayed_order, dots_and_bars, undelayed_order
from handwriting.geometry.normalise import writing_height

DECAY = 1e-4
Case = tuple[NDArray[np.float64], int]
"""Features of the letters near a stroke, and which of them is its own."""


def cases(corpus: Corpus, split: str) -> tuple[list[Case], list[Case], int, int]:
    """Return the moved dots and bars of a split whose letter is near them.

    Also return the number of all that were moved, and of those whose nearest letter is their own.
    """
    found: tuple[list[Case], list[Case]] = ([], [])
    moved = nearest = 0
    for id in corpus.training_ids(split) if split == "trainset" else corpus.ids(split):
        ink = corpus.line(id).ink
        late, order, written = dots_and_bars(ink), delayed_order(ink), undelayed_order(ink)
        place = np.argsort(order)  # of each stroke after the dots and bars were moved
        boxes = ink.boxes[:, order] / writing_height(ink)
        letters = np.flatnonzero(~late[order])
        for k in np.flatnonzero(late & (place != np.arange(len(place)))):
            before = [stroke for stroke in written[: list(written).index(k)] if not late[stroke]]
            near = letters_near(place[k], letters, boxes)
            passed = ~late[order[: place[k]]] & (order[: place[k]] > k)
            if not before or not passed.any():
                continue
            moved += 1
            nearest += nearest_letter(place[k], near, boxes) == place[before[-1]]
            own = np.flatnonzero(near == place[before[-1]])
            if len(own):
                found[is_wide(boxes[:, place[k]])].append((letter_features(place[k], near, boxes), int(own[0])))
    return *found, moved, nearest


def fitted(some: list[Case]) -> NDArray[np.float64]:
    """Return the weights of a softmax over the letters of each case."""
    longest = max(len(features) for features, _ in some)
    padded = torch.zeros(len(some), longest, some[0][0].shape[1], dtype=torch.float64)
    beyond = torch.full((len(some), longest), -torch.inf, dtype=torch.float64)
    for row, (features, _) in enumerate(some):
        padded[row, : len(features)] = torch.from_numpy(features)
        beyond[row, : len(features)] = 0
    own = torch.tensor([own for _, own in some])
    weights = torch.zeros(padded.shape[2], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(padded @ weights + beyond, own) + DECAY * (weights**2).sum()
        value.backward()
        return value

    optimizer.step(loss)  # type: ignore[arg-type]
    return weights.detach().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="IAM-OnDB")
    corpus = corpus_at(parser.parse_args().data)
    *trained, _, _ = cases(corpus, "trainset")
    *tested, moved, nearest = cases(corpus, "testset_v")
    right = 0
    for name, fit_on, some, weights in zip(("dots", "bars"), trained, tested, LETTER_WEIGHTS, strict=True):
        print(f"{name}: weights fitted to {len(fit_on)} of trainset: {', '.join(f'{w:.2f}' for w in fitted(fit_on))}")
        found = sum(int(np.argmax(features @ weights) == own) for features, own in some)
        print(f"  {found} of {len(some)} of testset_v find their letter with the weights in use")
        right += found
    print(f"{right / moved:.1%} of the {moved} late dots and bars of testset_v find their letter")
    print(f"for {nearest / moved:.1%} it is the nearest letter")


if __name__ == "__main__":
    main()
