"""Find the pictures and PDF pages that are under the ink of a document, and put them there."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handwriting.errors import InkError
from handwriting.formats.extras import PdfBackground
from handwriting.limits import MAX_UNPACKED

if TYPE_CHECKING:
    from pypdf import PageObject

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


class Backgrounds:
    """The PDF pages under the ink of documents; every PDF file is read once.

    ``note`` is called with what is left out, and why.
    """

    def __init__(self, note: Callable[[str], object]) -> None:
        self._note = note
        self._files: dict[object, _PdfFile | str] = {}
        self._problems: Counter[str] = Counter()

    def size(self, background: PdfBackground) -> tuple[float, float] | None:
        """Return the width and height of the page in points, or None if it cannot be read."""
        try:
            return self._page(background).size
        except Exception:  # add() notes the reason
            return None

    def add(self, pdf: bytes, pages: Mapping[int, PlacedBackground]) -> bytes:
        """Put PDF pages under the pages of ``pdf`` with these indices."""
        if not pages:
            return pdf
        try:
            from pypdf import PdfWriter, Transformation
        except ModuleNotFoundError:
            self._note("the PDF background was left out, because pypdf is not installed; install handwriting[pdf]")
            return pdf
        writer = PdfWriter(clone_from=io.BytesIO(pdf))
        for index, placed in pages.items():
            try:
                page, sheet = self._page(placed.background), writer.pages[index]
                width, height = page.size
                scale = min(placed.width / width, placed.height / height)
                bottom = float(sheet.mediabox.height) - placed.top - height * scale
                move = Transformation().translate(-page.left, -page.bottom).scale(scale)
                sheet.merge_transformed_page(page.content, move.translate(placed.left, bottom), over=False)
            except Exception as error:  # pypdf raises many types of errors for damaged files
                self._problems[str(error) or type(error).__name__] += 1
        for reason, count in self._problems.items():
            self._note(f"the PDF background of {count} page{'s' * (count > 1)} was left out: {reason}")
        buffer = io.BytesIO()
        writer.write(buffer)
        return buffer.getvalue()

    def _page(self, background: PdfBackground) -> _PdfPage:
        """Return the page. Raises :class:`InkError` or an error of pypdf if it cannot be read."""
        source = background.source
        if source not in self._files:
            try:
                self._files[source] = _PdfFile(_load(source))
            except Exception as error:
                self._files[source] = str(error) or type(error).__name__
        file = self._files[source]
        if isinstance(file, str):
            raise InkError(file)
        return file.page(background.page)


class _PdfFile:
    """A PDF whose pages are copied with the fonts and pictures that they share."""

    def __init__(self, data: bytes) -> None:
        from pypdf import PdfReader, PdfWriter
        from pypdf.errors import DependencyError

        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # our own note reports damaged files
        try:
            self._reader, self._copies = PdfReader(io.BytesIO(data)), PdfWriter()
            if self._reader.is_encrypted and not self._reader.decrypt(""):
                raise InkError("the PDF needs a password; save a copy without one under the same name")
        except DependencyError:
            raise InkError("the PDF is encrypted; install the package cryptography, or save a decrypted copy") from None
        self._pages: dict[int, _PdfPage] = {}

    def page(self, index: int) -> _PdfPage:
        """Return a page. Raises :class:`InkError` or an error of pypdf if it cannot be read."""
        if index not in self._pages:
            if index >= len(self._reader.pages):
                raise InkError(f"the PDF has {len(self._reader.pages)} pages, and not {index + 1}")
            self._pages[index] = _PdfPage.of(self._copies.add_page(self._reader.pages[index]))
        return self._pages[index]


@dataclass(frozen=True)
class _PdfPage:
    """A page of a PDF as viewers show it: turned as the file says, and cropped. Lengths are in points."""

    content: PageObject
    left: float
    bottom: float
    size: tuple[float, float]

    @classmethod
    def of(cls, page: PageObject) -> _PdfPage:
        from pypdf.generic import RectangleObject

        page.transfer_rotation_to_content()
        paper, crop = page.mediabox, page.cropbox
        left, right = max(paper.left, crop.left), min(paper.right, crop.right)
        bottom, top = max(paper.bottom, crop.bottom), min(paper.top, crop.top)
        if not (left < right and bottom < top):
            raise InkError("the page has no area")
        page.cropbox = RectangleObject((left, bottom, right, top))
        return cls(page, float(left), float(bottom), (float(right - left), float(top - bottom)))


def _load(source: bytes | tuple[Path, ...]) -> bytes:
    if isinstance(source, bytes):
        return source
    for path in source:
        if path.is_file() and path.stat().st_size <= MAX_UNPACKED:
            return path.read_bytes()
    names = " or ".join(dict.fromkeys(map(str, source))) or "no name"
    raise InkError(f"there is no file {names} of at most {MAX_UNPACKED:,} bytes; put it beside the document")
