"""The recognizer's task on several lists of several corpora (see ``mixture``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus
from handwriting.corpora.seen import NONE, fingerprints, refuse_overlap, terms
from handwriting.errors import InkError
from handwriting.geometry.normalise import normalise
from handwriting.text import natural
from handwriting.training.mixture import Lines, Listed, Mixture, Share
from handwriting.training.plan import plan_by_length
from handwriting.training.recipes import Recipe
from handwriting.training.recognizer import Development, RecognizerSettings, RecognizerTask

RARE = 20
"""A character that occurs less often in all lists together is none of the network's, and its lines are left out."""


def recognizer_task(
    corpora: Sequence[Corpus],
    settings: RecognizerSettings,
    recipe: Recipe,
    init: Checkpoint | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> RecognizerTask:
    """The task of a recipe: one list line by line, or a mixture."""
    if recipe.examples == 0:
        watched = None if settings.develop == NONE else _having(corpora, settings.develop)
        return RecognizerTask(_having(corpora, settings.train), settings, init, say, watched)
    shares = [Share.parse(text) for text in recipe.train]
    return MixedTask(corpora, settings, shares, recipe.develop, recipe.examples, init, say)


class MixedTask(RecognizerTask):
    """Implements ``training.loop.Task``.

    ``develop``: splits, each as ``SPLIT`` or ``SPLIT:LINES``; the first chooses the best checkpoint.
    """

    def __init__(
        self,
        corpora: Sequence[Corpus],
        settings: RecognizerSettings,
        shares: Sequence[Share],
        develop: Sequence[str],
        examples: int,
        init: Checkpoint | None = None,
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.settings = settings
        sources = [_having(corpora, share.split) for share in shares]
        for split in (name.partition(":")[0] for name in develop if name != NONE):
            watched = _having(corpora, split)
            for share, source in zip(shares, sources, strict=True):
                if source is watched:
                    refuse_overlap(share.split, source.training_ids(share.split), split, watched.ids(split))
        counts: Counter[str] = Counter()
        for split, corpus in {share.split: c for share, c in zip(shares, sources, strict=True)}.items():
            for id in corpus.training_ids(split):
                counts.update(natural(corpus.text(id)))
        own = set(init.card["alphabet"]) if init is not None else set()
        known = {c for c, count in counts.items() if count >= RARE} | own | {" "}
        lines = {
            split: Lines.of(corpus, split, known)
            for split, corpus in {share.split: c for share, c in zip(shares, sources, strict=True)}.items()
        }
        lists = [Listed(share, lines[share.split]) for share in shares]
        self.mixture = Mixture(lists, examples, settings.seed)
        self.terms = terms([corpus.terms for corpus in sources], init)
        self.fingerprints = fingerprints((ink for part in lines.values() for ink in part.inks), init)
        self._build(Alphabet("".join(sorted(known))))
        self._start_from(init, say)
        for listed, count in zip(lists, self.mixture.counts, strict=True):
            share = listed.share
            out = Counter(listed.lines.left_out.values())
            why = f"; left out: {', '.join(f'{n} ({reason})' for reason, n in out.most_common(3))}" if out else ""
            say(f"{share.form} {share.split}: {len(listed.lines)} lines, {count} examples an epoch{why}")
        self.development = []
        for name in develop:
            if name == NONE:
                continue
            split, _, most = name.partition(":")
            if most and not most.isdigit():
                raise InkError(f"--develop {name!r}: give SPLIT, or SPLIT:LINES for so many lines of it")
            corpus = _having(corpora, split)
            self.development.append(Development.of(corpus, split, settings.features, int(most) if most else None))
        self.develop = list(develop)

    def identity(self) -> dict[str, Any]:
        return {
            **asdict(self.settings),
            "init": self.init,
            "lists": [asdict(listed.share) | {"lines": len(listed.lines)} for listed in self.mixture.lists],
            "examples": self.mixture.examples,
            "alphabet": self.alphabet.characters,
        }

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Batches of examples of about equal length, in random order."""
        lengths = [draw.length for draw in self.mixture.draws(epoch)]
        return plan_by_length(lengths, batch_size, self.settings.seed, epoch)

    def _example(self, epoch: int, number: int) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
        ink, text, random = self.mixture.example(self.mixture.draws(epoch)[number])
        target = self.alphabet.encode(text)
        ink = normalise(ink)
        steps = self._augmented(ink, target, random)
        return None if self._too_short(len(steps), target) else (steps, target)

    def _trained_on(self) -> dict[str, Any]:
        lists = []
        for listed, count in zip(self.mixture.lists, self.mixture.counts, strict=True):
            reasons = Counter(listed.lines.left_out.values())
            lists.append(
                asdict(listed.share)
                | {"lines": len(listed.lines), "examples_an_epoch": count, "left_out": dict(reasons.most_common())}
            )
        return {"lists": lists}


def _having(corpora: Sequence[Corpus], split: str) -> Corpus:
    """The one corpus that has a split."""
    having = [corpus for corpus in corpora if split in corpus.splits]
    if len(having) > 1:
        raise InkError(f"{len(having)} of --data have a split {split!r}; name their lists differently")
    if having:
        return having[0]
    have = ", ".join(name for corpus in corpora for name in corpus.splits)
    raise InkError(f"no --data has a split {split!r}; they have: {have}")
