"""Read running text for a language model, in the typography that the recognizer is trained on.

A source is one text file, or a zip archive or folder with one file per document. Documents are plain text or tagged,
with ``word/tag`` as in the Brown corpus or ``word_TAG`` as in MASC; the text itself shows which one it is.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

from handwriting.errors import InkError
from handwriting.text import natural

_TAG = re.compile(r"(?<=.)(?:/[^\s/]+|_[^\s_]+)$")
_SKIPPED = frozenset(("readme", "cats.txt", "categories.txt", "contents"))
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "(", "-RCB-": ")"}
_CLOSING = frozenset((*".,;:!?)]%", "...", "''"))
_SUFFIX = re.compile(r"(?:n't|'(?:s|t|d|m|ll|re|ve))$", re.IGNORECASE)
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": " - ", "…": "...", "`": "'", "\u00a0": " "}
)


def documents(source: Path) -> Iterator[str]:
    """Yield the text of each document of a source, in the order of their names, with one paragraph per line.

    Raises :class:`InkError` if there is no text.
    """
    found = False
    for name, data in _files(source):
        if Path(name).name.lower() in _SKIPPED or Path(name).name.startswith("."):
            continue
        text = data.decode("utf-8", errors="replace").replace("\ufffd", "'")
        found = True
        yield "\n".join(filter(None, map(clean, _paragraphs(text))))
    if not found:
        raise InkError(f"{source}: the source has no text; give a text file, or a folder or zip archive of text files")


def running_text(source: Path) -> str:
    """Return all documents of a source as one text, with single spaces. Raises :class:`InkError` if there is none."""
    return " ".join(" ".join(documents(source)).split())


def clean(text: str) -> str:
    """Return a paragraph in natural typography (see :func:`~handwriting.text.natural`) and printable ASCII."""
    folded = unicodedata.normalize("NFKD", text.translate(_FOLDED)).replace("--", " - ")
    return natural("".join(c for c in folded if " " <= c <= "~").replace("&", " & "))


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            yield str(path), path.read_bytes()
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for name in sorted(n for n in archive.namelist() if not n.endswith("/")):
                yield name, archive.read(name)
    elif source.is_file():
        yield source.name, source.read_bytes()
    else:
        raise InkError(f"{source}: no such file or folder; give a text file, or a folder or zip archive of text files")


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the lines of a document: sentences of tagged text, paragraphs of plain text."""
    sample = text[:5000].split()
    tagged = sum(_TAG.search(token) is not None for token in sample) > 0.8 * len(sample) > 0
    for line in text.splitlines():
        yield _untagged(line.split()) if tagged else line


def _untagged(tokens: list[str]) -> str:
    """Return a tagged sentence as it was printed, with punctuation and contractions attached again."""
    words: list[str] = []
    attached, quoted = True, False  # no space before the next token; inside a quotation
    for token in tokens:
        word = _TAG.sub("", token)
        word = _BRACKETS.get(word, word)
        if word == '"':
            word = "''" if quoted else "``"
        closes = word in _CLOSING or _SUFFIX.match(word) is not None
        opens = word in ("``", "(", "[", "`", "$")
        if word in ("``", "''"):
            quoted = word == "``"
            word = '"'
        if word in ("?", "!", ";") and words[-1:] == [word]:  # The Brown corpus repeats some of these.
            continue
        if not (attached or closes):
            words.append(" ")
        words.append(word)
        attached = opens
    return "".join(words)
