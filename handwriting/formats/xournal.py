"""Xournal++ (``.xopp``) and Xournal (``.xoj``) notebooks: pages of layers of strokes, in points of 1/72 inch.

The document is XML, compressed with gzip; newer versions of Xournal++ store it as ``content.xml`` in a zip archive.
Only pen strokes are ink: highlighters and erasers, text, images and backgrounds are left out, with a note. The
``width`` of a stroke is that of the pen, followed, if the tablet measured pressure, by the width of each segment of the
line; the ratio of the two is the pressure. Some versions of Xournal wrote numbers with decimal commas, depending on the
language of the system. There is no time.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import packed, xml
from handwriting.formats.numerals import format_values
from handwriting.formats.strokes import Strokes
from handwriting.formats.units import millimetres
from handwriting.formats.xml_damage import Vocabulary
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_UNPACKED, check_pages, check_points, number_or_none, numbers
from handwriting.notes import Notes

ROOT = "xournal"
UNIT = "pt"
HOLDS = frozenset({"pressure", "page size", "pages"})
VOCABULARY = Vocabulary(
    ("stroke", "text", "image", "teximage", "preview"),
    (ROOT, "page", "layer", "background"),
    ("image", "teximage", "preview"),
)
MAX_SIZE = MAX_UNPACKED
A4 = (595.275591, 841.889764)
PEN_WIDTH = 1.41
"""Width of Xournal++'s medium pen."""
MARGIN = 42.5
"""Margin around ink that has no page of its own: 1.5 cm."""
LETTER_HEIGHT = 8.5
"""Height of a typical stroke of ink that does not state its unit: 3 mm."""
COLORS = ("#000000ff", "#000000", "black", "")
DEFAULT_TITLE = "document - see http"
"""Part of the title that both programs give to every notebook."""
_INVISIBLE = re.compile("#[0-9a-fA-F]{6}00")
"""Colors without opacity."""
_DECIMAL_COMMA = re.compile("(?<=[0-9]),(?=[0-9])")
OTHERS = {"text": "text box", "image": "image", "teximage": "formula", "link": "link", "audio": "recording"}
"""Elements of a layer that are not strokes, and what they are called."""


def recognises(head: bytes) -> bool:
    return xml.root_name(head) == ROOT


def packs(names: Sequence[str]) -> bool:
    return "content.xml" in names


def read(data: bytes, file: str, notes: Notes) -> list[Page]:
    """Read the pages that have pen strokes."""
    root = xml.parse(unpack(data, file, notes), file, notes, VOCABULARY)
    if xml.local_name(root) != ROOT:
        raise InkError(
            f"{file}: its root is <{xml.local_name(root)[:40]}>, not <{ROOT}>; this is not a Xournal notebook"
        )
    sheets = [child for child in root if xml.local_name(child) == "page"]
    titles = [(child.text or "").strip() for child in root if xml.local_name(child) == "title"]
    notes.count("title", sum(title != "" and DEFAULT_TITLE not in title for title in titles), "detail")
    check_pages(len(sheets), file)
    points = strokes = 0
    pages = []
    for number, sheet in enumerate(sheets, 1):
        _note_omissions(sheet, notes)
        ink = _read_ink(sheet, number, file, notes)
        if ink is None:
            continue
        points += len(ink)
        strokes += len(ink.starts)
        check_points(points, file, strokes)
        width, height = (_parse_length(sheet.get(name), notes) for name in ("width", "height"))
        pages.append(Page(ink, width, height, number))
    return pages


def unpack(data: bytes, file: str, notes: Notes) -> bytes:
    """Return the XML of a notebook, as far as it can be unpacked."""
    if data.startswith(packed.ZIP):
        archive = packed.Archive(data, file, notes)
        if "content.xml" not in archive.names:
            raise InkError(f"{file}: a zip archive without content.xml; this is not a Xournal++ package")
        data = archive.read("content.xml", notes)
    return packed.gunzip(data, file, notes) if data.startswith(packed.GZIP) else data


def _read_ink(sheet: etree._Element, page: int, file: str, notes: Notes) -> Ink | None:
    strokes = Strokes(file, notes)
    for number, stroke in enumerate(sheet.iter("{*}stroke"), 1):
        tool, color = stroke.get("tool", "pen").strip().lower(), stroke.get("color", "")
        if tool != "pen":
            notes.count(f"{tool[:20]} stroke")
            continue
        if color not in COLORS:
            if _INVISIBLE.fullmatch(color.strip()):
                notes.count("invisible stroke")
                continue
            notes.count("stroke color", 1, "detail")
        _note_look(stroke, notes)
        with notes.part(f"stroke {number} on page {page}"):
            values = numbers(with_decimal_points(stroke.text or "").split(), "stroke", file)
            if len(values) % 2:
                raise InkError(f"{file}: {len(values)} numbers, which cannot be pairs of x and y")
            if len(values) == 4 and (values[:2] == values[2:]).all():
                values = values[:2]  # a dot is saved as a line of zero length
            x, y = values[::2], values[1::2]
            widths = with_decimal_points(f"{stroke.get('width', '')} {stroke.get('pressures', '')}")
            strokes.add(x, y, None, _pressure(widths, len(x), file))
    return strokes.ink(Source(units=UNIT, file=file))


def _note_look(stroke: etree._Element, notes: Notes) -> None:
    """Note what :func:`write` does not store of a stroke: fill, width, dashes, ends and recording."""
    width = number_or_none(with_decimal_points(stroke.get("width") or "").split(" ", 1)[0])
    notes.count("stroke fill", stroke.get("fill") is not None, "detail")
    notes.count("pen width", width is not None and abs(width - PEN_WIDTH) > 0.005, "detail")
    notes.count("dash pattern", stroke.get("style", "plain") != "plain", "detail")
    notes.count("stroke cap", stroke.get("capStyle", "round") != "round", "detail")
    notes.count("audio link", bool(stroke.get("fn")), "detail")


def _pressure(text: str, points: int, file: str) -> Floats | None:
    """Return the ratio of the line's width to the pen's at each point, NaN where it is invalid.

    The result is None if the line has the same width everywhere. Raises :class:`InkError` if every segment has an
    invalid width, because Xournal++ has never drawn such a line.
    """
    if not (words := text.split()):
        return None
    pen, *parts = (np.nan if (value := number_or_none(word)) is None else abs(value) for word in words)
    if parts and np.isnan(parts).all():
        raise InkError(f"{file}: width={' '.join(words)[:40]!r} makes it invisible")
    if not parts:
        return None if np.isfinite(pen) else np.full(points, np.nan)
    if not pen > 0 or len(parts) < points - 1:
        return np.full(points, np.nan) if np.isnan(pen) else None
    # A line has one segment fewer than points: its last point gets the pressure of the last segment.
    ratios: Floats = np.array([*parts, parts[-1]][:points]) / pen
    return ratios


def _parse_length(text: str | None, notes: Notes) -> float | None:
    value = number_or_none(with_decimal_points(text or ""))
    if text and (value is None or value <= 0):
        notes.drop("the page size", f"{text[:40]!r} is not a length")
    return value if value is not None and value > 0 else None


def with_decimal_points(text: str) -> str:
    """Return numbers that are separated by spaces with decimal points instead of decimal commas."""
    return _DECIMAL_COMMA.sub(".", text) if "," in text else text


def _note_omissions(sheet: etree._Element, notes: Notes) -> None:
    layers = 0
    for element in sheet.iter("{*}*"):
        name = xml.local_name(element)
        if name in OTHERS:
            notes.count(OTHERS[name])
        elif name == "layer":
            layers += 1
            notes.count("layer name", bool(element.get("name")), "detail")
        elif name == "background":
            kind, style = element.get("type", "solid"), element.get("style", "plain")
            if kind != "solid":
                notes.count("PDF background" if kind == "pdf" else "background picture")
            elif style != "plain" or element.get("color", "white") not in ("white", "#ffffffff"):
                notes.count("paper style", 1, "detail")
    notes.count("extra layer", max(0, layers - 1), "detail")


def write(pages: Sequence[Page]) -> bytes:
    """Encode pages as a gzipped notebook.

    Sheets without ink keep their place as empty pages, as large as the sheet before them.
    """
    root = etree.Element(ROOT, creator="Handwriting", fileversion="4")
    etree.SubElement(root, "title").text = "Xournal++ document - see https://github.com/xournalpp/xournalpp"
    size = A4
    by_number = {page.number: page for page in pages}
    first = min(by_number) if len(by_number) == 1 else 1
    for sheet_number in range(first, max(by_number) + 1):
        page = by_number.get(sheet_number)
        points = np.empty((0, 2))
        if page is not None:
            points, size = _place_on_sheet(page)
        sheet = etree.SubElement(root, "page", width=f"{size[0]:.6f}", height=f"{size[1]:.6f}")
        etree.SubElement(sheet, "background", type="solid", color="#ffffffff", style="plain")
        layer = etree.SubElement(sheet, "layer")
        if page is not None:
            _add_strokes(layer, page.ink, points)
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=False, pretty_print=True)
    return gzip.compress(document, compresslevel=6, mtime=0)


def _add_strokes(layer: etree._Element, ink: Ink, points: Floats) -> None:
    words = format_values(points.ravel(), 4)
    for start, end in zip(ink.starts, ink.ends, strict=True):
        width = f"{PEN_WIDTH:g}"
        if ink.pressure is not None:
            width += "".join(f" {max(PEN_WIDTH * p, 0.001):.4g}" for p in ink.pressure[start : max(end - 1, start + 1)])
        stroke = etree.SubElement(layer, "stroke", tool="pen", color="#000000ff", width=width, capStyle="round")
        coordinates = words[2 * start : 2 * end]
        stroke.text = " ".join(coordinates if end - start > 1 else coordinates * 2)


def _place_on_sheet(page: Page) -> tuple[Floats, tuple[float, float]]:
    """Return the page's points in 1/72 inch on a sheet that contains them, and the sheet's size.

    Ink that states its unit keeps its size, and its position if that is on the sheet; other ink is scaled to the usual
    size of handwriting.
    """
    ink = page.ink
    unit = millimetres(ink.source.units)
    left, top, right, bottom = ink.bounds
    if unit is not None:
        scale = unit / (25.4 / 72)
    else:
        heights = [float(np.ptp(stroke[:, 1])) for stroke in ink.strokes if len(stroke) > 1]
        height = float(np.median([h for h in heights if h > 0] or [1.0]))
        room = (A4[0] - 2 * MARGIN) / max(right - left, 1e-9), (A4[1] - 2 * MARGIN) / max(bottom - top, 1e-9)
        scale = min(LETTER_HEIGHT / height, *room)
    sheet = page.width is not None and page.height is not None
    size = (page.width or 0) * scale, (page.height or 0) * scale
    if not sheet:
        size = A4
    inside = unit is not None and min(left, top) >= 0 and left * scale <= size[0] and top * scale <= size[1]
    corner = (0.0, 0.0) if inside or sheet else (left - MARGIN / scale, top - MARGIN / scale)
    points: Floats = (ink.xy - corner) * scale
    if not sheet:
        size = max(size[0], float(points[:, 0].max()) + MARGIN), max(size[1], float(points[:, 1].max()) + MARGIN)
    return points, size
