"""The language model in the beam: what each character adds to a text that is being read.

The next word is drawn from the lexicon, given the two before it, with probability ``mu``, and spelled by the character
model otherwise: names and words of other languages are never shut out. What follows a word, and all that is no word
(numbers, marks, spaces), is the character model's. A beginning of a word is worth the sum over both ways, so the beam
hears of unlikely words at their first unlikely letter.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.recognition.language.characters import LETTERS, UNIT, CharacterModel, Floats, Integers
from handwriting.recognition.language.trie import NOWHERE, ROOT, Trie
from handwriting.recognition.language.words import WordModel

STATE = np.dtype(
    [
        ("characters", "i8"),  # the character model's state
        ("inside", "?"),  # of a word
        ("node", "i8"),  # of the lexicon's trie
        ("rows", "i8", 3),  # the word model's context
        ("before", "i8"),  # the last word but one, and the last
        ("last", "i8"),
        ("mass", "f8"),  # log-probabilities of the word so far: that the lexicon has one that begins so
        ("known", "f8"),  # that it is one of the lexicon
        ("hint", "i8"),  # node of the user's words
        ("hinted", "f8"),  # that it is one of them
        ("open", "f8"),  # that it is spelled
        ("total", "f8"),  # all of them
    ]
)
APOSTROPHE = ord("'") - 32
SPACE = 0
OTHER = ord("~") - 32
"""Stands for every character beyond ASCII."""
NEVER = -np.inf


@dataclass(frozen=True)
class Weights:
    """How the model is weighed against the network; tuned on a development set."""

    language: float = 1.0
    """Of the language model's log-probability; the network's counts 1."""
    character: float = 2.2
    """Added for each character."""
    word: float = 0.0
    """Added for each word's end."""
    lexicon: float = 0.8
    """``mu``."""
    hint: float = 0.2
    """Probability that a word is one of the user's, where there are any."""


class LanguageScorer:
    """Implements ``beam.Scorer`` for one line or many; ``context`` is what was written before the line."""

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
        self.most = max(0.0, weights.character + weights.word, weights.character)
        self._start = self._nothing()
        if context:
            self._start = self.after(" ".join(context.split())[-200:] + " ").start()

    def start(self) -> NDArray:
        return self._start

    def extend(self, states: NDArray, characters: Integers) -> tuple[Floats, NDArray]:
        """What each character (N,) adds to its prefix (N,), and the prefixes' new states."""
        codes = self._codes[characters]
        added, after, ends = self._step(states, codes)
        w = self.weights
        return w.language * added + w.character + w.word * ends, after

    def finish(self, states: NDArray) -> Floats:
        """What the end of the line adds: a word that is begun must end."""
        inside = states["inside"]
        known, hinted = self._ended(states)
        opened = states["open"] - UNIT * self.characters.other[states["characters"]]
        total = np.logaddexp(np.logaddexp(known, opened), hinted)
        added = self.weights.language * (total - states["total"]) + self.weights.word
        return np.where(inside, added, 0.0)

    def log_probability(self, text: str) -> float:
        """Natural logarithm of a text's probability, to its end; unweighted."""
        states, total = self._start, 0.0
        for code in codes(text):
            added, states, _ = self._step(states, np.array([code]))
            total += float(added[0])
        return total + float((self.finish(states)[0] - self.weights.word * states["inside"][0]) / self.weights.language)

    def after(self, text: str) -> LanguageScorer:
        """The same, with ``text`` written before what is judged."""
        later = copy.copy(self)
        for code in codes(text):
            _, later._start, _ = self._step(later._start, np.array([code]))
        return later

    def quieter(self, factor: float) -> LanguageScorer:
        """The same with so much less weight."""
        other = copy.copy(self)
        w = self.weights
        other.weights = replace(w, language=w.language * factor, character=w.character * factor, word=w.word * factor)
        other.most = self.most * factor
        return other

    def _nothing(self) -> NDArray:
        """The state before the first word of a line, after whatever."""
        state = np.zeros(1, dtype=STATE)
        state["before"] = state["last"] = self.words.unknown
        state["rows"] = self.words.context(state["before"], state["last"])
        return self._step(state, np.array([SPACE]))[1]

    def _step(self, states: NDArray, codes: Integers) -> tuple[Floats, NDArray, NDArray[np.bool_]]:
        """Log-probabilities (N,), new states, and where a word ended."""
        log_probs, following = self.characters.step(states["characters"], codes)
        inside = states["inside"]
        node = np.where(inside, states["node"], ROOT)
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
            gone = states[i]
            known, hinted = self._ended(gone)
            marked = log_probs[i] + UNIT * self.characters.other[gone["characters"]]
            whole = np.logaddexp(np.logaddexp(known, hinted) + marked, gone["open"] + log_probs[i])
            added[i] = whole - total[i]
        i = np.flatnonzero(~letter)
        self._pushed(states[i], codes[i], ends[i], after, i)
        return added, after, ends

    def _spell(
        self, states: NDArray, codes: Integers, log_probs: Floats, child: Integers, after: NDArray, i: Integers
    ) -> None:
        """The states after a letter."""
        inside = states["inside"]
        first = -UNIT * self.characters.letter[states["characters"]]
        mass = self._mass(child, states["rows"])
        was = np.where(inside, states["mass"], 0.0)
        known = np.where(inside, states["known"], self._shares[0] + first)
        opened = np.where(inside, states["open"], self._shares[2]) + log_probs
        known = known + mass - was
        total = np.logaddexp(known, opened)
        hinted = np.full(len(i), NEVER)
        if self.hints is not None:
            node = self.hints.child(np.where(inside, states["hint"], ROOT), codes)
            begun = np.where(inside, states["hinted"] - _log(self.hints.share(states["hint"])), self._shares[1] + first)
            hinted = np.where(node == NOWHERE, NEVER, begun + _log(self.hints.share(node)))
            after["hint"][i] = node
            total = np.logaddexp(total, hinted)
        after["node"][i], after["mass"][i], after["known"][i] = child, np.maximum(mass, -1e3), known
        after["open"][i], after["hinted"][i], after["total"][i] = opened, hinted, total

    def _mass(self, nodes: Integers, rows: Integers) -> Floats:
        """Logarithm of the probability that the next word begins as a node says."""
        trie = self.words.trie
        low = trie.first(nodes)
        mass = self.words.mass(low, low + trie.extent[np.maximum(nodes, 0)], rows)
        return np.where(nodes == NOWHERE, NEVER, _log(mass))

    def _ended(self, states: NDArray) -> tuple[Floats, Floats]:
        """Log-probabilities of the words so far as whole words, of the lexicon and of the user's."""
        node = states["node"]
        low = self.words.trie.first(node)
        whole = _log(self.words.mass(low, low + 1, states["rows"]))
        known = np.where(self.words.trie.whole(node), states["known"] - states["mass"] + whole, NEVER)
        hinted = np.full(len(states), NEVER)
        if self.hints is not None:
            node = states["hint"]
            one = -_log(self.hints.share(node) * self.hints.extent[ROOT])  # one of all that begin so
            hinted = np.where(self.hints.whole(node), states["hinted"] + one, NEVER)
        return known, hinted

    def _pushed(self, states: NDArray, codes: Integers, ends: NDArray[np.bool_], after: NDArray, i: Integers) -> None:
        """The tokens after a character that is no letter: the word that it ends, then itself if it is not a space."""
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
    """The codes of a text's characters."""
    return [ord(c) - 32 if " " <= c <= "~" else OTHER for c in text]


def _log(values: Floats) -> Floats:
    return np.log(np.maximum(values, 1e-30))
