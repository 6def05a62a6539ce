"""Starting from a checkpoint's weights, where the alphabets may differ: ``--init``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora.seen import KEY
from handwriting.errors import InkError

Place = Callable[[str], tuple[int, int] | None]
"""A parameter's name → the dimension that goes by character and the index of the first character there, or None."""


def initialise(
    network: nn.Module, alphabet: Alphabet, init: Checkpoint, place: Place, fresh: Collection[str] = ()
) -> str:
    """Copy a checkpoint's weights into the network, character by character where ``place`` says so.

    Characters that the checkpoint lacks keep the weights that they have, and so do the parameters ``fresh`` when it
    lacks them or has them in another shape. Returns what to say of it. Raises
    :class:`InkError` when sizes differ, before anything is copied.
    """
    mine, theirs = network.state_dict(), {name: torch.from_numpy(value) for name, value in init.weights().items()}
    old = Alphabet(init.card["alphabet"])
    added = len(alphabet.characters) - len(old.characters)
    known = [(i, old.characters.index(c)) for i, c in enumerate(alphabet.characters) if c in old.characters]
    kept = {n for n in fresh if n in mine and (n not in theirs or theirs[n].shape != mine[n].shape)}
    mine = {name: value for name, value in mine.items() if name not in kept}
    theirs = {name: value for name, value in theirs.items() if name not in kept}
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
    unknown = len(alphabet.characters) - len(known)
    return f"weights from {init.folder}; {unknown} of {len(alphabet.characters)} characters are new to them"


def inherited(init: Checkpoint | None) -> dict[str, Any]:
    """What a card takes from that of ``init``: its language model, its training and those before it, without lists."""
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
    """``given`` into ``value``: the ``known`` characters, each (here, there), and all that surrounds the characters."""
    value, given = value.transpose(0, dim), given.transpose(0, dim)
    value[:first] = given[:first]
    value[first + new :] = given[first + old :]
    for here, there in known:
        value[first + here] = given[first + there]


def _shape(shape: Sequence[int] | None) -> str:
    return "is missing" if shape is None else f"has shape {tuple(shape)}"
