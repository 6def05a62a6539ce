"""The child of a ``switch`` element of SVG that is drawn."""

from __future__ import annotations

from lxml import etree

from handwriting.formats import xml

SVG_NAMESPACES = (None, "http://www.w3.org/2000/svg")


def choose_child(switch: etree._Element) -> etree._Element | None:
    """Return the child that a ``switch`` draws: the first that needs no language, no extension and no HTML.

    If each of them is in some language, it is the first.
    """
    children = [child for child in switch if xml.local_name(child) and _can_be_drawn(child)]
    return next(
        (child for child in children if "systemLanguage" not in child.attrib), children[0] if children else None
    )


def _can_be_drawn(element: etree._Element) -> bool:
    known = etree.QName(element).namespace in SVG_NAMESPACES and xml.local_name(element) != "foreignObject"
    extended = "requiredExtensions" in element.attrib or "Extensibility" in element.get("requiredFeatures", "")
    return known and not extended
