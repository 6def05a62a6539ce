"""Recipes of ``train recognizer --recipe``: lists, their shares of an epoch, and the development sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingRecipe:
    """The lists of a training, and the size of an epoch."""

    train: tuple[str, ...] = ("trainset",)
    """``SPLIT`` if there is one list, ``[FORM:]SPLIT=SHARE`` each if there are several."""
    develop: tuple[str, ...] = ("testset_v",)
    """``SPLIT`` or ``SPLIT:LINES``; the first chooses the best checkpoint, ``none`` means no set."""
    examples: int = 0
    """Examples per epoch; 0 for a single list, each line of it once."""


_UNIPEN = (
    "whole:train-characters=0.04",
    "whole:train-symbols=0.02",
    "token:train-characters=0.03",
    "token:train-digits=0.01",
    "token:train-capitals=0.01",
    "string:train-characters=0.12",
)

RECIPES = {
    "mixed": TrainingRecipe(
        (
            "whole:trainset=0.42",
            "whole:train-texts=0.16",
            "line:train-tokens=0.22",
            "whole:train-tokens=0.12",
            *_UNIPEN,
        ),
        ("testset_v", "valid-words:800"),
        4800,
    ),
    "open": TrainingRecipe(
        ("whole:train-texts=0.30", "line:train-tokens=0.40", "whole:train-tokens=0.22", *_UNIPEN),
        ("valid-words:1600",),
        4800,
    ),
}
"""``mixed``: IAM-OnDB and UNIPEN. ``open``: trained and selected on UNIPEN alone, so that no other terms of use
apply."""


EXAMPLES = 4800
"""Default number of examples of an epoch that is drawn from several lists."""


def recipe_for(
    name: str | None = None,
    train: Sequence[str] | None = None,
    develop: Sequence[str] | None = None,
    examples: int | None = None,
) -> TrainingRecipe:
    """Return the recipe ``name``, or that of IAM-OnDB alone, with the given parts replaced."""
    base = RECIPES[name] if name else TrainingRecipe()
    lists, watched = tuple(train or base.train), tuple(develop or base.develop)
    several = len(lists) + len(watched) > 2 or any(mark in text for text in (*lists, *watched) for mark in "=:")
    return TrainingRecipe(lists, watched, examples or base.examples or (EXAMPLES if several else 0))
