"""Convert transcripts of a corpus to labels, the form on which networks are trained."""

from __future__ import annotations

from handwriting.corpora.corpus import Corpus
from handwriting.corpora.iamondb import IAMONDB_TERMS
from handwriting.text import natural


def label(corpus: Corpus, text: str) -> str:
    """Return a transcript of ``corpus`` in ordinary typography.

    IAM-OnDB marks writing errors with ``#``, which is deleted. In any other corpus ``#`` is an ordinary character.
    """
    return natural(text, error_mark="#" if corpus.terms == IAMONDB_TERMS else "")
