"""A language of a few sentences, and a model of it."""

from functools import cache

from handwriting.recognition.language import characters, lexicon
from handwriting.recognition.language.build import ASCII_CODES
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import codes

TEXT = " ".join(
    [
        "The old man sat by the sea. He did not speak to the old dog.",
        "The dog's bowl was empty, and the man had 12 fish.",
        '"Eat," said the man, "the sea is old." They ate by the sea.',
    ]
    * 4
)


@cache
def model() -> LanguageModel:
    import numpy as np

    counts = lexicon.TextCounts([(lexicon.tokens(TEXT), 1)], {"seal": 5.0, "sea": 9.0}, {("sea", "seal"): 3.0})
    return LanguageModel(
        characters.train([(np.array(codes(" " + TEXT), dtype=np.uint8), 1)], ASCII_CODES, (1, 1, 1, 2)),
        lexicon.train(counts),
    )
