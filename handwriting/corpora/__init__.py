"""Corpora: labelled lines of ink, walked lazily by their official splits.

:func:`open_corpus` takes what a user has: the folder of IAM-OnDB or UNIPEN as downloaded, one packed file made from it,
or ink of one's own with its text (see ``own``).
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
    """The corpus in a folder of IAM-OnDB, UNIPEN or one's own, in a packed file or in a JSONL file.

    ``lists``: split lists to use besides those in the folder, each named by its file name without ``.txt``. Raises
    :class:`InkError` when nothing known is there.
    """
    path = Path(path)
    if "\0" in str(path):
        raise InkError(f"{str(path)!r} is not a path: it has a zero byte in it; check the name")
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
        raise InkError(f"{path}: a packed corpus has its splits inside; give the lists when packing")
    return PackedCorpus(path)


def _is_jsonl(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False  # opening it as a packed corpus says why
    opens = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return opens or (path.suffix.lower() in (".jsonl", ".ndjson") and not head.startswith(MAGIC))
