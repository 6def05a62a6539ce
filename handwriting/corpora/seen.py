"""Which lines a network was trained on, so that figures on them are named for what they are.

Splits of one's own have no official names, and the same ink may stand in several folders: a checkpoint's card keeps a
fingerprint of every training line's ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from handwriting.checkpoint import Checkpoint
from handwriting.corpora.corpus import Line
from handwriting.errors import InkError
from handwriting.ink import Ink

KEY = "ink"
"""Under ``trained_on`` in a card: the fingerprints, with spaces between them."""
MOST = 10_000
"""Of more lines none are kept, so that a card stays small; lists so long are known by their names."""
NONE = "none"
"""What ``--develop`` says when nothing is to be held out."""


def fingerprint(ink: Ink) -> str:
    """Ten hexadecimal digits that depend on the strokes alone, as a corpus stores them bit for bit."""
    digest = blake2b(digest_size=5)
    for array in (ink.x, ink.y, ink.starts):
        digest.update(array.tobytes())
    return digest.hexdigest()


def fingerprints(inks: Iterable[Ink], init: Checkpoint | None = None) -> dict[str, str]:
    """What a card keeps of the lines that were trained on, those of the checkpoint that it began from among them."""
    found = sorted({fingerprint(ink) for ink in inks} | _kept(init.card if init is not None else {}))
    return {KEY: " ".join(found)} if len(found) <= MOST else {}


def seen(card: Mapping[str, Any], lines: Iterable[Line]) -> int:
    """How many of the lines the network of a card was trained on, as far as the card says."""
    kept = _kept(card)
    return sum(fingerprint(line.ink) in kept for line in lines) if kept else 0


def refuse_overlap(train: str, training: Sequence[str], develop: str, development: Sequence[str]) -> None:
    """Raise :class:`InkError` when two splits of one corpus, with these ids, share lines."""
    shared = len(set(training) & set(development))
    if shared:
        raise InkError(
            f"{shared} of {len(set(development))} lines of {develop!r} are in {train!r} too, and figures on lines that "
            f"were trained on mean nothing; give another --develop, lists that hold some lines out, or --develop {NONE}"
        )


def terms(own: Iterable[str], init: Checkpoint | None) -> str:
    """The terms of all data that weights come from, the checkpoint's that they began from first."""
    known = str(init.card.get("terms", "")).split(" | ") if init is not None else []
    parts = [part for text in own for part in text.split(" | ")]
    return " | ".join(dict.fromkeys(part for part in [*known, *parts] if part))


def _kept(card: Mapping[str, Any]) -> set[str]:
    trained = card.get("trained_on")
    return set(str(trained.get(KEY, "")).split()) if isinstance(trained, Mapping) else set()
