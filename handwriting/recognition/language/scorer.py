"""The language model as a scorer for the beam search: the score that each character adds to a text.

The next word is drawn from the lexicon, given the two words before it, with probability ``lexicon``; otherwise the
character model spells it, so that names and foreign words stay possible. What follows a word, and everything that is
not a word (numbers, punctuation, spaces), is left to the character model. The beginning of a word is scored by the
sum over both ways, so that the beam learns of an unlikely word at its first unlikely letter.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.recognition.language.characters import COST_NATS, LETTERS, CharacterModel, Floats, Integers
from handwriting.recognition.language.trie import NOWHERE, ROOT_NODE, Trie
from handwriting.recognition.language.words import WordModel

STATE = np.dtype(
    [
        ("characters", "i8"),  # state of the character model
        ("inside", "?"),  # whether the last character is part of a word
        ("node", "i8"),  # node of the word so far in the lexicon's trie
        ("rows", "i8", 3),  # context of the word model
        ("before", "i8"),  # last token but one
        ("last", "i8"),  # last token
        ("mass", "f8"),  # log-probability that a word of the lexicon begins like this one
        ("known", "f8"),  # log-probability that this word, so far, is one of the lexicon's
        ("hint", "i8"),  # node of the word so far in the trie of the user's words
        ("hinted", "f8"),  # log-probability that this word, so far, is one of the user's
        ("open", "f8"),  # log-probability that this word, so far, is spelled by the character model
        ("total", "f8"),  # log-probability of the word so far in all three ways
    ]
)
"""State of a prefix."""
APOSTROPHE = ord("'") - 32
SPACE = 0
OTHER = ord("~") - 32
"""Code that stands for every character beyond ASCII."""
NEVER = -np.inf
"""Logarithm of probability 0."""
CONTEXT_CHARACTERS = 200
"""Number of characters of the text before the line that are taken into account."""


@dataclass(frozen=True)
class Weights:
    """Weights of the language model against the network; tuned on a development set.

    Raises :class:`InkError` for values out of range.
    """

    language: float = 1.0
    """Weight of the language model's log-probability, 0 or more; the network's log-probability has weight 1."""
    character: float = 2.2
    """Score added for each character."""
    word: float = 0.0
    """Score added at the end of each word."""
    lexicon: float = 0.8
    """Probability that a word comes from the lexicon, at least 0 and below 1."""
    hint: float = 0.2
    """Probability that a word is one of the user's, if there are any, at least 0 and below 1."""
    lstm: float = 0.0
    """Weight of the character LSTM's log-probability, if the model has one, 0 or more."""

    def __post_init__(self) -> None:
        for name in ("language", "lstm"):
            if not getattr(self, name) >= 0:
                raise InkError(f"{name} weight is {getattr(self, name)}; give 0 or more")
        for name in ("lexicon", "hint"):
            value = getattr(self, name)
            if not 0 <= value < 1:  # at 1 no other word would be possible
                raise InkError(f"{name} weight is {value}; give a probability of at least 0 and below 1")


class LanguageScorer:
    """A language model as a :class:`~handwriting.recognition.beam.Scorer`.

    ``hints`` holds the user's words; ``context`` is the text before the line.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        characters: CharacterModel,
        words: WordModel,
        weights: Weights,
        hints: Trie | None = None,
        context: str = "",
    ) -> None:
        self.characters, self.words, self.weights, self.hints = characters, words, weights, hints
        self._codes = np.array([SPACE, *codes(alphabet.characters)], dtype=np.int64)
        hint = weights.hint if hints is not None else 0.0
        with np.errstate(divide="ignore"):
            self._shares = np.log([weights.lexicon * (1 - hint), hint, (1 - weights.lexicon) * (1 - hint)])
        self.max_score = max(0.0, weights.character + weights.word, weights.character)
        self._start = self._line_start()
        if context:
            self._start = self.after(" ".join(context.split())[-CONTEXT_CHARACTERS:] + " ").start()

    def start(self) -> NDArray:
        """Return the state of the empty prefix."""
        return self._start

    def extend(self, states: NDArray, characters: Integers) -> tuple[Floats, NDArray]:
        """Return the scores (N,) of ``characters`` (N,) after ``states`` (N,), and the new states."""
        codes = self._codes[characters]
        added, after, ends = self._step(states, codes)
        w = self.weights
        return w.language * added + w.character + w.word * ends, after

    def finish(self, states: NDArray) -> Floats:
        """Return the scores (N,) of the end of the line: an unfinished word ends with it."""
        added = self.weights.language * self._line_end(states) + self.weights.word
        return np.where(states["inside"], added, 0.0)

    def log_probability(self, text: str) -> float:
        """Return the natural logarithm of the probability of a whole text, without any weights."""
        return float(self.character_log_probabilities(text).sum())

    def character_log_probabilities(self, text: str) -> Floats:
        """Return the natural logarithms of the probabilities of a text's characters in turn, without any weights."""
        states, found = self._start, []
        for code in codes(text):
            added, states, _ = self._step(states, np.array([code]))
            found.append(float(added[0]))
        if found and states["inside"][0]:
            found[-1] += float(self._line_end(states)[0])
        return np.array(found)

    def after(self, text: str) -> LanguageScorer:
        """Return a scorer for what follows ``text``."""
        later = copy.copy(self)
        for code in codes(text):
            _, later._start, _ = self._step(later._start, np.array([code]))
        return later

    def scaled(self, factor: float) -> LanguageScorer:
        """Return a scorer whose scores are multiplied by ``factor``."""
        other = copy.copy(self)
        w = self.weights
        other.weights = replace(w, language=w.language * factor, character=w.character * factor, word=w.word * factor)
        other.max_score = self.max_score * factor
        return other

    def _line_start(self) -> NDArray:
        """Return the state before the first word of a line without context."""
        state = np.zeros(1, dtype=STATE)
        state["before"] = state["last"] = self.words.unknown
        state["rows"] = self.words.context(state["before"], state["last"])
        return self._step(state, np.array([SPACE]))[1]

    def _step(self, states: NDArray, codes: Integers) -> tuple[Floats, NDArray, NDArray[np.bool_]]:
        """Return the log-probabilities (N,) of characters, the new states (N,), and where a word ended (N,)."""
        log_probs, following = self.characters.step(states["characters"], codes)
        inside = states["inside"]
        node = np.where(inside, states["node"], ROOT_NODE)
        child = self.words.trie.child(node, codes)
        letter = LETTERS[codes] | (inside & (codes == APOSTROPHE) & (child != NOWHERE))
        ends = inside & ~letter
        after = states.copy()
        after["characters"], after["inside"] = following, letter
        total = np.where(inside, states["total"], 0.0)
        added = log_probs.copy()
        if letter.any():
            i = np.flatnonzero(letter)
            self._spell(states[i], codes[i], log_probs[i], child[i], after, i)
            added[i] = after["total"][i] - total[i]
        if ends.any():
            i = np.flatnonzero(ends)
            ended = states[i]
            known, hinted = self._complete(ended)
            delimiter = log_probs[i] + COST_NATS * self.characters.other[ended["characters"]]
            whole = np.logaddexp(np.logaddexp(known, hinted) + delimiter, ended["open"] + log_probs[i])
            added[i] = whole - total[i]
        i = np.flatnonzero(~letter)
        self._push_tokens(states[i], codes[i], ends[i], after, i)
        return added, after, ends

    def _spell(
        self, states: NDArray, codes: Integers, log_probs: Floats, child: Integers, after: NDArray, i: Integers
    ) -> None:
        """Set elements ``i`` of ``after`` to the states after a letter."""
        inside = states["inside"]
        first = -COST_NATS * self.characters.letter[states["characters"]]
        mass = self._mass(child, states["rows"])
        was = np.where(inside, states["mass"], 0.0)
        known = np.where(inside, states["known"], self._shares[0] + first)
        opened = np.where(inside, states["open"], self._shares[2]) + log_probs
        known = known + mass - was
        total = np.logaddexp(known, opened)
        hinted = np.full(len(i), NEVER)
        if self.hints is not None:
            node = self.hints.child(np.where(inside, states["hint"], ROOT_NODE), codes)
            begun = np.where(inside, states["hinted"] - _log(self.hints.share(states["hint"])), self._shares[1] + first)
            hinted = np.where(node == NOWHERE, NEVER, begun + _log(self.hints.share(node)))
            after["hint"][i] = node
            total = np.logaddexp(total, hinted)
        after["node"][i], after["mass"][i], after["known"][i] = child, np.maximum(mass, -1e3), known
        after["open"][i], after["hinted"][i], after["total"][i] = opened, hinted, total

    def _line_end(self, states: NDArray) -> Floats:
        """Return the log-probabilities (N,) that the words so far are complete, relative to those words so far."""
        known, hinted = self._complete(states)
        opened = states["open"] - COST_NATS * self.characters.other[states["characters"]]
        return np.logaddexp(np.logaddexp(known, opened), hinted) - states["total"]

    def _mass(self, nodes: Integers, rows: Integers) -> Floats:
        """Return the log-probabilities (N,) that the next word begins like the words below ``nodes`` (N,)."""
        trie = self.words.trie
        low = trie.first(nodes)
        mass = self.words.mass(low, low + trie.extent[np.maximum(nodes, 0)], rows)
        return np.where(nodes == NOWHERE, NEVER, _log(mass))

    def _complete(self, states: NDArray) -> tuple[Floats, Floats]:
        """Return the log-probabilities (N,) that the words so far are complete, in the lexicon and the user's words."""
        node = states["node"]
        low = self.words.trie.first(node)
        whole = _log(self.words.mass(low, low + 1, states["rows"]))
        known = np.where(self.words.trie.whole(node), states["known"] - states["mass"] + whole, NEVER)
        hinted = np.full(len(states), NEVER)
        if self.hints is not None:
            node = states["hint"]
            one = -_log(self.hints.share(node) * self.hints.extent[ROOT_NODE])  # one of all words that begin like this
            hinted = np.where(self.hints.whole(node), states["hinted"] + one, NEVER)
        return known, hinted

    def _push_tokens(
        self, states: NDArray, codes: Integers, ends: NDArray[np.bool_], after: NDArray, i: Integers
    ) -> None:
        """Set the tokens in elements ``i`` of ``after`` after a character that is not a letter.

        These are the word that the character ends, if any, and the character itself unless it is a space. Digits of one
        number count as one token.
        """
        words = self.words
        before, last = states["before"], states["last"]
        node = states["node"]
        word = np.where(words.trie.whole(node), words.trie.first(node), words.unknown)
        before, last = np.where(ends, last, before), np.where(ends, word, last)
        digit = (codes >= ord("0") - 32) & (codes <= ord("9") - 32)
        mark = words.size + np.where(digit, ord("0") - 32, codes)
        push = (codes != SPACE) & ~(digit & (last == mark) & ~ends)
        before, last = np.where(push, last, before), np.where(push, mark, last)
        after["before"][i], after["last"][i] = before, last
        after["rows"][i] = words.context(before, last)


def codes(text: str | Sequence[str]) -> list[int]:
    """Return the codes of the characters of a text: printable ASCII from 0 on, :data:`OTHER` for the rest."""
    found: list[int] = code_array("".join(text)).tolist()
    return found


def code_array(text: str) -> NDArray[np.uint8]:
    """Return the :func:`codes` of a text, one per byte."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where((points >= 32) & (points < 127), points - 32, OTHER).astype(np.uint8)


def _log(values: Floats) -> Floats:
    return np.log(np.maximum(values, 1e-30))
