"""The kinds of transcript, and a document as each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from handwriting.documents.document import Document
from handwriting.documents.record import json_lines, record
from handwriting.errors import InkError

Kind = Literal["text", "markdown", "json", "jsonl", "hocr", "pdf"]
"""What a transcript can be."""
EXTENSIONS: dict[str, Kind] = {
    ".txt": "text",
    ".md": "markdown",
    ".json": "json",
    ".jsonl": "jsonl",
    ".hocr": "hocr",
    ".html": "hocr",
    ".pdf": "pdf",
}
"""The kind that an output file's extension means."""


def choose_kind(kind: Kind | None, output: Path | None) -> Kind:
    """The kind that is asked for, or else the one that the extension of ``output`` means; text without an ``output``.

    Raises :class:`InkError` when there is no such kind, the extension means none, or a PDF has no file to go to.
    """
    if kind is not None and kind not in get_args(Kind):
        raise InkError(f"kind {kind!r} is unknown; choose one of: {', '.join(get_args(Kind))}")
    if output is None:
        if kind == "pdf":
            raise InkError("pdf is not text that can be shown; give an output file, like NAME.pdf")
        return kind or "text"
    chosen = kind or EXTENSIONS.get(output.suffix.lower())
    if chosen is None:
        raise InkError(
            f"{output}: the extension does not determine the format; give a format, or one of {', '.join(EXTENSIONS)}"
        )
    return chosen


def render(documents: Sequence[Document], kind: Kind, note: Callable[[str], object]) -> bytes:
    """The contents of a file of this ``kind`` that has all ``documents``.

    ``note`` is given what could not be rendered, such as a missing background.
    """
    match kind:
        case "text":
            return "".join(f"{document.text}\n" for document in documents if document.error is None).encode()
        case "markdown":
            from handwriting.documents.markdown import markdown

            return markdown(documents).encode()
        case "hocr":
            from handwriting.documents.hocr import hocr

            return hocr(documents)
        case "pdf":
            from handwriting.documents.pdf import pdf

            return pdf(documents, note)
    return json_lines(map(record, documents))
