"""What ``train recognizer --recipe`` stands for: lists with their shares of an epoch, and what watches the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Lists as ``--train`` and ``--develop`` take them, and the size of an epoch."""

    train: tuple[str, ...]
    develop: tuple[str, ...]
    examples: int
    """Of an epoch; 0 for one list alone, each line of it once."""


_UNIPEN = (
    "whole:train-characters=0.04",
    "whole:train-symbols=0.02",
    "token:train-characters=0.03",
    "token:train-digits=0.01",
    "token:train-capitals=0.01",
)

RECIPES = {
    "mixed": Recipe(
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
    "open": Recipe(
        ("whole:train-texts=0.30", "line:train-tokens=0.40", "whole:train-tokens=0.22", *_UNIPEN),
        ("valid-words:1600",),
        4800,
    ),
}
"""``mixed``: IAM-OnDB and UNIPEN. ``open``: UNIPEN alone, and chosen on it alone, so that no other terms hold."""


EXAMPLES = 4800
"""Of an epoch that is drawn from several lists."""


def chosen(
    name: str | None, train: Sequence[str] | None, develop: Sequence[str] | None, examples: int | None
) -> Recipe:
    """A recipe by name, or the one of IAM-OnDB alone, with what is given instead of its parts."""
    base = RECIPES[name] if name else Recipe(("trainset",), ("testset_v",), 0)
    lists, watched = tuple(train or base.train), tuple(develop or base.develop)
    several = len(lists) + len(watched) > 2 or any(mark in text for text in (*lists, *watched) for mark in "=:")
    return Recipe(lists, watched, examples or base.examples or (EXAMPLES if several else 0))
