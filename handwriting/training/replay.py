"""Write lines in many hands with the shipped synthesizer, for replay while a recognizer learns one hand.

No corpus is needed. The texts are words of the language model, drawn by frequency, with numbers and
punctuation among them, so that every kind of character occurs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.language.characters import COST_NATS
from handwriting.recognition.language.words import WordModel
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

LENGTHS = (12, 32)
"""Shortest and longest text, in characters."""
COMMON = 6000
"""Number of most common words used."""
FLATNESS = 0.5
"""Exponent of a word's probability: below 1, rare words occur more often than in running text."""
NUMBERS, MARKS, CAPITALS = 0.08, 0.2, 0.15
"""Probabilities that a word is a number, that a punctuation mark follows it, and that it is capitalised."""
PUNCTUATION = ".,.,;:!?"
BIASES = (0.3, 1.0)
"""Smallest and largest bias of the writing."""
BATCH = 16
"""Number of lines in a batch."""


def replay_texts(words: Sequence[str], weights: np.ndarray, count: int, random: np.random.Generator) -> list[str]:
    """Draw ``count`` texts of ``words``, each word with a probability proportional to its weight."""
    chances = weights / weights.sum()
    texts = []
    for _ in range(count):
        wanted, parts = int(random.integers(*LENGTHS)), [""]
        while len(" ".join(parts).strip()) < wanted:
            word = str(words[int(random.choice(len(words), p=chances))])
            if random.random() < NUMBERS:
                word = str(int(10 ** random.uniform(0, 4)))
            elif random.random() < CAPITALS:
                word = word.capitalize()
            if random.random() < MARKS:
                word = (
                    f"({word})" if random.random() < 0.1 else word + PUNCTUATION[int(random.integers(len(PUNCTUATION)))]
                )
            parts.append(word)
        texts.append(" ".join(parts).strip())
    return texts


def common_words(model: WordModel) -> tuple[list[str], np.ndarray]:
    """Return the most common words of a word model, and their weights for :func:`replay_texts`."""
    costs = COST_NATS * model.costs[0].astype(np.float64)
    chosen = np.sort(np.argsort(costs, kind="stable")[:COMMON])
    words = model.trie.words()
    return [words[number] for number in chosen], np.exp(-FLATNESS * costs[chosen])


def replay_lines(
    synthesizer: Synthesizer, model: WordModel, count: int, seed: int, progress: Progress = no_progress
) -> list[tuple[Ink, str]]:
    """Write ``count`` lines, each in a random hand; return ink and text of the complete ones."""
    random = np.random.default_rng([seed, 5])
    texts = replay_texts(*common_words(model), count, random)
    lines: list[tuple[Ink, str]] = []
    for start in range(0, count, BATCH):
        hand = Hand(bias=float(random.uniform(*BIASES)), seed=seed)
        written = synthesizer.write(texts[start : start + BATCH], hand, stream=start, hurried=True)
        lines += [(line.ink, line.text) for line in written if line.complete]
        progress(min(start + BATCH, count), count)
    return lines
