"""Initialise a recognizer from the weights of a checkpoint, grown if the network is wider or deeper."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork
from handwriting.training.initialise import Grow, initialise
from handwriting.training.widen import deepen, widen

Say = Callable[[str], object]


def start_recognizer(network: nn.Module, alphabet: Alphabet, init: Checkpoint, say: Say = lambda message: None) -> None:
    """Copy the weights of ``init`` into a new network, character by character, and call ``say`` with a message.

    Raises :class:`InkError` when the sizes do not fit.
    """
    lstm = network.lstm
    say(initialise(network, alphabet, init, _place, _grow(init, lstm.hidden_size, lstm.num_layers, say)))  # type: ignore[union-attr,arg-type]


def between_start_and_end(
    trained: Checkpoint, start: Checkpoint, share: float, characters: str = ""
) -> dict[str, NDArray[np.float32]]:
    """Return weights interpolated ``share`` of the way from the start of a training to its end.

    Such weights often read better than the final ones, and forget less of the initial training (Wortsman et al. 2022,
    arXiv 2109.01903). ``start`` is the checkpoint from which the training of ``trained`` started. With ``characters``
    only the output weights of these are interpolated, and all others are those of the start; this suits a training of
    the output layer alone. Raises :class:`InkError` if the sizes do not fit, for unknown characters, and unless
    ``share`` is from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise InkError(f"share is {share}; give a number from 0, the start, to 1, the end")
    torch.manual_seed(trained.card["training"]["options"]["seed"])  # new cells are initialised as they were then
    network = RecognizerNetwork(RecognizerConfig(**trained.card["network"]))
    alphabet, old = Alphabet(trained.card["alphabet"]), network.state_dict()
    start_recognizer(network, alphabet, start)
    new = between(old, {name: torch.from_numpy(value) for name, value in trained.weights().items()}, share)
    if characters:
        rows = alphabet.encode(characters)
        learned = {name: value[rows] for name, value in new.items() if _place(name)}
        new = old
        for name, value in learned.items():
            new[name][rows] = value
    return {name: value.numpy() for name, value in new.items()}


def between(old: Mapping[str, Tensor], new: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return weights interpolated ``share`` of the way from ``old`` to ``new``."""
    return {name: torch.lerp(value, new[name], share) for name, value in old.items()}


def _place(name: str) -> tuple[int, int] | None:
    """Return the place of characters: the rows of the output layer, after the blank's."""
    return (0, 1) if name.startswith("output.") else None


def _grow(init: Checkpoint, hidden_size: int, num_layers: int, say: Say) -> Grow | None:
    """Return a function that grows the weights of ``init`` to these sizes; None if they have them."""
    cells, layers = (init.card["network"][name] for name in ("hidden_size", "num_layers"))
    for name, old, new, things in (
        ("hidden_size", cells, hidden_size, "cells"),
        ("layers", layers, num_layers, "layers"),
    ):
        if new < old:
            raise InkError(
                f"{name} {new}: {init.folder} has {old} {things}, and a network can only grow; give at least as many"
            )
    if (hidden_size, num_layers) == (cells, layers):
        return None
    if hidden_size > cells:
        say(f"widened from {cells} to {hidden_size} cells per layer and direction")
    if num_layers > layers:
        say(f"deepened from {layers} to {num_layers} layers; the new layers and the output start anew")

    def grow(theirs: dict[str, Tensor], mine: dict[str, Tensor]) -> dict[str, Tensor]:
        wide = widen(theirs, mine, cells, hidden_size) if hidden_size > cells else theirs
        return deepen(wide, mine) if num_layers > layers else wide

    return grow
