"""Render documents as Markdown (CommonMark): a heading for each file and each page; typed text is quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from handwriting.documents.document import Document, DocumentPage
from handwriting.errors import printable
from handwriting.formats.extras import TypedText

SPECIAL = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;)|#(?=#*$))|^(\s*)([#+=-]|\d+(?=[.)]))")
"""Characters that are special anywhere, or before the rest of a character reference, or at the end of a heading, and
those that are special at the beginning of a line."""
BREAK = "  \n"
"""Ends a line within a paragraph."""


def markdown(documents: Sequence[Document]) -> str:
    """Render a section for each document that could be read, with a subsection for each page that has any writing."""
    return "\n".join(_section(document) for document in documents if document.error is None)


def _section(document: Document) -> str:
    parts = [f"# {escape(printable(document.name))}", *map(_page, document.written_pages)]
    return "\n\n".join(parts) + "\n"


def _page(page: DocumentPage) -> str:
    blocks = [f"## Page {page.number}"]
    for typed, lines in groupby(page.lines, key=lambda line: isinstance(line, TypedText)):
        mark = "> " if typed else ""
        blocks.append(BREAK.join(mark + escape(line.text) for line in lines))
    return "\n\n".join(blocks)


def escape(line: str) -> str:
    """Escape a line of plain text so that Markdown shows it as it is."""
    return SPECIAL.sub(_escape, line)


def _escape(found: re.Match[str]) -> str:
    if found[1]:
        return f"\\{found[1]}"
    return f"{found[2]}{found[3]}\\" if found[3].isdigit() else f"{found[2]}\\{found[3]}"
