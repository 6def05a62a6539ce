"""Xournal++ (``.xopp``) and Xournal (``.xoj``) notebooks: pages of layers of strokes, in points of 1/72 inch.

The document is XML, packed with gzip; newer versions of Xournal++ put it as ``content.xml`` into a zip package. Only
pen strokes are ink: highlighters and erasers, text, images and backgrounds are left out. ``width`` of a stroke is the
pen's, followed, where the tablet knew pressure, by the width of each piece of the line: its share is the pressure.
There is no time.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import numpy as np
from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import packed, xml
from handwriting.formats.numerals import texts
from handwriting.formats.units import millimetres
from handwriting.ink import Floats, Ink, Page, Source
from handwriting.limits import MAX_PAGES, check_points, number, numbers

ROOT = "xournal"
UNIT = "pt"
HOLDS = frozenset({"pressure", "page size", "pages"})
A4 = (595.275591, 841.889764)
PEN = 1.41
"""Xournal++'s medium pen."""
MARGIN = 42.5
"""1.5 cm, around ink that has no page of its own."""
LETTER = 8.5
"""3 mm: the height of a common stroke of ink that does not tell its unit."""


def recognises(head: bytes) -> bool:
    return (
        xml.root_name(head) == ROOT
        or head.startswith(packed.GZIP)
        or (head.startswith(packed.ZIP) and (b"application/xournal" in head[:200] or b"content.xml" in head))
    )


def read(data: bytes, file: str) -> list[Page]:
    """The pages that have pen strokes; raises :class:`InkError` with one line when there are none."""
    root = xml.parse(_unpack(data, file), file)
    if xml.local(root) != ROOT:
        raise InkError(f"{file}: its root is <{xml.local(root)[:40]}>, not <{ROOT}>; this is no Xournal notebook")
    sheets = [child for child in root if xml.local(child) == "page"]
    if len(sheets) > MAX_PAGES:
        raise InkError(f"{file}: {len(sheets):,} pages, and a notebook may have {MAX_PAGES:,} at most; split it")
    points = strokes = 0
    pages = []
    for sheet_number, sheet in enumerate(sheets, 1):
        drawn = [stroke for stroke in sheet.iter("{*}stroke") if stroke.get("tool", "pen") == "pen"]
        ink = _ink(drawn, file)
        if ink is None:
            continue
        points += len(ink)
        strokes += len(ink.starts)
        check_points(points, file, strokes)
        width, height = (_size(sheet.get(name), name, file) for name in ("width", "height"))
        pages.append(Page(ink, width, height, sheet_number))
    check_points(points, file, strokes)
    return pages


def _unpack(data: bytes, file: str) -> bytes:
    if data.startswith(packed.ZIP):
        archive = packed.Archive(data, file)
        if "content.xml" not in archive.names:
            raise InkError(f"{file}: a zip archive without content.xml; this is no Xournal++ package")
        data = archive.read("content.xml")
    return packed.gunzip(data, file) if data.startswith(packed.GZIP) else data


def _ink(drawn: list[etree._Element], file: str) -> Ink | None:
    coordinates: list[Floats] = []
    widths: list[Floats | None] = []
    total = 0
    for stroke in drawn:
        values = numbers((stroke.text or "").split(), "stroke", file)
        total += len(values) // 2
        check_points(max(total, 1), file, len(coordinates))
        if len(values) % 2:
            raise InkError(
                f"{file}: a stroke of {len(values)} numbers, which cannot be pairs of x and y; export it again"
            )
        if len(values) == 4 and (values[:2] == values[2:]).all():
            values = values[:2]  # a dot is a line of no length
        if len(values):
            coordinates.append(values.reshape(-1, 2))
            widths.append(_pressure(stroke.get("width", ""), len(values) // 2, file))
    if not coordinates:
        return None
    points = np.concatenate(coordinates)
    known = [width for width in widths if width is not None]
    pressure = None
    if len(known) == len(widths):
        pressure = np.concatenate(known)
        pressure = pressure / max(1.0, float(pressure.max()))
    starts = np.cumsum([0] + [len(c) for c in coordinates[:-1]])
    return Ink(points[:, 0], points[:, 1], starts, None, pressure, Source(units=UNIT, file=file))


def _pressure(text: str, points: int, file: str) -> Floats | None:
    """Share of the pen's width at each point, or None where the pen has the same width all along."""
    pen, *parts = np.abs(numbers(text.split(), "width", file)) if text.strip() else np.zeros(1)
    if not parts or not pen > 0 or len(parts) < points - 1:
        return None
    # The line's pieces are one fewer than its points: the last point has the pressure of the last piece.
    shares: Floats = np.array([*parts, parts[-1]][:points]) / pen
    return shares


def _size(text: str | None, name: str, file: str) -> float | None:
    value = number(text, name, file) if text else 0.0
    return value if value > 0 else None


def write(pages: Sequence[Page]) -> bytes:
    """A gzipped notebook; sheets without ink keep their place as empty pages, as large as the sheet before them."""
    root = etree.Element(ROOT, creator="Handwriting", fileversion="4")
    etree.SubElement(root, "title").text = "Xournal++ document - see https://github.com/xournalpp/xournalpp"
    size = A4
    by_number = {page.number: page for page in pages}
    first = min(by_number) if len(by_number) == 1 else 1
    for sheet_number in range(first, max(by_number) + 1):
        page = by_number.get(sheet_number)
        points = np.empty((0, 2))
        if page is not None:
            points, size = _placed(page)
        sheet = etree.SubElement(root, "page", width=f"{size[0]:.6f}", height=f"{size[1]:.6f}")
        etree.SubElement(sheet, "background", type="solid", color="#ffffffff", style="plain")
        layer = etree.SubElement(sheet, "layer")
        if page is not None:
            _strokes(layer, page.ink, points)
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=False, pretty_print=True)
    return gzip.compress(document, compresslevel=6, mtime=0)


def _strokes(layer: etree._Element, ink: Ink, points: Floats) -> None:
    words = texts(points.ravel(), 4)
    for start, end in zip(ink.starts, ink.ends, strict=True):
        width = f"{PEN:g}"
        if ink.pressure is not None:
            width += "".join(f" {max(PEN * p, 0.001):.4g}" for p in ink.pressure[start : max(end - 1, start + 1)])
        stroke = etree.SubElement(layer, "stroke", tool="pen", color="#000000ff", width=width, capStyle="round")
        coordinates = words[2 * start : 2 * end]
        stroke.text = " ".join(coordinates if end - start > 1 else coordinates * 2)


def _placed(page: Page) -> tuple[Floats, tuple[float, float]]:
    """The page's points in 1/72 inch on a sheet that holds them, and the sheet's size.

    Ink that tells its unit keeps its size, and its place when it has one on the sheet; any other is made as large as
    people write.
    """
    ink = page.ink
    unit = millimetres(ink.source.units)
    left, top, right, bottom = ink.bounds
    if unit is not None:
        scale = unit / (25.4 / 72)
    else:
        heights = [float(np.ptp(stroke[:, 1])) for stroke in ink if len(stroke) > 1]
        height = float(np.median([h for h in heights if h > 0] or [1.0]))
        room = (A4[0] - 2 * MARGIN) / max(right - left, 1e-9), (A4[1] - 2 * MARGIN) / max(bottom - top, 1e-9)
        scale = min(LETTER / height, *room)
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
