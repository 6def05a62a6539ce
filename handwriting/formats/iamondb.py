"""IAM-OnDB ink files: the lines (``lineStrokes/``) and the forms (``original/``) of a whiteboard session.

Both have the root ``WhiteboardCaptureSession`` with ``WhiteboardDescription`` and ``StrokeSet``; a form file has
``General/Form[id, writerID]`` and ``Transcription`` as well. x and y are integers with y growing downward, times are
seconds. Real strokes of one point, repeated and backward time stamps and jumps are kept as they are: repairing ink
is the business of features.

Source: Liwicki & Bunke, "IAM-OnDB - an On-Line English Sentence Database Acquired from Handwritten Text on a
Whiteboard", ICDAR 2005.
"""

from __future__ import annotations

from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.ink import Ink, Source
from handwriting.limits import check_points, number
from handwriting.text import raw

ROOT = "WhiteboardCaptureSession"
HEAD = 65536
"""Bytes at the start of a form file within which ``General`` stands (it is the first element)."""


def read(data: bytes, file: str) -> Ink:
    """Ink of a line file or a form file; of the latter with its transcription and writer.

    Raises :class:`InkError` with one line when the file is damaged or is something else.
    """
    root = xml.parse(data, file)
    if root.tag != ROOT:
        raise InkError(f"{file}: its root is <{root.tag}>, not <{ROOT}>; this is no IAM-OnDB ink file")
    strokes = [stroke.findall("Point") for stroke in root.iterfind("StrokeSet/Stroke")]
    points = [point for stroke in strokes for point in stroke]
    check_points(len(points), file)
    timed = sum(point.get("time") is not None for point in points)
    if 0 < timed < len(points):
        raise InkError(f"{file}: {timed} of {len(points)} points have a time; all must have one, or none")
    names = ("x", "y", "time") if timed else ("x", "y")
    arrays = [[[number(p.get(name), name, file) for name in names] for p in stroke] for stroke in strokes]
    form = root.find("General/Form")
    writer = form.get("writerID") if form is not None else None
    return Ink.from_strokes(arrays, Source(text=_transcription(root), writer=writer, file=file))


def form_writer(head: bytes, file: str) -> str | None:
    """``writerID`` out of the first :data:`HEAD` bytes of a form file, so that its thousands of points stay unread."""
    if b"<!" in head.replace(b"\0", b"").replace(b"<!--", b""):
        raise InkError(f"{file}: it has a document type declaration, which is refused; remove the <!DOCTYPE part")
    parser = etree.XMLPullParser(
        events=("end",), tag="Form", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        parser.feed(head)
        if len(head) < HEAD:
            parser.close()  # the whole file is there, so it must end well
    except etree.XMLSyntaxError as error:
        raise InkError(f"{file}: damaged XML: {error}; copy the file again") from None
    return next((form.get("writerID") for _, form in parser.read_events()), None)


def _transcription(root: etree._Element) -> str | None:
    """The lines of a form as written, joined by newlines; ``Text`` has them, ``TextLine`` ids are sometimes wrong."""
    text = root.findtext("Transcription/Text")
    if text is None:
        return None
    lines = (raw(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None
