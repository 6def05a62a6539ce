"""Repair XML that is damaged or cut short: keep the complete strokes, and report the others by name.

A document of ink consists of *units*, elements that hold one stroke each, in *groups* such as layers and pages. A unit
that is not well-formed, or not closed, is replaced by an empty element of the same name, so that the others keep their
numbers. What is left is parsed with libxml2's recovery, which closes the groups that are still open at the cut. An
ampersand outside the units that was not escaped, as in a title, stands for itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from lxml import etree

from handwriting.errors import InkError
from handwriting.notes import Notes

MAX_UNITS, MAX_DAMAGED = 50_000, 100
"""Maximum numbers of units, and of damaged units; a document with more is refused."""

Parse = Callable[[bytes, bool], "etree._Element | str"]
"""Parses a document, with recovery if the second argument is true, and returns its root or the reason why it has
none."""


@dataclass(frozen=True)
class Vocabulary:
    """Local names of the elements that matter in a damaged document."""

    units: tuple[str, ...]
    """Elements that hold a stroke, a text or the like, and no other of them but :attr:`others`."""
    groups: tuple[str, ...]
    """Elements that contain units."""
    others: tuple[str, ...] = ()
    """Units that hold neither a stroke nor a text, so that no writing is lost with them."""


@dataclass
class _Unit:
    name: str
    start: int
    end: int
    closed: bool


_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
"""An ampersand that was not escaped; references to entities are expanded before."""


def repair(
    data: bytes, vocabulary: Vocabulary, parse: Parse, reason: str, file: str, notes: Notes
) -> etree._Element | None:
    """Return the root of a damaged document without its damaged units, or None if it cannot be repaired.

    ``reason`` says what is wrong with the document. Strokes, texts and groups that are left out are noted as lost.
    """
    if notes.strict:
        return None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("utf-16", "replace")).encode(errors="replace")
    names = (*vocabulary.units, *vocabulary.groups)
    main = tuple(name for name in vocabulary.units if name not in vocabulary.others)
    for units, boundaries in ((vocabulary.others, names), (main, (*main, *vocabulary.groups))):
        repaired = _without_damaged(data, _units(data, units, boundaries), vocabulary, parse, file, notes)
        if repaired is None:
            return None
        data = repaired
    root = parse(data, False)
    if isinstance(root, str) and b"<![CDATA[" not in data:  # in which an ampersand need not be escaped
        data = _BARE_AMPERSAND.sub(b"&amp;", data)
        root = parse(data, False)
    if isinstance(root, str):
        root = parse(data, True)
        if isinstance(root, str):
            return None
        with notes.part("the rest of the file"):
            raise InkError(f"{file}: damaged XML: {reason}")
    return root


def _without_damaged(
    data: bytes, units: Sequence[_Unit], vocabulary: Vocabulary, parse: Parse, file: str, notes: Notes
) -> bytes | None:
    """Return a document with its damaged units replaced by empty elements, or None if there are too many units."""
    if len(units) > MAX_UNITS:
        return None
    closed = [unit for unit in units if unit.closed]
    declaration = re.match(rb"\s*<\?xml[^>]*\?>", data)

    def is_well_formed(candidates: Sequence[_Unit]) -> bool:
        inside = b"".join(data[unit.start : unit.end] for unit in candidates)
        document = (declaration[0] if declaration else b"") + b"<units>" + inside + b"</units>"
        return not isinstance(parse(document, False), str)

    malformed = [unit for unit in units if not unit.closed] + _find_malformed(closed, is_well_formed)
    if len(malformed) > MAX_DAMAGED:
        return None
    parts: list[bytes] = []
    numbers, position = Counter[str](), 0
    damaged = {id(unit) for unit in malformed}
    for unit in units:
        local_name = unit.name.rpartition(":")[2]
        numbers[local_name] += 1
        if id(unit) in damaged:
            name = f"{local_name.lower()} {numbers[local_name]} of the file"
            damage = f"damaged XML: it is {'not well-formed' if unit.closed else 'cut short or not closed'}"
            if local_name in vocabulary.others:
                notes.drop(name, damage)
            else:
                with notes.part(name):
                    raise InkError(f"{file}: {damage}")
            parts += [data[position : unit.start], f"<{unit.name}/>".encode()]
            position = unit.end
    return b"".join([*parts, data[position:]])


def _units(data: bytes, names: Sequence[str], boundaries: Sequence[str]) -> list[_Unit]:
    """Return the elements with one of ``names``; one that is not closed extends to the next of ``boundaries``."""
    pattern = "|".join(map(re.escape, boundaries))
    marks = list(re.finditer(rb"<(/?)((?:[\w.-]{1,40}:)?(%s))(?=[\s/>]|$)" % pattern.encode(), data))
    unit_names = {name.encode() for name in names}
    found = []
    for mark, following in zip_longest(marks, marks[1:]):
        if mark[1] or mark[3] not in unit_names:
            continue
        limit = len(data) if following is None else following.start()
        end = data.find(b">", mark.end(), limit) + 1
        closed = end > 0 and data[end - 2 : end - 1] == b"/"
        if not closed and following is not None and following[1] and following[2] == mark[2]:
            end = data.find(b">", following.end()) + 1
            closed = end > 0 and not data[following.end() : end - 1].strip()
            limit = following.end() if not closed else limit
        found.append(_Unit(mark[2].decode("latin-1"), mark.start(), end if closed else limit, closed))
    return found


def _find_malformed(units: Sequence[_Unit], is_well_formed: Callable[[Sequence[_Unit]], bool]) -> list[_Unit]:
    """Find the units that are not well-formed by repeated halving.

    The search ends when there are too many of them.
    """
    malformed: list[_Unit] = []
    waiting = [units] if units else []
    while waiting and len(malformed) <= MAX_DAMAGED:
        candidates = waiting.pop()
        if is_well_formed(candidates):
            continue
        if len(candidates) == 1:
            malformed += candidates
        else:
            half = len(candidates) // 2
            waiting += [candidates[half:], candidates[:half]]
    return malformed
