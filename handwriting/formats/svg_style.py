"""The styles of an SVG drawing: attributes and style sheets determine which lines are visible and drawn by a pen.

Of CSS, inheritance and ``!important`` are supported, and selectors by element, class, id, and attribute, also nested
ones (``g.pen > path``). Other selectors, and rules for printing and the like, are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from lxml import etree

from handwriting.formats import xml

INHERITED = ("fill", "fill-opacity", "stroke", "visibility", "stroke-opacity", "stroke-width", "stroke-dasharray")
NOT_INHERITED = (
    "display", "opacity", "mix-blend-mode",
    "transform", "transform-origin", "transform-box", "translate", "rotate", "scale", "background", "background-color",
)  # fmt: skip
"""Properties that apply to an element as a whole, with its contents, but are not inherited by each of them."""
ATTRIBUTES = frozenset({*INHERITED, *NOT_INHERITED[:5]})
"""Properties that may be attributes, too."""
RESET = ("unset", "revert", "revert-layer")
"""Values that a declaration is made to have no effect with."""
NO_PAINT = ("none", "transparent")
MAX_INVISIBLE_OPACITY = 0.02
"""Opacity up to which a line cannot be seen."""
_BRACE = re.compile("[{}]")
MAX_NESTED_RULES = 100
_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_SIMPLE_SELECTOR = re.compile(r"\*|[\w-]+|[\w-]*\.[\w-]+|#[\w-]+")
"""Selectors that are looked up by their text."""
_SELECTOR_PART = re.compile(r"""\*|([.#]?)([\w-]+)|\[\s*([\w:-]+)\s*(?:=\s*["']?([^"'\]]*)["']?\s*)?\]""")
_SCREEN_BLOCK = re.compile(r"@(media\s+(only\s+)?(all|screen)\b[^{]*|layer[^{]*|supports[^{]*)")
"""Blocks whose rules apply to a drawing on a screen."""
IMPORTANT = "!important"
_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,3})?)", re.IGNORECASE)
_COLOR_WITH_OPACITY = re.compile(
    r"(?:rgba?|hsla?)\([^()]*[,/]\s*([0-9.]{1,20})(%?)\s*\)|#[0-9a-f]{6}([0-9a-f]{2})|#[0-9a-f]{3}([0-9a-f])"
)

SelectorPart: TypeAlias = "tuple[str, str | None, str | None, str | None]"
"""``"."`` or ``"#"`` and a class or an id, a name of elements, or an attribute and its value; nothing for ``*``."""
SelectorLevel: TypeAlias = tuple[bool, list[SelectorPart]]
"""Whether an element must be a direct child of the level before, and the parts of the level's selector."""


@dataclass(frozen=True, eq=False)
class CssStyle:
    """The style of an element, including what it inherits. Elements with the same style share it."""

    values: dict[str, str] = field(default_factory=dict)
    opacity: float = 1.0
    """The product of the opacities of the element and of the groups around it."""
    is_displayed: bool = True
    """False inside ``display: none``."""
    is_blended: bool = False
    """Whether it darkens what is under it, as highlighters do (``mix-blend-mode: multiply``)."""

    @cached_property
    def is_visible(self) -> bool:
        """Whether a line in this style can be seen."""
        hidden = self.values.get("visibility") in ("hidden", "collapse")
        width = _leading_number(self.values.get("stroke-width"))
        empty = self.values.get("fill") in NO_PAINT and self.values.get("stroke") in NO_PAINT
        return self.is_displayed and not hidden and not empty and self.alpha > MAX_INVISIBLE_OPACITY and width != 0

    @cached_property
    def is_filled(self) -> bool:
        """Whether a shape in this style is filled with a color that can be seen."""
        fill = self.values.get("fill", "")
        hidden = self.values.get("visibility") in ("hidden", "collapse")
        opacity = self.opacity * _parse_opacity(self.values.get("fill-opacity")) * _color_opacity(fill)
        return self.is_displayed and not hidden and fill not in NO_PAINT and opacity > MAX_INVISIBLE_OPACITY

    @cached_property
    def alpha(self) -> float:
        """Opacity of a line, from 0 to 1."""
        own = _parse_opacity(self.values.get("stroke-opacity"))
        return self.opacity * own * _color_opacity(self.values.get("stroke", ""))

    @cached_property
    def width(self) -> float:
        """Width of a line as the style states it."""
        width = _leading_number(self.values.get("stroke-width"))
        return 1.0 if width is None else width

    @cached_property
    def _is_hollow(self) -> bool:
        fill = self.values.get("fill", "")
        opacity = _color_opacity(fill) * _parse_opacity(self.values.get("fill-opacity"))
        return fill in NO_PAINT or opacity <= MAX_INVISIBLE_OPACITY

    def is_pen(self, closed: bool) -> bool:
        """Return whether a line was drawn by a pen, rather than as the outline of something filled.

        A line with a stroke counts unless it is closed and filled. A line without any style would be filled with black,
        but an open one was surely meant as a line.
        """
        fill, stroke = self.values.get("fill"), self.values.get("stroke")
        if stroke is None or stroke in NO_PAINT:
            return stroke is None and fill is None and not closed
        return not closed or self._is_hollow


class Styles:
    """The style sheets of one drawing."""

    def __init__(self, root: etree._Element) -> None:
        self.rules: dict[str, dict[str, str]] = {}
        self.nested_rules: list[tuple[list[SelectorLevel], dict[str, str]]] = []
        """Other rules: the selector of each level, and the declarations."""
        self._inherited: dict[tuple[CssStyle, tuple[tuple[str, str], ...]], CssStyle] = {}
        for sheet in root.iter("{*}style", "style"):
            for selectors, body in _parse_rules(_COMMENT.sub("", sheet.text or "")):
                declared = _parse_declarations(body)
                for selector in selectors.split(",") if declared else ():
                    if _SIMPLE_SELECTOR.fullmatch(name := selector.strip()):
                        _override(self.rules.setdefault(name, {}), declared)
                    elif len(self.nested_rules) < MAX_NESTED_RULES and (levels := _parse_selector(selector[:200])):
                        self.nested_rules.append((levels, declared))

    def declarations(self, element: etree._Element) -> dict[str, str]:
        """Return the declarations for ``element``, where later ones override earlier ones.

        They come from its attributes, then style sheets, then its ``style``.
        """
        found = {name: value.lower() for name, value in element.items() if name in ATTRIBUTES and value}
        for selector in _selectors(element) if self.rules else ():
            _override(found, self.rules.get(selector, {}))
        for levels, declared in self.nested_rules:
            if _is_selected(element, levels):
                _override(found, declared)
        if style := element.get("style"):
            _override(found, _parse_declarations(style))
        plain = {name: value.removesuffix(IMPORTANT).strip() for name, value in found.items()}
        return {
            name: value
            for name, value in plain.items()
            if value not in RESET and not (value == "initial" and name in NOT_INHERITED)
        }

    def inherit(self, parent: CssStyle, declared: dict[str, str]) -> CssStyle:
        """Return the style of an element with these declarations inside an element with the style ``parent``."""
        key = parent, tuple(declared.items())
        if key not in self._inherited:
            self._inherited[key] = _inherit(parent, declared)
        return self._inherited[key]


def _inherit(parent: CssStyle, declared: dict[str, str]) -> CssStyle:
    values = dict(parent.values)
    values.update({name: declared[name] for name in INHERITED if declared.get(name, "inherit") != "inherit"})
    opacity = parent.opacity * _parse_opacity(declared.get("opacity"))
    is_displayed = parent.is_displayed and declared.get("display") != "none"
    return CssStyle(values, opacity, is_displayed, parent.is_blended or declared.get("mix-blend-mode") == "multiply")


def _parse_rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the declarations of each rule of a style sheet.

    It takes a single pass, whatever the text.
    """
    text = text.replace("<!--", "").replace("-->", "")
    position = 0
    while (brace := text.find("{", position)) >= 0:
        selectors = text[position:brace].rpartition(";")[2].strip("} \t\r\n")  # after statements such as @import
        if _SCREEN_BLOCK.fullmatch(selectors):
            position = brace + 1
        elif selectors.startswith("@"):
            position, depth = brace + 1, 1
            while depth and (sign := _BRACE.search(text, position)):
                depth += 1 if sign[0] == "{" else -1
                position = sign.end()
            position = position if not depth else len(text)
        else:
            end = text.find("}", brace)
            end = len(text) if end < 0 else end
            yield selectors, text[brace + 1 : end]
            position = end + 1


def _override(found: dict[str, str], declared: dict[str, str]) -> None:
    """Add declarations to earlier ones, which they override unless the earlier ones are important."""
    for name, value in declared.items():
        if value.endswith(IMPORTANT) or not found.get(name, "").endswith(IMPORTANT):
            found[name] = value


def _parse_selector(selector: str) -> list[SelectorLevel]:
    """Parse a selector such as ``g.pen > path[a=b]`` into levels, from the outermost to the innermost.

    The result is empty if the selector is not supported.
    """
    levels: list[SelectorLevel] = []
    direct = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            direct = True
            continue
        parts, position = [], 0
        while part := _SELECTOR_PART.match(word, position):
            parts.append((part[1] or "", part[2], part[3], part[4]))
            position = part.end()
        if position < len(word):
            return []
        levels.append((direct, parts))
        direct = False
    return [] if direct else levels


def _is_selected(element: etree._Element, levels: list[SelectorLevel]) -> bool:
    """Return whether ``levels`` select ``element``.

    The last level must match the element, and the others elements around it, from the outermost to the innermost.
    """
    direct, parts = levels[-1]
    if not _matches(element, parts):
        return False
    ancestor = element.getparent()
    for outer, parts in reversed(levels[:-1]):
        while ancestor is not None and not (matches := _matches(ancestor, parts)) and not direct:
            ancestor = ancestor.getparent()
        if ancestor is None or not matches:
            return False
        ancestor, direct = ancestor.getparent(), outer
    return True


def _matches(element: etree._Element, parts: list[SelectorPart]) -> bool:
    for sign, name, attribute, value in parts:
        if attribute is not None:
            own = element.get(attribute)
            if own is None or value not in (None, own):
                return False
        elif sign == ".":
            if name not in element.get("class", "").split():
                return False
        elif name is not None and name != (element.get("id") if sign == "#" else xml.local_name(element)):
            return False
    return True


def _selectors(element: etree._Element) -> list[str]:
    """Return the selectors that match ``element``, the weakest first."""
    name, classes = xml.local_name(element), element.get("class", "").split()
    return ["*", name, *(f".{c}" for c in classes), *(f"{name}.{c}" for c in classes), f"#{element.get('id')}"]


def _parse_declarations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        if name.strip().lower() in (*INHERITED, *NOT_INHERITED) and value.strip():
            found[name.strip().lower()] = value.strip().lower()
    return found


def _leading_number(text: str | None) -> float | None:
    """Return the number at the beginning of a length, or None if there is none."""
    match = _NUMBER.match(text[:40]) if text else None
    return float(match[1]) if match else None


def _parse_opacity(text: str | None) -> float:
    """Parse an opacity from 0 to 1, which is 1 if it is not given."""
    value = _leading_number(text)
    if value is None:
        return 1.0
    return min(1.0, value / 100 if (text or "").strip().endswith("%") else value)


def _color_opacity(color: str) -> float:
    """Return the opacity of a color, which is 1 unless the color states it."""
    match = _COLOR_WITH_OPACITY.fullmatch(color.strip()[:80])
    if match is None:
        return 1.0
    if match[1] is None:
        digits = match[3] or 2 * match[4]
        return int(digits, 16) / 255
    # The third value of rgb(1, 2, 3) is not an opacity.
    if color.count(",") == 2 and "/" not in color:
        return 1.0
    return _parse_opacity(match[1] + match[2])
