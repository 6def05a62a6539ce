"""Corpora: labelled lines of ink, walked lazily by their official splits.

:func:`open_corpus` takes what a user has: the folder of IAM-OnDB as downloaded, or one packed file made from it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from handwriting.corpora.corpus import Corpus, Line
from handwriting.corpora.iamondb import IamOndb
from handwriting.corpora.packed import PackedCorpus
from handwriting.corpora.unipen import Unipen, is_unipen
from handwriting.errors import InkError

__all__ = ["Corpus", "Line", "open_corpus"]


def open_corpus(path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = ()) -> Corpus:
    """The corpus in a folder of IAM-OnDB or in a packed file.

    ``lists``: split lists to use besides those in the folder, each named by its file name without ``.txt``. Raises
    :class:`InkError` when nothing known is there.
    """
    path = Path(path)
    if path.is_dir():
        if is_unipen(path) and not lists:
            return Unipen(path)
        return IamOndb(path, lists)
    if not path.exists():
        raise InkError(f"{path}: no such file or folder; unpack IAM-OnDB there or give a packed corpus")
    if lists:
        raise InkError(f"{path}: a packed corpus has its splits inside; give the lists when packing")
    return PackedCorpus(path)
