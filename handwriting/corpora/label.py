"""The text that networks learn to read or write, made from a corpus's transcript."""

from __future__ import annotations

from handwriting.corpora.corpus import Corpus
from handwriting.corpora.iamondb import TERMS
from handwriting.text import natural


def label(corpus: Corpus, text: str) -> str:
    """A transcript of ``corpus`` in ordinary typography.

    IAM-OnDB marks a writer's errors with ``#``, which is deleted there. In every other corpus ``#`` is a character.
    """
    return natural(text, error_mark="#" if corpus.terms == TERMS else "")
