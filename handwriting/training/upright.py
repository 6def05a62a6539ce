"""Train the network that scores how much ink looks upright; see :mod:`handwriting.recognition.upright`.

An example is an ink as written and the same ink in a few wrong orientations, mostly ones that the orientation
classifier finds probable; the loss is the cross-entropy of the right one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from handwriting.ink import Ink
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork
from handwriting.progress import Progress, no_progress
from handwriting.recognition.orientation import ALL, Orientation, OrientationClassifier
from handwriting.recognition.pen_counts import letter_size, stepped, stroke_counts
from handwriting.recognition.upright import FEATURES, upright_features
from handwriting.runtime import pad
from handwriting.training.descent import descend
from handwriting.training.pen_examples import distort
from handwriting.training.schedule import linear_decay

BATCH = 32
RATE, WEIGHT_DECAY, MAX_NORM = 2e-3, 1e-2, 1.0
WARMUP = 200
"""Number of updates over which the learning rate rises."""
WRONG = 3
"""Number of wrong orientations of each ink."""
HARD = 0.35
"""Factor of the classifier's scores in the choice of wrong orientations."""
UNIFORM = 5
"""For one ink in this many, wrong orientations are chosen without regard to the scores."""
SIMILAR = 800
"""Number of inks of similar length among which those of a batch are chosen."""
UPRIGHT_CONFIG = RecognizerConfig(FEATURES, 2, 96, 2, channels=[64], strides=[2], dropout=0.2)
"""Sizes of the network."""


def train_upright(
    inks: Sequence[Ink],
    classifier: OrientationClassifier,
    updates: int = 6000,
    seed: int = 0,
    progress: Progress = no_progress,
) -> RecognizerNetwork:
    """Train a network on upright ``inks`` with AdamW and a linearly decaying learning rate."""
    scores, lengths = zip(*(_measured(ink, classifier) for ink in inks), strict=True)
    by_length = np.argsort(lengths)
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    network = RecognizerNetwork(UPRIGHT_CONFIG)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    for update in range(updates):
        first = max(0, min(int(rng.integers(len(inks))) - SIMILAR // 2, len(inks) - SIMILAR))
        chosen = rng.choice(by_length[first : first + SIMILAR], BATCH)
        views = [view for k in chosen for view in _example(inks[k], scores[k], rng)]
        odds = mean_votes(network, *pad(views)).reshape(BATCH, WRONG + 1)
        loss = torch.nn.functional.cross_entropy(odds, torch.zeros(BATCH, dtype=torch.int64))
        descend(optimiser, loss, RATE * linear_decay(update, updates, WARMUP), MAX_NORM)
        progress(update + 1, updates)
    return network.eval()


def mean_votes(network: RecognizerNetwork, steps: NDArray[np.float32], lengths: NDArray[np.int64]) -> torch.Tensor:
    """Return the log-odds of n sequences ``steps`` (T, n, FEATURES) with ``lengths`` (n,), shape (n,)."""
    log_probs, length = network(torch.from_numpy(steps), torch.from_numpy(lengths))
    votes = log_probs[..., 0] - log_probs[..., 1]
    voting = torch.arange(len(votes))[:, None] < length
    return (votes * voting).sum(0) / length


def share_found(network: RecognizerNetwork, inks: Sequence[Ink]) -> float:
    """Return the share of upright inks for which the network scores no other orientation as high."""
    found = 0
    for ink in inks:
        with torch.no_grad():
            found += int(mean_votes(network, *pad(_views(ink, ALL))).argmax()) == 0
    return found / len(inks)


def _measured(ink: Ink, classifier: OrientationClassifier) -> tuple[NDArray[np.float64], int]:
    """Return the log-odds of each of :data:`ALL` from an upright ink's counts, shape (16,), and its number of steps."""
    scale = letter_size(ink)
    points = stepped(ink, scale)[0]
    strokes, moves = stroke_counts(ink, scale, points)
    return classifier.scores(strokes.sum(axis=0) + moves), len(upright_features(points, scale))


def _example(ink: Ink, scores: NDArray[np.floating], rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Return the features of an ink, distorted, as written and in :data:`WRONG` other orientations."""
    ink = distort(ink, rng)
    weight = 0.0 if rng.integers(UNIFORM) == 0 else HARD
    wrong = 1 + np.argsort(-(weight * scores[1:] + rng.gumbel(size=len(ALL) - 1)))[:WRONG]
    return _views(ink, [ALL[k] for k in (0, *wrong)])


def _views(ink: Ink, orientations: Sequence[Orientation]) -> list[NDArray[np.float32]]:
    """Return the features of an ink as it would be if it lay in each of these orientations and were turned upright."""
    scale = letter_size(ink)
    points = stepped(ink, scale)[0]
    return [upright_features(orientation.upright(points)[0], scale) for orientation in orientations]
