"""Read sentences to write for a measurement, and check that no training text contains them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.text import canonical


@dataclass(frozen=True)
class Sentence:
    """A text to write, and its source, for error messages."""

    text: str
    place: str
    """Where the sentence was read: ``FILE:LINE``."""


def read_sentences(path: str | os.PathLike[str]) -> list[Sentence]:
    """Read a UTF-8 file with one sentence per line; empty lines and lines that begin with ``#`` are skipped.

    Raises :class:`InkError` if the file cannot be read, is not UTF-8 or contains no sentence.
    """
    try:
        rows = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise InkError(f"{path}: {error.strerror or error}; give a file with one sentence per line") from None
    sentences = []
    for number, row in enumerate(rows, 1):
        try:
            text = row.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            byte = f"byte {error.start + 1} of the line, 0x{row[error.start]:02x},"
            raise InkError(f"{path}:{number}: {byte} is not UTF-8; save the file as UTF-8") from None
        if text and not text.startswith("#"):
            sentences.append(Sentence(text, f"{path}:{number}"))
    if not sentences:
        raise InkError(f"{path}: the file has no sentence; give one per line, not beginning with #")
    return sentences


def refuse_known(sentences: Iterable[Sentence], corpus: Corpus, splits: Sequence[str]) -> None:
    """Raise :class:`InkError` if the texts of ``splits`` contain a sentence.

    Texts are compared in canonical form, with the lines of a form joined. Lines that are excluded from training count
    as well.
    """
    forms: dict[str, list[str]] = defaultdict(list)
    for split in splits:
        for id in corpus.ids(split):
            line = corpus.line(id)
            forms[line.form].append(line.text)
    texts = {form: canonical(" ".join(lines)) for form, lines in forms.items()}
    wanted = [(sentence, canonical(sentence.text)) for sentence in sentences]
    known = [(sentence, form) for sentence, part in wanted for form, text in texts.items() if part in text]
    if known:
        sentence, form = known[0]
        places = list(dict.fromkeys(other.place for other, _ in known))
        more = f" (and {len(places) - 1} more, the next at {places[1]})" if len(places) > 1 else ""
        raise InkError(
            f"{sentence.place}: {sentence.text!r} occurs in form {form}, which the synthesizer was trained on{more}; "
            "take another sentence"
        )
