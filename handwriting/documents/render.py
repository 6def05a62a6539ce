"""Render documents as any of the kinds of transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from handwriting.documents.document import Document
from handwriting.documents.record import json_lines, record
from handwriting.errors import InkError

Kind = Literal["text", "markdown", "json", "jsonl", "hocr", "pdf"]
"""A kind of transcript."""
EXTENSIONS: dict[str, Kind] = {
    ".txt": "text",
    ".md": "markdown",
    ".json": "json",
    ".jsonl": "jsonl",
    ".hocr": "hocr",
    ".html": "hocr",
    ".pdf": "pdf",
}
"""Kinds by the extension of the output file."""


def choose_kind(kind: Kind | None, output: Path | None) -> Kind:
    """Return the given ``kind``, or else the one for the extension of ``output``, or text if there is no ``output``.

    Raises :class:`InkError` if the kind or the extension is unknown, or a PDF has no output file.
    """
    if kind is not None and kind not in get_args(Kind):
        raise InkError(f"kind {kind!r} is unknown; choose one of: {', '.join(get_args(Kind))}")
    if output is None:
        if kind == "pdf":
            raise InkError("a PDF cannot be shown as text; give an output file, such as NAME.pdf")
        return kind or "text"
    chosen = kind or EXTENSIONS.get(output.suffix.lower())
    if chosen is None:
        raise InkError(
            f"{output}: the extension does not determine the format; give a format, or one of {', '.join(EXTENSIONS)}"
        )
    return chosen


def render(documents: Sequence[Document], kind: Kind, note: Callable[[str], object]) -> bytes:
    """Return the contents of a file of this ``kind`` with all ``documents``.

    ``note`` is called with what could not be rendered, such as a missing background.
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
