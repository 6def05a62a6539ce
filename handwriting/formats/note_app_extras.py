"""Read the typed text of Excalidraw, tldraw and Rnote: text boxes, and the text on notes, shapes and arrows.

None of the three stores the size of a line of text, so its box is estimated from the font size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.formats import excalidraw, excalidraw_scene, json, rnote, tldraw
from handwriting.formats.extras import ExtrasReader, PageExtras, TypedText, text_lines
from handwriting.formats.json_shapes import coordinates
from handwriting.limits import MAX_COORDINATE, MAX_SHAPES
from handwriting.notes import Notes

UNIT = "px"
FONT_SIZE = 20.0
"""Font size of text that does not state it; the default of Excalidraw."""
RNOTE_FONT_SIZE = 32.0
TLDRAW_FONT_SIZES = {"s": 18.0, "m": 24.0, "l": 36.0, "xl": 44.0, "small": 28.0, "medium": 48.0, "large": 96.0}
"""Font sizes of tldraw (first line) and of tldraw 1 (second line)."""
PARAGRAPH_NODES = ("paragraph", "heading", "hardBreak", "listItem")
"""Nodes of a rich text that begin a new line."""


def read_excalidraw(data: bytes, file: str, notes: Notes) -> list[PageExtras]:
    """Read the text elements of a drawing; text that is bound to a shape is an element of its own."""
    scene = excalidraw_scene.find_scene(data, file, Notes(file))  # here and below: the reader of ink has noted damage
    pages = []
    for number, elements in enumerate(excalidraw.drawings(scene, file, Notes(file)), 1):
        texts: list[TypedText] = []
        for element in elements:
            if isinstance(element, dict) and element.get("type") == "text" and element.get("isDeleted") is not True:
                size = _size(element.get("fontSize"), FONT_SIZE)
                texts += _lines(element.get("text"), [element.get("x"), element.get("y")], size, file, notes)
        pages.append(_page(number, texts))
    return pages


def read_tldraw(data: bytes, file: str, notes: Notes) -> list[PageExtras]:
    """Read the text on every page: that of text boxes, notes, labeled shapes and arrows."""
    pages = []
    for number, shapes in enumerate(tldraw.shapes_of(json.parse(data, file, Notes(file)), file), 1):
        texts: list[TypedText] = []
        for shape in shapes:
            texts += _tldraw_lines(shape, file, notes)
        pages.append(_page(number, texts))
    return pages


def read_rnote(data: bytes, file: str, notes: Notes) -> list[PageExtras]:
    """Read the text boxes of a notebook. Each line is on the page on which it begins."""
    notebook = rnote.Notebook.parse(data, file, Notes(file))
    found: dict[int, list[TypedText]] = {}
    for _, kind, stroke in notebook.strokes():
        if kind == "textstroke" and isinstance(stroke, dict):
            style, position = stroke.get("text_style"), _rnote_position(stroke)
            size = _size(style.get("font_size") if isinstance(style, dict) else None, RNOTE_FONT_SIZE)
            for line in _lines(stroke.get("text"), position, size, file, notes):
                number, up = notebook.sheet.page_of(np.array([line.box[1]]))
                left, top, right, bottom = line.box
                found.setdefault(number, []).append(TypedText(line.text, (left, top - up, right, bottom - up), size))
    sheet = notebook.sheet
    sides = (sheet.width, sheet.height) if sheet.is_paged else (None, None)
    return [PageExtras(number, *sides, sheet.unit, tuple(texts)) for number, texts in sorted(found.items())]


EXCALIDRAW = ExtrasReader(read_excalidraw, frozenset({"text element"}))
TLDRAW = ExtrasReader(read_tldraw, frozenset({"text shape", "note shape", "sticky shape"}))
RNOTE = ExtrasReader(read_rnote, frozenset({"text box"}))


def _rnote_position(stroke: dict[str, Any]) -> list[Any]:
    """Return the position [x, y] of a text: the last column of its matrix, which has two rows since version 0.15."""
    placed = stroke.get("transform")
    affine = placed.get("affine") if isinstance(placed, dict) else stroke.get("affine")
    if not isinstance(affine, list) or len(affine) not in (6, 9):
        return [None, None]
    return affine[6:8] if len(affine) == 9 else affine[4:]


def _page(number: int, texts: list[TypedText]) -> PageExtras:
    return PageExtras(number, None, None, UNIT, tuple(texts))


def _tldraw_lines(shape: tldraw.Shape, file: str, notes: Notes) -> list[TypedText]:
    props = shape.get("props")
    props = props if isinstance(props, dict) else {}
    style = shape.get("style")
    size = props.get("size", style.get("size") if isinstance(style, dict) else None)
    scale = props.get("scale", 1)
    size = TLDRAW_FONT_SIZES.get(str(size), TLDRAW_FONT_SIZES["m"]) * (
        scale if isinstance(scale, int | float) and 0.01 < scale < 100 else 1
    )
    rich = props.get("richText")
    text = _plain_text(rich) if isinstance(rich, dict) else props.get("text", shape.get("text"))
    if not isinstance(text, str) or not text.strip():
        return []
    try:
        position = tldraw.corner(shape, file)
    except InkError:
        notes.count("damaged text")
        return []
    return text_lines(text, *position, size)


def _plain_text(rich: dict[str, Any]) -> str:
    """Return the text of a ProseMirror document, one paragraph per line."""
    parts: list[str] = []
    stack: list[Any] = [rich]
    while stack and len(parts) < MAX_SHAPES:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("type") in PARAGRAPH_NODES:
                parts.append("\n")
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            content = node.get("content")
            stack += reversed(content) if isinstance(content, list) else ()
    return "".join(parts).strip("\n")


def _lines(text: Any, position: Any, size: float, file: str, notes: Notes) -> Iterator[TypedText]:
    """Yield the lines of a text at a position [x, y]. A text without a valid position is counted as damaged."""
    try:
        ((left, top),) = coordinates([position], file)
    except InkError:
        notes.count("damaged text")
        return
    if isinstance(text, str):
        yield from text_lines(text, float(left), float(top), size)


def _size(value: Any, default: float) -> float:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < MAX_COORDINATE
    return float(value) if valid else default
