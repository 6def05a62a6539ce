"""Which elements of an SVG drawing are the lines of a pen: fill and stroke, as attributes and style sheets say.

Of CSS, rules by element, class, id, or element and class are understood, and inheritance; anything else is passed over.
"""

from __future__ import annotations

import re

from lxml import etree

from handwriting.formats import xml

PROPERTIES = ("fill", "stroke", "visibility", "display")
NOTHING = ("none", "transparent")
_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_SELECTOR = re.compile(r"\*|[\w-]+|[\w-]*\.[\w-]+|#[\w-]+")

Style = dict[str, str]


class Styles:
    """The styles of one drawing."""

    def __init__(self, root: etree._Element) -> None:
        self.rules: dict[str, Style] = {}
        for sheet in root.iter("{*}style", "style"):
            # By hand and not by a pattern, whose time could grow with the square of the text.
            for rule in _COMMENT.sub("", sheet.text or "").split("}"):
                selectors, _, body = rule.partition("{")
                declared = _declarations(body)
                for selector in selectors.split(",") if declared else ():
                    if _SELECTOR.fullmatch(selector.strip()):
                        self.rules.setdefault(selector.strip(), {}).update(declared)
        self.known: dict[etree._Element, Style] = {}

    def of(self, element: etree._Element) -> Style:
        """The values of `PROPERTIES` that are set for ``element``, here or above."""
        if element not in self.known:
            above = element.getparent()
            style = {} if above is None else dict(self.of(above))
            style.update({name: value for name in PROPERTIES if (value := element.get(name))})
            for selector in _selectors(element) if self.rules else ():
                style.update(self.rules.get(selector, {}))
            style.update(_declarations(element.get("style", "")))
            if above is not None and self.of(above).get("display") == "none":
                style["display"] = "none"
            self.known[element] = style
        return self.known[element]

    def visible(self, element: etree._Element) -> bool:
        style = self.of(element)
        return style.get("display") != "none" and style.get("visibility") not in ("hidden", "collapse")

    def is_pen(self, element: etree._Element, closed: bool) -> bool:
        """Whether a line of ``element`` was drawn by a pen and is no outline of something filled.

        A line with a stroke counts unless it is closed and filled. A line that says nothing of itself would be filled
        with black, but an open one that says nothing was surely meant as a line.
        """
        style = self.of(element)
        fill, stroke = style.get("fill"), style.get("stroke")
        if stroke is None or stroke in NOTHING:
            return stroke is None and fill is None and not closed
        return fill in NOTHING or not closed


def _selectors(element: etree._Element) -> list[str]:
    """What may select ``element``, the weakest first."""
    name, classes = xml.local(element), element.get("class", "").split()
    return ["*", name, *(f".{c}" for c in classes), *(f"{name}.{c}" for c in classes), f"#{element.get('id')}"]


def _declarations(text: str) -> Style:
    found: Style = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in PROPERTIES and value.strip():
            found[name.strip()] = value.replace("!important", "").strip().lower()
    return found
