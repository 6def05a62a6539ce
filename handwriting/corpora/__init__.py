"""Corpora: labelled lines of ink, read lazily, by official splits.

:func:`open_corpus` opens what a user has: a folder with IAM-OnDB or UNIPEN as downloaded, a packed file made from it,
or the user's own ink with its text (see ``own``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from handwriting.corpora.corpus import Corpus, Line
from handwriting.corpora.iamondb import IamOndb, is_iamondb
from handwriting.corpora.label import label
from handwriting.corpora.own import OwnCorpus, has_pairs
from handwriting.corpora.packed import MAGIC, PackedCorpus
from handwriting.corpora.unipen import Unipen, is_unipen
from handwriting.errors import InkError

__all__ = ["Corpus", "Line", "label", "open_corpus"]


def open_corpus(path: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = ()) -> Corpus:
    """Open the corpus in a folder (IAM-OnDB, UNIPEN or the user's own ink), a packed file or a JSONL file.

    ``lists`` are split lists to use besides those in the folder; a split is named after its file, without ``.txt``.
    Raises :class:`InkError` if there is no corpus at ``path``.
    """
    path = Path(path)
    if "\0" in str(path):
        raise InkError(f"{str(path)!r} is not a path, because it contains a zero byte; check the name")
    if path.is_dir():
        if is_unipen(path) and not lists:
            return Unipen(path)
        if not is_iamondb(path) and has_pairs(path):
            return OwnCorpus(path, lists)
        return IamOndb(path, lists)
    if not path.exists():
        raise InkError(f"{path}: no such file or folder; unpack IAM-OnDB there or give a packed corpus")
    if _is_jsonl(path):
        return OwnCorpus(path, lists)
    if lists:
        raise InkError(f"{path}: a packed corpus already contains its splits; pass the lists to 'prepare'")
    return PackedCorpus(path)


def _is_jsonl(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False  # opening it as a packed corpus gives the reason
    opens = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return opens or (path.suffix.lower() in (".jsonl", ".ndjson") and not head.startswith(MAGIC))
