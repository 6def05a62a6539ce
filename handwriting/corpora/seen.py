"""Find out which lines a network was trained on, so that reports can say so.

Splits of the user's own corpora have no official names, and the same ink may be in several folders. The card of a
checkpoint therefore keeps a fingerprint of the ink of each training line.
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
"""Key under ``trained_on`` on a card: the fingerprints, separated by spaces."""
MAX_FINGERPRINTS = 10_000
"""Maximum number of lines whose fingerprints are kept, so that the card stays small; longer lists have well-known
names."""
NONE = "none"
"""Name of the development split if no lines are held out."""


def fingerprint(ink: Ink) -> str:
    """Return ten hexadecimal digits that depend only on the coordinates and strokes, bit for bit."""
    digest = blake2b(digest_size=5)
    for array in (ink.x, ink.y, ink.starts):
        digest.update(array.tobytes())
    return digest.hexdigest()


def fingerprints(inks: Iterable[Ink], init: Checkpoint | None = None) -> dict[str, str]:
    """Return the entry of a card for training lines with this ink, including the training lines of ``init``."""
    found = sorted({fingerprint(ink) for ink in inks} | _fingerprints_on(init.card if init is not None else {}))
    return {KEY: " ".join(found)} if len(found) <= MAX_FINGERPRINTS else {}


def seen(card: Mapping[str, Any], lines: Iterable[Line]) -> int:
    """Return on how many of ``lines`` a network was trained, according to its card."""
    kept = _fingerprints_on(card)
    return sum(fingerprint(line.ink) in kept for line in lines) if kept else 0


def refuse_overlap(train: str, training: Sequence[str], develop: str, development: Sequence[str]) -> None:
    """Raise :class:`InkError` if a training and a development split of one corpus, with these ids, share lines."""
    shared = len(set(training) & set(development))
    if shared:
        raise InkError(
            f"{shared} of {len(set(development))} lines of {develop!r} are in {train!r} too, and figures on training "
            f"lines mean nothing; give another development split, lists that hold some lines out, or the split {NONE!r}"
        )


def terms(own: Iterable[str], init: Checkpoint | None) -> str:
    """Return the terms of use of all training data, beginning with those of the checkpoint ``init``."""
    known = str(init.card.get("terms", "")).split(" | ") if init is not None else []
    parts = [part for text in own for part in text.split(" | ")]
    return " | ".join(dict.fromkeys(part for part in [*known, *parts] if part))


def _fingerprints_on(card: Mapping[str, Any]) -> set[str]:
    trained = card.get("trained_on")
    return set(str(trained.get(KEY, "")).split()) if isinstance(trained, Mapping) else set()
