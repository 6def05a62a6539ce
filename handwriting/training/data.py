"""Gather a recognizer's training and development data from corpora, by a recipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus, Line, label
from handwriting.corpora.seen import NONE, fingerprints, refuse_overlap, terms
from handwriting.errors import InkError
from handwriting.features import FeatureConfig, encode
from handwriting.ink import Ink
from handwriting.training.encoder import ExampleEncoder
from handwriting.training.examples import Examples, LineList, Lines
from handwriting.training.mix import ComposedList, ExampleList, ExampleMix, ListShare
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.string_list import StringList

MIN_COUNT = 20
"""Minimum count of a character over all lists of a mix; rarer ones are not learned, and their lines are
dropped."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class DevelopmentSet:
    """Lines that a training is evaluated on."""

    split: str
    lines: Sequence[Line]
    steps: Sequence[NDArray[np.float32]]

    @classmethod
    def of(cls, corpora: Sequence[Corpus], name: str, features: FeatureConfig) -> DevelopmentSet:
        """Load the lines of ``SPLIT``, or of ``SPLIT:LINES`` only that many, evenly spaced.

        Raises :class:`InkError` for any other name.
        """
        split, _, most = name.partition(":")
        if most and not most.isdigit():
            raise InkError(f"develop {name!r}: give SPLIT, or SPLIT:LINES for that many lines of it")
        corpus = corpus_having(corpora, split)
        ids = corpus.ids(split)
        if most and int(most) < len(ids):
            ids = [ids[i] for i in np.linspace(0, len(ids) - 1, int(most)).round().astype(int)]
        lines = [corpus.line(id) for id in ids]
        return cls(split, lines, [encode(line.ink, features).steps for line in lines])


@dataclass(frozen=True)
class TrainingData:
    """A recognizer's training examples, alphabet and development sets."""

    examples: Examples
    alphabet: Alphabet
    development: Sequence[DevelopmentSet]
    train: str
    """The training lists, as written in the recipe."""
    developed_on: str
    """The names of the development sets, as written in the recipe."""
    terms: str
    """Terms of use of all the data, including that of the initial checkpoint."""
    fingerprints: dict[str, str]
    """Fingerprints of the training lines, for the card; see ``corpora.seen``."""


def gather(
    corpora: Sequence[Corpus],
    recipe: TrainingRecipe,
    encoder: ExampleEncoder,
    seed: int,
    init: Checkpoint | None = None,
    say: Say = lambda message: None,
) -> TrainingData:
    """Gather the examples of a recipe: one list line by line, or a mix.

    ``say`` is called with messages about what is left out and why. With ``init``, its alphabet is kept and extended by
    the characters of the texts. Raises :class:`InkError` if a split is missing, if there is nothing to train on,
    and if a list shares lines with a development set.
    """
    shares = [ListShare.parse(text) for text in recipe.train] if recipe.examples else [ListShare(recipe.train[0])]
    sources = {share.split: corpus_having(corpora, share.split) for share in shares}
    development_names = [name for name in recipe.develop if name != NONE]
    for split in (name.partition(":")[0] for name in development_names):
        corpus = corpus_having(corpora, split)
        for train in (train for train, source in sources.items() if source is corpus):
            refuse_overlap(train, corpus.training_ids(train), split, corpus.ids(split))
    old = set(init.card["alphabet"]) if init is not None else set()
    known = old | _frequent(sources) if recipe.examples else None
    lines = {split: Lines.of(corpus, split, known, encoder.problem) for split, corpus in sources.items()}
    if known is None:
        ((split, only),) = lines.items()
        alphabet = Alphabet.of([*only.texts, "".join(old)])
        examples: Examples = LineList(split, only, seed)
        say(f"{len(only)} lines to train on, {alphabet.size} classes; left out: {_reasons(only)}")
    else:
        alphabet = Alphabet("".join(sorted(known)))
        lists = [_example_list(share, lines) for share in shares]
        examples = mix = ExampleMix(lists, recipe.examples, seed)
        for share, count in zip(shares, mix.counts, strict=True):
            part = lines[share.split]
            say(f"{share.form} {share.split}: {len(part)} lines, {count} examples an epoch; left out: {_reasons(part)}")
    return TrainingData(
        examples,
        alphabet,
        [DevelopmentSet.of(corpora, name, encoder.features) for name in development_names],
        " ".join(recipe.train),
        " ".join(recipe.develop),
        terms([corpus.terms for corpus in sources.values()], init),
        fingerprints(_inks(lines.values()), init),
    )


def corpus_having(corpora: Sequence[Corpus], split: str) -> Corpus:
    """Return the only corpus that has a split. Raises :class:`InkError` if there is not exactly one."""
    having = [corpus for corpus in corpora if split in corpus.splits]
    if len(having) > 1:
        raise InkError(f"{len(having)} corpora have a split {split!r}; give their lists different names")
    if having:
        return having[0]
    have = ", ".join(name for corpus in corpora for name in corpus.splits)
    raise InkError(f"no corpus has a split {split!r}; the splits are: {have}")


def _example_list(share: ListShare, lines: Mapping[str, Lines]) -> ExampleList:
    """Return the list in the form given by ``share``; strings take their words from all ``lines`` (by split)."""
    if share.form != "string":
        return ComposedList(share, lines[share.split])
    words = {word.lower() for part in lines.values() for text in part.texts for word in text.split() if word.isalpha()}
    return StringList(share, lines[share.split], sorted(word for word in words if word.isascii() and len(word) > 1))


def _frequent(sources: dict[str, Corpus]) -> set[str]:
    """Return the characters that occur at least :data:`MIN_COUNT` times in the texts of all lists, and the space."""
    counts: Counter[str] = Counter()
    for split, corpus in sources.items():
        for id in corpus.training_ids(split):
            counts.update(label(corpus, corpus.text(id)))
    return {character for character, count in counts.items() if count >= MIN_COUNT} | {" "}


def _reasons(lines: Lines) -> str:
    """Format the three most frequent reasons why lines were left out, with their counts."""
    reasons = Counter(lines.left_out.values()).most_common(3)
    return ", ".join(f"{count} ({reason})" for reason, count in reasons) or "none"


def _inks(parts: Iterable[Lines]) -> Iterable[Ink]:
    return (ink for part in parts for ink in part.inks)
