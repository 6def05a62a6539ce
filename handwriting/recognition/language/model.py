"""The language model, stored as a folder.

``card.json`` holds its sources, terms, weights and their tuning, ``model.npz`` the n-grams, and ``lstm.onnx``, if
present, the character LSTM that rescores the results of the n-grams.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import NPZ_ERRORS, Checkpoint, save_card
from handwriting.errors import InkError
from handwriting.files import atomic, make_folder
from handwriting.recognition.beam import SearchResult
from handwriting.recognition.language.characters import CharacterModel
from handwriting.recognition.language.lstm import FILE, CharacterLSTM
from handwriting.recognition.language.scorer import LanguageScorer, Weights
from handwriting.recognition.language.trie import Trie
from handwriting.recognition.language.words import WordModel

LANGUAGE_KIND = "language"
RESCORED = 25
"""Number of best texts of a search that the LSTM rescores."""


@dataclass(frozen=True)
class Hints:
    """Hints about the text of a line.

    >>> import handwriting
    >>> ink = handwriting.read("datasets/samples/line.xml")
    >>> handwriting.transcribe(ink, hints=handwriting.Hints(words=("Zaxby",), context="This is")).text
    'a line of handwriting'
    """

    words: tuple[str, ...] = ()
    """Words that are likely to occur, for instance names."""
    context: str = ""
    """The context: the text that precedes the line."""
    above: str = ""
    """The text of the line above, which this line may or may not continue; used by the character LSTM only."""

    @classmethod
    def of_file(cls, words: Path | None, context: str = "") -> Hints:
        """Read hints whose words are in a text file, separated by white space.

        Raises :class:`InkError` if the file cannot be read as UTF-8.
        """
        if words is None:
            return cls((), context)
        try:
            return cls(tuple(words.read_text(encoding="utf-8-sig").split()), context)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise InkError(f"{words}: {reason}; give a UTF-8 text file with one word per line") from error


@dataclass(frozen=True)
class LanguageModel:
    """Character model, word model, and the weights of their scores."""

    characters: CharacterModel
    words: WordModel
    weights: Weights = Weights()
    card: Mapping[str, Any] = field(default_factory=dict)
    """Sources of the model, and how its weights were tuned."""
    lstm: CharacterLSTM | None = None

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None = None) -> LanguageModel:
        """Load the model in ``folder``, by default the shipped one.

        Raises :class:`InkError` if there is none, a file is damaged, or the LSTM that the card describes is missing.
        """
        checkpoint = Checkpoint.load(folder, LANGUAGE_KIND)
        path = checkpoint.folder / "model.npz"
        try:
            with ThreadPoolExecutor(2) as pool:  # decompressing and sorting release the lock of the interpreter
                halves = pool.submit(_stored, path, CharacterModel), pool.submit(_stored, path, WordModel)
            characters, words = halves[0].result(), halves[1].result()
            weights = Weights(**checkpoint.card["weights"])
        except NPZ_ERRORS as error:
            raise InkError(f"{path}: not a language model ({type(error).__name__}); copy the folder again") from error
        graph = checkpoint.folder / FILE
        if weights.lstm and "lstm" in checkpoint.card and not graph.is_file():
            raise InkError(f"{graph}: missing; copy the whole folder again")
        return cls(characters, words, weights, checkpoint.card, CharacterLSTM(graph) if graph.is_file() else None)

    def save(self, folder: Path) -> None:
        """Write the model to ``folder``, with the weights on its card."""
        arrays = {f"characters.{name}": value for name, value in self.characters.arrays().items()}
        arrays |= {f"words.{name}": value for name, value in self.words.arrays().items()}
        make_folder(folder)
        if self.lstm is not None and self.lstm.path != folder / FILE:
            with atomic(folder / FILE) as temporary:
                temporary.write_bytes(self.lstm.path.read_bytes())
        with atomic(folder / "model.npz") as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        save_card(folder, {**self.card, "kind": LANGUAGE_KIND, "weights": asdict(self.weights)})

    def scorer(self, alphabet: Alphabet, hints: Hints = Hints(), weights: Weights | None = None) -> LanguageScorer:
        """Return a scorer for the beam search of a recognizer with ``alphabet``."""
        return LanguageScorer(
            alphabet, self.characters, self.words, weights or self.weights, _trie(hints.words), hints.context
        )

    def with_lstm(self, checkpoint: Checkpoint, weight: float = 0.4) -> LanguageModel:
        """Return the model with a character LSTM, the terms of its training texts, and its initial ``weight``."""
        terms = "; ".join(
            dict.fromkeys([*self.card.get("terms", "").split("; "), *checkpoint.card["terms"].split("; ")])
        )
        card = {**self.card, "terms": terms, "lstm": checkpoint.card}
        return replace(
            self, lstm=CharacterLSTM(checkpoint.model), weights=replace(self.weights, lstm=weight), card=card
        )

    def rescored(
        self,
        found: Sequence[SearchResult],
        context: str = "",
        factor: float = 1.0,
        weights: Weights | None = None,
        limit: int = RESCORED,
    ) -> list[SearchResult]:
        """Add ``factor`` times the LSTM's score to the best ``limit`` texts of a search, and return them, best first.

        Without an LSTM their scores are unchanged.
        """
        found = found[:limit]
        weight = factor * (weights or self.weights).lstm
        if self.lstm is None or weight == 0 or not found:
            return list(found)
        log_probs = self.lstm.log_probabilities([one.text for one in found], context)
        scored = [replace(one, score=one.score + weight * p) for one, p in zip(found, log_probs.tolist(), strict=True)]
        return sorted(scored, key=lambda one: -one.score)


Half = TypeVar("Half", CharacterModel, WordModel)


def _stored(path: Path, kind: type[Half]) -> Half:
    """Load one half of a model, and compute what every use of it needs."""
    prefix = "characters." if kind is CharacterModel else "words."
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name.removeprefix(prefix): stored[name] for name in stored.files if name.startswith(prefix)}
    half = kind.stored(arrays)
    half.prepare()
    return half


def _trie(words: Sequence[str]) -> Trie | None:
    """Return the words as a trie, split like those of the lexicon: runs of letters, possibly with apostrophes."""
    from handwriting.recognition.language.lexicon import tokens

    known = sorted({token for word in words for token in tokens(word) if token[0].isalpha() and token.isascii()})
    return Trie.of(known) if known else None
