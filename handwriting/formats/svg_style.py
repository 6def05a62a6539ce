"""Styles of an SVG drawing: which lines are drawn by a pen and can be seen, as attributes and style sheets say.

Of CSS, inheritance is understood, and selectors by element, class, id, or element and class, also inside of others
(``g.pen path``); other selectors are ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from handwriting.formats import xml

INHERITED = ("fill", "stroke", "visibility", "stroke-opacity", "stroke-width")
OWN = (
    "display", "opacity", "mix-blend-mode",
    "transform", "transform-origin", "transform-box", "translate", "rotate", "scale",
)  # fmt: skip
"""Properties that hold for an element and everything in it, but are not inherited one by one."""
NOTHING = ("none", "transparent")
FAINT = 0.02
"""Opacity below which a line cannot be seen."""
MAX_INNER_RULES = 100
_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_SELECTOR = re.compile(r"\*|[\w-]+|[\w-]*\.[\w-]+|#[\w-]+")
_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,3})?)", re.IGNORECASE)
_ALPHA = re.compile(
    r"(?:rgba?|hsla?)\([^()]*[,/]\s*([0-9.]{1,20})(%?)\s*\)|#[0-9a-f]{6}([0-9a-f]{2})|#[0-9a-f]{3}([0-9a-f])"
)


@dataclass(frozen=True)
class CssStyle:
    """The style of one element, with all that it inherits."""

    values: dict[str, str] = field(default_factory=dict)
    opacity: float = 1.0
    """Product of the opacities of the element and of the groups around it."""
    shown: bool = True
    """False inside of ``display: none``."""
    blended: bool = False
    """Whether it darkens what is under it, as highlighters do (``mix-blend-mode: multiply``)."""

    @property
    def visible(self) -> bool:
        """Whether a line in this style can be seen."""
        hidden = self.values.get("visibility") in ("hidden", "collapse")
        width = _number(self.values.get("stroke-width"))
        empty = self.values.get("fill") in NOTHING and self.values.get("stroke") in NOTHING
        return self.shown and not hidden and not empty and self.alpha > FAINT and width != 0

    @property
    def alpha(self) -> float:
        """Opacity of a line, from 0 to 1."""
        own = _share(self.values.get("stroke-opacity"))
        return self.opacity * own * _alpha(self.values.get("stroke", ""))

    @property
    def width(self) -> float:
        """Width of a line as the style states it."""
        width = _number(self.values.get("stroke-width"))
        return 1.0 if width is None else width

    def is_pen(self, closed: bool) -> bool:
        """Whether a line was drawn by a pen and is not the outline of something filled.

        A line with a stroke counts unless it is closed and filled. A line without any style would be filled with black,
        but an open one was surely meant as a line.
        """
        fill, stroke = self.values.get("fill"), self.values.get("stroke")
        if stroke is None or stroke in NOTHING:
            return stroke is None and fill is None and not closed
        return fill in NOTHING or not closed


class Styles:
    """The style sheets of one drawing."""

    def __init__(self, root: etree._Element) -> None:
        self.rules: dict[str, dict[str, str]] = {}
        self.inner: list[tuple[list[str], dict[str, str]]] = []
        """Rules for elements inside of others: the selector of each level, and what is declared."""
        for sheet in root.iter("{*}style", "style"):
            # Without a regular expression, whose time could grow with the square of the text.
            for rule in _COMMENT.sub("", sheet.text or "").split("}"):
                selectors, _, body = rule.partition("{")
                declared = _declarations(body)
                for selector in selectors.split(",") if declared else ():
                    levels = selector[:200].replace(">", " ").split()
                    if not all(map(_SELECTOR.fullmatch, levels)):
                        continue
                    if len(levels) == 1:
                        self.rules.setdefault(levels[0], {}).update(declared)
                    elif levels and len(self.inner) < MAX_INNER_RULES:
                        self.inner.append((levels, declared))

    def declared(self, element: etree._Element) -> dict[str, str]:
        """What attributes, style sheets and the ``style`` of ``element`` declare, the last of them the strongest."""
        found = {name: value for name in (*INHERITED, *OWN[:5]) if (value := element.get(name))}
        for selector in _selectors(element) if self.rules else ():
            found.update(self.rules.get(selector, {}))
        for levels, declared in self.inner:
            if _is_inside(element, levels):
                found.update(declared)
        found.update(_declarations(element.get("style", "")))
        return found

    def within(self, above: CssStyle, declared: dict[str, str]) -> CssStyle:
        """The style of an element that declares this, inside of one with the style ``above``."""
        values = dict(above.values)
        values.update({name: declared[name] for name in INHERITED if declared.get(name, "inherit") != "inherit"})
        opacity = above.opacity * _share(declared.get("opacity"))
        shown = above.shown and declared.get("display") != "none"
        return CssStyle(values, opacity, shown, above.blended or declared.get("mix-blend-mode") == "multiply")


def _is_inside(element: etree._Element, levels: list[str]) -> bool:
    """Whether the last of ``levels`` selects ``element``, and the others elements around it, from outside in."""
    if levels[-1] not in _selectors(element):
        return False
    above = element.getparent()
    for selector in reversed(levels[:-1]):
        while above is not None and selector not in _selectors(above):
            above = above.getparent()
        if above is None:
            return False
        above = above.getparent()
    return True


def _selectors(element: etree._Element) -> list[str]:
    """The selectors that match ``element``, the weakest first."""
    name, classes = xml.local(element), element.get("class", "").split()
    return ["*", name, *(f".{c}" for c in classes), *(f"{name}.{c}" for c in classes), f"#{element.get('id')}"]


def _declarations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        if name.strip().lower() in (*INHERITED, *OWN) and value.strip():
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _number(text: str | None) -> float | None:
    """The number that a length begins with; None when there is none."""
    match = _NUMBER.match(text[:40]) if text else None
    return float(match[1]) if match else None


def _share(text: str | None) -> float:
    """An opacity from 0 to 1, 1 when it is not given."""
    value = _number(text)
    if value is None:
        return 1.0
    return min(1.0, value / 100 if (text or "").strip().endswith("%") else value)


def _alpha(color: str) -> float:
    """Opacity of a color that has one of its own."""
    match = _ALPHA.fullmatch(color.strip()[:80])
    if match is None:
        return 1.0
    if match[1] is None:
        digits = match[3] or 2 * match[4]
        return int(digits, 16) / 255
    # rgb(1, 2, 3) has no fourth value.
    if color.count(",") == 2 and "/" not in color:
        return 1.0
    return _share(match[1] + match[2])
