"""IAM-OnDB ink files: the lines (``lineStrokes/``) and the forms (``original/``) of a whiteboard session.

Both have the root ``WhiteboardCaptureSession`` with ``WhiteboardDescription`` and ``StrokeSet``; a form file also has
``General/Form[id, writerID]`` and ``Transcription``. x and y are integers with y growing downward, times are in
seconds. The corpus has strokes of one point, repeated and backward time stamps, and jumps; they are kept, because
repairing ink is left to ``features``.

Source: Liwicki & Bunke, "IAM-OnDB - an On-Line English Sentence Database Acquired from Handwritten Text on a
Whiteboard", ICDAR 2005.
"""

from __future__ import annotations

from lxml import etree

from handwriting.errors import InkError, NoInkError
from handwriting.formats import times, xml
from handwriting.formats.strokes import Strokes
from handwriting.formats.xml_damage import Vocabulary
from handwriting.ink import Ink, Page, Source
from handwriting.limits import number as float_of
from handwriting.notes import Notes
from handwriting.text import raw

ROOT = "WhiteboardCaptureSession"
VOCABULARY = Vocabulary(
    ("Stroke", "Text", "TextLine"), (ROOT, "General", "Transcription", "StrokeSet"), ("Text", "TextLine")
)
HEAD_SIZE = 65536
"""Number of bytes at the start of a form file that contain ``General``, its first element."""


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read a line file or a form file as one page; the ink of a form includes its transcription and writer."""
    ink = _ink(data, file, notes)
    return [] if ink is None else [Page(ink)]


def read_ink(data: bytes, file: str) -> Ink:
    """Read the ink of a file of the corpus.

    Raises :class:`InkError` if any stroke is damaged or there is none.
    """
    ink = _ink(data, file, Notes(file, strict=True))
    if ink is None:
        raise NoInkError(f"{file}: no strokes in it; it needs at least one point")
    return ink


def _ink(data: bytes, file: str, notes: Notes) -> Ink | None:
    root = xml.parse(data, file, notes, VOCABULARY)
    if xml.local_name(root) != ROOT:
        raise InkError(
            f"{file}: its root is <{xml.local_name(root)[:40]}>, not <{ROOT}>; this is not an IAM-OnDB ink file"
        )
    strokes = Strokes(file, notes)
    for number, stroke in enumerate(root.iterfind("{*}StrokeSet/{*}Stroke"), 1):
        points = stroke.findall("{*}Point")
        with notes.part(f"stroke {number}"):
            x, y = ([float_of(point.get(name), name, file) for point in points] for name in "xy")
            stamps = [point.get("time") for point in points]
            t = times.parse_column(stamps, 1.0) if any(stamps) else None
            strokes.add(x, y, t)
    form = root.find("{*}General/{*}Form")
    writer = form.get("writerID") if form is not None else None
    return strokes.ink(Source(text=_transcription(root), writer=writer, file=file))


def form_writer(head: bytes, file: str) -> str | None:
    """Return ``writerID`` from the beginning of a form file, without parsing its thousands of points.

    ``head`` is the first :data:`HEAD_SIZE` bytes, or the whole file.
    """
    if b"<!" in head.replace(b"\0", b"").replace(b"<!--", b""):
        raise InkError(f"{file}: it has a document type declaration, which is refused; remove the <!DOCTYPE part")
    parser = etree.XMLPullParser(
        events=("end",), tag="Form", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        parser.feed(head)
        if len(head) < HEAD_SIZE:
            parser.close()  # head is the whole file, so the document must be complete
    except etree.XMLSyntaxError as error:
        raise InkError(f"{file}: damaged XML: {error}; copy the file again") from None
    return next((form.get("writerID") for _, form in parser.read_events()), None)


def _transcription(root: etree._Element) -> str | None:
    """Return the lines of a form as written, joined by newlines, or None if it has no transcription.

    The text is that of ``Text``, because the ids of ``TextLine`` are sometimes wrong.
    """
    text = root.findtext("{*}Transcription/{*}Text")
    if text is None:
        return None
    lines = (raw(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None
