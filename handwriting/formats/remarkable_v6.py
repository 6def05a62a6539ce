"""Read pages of reMarkable tablets since 2022: version 6 of the ``.rm`` file.

Lines belong to a tree of groups, the outermost of which are layers. A group may be hidden, deleted, or anchored to a
character of the typed text, and then it moves along with the text (see :mod:`~handwriting.formats.remarkable_text`).
The tablet measures x from the middle of the paper. Typed text is left out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.remarkable_blocks import (
    BYTE1,
    BYTE4,
    GLYPHS,
    GROUP,
    LENGTH,
    LINE,
    NODE,
    SCENE,
    TEXT,
    TREE,
    Block,
    Identifier,
    blocks,
)
from handwriting.formats.remarkable_page import PAPER, Paper, RecordedStroke
from handwriting.formats.remarkable_text import ABOVE, read_text
from handwriting.limits import MAX_DEPTH, MAX_STROKES
from handwriting.notes import Notes

POINT = {
    1: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<f4"), ("direction", "<f4"), ("width", "<f4"), ("pressure", "<f4")]
    ),
    2: np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("speed", "<u2"), ("width", "<u2"), ("direction", "u1"), ("pressure", "u1")]
    ),
}
"""Layout of a point of a line, by the version of its block."""

_ID = rb".[\x80-\xff]*[\x00-\x7f]"
_ITEM_HEADER = re.compile(rb"\x2f" + _ID + rb"\x3f" + _ID + rb"\x4f" + _ID + rb"\x54.{4}", re.DOTALL)
"""Values 2 to 5 of an item of a group: its identifier, those of its neighbours, and how much was deleted."""
_LINE_HEADER = re.compile(rb"\x14(.{4})\x24(.{4})\x38(.{8})\x44.{4}\x5c(.{4})", re.DOTALL)
"""Values 1 to 5 of a line: tool, color, scale of the thickness, first length, and the size of its points."""

FIRST_BASELINE = 216.0
"""Baseline of the first line of typed text where the tablet usually puts it; used if the text is missing."""
MAX_LINES = MAX_STROKES // 2
"""Maximum number of lines of a page; a full page of writing has about a thousand."""


def lines(data: bytes, page_name: str, file: str, notes: Notes) -> tuple[list[RecordedStroke], Paper]:
    """Return the lines on a page and the size of its paper. ``page_name`` is for messages (``"page 3"``)."""
    tree = _Tree()
    found: list[tuple[Identifier, RecordedStroke]] = []
    paper = PAPER
    text: Block | None = None
    number = 0
    with notes.part(f"the rest of {page_name}"):
        for kind, revision, block in blocks(data, file):
            number += kind == LINE
            if number > MAX_LINES:
                raise TooLargeError(f"{file}: {page_name} has more than {MAX_LINES:,} lines; split it")
            with notes.part(f"stroke {number} on {page_name}" if kind == LINE else f"a part of {page_name}"):
                try:
                    if kind in (TREE, NODE, GROUP):
                        tree.add(kind, block)
                    elif kind == SCENE:
                        paper = block.paper() or paper
                    elif kind == TEXT:
                        text = block.copy()
                        notes.count("typed text", _has_text(block))
                    elif kind == GLYPHS:
                        notes.count("highlighted passage", _has_value(block))
                    elif kind == LINE and (new := _read_line(block, revision)) is not None:
                        found.append(new)
                except (ValueError, struct.error) as error:
                    raise InkError(f"{file}: it is damaged ({error}); copy or export the file again") from None
    return list(_place(found, tree, text, paper, notes)), paper


@dataclass
class _Tree:
    """The groups of a page by their identifiers."""

    parents: dict[Identifier, Identifier] = field(default_factory=dict)
    hidden: set[Identifier] = field(default_factory=set)
    anchors: dict[Identifier, tuple[Identifier, float]] = field(default_factory=dict)
    """For a group that is anchored to the text, the anchor, and the x from which the group is measured."""
    items: set[Identifier] = field(default_factory=set)
    """Groups that are an item of another group."""
    thinned: set[Identifier] = field(default_factory=set)
    """Groups from which a group was deleted. A deleted item keeps its place but does not tell which group it was."""

    def add(self, kind: int, block: Block) -> None:
        """Add what a block says of a group. Raises ValueError or struct.error if it is damaged."""
        group = block.id(1)
        if kind == TREE:
            block.id(2)
            block.value(3, BYTE1)
            self.parents[group] = block.inner(4).id(1)
        elif kind == GROUP:
            block.skip(_ITEM_HEADER)
            if not block.has(6, LENGTH):
                self.thinned.add(group)
            elif (value := block.inner(6)).take(1) == b"\x02":
                self.items.add(value.id(2))
        else:
            block.inner(2)
            if _latest(block.inner(3)).value(2, BYTE1) == b"\0":
                self.hidden.add(group)
            if block.has(7, LENGTH):
                anchor = _latest(block.inner(7)).id(2)
                block.inner(8)
                block.inner(9)
                (x,) = struct.unpack("<f", _latest(block.inner(10)).value(2, BYTE4))
                if not isfinite(x):
                    raise ValueError("the place of a group is not finite")
                self.anchors[group] = (anchor, x)

    def path(self, group: Identifier) -> Iterator[Identifier]:
        """Yield a group and the groups around it, the innermost first."""
        for _ in range(MAX_DEPTH):
            yield group
            if group not in self.parents:
                break
            group = self.parents[group]

    def unseen(self, group: Identifier) -> str | None:
        """Return why the lines of a group cannot be seen, ``"hidden"`` or ``"deleted"``, or None if they can."""
        path = list(self.path(group))
        if any(one not in self.items and self.parents.get(one) in self.thinned for one in path):
            return "deleted"
        return "hidden" if self.hidden.intersection(path) else None


def _latest(value: Block) -> Block:
    """Skip the time at which a value was set."""
    value.id(1)
    return value


def _place(
    found: list[tuple[Identifier, RecordedStroke]], tree: _Tree, text: Block | None, paper: Paper, notes: Notes
) -> Iterator[RecordedStroke]:
    """Yield the lines that can be seen, measured from the corner of the paper."""
    baselines = _read_baselines(text) if tree.anchors else {}
    origins: dict[Identifier, tuple[float, float] | str] = {}
    for group, line in found:
        if group not in origins:
            origins[group] = tree.unseen(group) or _origin(tree, group, baselines, notes)
        origin = origins[group]
        if isinstance(origin, str):
            notes.count(f"stroke on a {origin} layer")
        else:
            line.x = line.x + (origin[0] + paper[0] / 2)
            line.y = line.y + origin[1]
            yield line


def _origin(tree: _Tree, group: Identifier, baselines: dict[Identifier, float], notes: Notes) -> tuple[float, float]:
    """Return the point from which the lines of a group are measured; it depends on the groups around it."""
    x = y = 0.0
    for anchor, left in (tree.anchors[one] for one in tree.path(group) if one in tree.anchors):
        if anchor not in baselines:
            notes.drop("the place of some ink", "its anchor is not in the typed text, so it is put at the first line")
        x += left
        y += baselines.get(anchor, baselines.get(ABOVE, FIRST_BASELINE))
    return x, y


def _read_baselines(text: Block | None) -> dict[Identifier, float]:
    """Return the baselines of the typed text; there are none if it is missing or damaged."""
    try:
        return read_text(text).baselines if text is not None else {}
    except (ValueError, struct.error):  # the reader of typed text reports it
        return {}


def _has_text(block: Block) -> bool:
    """Return whether the block of typed text, which most pages have, has any text."""
    block.id(1)
    return block.inner(2).inner(1).inner(1).number() > 0


def _has_value(block: Block) -> bool:
    """Return whether an item of a group has a value; an item that was deleted keeps its place without one."""
    block.id(1)
    block.skip(_ITEM_HEADER)
    return block.has(6, LENGTH)


def _read_line(block: Block, revision: int) -> tuple[Identifier, RecordedStroke] | None:
    """Return the layer and the line of a block, or None if the line was erased or has no points."""
    layer = block.id(1)
    block.skip(_ITEM_HEADER)
    if not block.has(6, LENGTH):
        return None
    value = block.inner(6)
    if value.take(1) != b"\x03":
        return None
    tool, color, width, size = struct.unpack("<IIdI", b"".join(value.skip(_LINE_HEADER)))
    raw = value.take(size)
    kind = POINT.get(revision)
    if kind is None or len(raw) % kind.itemsize:
        raise ValueError(f"a line of {len(raw)} bytes in version {revision}")
    points = np.frombuffer(raw, kind)
    if not len(points):
        return None
    x, y, pressure = (points[name].astype(np.float64) for name in ("x", "y", "pressure"))
    return layer, RecordedStroke(tool, color, width, x, y, pressure.clip(0, 1) if revision == 1 else pressure / 255.0)
