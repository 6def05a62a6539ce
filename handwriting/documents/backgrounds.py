"""Find the pictures and PDF pages that are under the ink of a document, and put them there."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handwriting.errors import InkError
from handwriting.formats.extras import PdfBackground
from handwriting.limits import MAX_UNPACKED

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PICTURE_PIXELS = 40_000_000
"""Maximum number of pixels of a picture; more would take over a hundred megabytes of memory."""


@dataclass(frozen=True)
class PlacedBackground:
    """A PDF page, and the paper that it covers, in points from the upper left corner of the sheet."""

    background: PdfBackground
    left: float
    top: float
    width: float
    height: float


def load_picture(source: bytes | tuple[Path, ...]) -> bytes:
    """Return the bytes of a picture that can be drawn.

    Raises :class:`InkError` if there is none.
    """
    from PIL import Image

    data = _load(source)
    try:
        with Image.open(io.BytesIO(data)) as image:
            size, kind = image.size, image.format
            image.verify()
    except Exception as error:  # the errors of decoders have no common type
        raise InkError(f"the picture is damaged ({error})") from error
    if kind not in ("PNG", "JPEG") or size[0] * size[1] > MAX_PICTURE_PIXELS:
        raise InkError(f"a picture of {size[0]} x {size[1]} pixels in the format {kind} cannot be drawn")
    return data


def add_backgrounds(pdf: bytes, pages: Mapping[int, PlacedBackground], note: Callable[[str], object]) -> bytes:
    """Put PDF pages under the pages of ``pdf`` with these indices.

    ``note`` is called with what is left out, and why.
    """
    if not pages:
        return pdf
    try:
        from pypdf import PdfReader, PdfWriter, Transformation
    except ModuleNotFoundError:
        note("the PDF background was left out, because pypdf is not installed; install handwriting[pdf]")
        return pdf
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # our own note reports damaged files
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    readers: dict[object, PdfReader | str] = {}
    problems: dict[str, int] = {}
    for index, placed in pages.items():
        source = placed.background.source
        if source not in readers:
            try:
                readers[source] = PdfReader(io.BytesIO(_load(source)))
            except Exception as error:  # pypdf raises many types of errors for damaged files
                readers[source] = str(error)
        reader = readers[source]
        try:
            if isinstance(reader, str):
                raise InkError(reader)
            page = PdfWriter().add_page(reader.pages[placed.background.page])
            page.transfer_rotation_to_content()
            box, sheet = page.cropbox, writer.pages[index]
            scale = min(placed.width / float(box.width), placed.height / float(box.height))
            top = float(sheet.mediabox.height) - placed.top - float(box.height) * scale
            move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
            sheet.merge_transformed_page(page, move.translate(placed.left, top), over=False)
        except Exception as error:
            reason = str(error) or type(error).__name__
            problems[reason] = problems.get(reason, 0) + 1
    for reason, count in problems.items():
        note(f"the PDF background of {count} page{'s' * (count > 1)} was left out: {reason}")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _load(source: bytes | tuple[Path, ...]) -> bytes:
    if isinstance(source, bytes):
        return source
    for path in source:
        if path.is_file() and path.stat().st_size <= MAX_UNPACKED:
            return path.read_bytes()
    names = " or ".join(dict.fromkeys(map(str, source))) or "no name"
    raise InkError(f"there is no file {names} of at most {MAX_UNPACKED:,} bytes; put it beside the document")
