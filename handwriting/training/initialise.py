"""Start from the weights of a checkpoint whose alphabet may differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora.seen import KEY
from handwriting.errors import InkError

Place = Callable[[str], tuple[int, int] | None]
"""Maps a parameter's name to the dimension that is indexed by character and the index of the first character, or to
None for a parameter without such a dimension."""


Grow = Callable[[dict[str, Tensor], dict[str, Tensor]], dict[str, Tensor]]
"""Adapts a checkpoint's weights (first argument) to the sizes of a network's own weights (second argument)."""


def initialise(network: nn.Module, alphabet: Alphabet, init: Checkpoint, place: Place, grow: Grow | None = None) -> str:
    """Copy a checkpoint's weights into the network, character by character in the dimensions that ``place`` gives.

    Characters that the checkpoint lacks keep the network's own weights. ``grow`` first adapts the checkpoint's weights
    to the network's sizes. Returns a message for the user. Raises :class:`InkError` if sizes differ, before anything
    is copied.
    """
    mine, theirs = network.state_dict(), {name: torch.from_numpy(value) for name, value in init.weights().items()}
    if grow is not None:
        theirs = grow(theirs, mine)
    old = Alphabet(init.card["alphabet"])
    added = len(alphabet.characters) - len(old.characters)
    known = [(i, old.characters.index(c)) for i, c in enumerate(alphabet.characters) if c in old.characters]
    for name in sorted({*mine, *theirs}):
        expected = list(mine[name].shape) if name in mine else None
        if expected and (where := place(name)):
            expected[where[0]] -= added
        given = list(theirs[name].shape) if name in theirs else None
        if given != expected:
            raise InkError(
                f"{init.folder}: {name} {_shape(given)} there, {_shape(expected)} in this network; "
                "give the sizes in its card.json"
            )
    for name, value in mine.items():
        where = place(name)
        if where is None:
            value.copy_(theirs[name])
        else:
            _copy_by_character(value, theirs[name], *where, known, len(alphabet.characters), len(old.characters))
    fresh = len(alphabet.characters) - len(known)
    return f"weights from {init.folder}; {fresh} of {len(alphabet.characters)} characters are new to them"


def inherited(init: Checkpoint | None) -> dict[str, Any]:
    """Return the parts of a card that come from ``init``: its language model, and its history of training."""
    if init is None:
        return {}
    card = init.card
    trained_on = {k: v for k, v in card.get("trained_on", {}).items() if k not in ("left_out", KEY)}
    known = {k: card[k] for k in ("developed_on", "training", "started_from") if k in card}
    language = {"language": card["language"]} if "language" in card else {}
    return {"started_from": {"trained_on": trained_on, **known}, **language}


def _copy_by_character(
    value: Tensor, given: Tensor, dim: int, first: int, known: Sequence[tuple[int, int]], new: int, old: int
) -> None:
    """Copy the ``known`` characters, pairs of indices (here, there), and the rows around them from ``given``."""
    value, given = value.transpose(0, dim), given.transpose(0, dim)
    value[:first] = given[:first]
    value[first + new :] = given[first + old :]
    for here, there in known:
        value[first + here] = given[first + there]


def _shape(shape: Sequence[int] | None) -> str:
    return "is missing" if shape is None else f"has shape {tuple(shape)}"
