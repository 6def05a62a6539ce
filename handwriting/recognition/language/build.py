"""Build a language model from texts, transcripts and word lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.corpora import Corpus, label
from handwriting.errors import InkError
from handwriting.recognition.language import characters, lexicon
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import code_array
from handwriting.recognition.language.texts import running_text

TERMS_BY_NAME = {
    "brown": "Brown Corpus (Francis & Kucera 1964, revised 1979): may be used for non-commercial purposes",
    "masc_tagged": "Manually Annotated Sub-Corpus of the Open American National Corpus: open data, any use",
    "state_union": "addresses of United States presidents to Congress: public domain",
    "inaugural": "inaugural addresses of United States presidents: public domain",
    "frequency_dictionary_en_82_765": "word frequencies of symspellpy: MIT licence",
    "frequency_bigramdictionary_en_243_342": "bigram frequencies of symspellpy: MIT licence",
}
"""Terms of use of well-known texts and lists, by file name without suffix."""

ASCII_CODES = 95
"""Number of printable ASCII characters."""


@dataclass(frozen=True)
class BuildSettings:
    """Size of the model, and the weights of its sources."""

    cutoffs: tuple[int, ...] = (1, 1, 1, 2, 3, 4)
    """Minimum counts of character n-grams to keep, for each order from 1 on."""
    words: lexicon.WordSettings = lexicon.WordSettings()
    corpus_weight: int = 3
    """Factor by which the counts of a corpus's transcripts are multiplied."""

    def record(self) -> dict[str, Any]:
        """Return the settings as they are stored on a card."""
        return {"cutoffs": self.cutoffs, "words": asdict(self.words), "corpus_weight": self.corpus_weight}


@dataclass(frozen=True)
class TextSource:
    """A text to train on."""

    path: Path
    """A file, a folder or a zip archive; see :mod:`~handwriting.recognition.language.texts`."""
    weight: int = 1
    """Factor by which its counts are multiplied."""

    @classmethod
    def parse(cls, text: str) -> TextSource:
        """Parse ``PATH`` or ``PATH=WEIGHT``. Raises :class:`InkError` if the weight is not a positive integer."""
        path, equals, weight = text.rpartition("=")
        if not equals or Path(text).exists():
            return cls(Path(text))
        if not weight.isdecimal() or int(weight) == 0:
            raise InkError(f"text {text!r}: {weight!r} is not a weight; give PATH or PATH=WEIGHT, such as brown.zip=3")
        return cls(Path(path), int(weight))


def build(
    texts: Sequence[TextSource],
    corpus: Corpus | None = None,
    split: str = "trainset",
    frequencies: Path | None = None,
    bigrams: Path | None = None,
    terms: str | None = None,
    settings: BuildSettings = BuildSettings(),
    say: Callable[[str], object] = lambda message: None,
    command: str = "",
) -> LanguageModel:
    """Build a language model from ``texts`` and from the transcripts of a corpus's ``split``.

    ``frequencies`` and ``bigrams`` are files with counts of words and of pairs of words. ``terms`` are the terms of use
    of texts that :data:`TERMS_BY_NAME` does not list. ``command`` is stored on the card. ``say`` is called with a
    message for each source. Raises :class:`InkError` if a text cannot be read, has no known terms, or if there is none.
    """
    sources: list[dict[str, Any]] = []
    streams: list[tuple[NDArray[np.uint8], int]] = []
    counts = lexicon.TextCounts()

    def add(name: str, text: str, weight: int, terms_of_use: str) -> None:
        streams.append((code_array(" " + text), weight))
        tokens = lexicon.tokens(text)
        counts.texts.append((tokens, weight))
        sources.append({"name": name, "tokens": len(tokens), "weight": weight, "terms": terms_of_use})
        say(f"{name}: {len(tokens):,} words, numbers and punctuation marks")

    for source in texts:
        add(source.path.stem, running_text(source.path), source.weight, terms_of(source.path, terms))
    if corpus is not None:
        lines = [label(corpus, corpus.text(id)) for id in corpus.training_ids(split)]
        add(f"transcripts of {split}", " ".join(lines), settings.corpus_weight, corpus.terms)
    if not streams:
        raise InkError("texts and corpus are both missing; a language model needs at least one of them")
    for list_path, target in ((frequencies, counts.frequencies), (bigrams, counts.pairs)):
        if list_path is not None:
            entries: dict[Any, float] = target  # type: ignore[assignment]
            entries.update(_read_counts(list_path))
            sources.append({"name": list_path.stem, "entries": len(entries), "terms": terms_of(list_path, terms)})
    model = characters.train(streams, ASCII_CODES, settings.cutoffs)
    say(f"{len(model.characters):,} character n-grams of order {len(settings.cutoffs)}")
    words = lexicon.train(counts, settings.words)
    say(f"{words.size:,} words, {len(words.seconds):,} bigrams, {len(words.thirds):,} trigrams")
    card = {
        "texts": sources,
        "terms": "; ".join(dict.fromkeys(source["terms"] for source in sources)),
        "settings": settings.record(),
        "command": command,
    }
    return LanguageModel(model, words, card=card)


def terms_of(path: Path, terms: str | None) -> str:
    """Return the terms of use of a text file: known by its name, or ``terms``. Raises :class:`InkError` without any."""
    found = TERMS_BY_NAME.get(path.stem, terms)
    if found is None:
        raise InkError(f"{path}: the terms of use of this file are unknown; give them as 'terms', for the card")
    return found


def _read_counts(path: Path) -> dict[Any, float]:
    """Read a file whose rows are one or two words and a count. Raises :class:`InkError` for any other row."""
    entries: dict[Any, float] = {}
    try:
        with path.open(encoding="utf-8-sig") as rows:
            for number, row in enumerate(rows, 1):
                *words, count = row.split()
                if not 1 <= len(words) <= 2:
                    raise InkError(f"{path}:{number}: {row.strip()!r} is not one or two words and a count")
                entries[tuple(words) if len(words) == 2 else words[0]] = float(count)
    except (OSError, ValueError) as error:
        raise InkError(f"{path}: not a list of words and counts ({error})") from error
    return entries
