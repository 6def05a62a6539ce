"""Make a language model from named texts."""

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
from handwriting.recognition.language.scorer import codes
from handwriting.recognition.language.texts import documents

TERMS = {
    "brown": "Brown Corpus (Francis & Kucera 1964, revised 1979): may be used for non-commercial purposes",
    "masc_tagged": "Manually Annotated Sub-Corpus of the Open American National Corpus: open data, any use",
    "state_union": "addresses of United States presidents to Congress: public domain",
    "inaugural": "inaugural addresses of United States presidents: public domain",
    "frequency_dictionary_en_82_765": "word frequencies of symspellpy: MIT licence",
    "frequency_bigramdictionary_en_243_342": "bigram frequencies of symspellpy: MIT licence",
}
"""Of texts and lists that are known, by their file names without suffix."""

CODES = 95
"""Printable ASCII."""


@dataclass(frozen=True)
class Settings:
    """How large the model is, and how its texts are mixed."""

    cutoffs: tuple[int, ...] = (1, 1, 1, 2, 3, 4)
    """Of character n-grams: the least count of each order from 1 on."""
    recipe: lexicon.Recipe = lexicon.Recipe()
    corpus_weight: int = 3
    """How often the transcripts of a corpus count."""


def build(
    texts: Sequence[Path],
    corpus: Corpus | None = None,
    split: str = "trainset",
    frequencies: Path | None = None,
    bigrams: Path | None = None,
    terms: str | None = None,
    settings: Settings = Settings(),
    say: Callable[[str], object] = lambda message: None,
    command: str = "",
) -> LanguageModel:
    """The model of ``texts``, of the transcripts of a corpus's ``split``, and of lists of words and pairs of words.

    ``terms`` is what the card says of texts that are not in :data:`TERMS`. Raises :class:`InkError` when it is
    needed and missing, or a text cannot be read.
    """
    sources: list[dict[str, Any]] = []
    streams: list[tuple[NDArray[np.uint8], int]] = []
    counts = lexicon.Counts()

    def add(name: str, text: str, weight: int, words_of_use: str) -> None:
        streams.append((np.array(codes(" " + text), dtype=np.uint8), weight))
        tokens = lexicon.tokens(text)
        counts.texts.append((tokens, weight))
        sources.append({"name": name, "tokens": len(tokens), "weight": weight, "terms": words_of_use})
        say(f"{name}: {len(tokens):,} words and marks")

    for path in texts:
        words_of_use = _terms(path, terms)
        add(path.stem, " ".join(" ".join(documents(path)).split()), 1, words_of_use)
    if corpus is not None:
        lines = [label(corpus, corpus.text(id)) for id in corpus.training_ids(split)]
        add(f"transcripts of {split}", " ".join(lines), settings.corpus_weight, corpus.terms)
    if not streams:
        raise InkError("a language model needs texts; give --text, which may be repeated, or --data")
    for list_path, target in ((frequencies, counts.frequencies), (bigrams, counts.pairs)):
        if list_path is not None:
            listed: dict[Any, float] = target  # type: ignore[assignment]
            listed.update(_listed(list_path))
            sources.append({"name": list_path.stem, "entries": len(listed), "terms": _terms(list_path, terms)})
    model = characters.train(streams, CODES, settings.cutoffs)
    say(f"{len(model.characters):,} character n-grams of order {len(settings.cutoffs)}")
    words = lexicon.train(counts, settings.recipe)
    say(f"{words.size:,} words, {len(words.seconds):,} bigrams, {len(words.thirds):,} trigrams")
    card = {
        "texts": sources,
        "terms": "; ".join(dict.fromkeys(source["terms"] for source in sources)),
        "settings": asdict(settings),
        "command": command,
    }
    return LanguageModel(model, words, card=card)


def _terms(path: Path, terms: str | None) -> str:
    words_of_use = TERMS.get(path.stem, terms)
    if words_of_use is None:
        raise InkError(f"{path}: its terms of use are not known here; say them for the card with --terms")
    return words_of_use


def _listed(path: Path) -> dict[Any, float]:
    """Rows of a word, or two, and a count."""
    entries: dict[Any, float] = {}
    try:
        with path.open(encoding="utf-8-sig") as rows:
            for number, row in enumerate(rows, 1):
                *words, count = row.split()
                if not 1 <= len(words) <= 2:
                    raise InkError(f"{path}:{number}: {row.strip()!r} is not one or two words and a count")
                entries[tuple(words) if len(words) == 2 else words[0]] = float(count)
    except (OSError, ValueError) as error:
        raise InkError(f"{path}: no list of words and counts ({error})") from error
    return entries
