"""Train the LSTM for the directions of strokes; see :mod:`handwriting.recognition.stroke_directions`.

An example is an ink whose strokes, in the order from left to right, are each reversed with probability 1/2. The loss is
the cross-entropy of what was done to each.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import pad_sequence

from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork
from handwriting.progress import Progress, no_progress
from handwriting.recognition.stroke_directions import FEATURES
from handwriting.runtime import pad
from handwriting.training.descent import descend
from handwriting.training.pen_examples import PenExamples
from handwriting.training.schedule import linear_decay

BATCH = 48
RATE, WEIGHT_DECAY, MAX_NORM = 2e-3, 1e-2, 1.0
WARMUP = 200
"""Number of updates over which the learning rate rises."""
INPUT_DROPOUT = 0.05
IGNORED = -100
"""Label of padding."""
SCALE_EXAMPLES = 20_000
"""Approximate number of strokes from which the scale of each feature is estimated."""

DIRECTIONS_CONFIG = RecognizerConfig(
    FEATURES, 2, 96, 2, channels=[192, 128], strides=[1, 1], kernel_size=1, dropout=0.3
)
"""Sizes of the network. Its convolutions see one stroke each."""


def train_directions(
    examples: PenExamples, updates: int = 6000, seed: int = 0, progress: Progress = no_progress
) -> RecognizerNetwork:
    """Train a network with AdamW and a linearly decaying learning rate."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    mean, deviation = _scale(examples)
    network = RecognizerNetwork(DIRECTIONS_CONFIG)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    first = np.append(0, np.cumsum(examples.strokes))
    inks = np.flatnonzero(examples.strokes)
    for update in range(updates):
        chosen = [np.arange(first[k], first[k + 1]) for k in rng.choice(inks, BATCH)]
        reversals = [rng.random(len(strokes)) < 0.5 for strokes in chosen]
        steps, lengths = pad(
            [
                (direction_steps(examples, strokes, back) - mean) / deviation
                for strokes, back in zip(chosen, reversals, strict=True)
            ]
        )
        inputs = torch.nn.functional.dropout(torch.from_numpy(steps), INPUT_DROPOUT)
        log_probs, _ = network(inputs, torch.from_numpy(lengths))
        labels = pad_sequence([torch.from_numpy(back).long() for back in reversals], padding_value=IGNORED)
        loss = torch.nn.functional.nll_loss(log_probs.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
        descend(optimiser, loss, RATE * linear_decay(update, updates, WARMUP), MAX_NORM)
        progress(update + 1, updates)
    _take_unscaled(network, mean, deviation)
    return network.eval()


def direction_steps(
    examples: PenExamples, strokes: NDArray[np.int64], backward: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the input of the network, shape (len(strokes), FEATURES), with some of these strokes drawn backward."""
    features = np.where(backward[:, None], examples.backward[strokes], examples.forward[strokes])
    return np.hstack([features, examples.places[strokes]]).astype(np.float32)


def forward_odds(network: RecognizerNetwork, examples: PenExamples) -> NDArray[np.float64]:
    """Return the log-odds that each stroke of the examples is drawn forward, shape (S,)."""
    odds = [np.empty(0)]
    for strokes in np.split(np.arange(len(examples.forward)), np.cumsum(examples.strokes)[:-1]):
        if len(strokes):
            ways = [direction_steps(examples, strokes, np.full(len(strokes), back)) for back in (False, True)]
            with torch.no_grad():
                log_probs, _ = network(*map(torch.from_numpy, pad(ways)))
            votes = (log_probs[..., 0] - log_probs[..., 1]).numpy()
            odds.append((votes[:, 0] - votes[:, 1]) / 2)
    return np.concatenate(odds)


def _scale(examples: PenExamples) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and standard deviation of each feature, shape (FEATURES,) each, over some of the strokes."""
    some = np.arange(0, len(examples.forward), max(1, len(examples.forward) // SCALE_EXAMPLES))
    ways = (direction_steps(examples, some, np.full(len(some), back)) for back in (False, True))
    both = np.concatenate(list(ways)).astype(np.float64)
    return both.mean(axis=0).astype(np.float32), (both.std(axis=0) + 0.05).astype(np.float32)


def _take_unscaled(network: RecognizerNetwork, mean: NDArray[np.float32], deviation: NDArray[np.float32]) -> None:
    """Change the first convolution so that it takes features that were not scaled."""
    weight, bias = network.convolutions[0].parameters()
    with torch.no_grad():
        weight.div_(torch.from_numpy(deviation)[:, None])
        bias.sub_(weight[..., 0] @ torch.from_numpy(mean))
