"""Recognise the SVG drawings of this package, by which its transcripts are told from the titles of other programs.

The titles of other programs name the program or the file ("Created with Fabric.js", "Untitled-1") rather than what is
written. There are three layouts of our own:

``drawing``  of :mod:`handwriting.rendering.svg`: the title and the description have the ids that the root refers to
``ink``      of :func:`handwriting.formats.svg.write`: a title or a description, and one group of paths, a stroke each
``page``     of the page in the browser: title, description, background, rulings, and a group of strokes, each of them a
             group of pieces of even width; the title is the name of the page, and the description what is written
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from lxml import etree

from handwriting.formats import xml

Layout: TypeAlias = Literal["drawing", "ink", "page"]

_ID = re.compile("(title|desc)-[0-9a-f]{8}")
_EVENTS = "http://www.w3.org/2001/xml-events"
"""Namespace that svgwrite declares."""
PAPER = "paper"
"""Class of the rulings in the drawings of :mod:`handwriting.rendering.svg`."""
_RULING = "#b4cbe2"
_PAGE = ["title", "desc", "rect", "path", "g"]
_PAGE_ROOT = {"width", "height", "viewBox"}
_ROUND = {"fill", "stroke-linecap", "stroke-linejoin"}
_INK = _ROUND | {"stroke", "stroke-width"}


def layout_of(root: etree._Element) -> Layout | None:
    """Return which layout of this package a drawing has; None for the drawings of other programs."""
    children = {xml.local_name(child): child for child in root}
    names = [xml.local_name(child) for child in root if xml.local_name(child)]
    if any(_has_our_id(root, children[name]) for name in ("title", "desc") if name in children):
        return "drawing"
    group = set(children["g"].attrib) if "g" in children else set()
    if names == _PAGE and set(root.attrib) == _PAGE_ROOT and group == _ROUND:
        return "page" if children["path"].get("stroke") == _RULING else None
    shown = [name for name in names if name not in ("title", "desc", "defs")]
    return "ink" if _is_by_svgwrite(root) and shown == ["g"] and group == _INK else None


def is_paper(element: etree._Element, root: etree._Element, layout: Layout | None) -> bool:
    """Return whether an element holds the rulings of a drawing of this package, which has this ``layout``.

    Drawings without a title have no layout, but svgwrite wrote them all.
    """
    if layout != "page" and element.get("class") != PAPER:
        return False
    if element.getparent() is not root or xml.local_name(element) != "path":
        return False
    return layout is not None or _is_by_svgwrite(root)


def transcript(root: etree._Element, layout: Layout | None) -> str | None:
    """Return what is written in a drawing of this package, if it says so."""
    if layout is None:
        return None
    texts = {
        name: (child.text or "").strip()
        for child in root
        if (name := xml.local_name(child)) in ("title", "desc") and (layout != "drawing" or _has_our_id(root, child))
    }
    return texts.get("desc") or (texts.get("title") if layout != "page" else None) or None


def _is_by_svgwrite(root: etree._Element) -> bool:
    return root.get("baseProfile") == "full" and root.nsmap.get("ev") == _EVENTS


def _has_our_id(root: etree._Element, element: etree._Element) -> bool:
    own = element.get("id", "")
    return bool(_ID.fullmatch(own)) and own in (root.get("aria-labelledby"), root.get("aria-describedby"))
