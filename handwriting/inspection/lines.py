"""Select the line of a page to inspect."""

from __future__ import annotations

from handwriting.errors import InkError
from handwriting.ink import Ink, Page
from handwriting.recognition.pages import orienter, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer


def line_of(recognizer: Recognizer, ink: Ink, number: int = 1, decoder: Decoder = "language") -> Ink:
    """Return line ``number`` of a page of ink, counted from 1 in reading order, upright.

    Raises :class:`InkError` if nothing is read or the number is too high.
    """
    (page,) = read_pages(reader(recognizer, decoder), [Page(ink)], orient=orienter(recognizer))
    if not page.lines:
        raise InkError("no text was found in this ink; give a line of writing", key="unread")
    if number > len(page.lines):
        raise InkError(f"there is no line {number}; lines 1 to {len(page.lines)} were found on the page")
    return page.lines[number - 1].line.ink
