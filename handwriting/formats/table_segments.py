"""Tables of the lines from point to point that drawing programs log: where each begins, and where it ends.

Lines are joined into strokes if at least half of them begin exactly where the one before ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from handwriting.formats.column_names import plain

COLUMNS = (
    ("prevx", "prevy", "x", "y"), ("lastx", "lasty", "x", "y"), ("previousx", "previousy", "x", "y"),
    ("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"), ("startx", "starty", "endx", "endy"),
    ("fromx", "fromy", "tox", "toy"), ("mx", "my", "lx", "ly"), ("pmousex", "pmousey", "mousex", "mousey"),
)  # fmt: skip
"""Plain names of x and y where a line begins, and where it ends; (mx, my) are those of Signature Pad (jQuery)."""
MIN_JOINS, MIN_JOINED_SHARE = 3, 0.5
"""Lines are joined if at least so many, and this share of them, begin exactly where the one before ends."""
STROKE = "stroke"


def find_columns(names: Sequence[str]) -> list[int] | None:
    """Return the indices of the columns of a table of lines, or None if it is none."""
    plains = [plain(name) for name in names]
    found = next((columns for columns in COLUMNS if set(columns) <= set(plains)), None)
    return None if found is None else [plains.index(name) for name in found]


def to_points(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]] | None:
    """Return the names and the rows of a table of points for a table of lines; None for any other table.

    Of the other columns, the points have those of the line that ends at them, but no number of the stroke.
    """
    columns = find_columns(names)
    if columns is None or any(len(row) <= max(columns) for row in rows):
        return None
    ends = [[[row[i] for i in columns[:2]], [row[i] for i in columns[2:]]] for row in rows]
    joins = [False, *(begin == end for (_, end), (begin, _) in pairwise(ends))]
    if sum(joins) < max(MIN_JOINS, MIN_JOINED_SHARE * len(rows)):
        return None
    others = [i for i, name in enumerate(names) if i not in columns and plain(name) != STROKE]
    points, stroke = [], 0
    for row, (begin, end), is_joined in zip(rows, ends, joins, strict=True):
        more = [row[i] if i < len(row) else "" for i in others]
        if not is_joined:
            stroke += 1
            points.append([*begin, str(stroke), *more])
        points.append([*end, str(stroke), *more])
    return ["x", "y", STROKE, *(names[i] for i in others)], points
