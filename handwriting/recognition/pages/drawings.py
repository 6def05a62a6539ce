"""Find drawings on a page: strokes that are not writing, which are set aside before lines are searched for.

Writing turns all the time. Of the strokes of real lines that are ten letter heights long, one in a thousand turns by
less than half a radian per letter height, and hardly any straight stroke of a letter is five heights long. Longer and
smoother strokes are drawn: rules, boxes, circles, arrows, curves. Smaller ones are recognised by the ink around them:
an underline has a word right above it, the sides of a box touch other drawn strokes, hatching has parallels, and a
stroke that crosses other ink eight times crosses it out.

Lengths are in letter heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.geometry.normalise import segments
from handwriting.ink import Floats, Ink
from handwriting.recognition.pages.arrows import arrow_head, find_arrows
from handwriting.recognition.pages.cross_strokes import crossed_out_by_groups
from handwriting.recognition.pages.crossed_out import crossed_out
from handwriting.recognition.pages.marks import Integers, Marks, weighted_median
from handwriting.recognition.pages.rulings import find_rulings
from handwriting.recognition.pages.shapes import TOUCH, Shapes, components, distances
from handwriting.recognition.pages.sketches import find_sketches
from handwriting.recognition.pages.symbols import find_boxes, find_dashes, ticks_in

Kind = Literal["underline", "rule", "box", "table", "arrow", "hatching", "crossed-out", "sketch"]

LENGTHS, TURNS = (7.0, 10.0, 15.0, 25.0, 50.0), (0.3, 0.5, 0.7, 0.95, 1.1)
"""A stroke of these lengths is drawn if it turns by less than this, in radians per letter height."""
MAX_LETTER_HEIGHT = 7.0
"""Largest height of a stroke of a letter."""
MAX_STRAIGHT, MAX_STRAIGHT_LEVEL = 5.6, 7.0
"""Largest length of a straight stroke of a letter, and of a horizontal one: t-bars and dashes are longer than stems."""
MIN_UNDERLINE = 2.1
"""Minimum length of an underline: that of a word of two letters."""
MAX_INK_LENGTH = 50_000.0
"""Ink longer than this cannot consist of letters of the estimated height, and would take long to measure."""
MIN_WRITING = 4.0
"""Minimum total height of strokes that count as writing; with less, no drawings are set aside."""


@dataclass(frozen=True, eq=False)
class DrawingRegion:
    """A drawing on a page, or a crossed-out word."""

    kind: Kind
    strokes: Integers
    """Numbers of its strokes on the page, in ascending order."""


def find_drawings(marks: Marks) -> list[DrawingRegion]:
    """Return the drawings of a page from top to bottom; none if all of the ink looks like a drawing.

    Every stroke is in at most one region. Letter heights are measured on the remaining strokes.
    """
    ink = marks.ink.keep(marks.sound)  # every stroke keeps a point
    if segments(ink)[2].sum() > MAX_INK_LENGTH * _typical_height(ink):
        return []
    drawn = np.zeros(len(ink.starts), dtype=bool)
    shapes = Shapes(ink, _typical_height(ink))
    for _ in range(3):  # a drawing distorts the letter height until it is set aside
        before, drawn = drawn, _large_strokes(shapes)
        if not _is_writing(shapes, ~drawn):
            return []
        if (drawn == before).all():
            break
        shapes = Shapes(ink, Marks(ink.take(np.flatnonzero(~drawn))).height)
    found = _Finder(shapes, drawn).regions()
    left = np.ones(len(ink.starts), dtype=bool)
    left[np.concatenate([np.empty(0, np.int64), *(region.strokes for region in found)])] = False
    return found if left.any() else []


def _large_strokes(shapes: Shapes) -> NDArray[np.bool_]:
    """Return a mask of the strokes that are longer, smoother or taller than any stroke of a letter."""
    long = shapes.straight & (np.abs(shapes.chord) > np.where(shapes.level, MAX_STRAIGHT_LEVEL, MAX_STRAIGHT))
    tall = shapes.boxes[:, 3] - shapes.boxes[:, 1] > MAX_LETTER_HEIGHT
    return (smooth_strokes(shapes) | long | tall) & ~shapes.torn


def smooth_strokes(shapes: Shapes) -> NDArray[np.bool_]:
    """Return a mask of the strokes that turn less than any stroke of a letter of their length, shape (S,)."""
    limit = np.where(shapes.length < LENGTHS[0], 0.0, np.interp(shapes.length, LENGTHS, TURNS))
    return np.asarray(shapes.turning < limit * shapes.length)


def _typical_height(ink: Ink) -> float:
    """Return a first estimate of the letter height, in which a zigzag stroke weighs little more than a letter."""
    strokes = np.split(ink.y, ink.starts[1:])
    moved = np.array([np.abs(np.diff(y)).sum() for y in strokes])
    heights = np.array([_median_rise(y) for y in strokes])
    chosen = heights > 0
    if not chosen.any():
        return Marks(ink).height
    return weighted_median(heights[chosen], np.sqrt(moved[chosen]))


def _median_rise(y: Floats) -> float:
    """Return how far the pen goes up or down before it turns: the median, weighted by length."""
    step = np.diff(y)
    step = step[step != 0]
    if not len(step):
        return 0.0
    rises = np.abs(np.add.reduceat(step, np.flatnonzero(np.append(True, np.diff(np.sign(step)) != 0))))
    return weighted_median(rises, rises)


def _is_writing(shapes: Shapes, chosen: NDArray[np.bool_]) -> bool:
    heights = shapes.boxes[:, 3] - shapes.boxes[:, 1]
    return bool(np.minimum(heights, 2.0)[chosen].sum() > MIN_WRITING)


class _Finder:
    """Groups drawn strokes with the strokes that belong to them."""

    def __init__(self, shapes: Shapes, drawn: NDArray[np.bool_]) -> None:
        self.shapes, self.drawn = shapes, drawn.copy()
        self.free = ~drawn
        """Strokes taken for writing so far."""
        self.ruled = find_rulings(shapes)
        """Lines of the paper's ruling, which touch writing anywhere."""
        self.found: list[DrawingRegion] = []

    def regions(self) -> list[DrawingRegion]:
        shapes = self.shapes
        for strokes in crossed_out(shapes, self.drawn, self.ruled):
            self._cross_out(strokes)
        for strokes in crossed_out_by_groups(shapes, self.free, self.drawn & ~self.ruled):
            self._cross_out(strokes)
        self._draw(np.array([k for k in np.flatnonzero(self.free).tolist() if self.shapes.encloses(k)], dtype=np.int64))
        self._hatch()
        self._symbols()
        self._join()
        self._underline()
        for sketch in find_sketches(shapes, self.free, self.drawn & ~self.ruled):
            self.drawn[sketch] = False
            self._set_aside("sketch", np.sort(np.concatenate([sketch, self._companions(sketch)])))
        for group in self._touching(np.flatnonzero(self.drawn)):
            strokes = np.concatenate([group, self._companions(group)])
            self._set_aside(self._kind(group), np.sort(strokes))
        tops = [self.shapes.boxes[region.strokes, 1].min() for region in self.found]
        return [self.found[k] for k in np.argsort(tops, kind="stable")]

    def _hatch(self) -> None:
        """Mark as drawn: groups of parallel straight strokes of similar length, close together.

        Some of them may already be marked as drawn, because they are longer than any stroke of a letter.
        """
        shapes = self.shapes
        some = np.flatnonzero(shapes.straight & (self.free | self.drawn) & (np.abs(shapes.chord) > 2.2))
        if len(some) < 4:
            return
        middle = np.array([shapes.points[k].mean() for k in some.tolist()])
        unit = np.exp(1j * np.radians(shapes.slope[some]))
        size = np.abs(shapes.chord[some])
        apart = (middle[:, None] - middle) * unit.conj()
        parallel = np.abs((shapes.slope[some][:, None] - shapes.slope[some] + 90) % 180 - 90) < 15
        alike = (size[:, None] < 1.7 * size) & (size < 1.7 * size[:, None])
        near = parallel & alike & (np.abs(apart.imag) < 1.6) & (np.abs(apart.real) < 0.6 * size)
        for group in components(near):
            # Four or more letters l side by side are hatching only when they are taller than letters.
            if len(group) >= (4 if np.median(size[group]) > 3.4 else 6):
                self._draw(some[group])

    def _symbols(self) -> None:
        """Mark as drawn: boxes with their ticks, level arrows, and dashed or dotted rules."""
        shapes = self.shapes
        large = shapes.boxes[[k for k in np.flatnonzero(self.drawn).tolist() if shapes.closed(k)]]
        for box in find_boxes(shapes, self.free | self.drawn):
            low, high = shapes.boxes[box, :2].min(axis=0), shapes.boxes[box, 2:].max(axis=0)
            if ((large[:, :2] < low) & (large[:, 2:] > high)).all(axis=1).any():
                continue  # it may be the window of a house, which is found with its other small parts
            self._draw(box)
            self._draw(np.array(ticks_in(shapes, box, self.free), dtype=np.int64))
        for arrow in find_arrows(shapes, self.free):
            self._set_aside("arrow", arrow)
        for row in find_dashes(shapes, self.free):
            self._set_aside("rule", row)

    def _join(self) -> None:
        """Mark as drawn: strokes that complete a drawing, such as sides of boxes and tables, and heads of arrows."""
        shapes = self.shapes
        while True:
            lines: list[int] = np.flatnonzero(self.drawn & ~self.ruled).tolist()
            more = []
            for k in np.flatnonzero(self.free & shapes.straight & (np.abs(shapes.chord) > 1.5)).tolist():
                ends = shapes.points[k][[0, -1]]
                joined = [
                    j for j in lines if self.shapes.near(j, k) and (distances(ends, shapes.points[j]) < TOUCH).any()
                ]
                touch = np.zeros(2, dtype=bool)
                for j in joined:
                    if self.shapes.angle_between(k, j) > 30 or not shapes.straight[j]:
                        touch |= distances(ends, shapes.points[j]) < TOUCH
                if (touch.all() and abs(shapes.chord[k]) > 2.0) or (touch.any() and abs(shapes.chord[k]) > 3.5):
                    more.append(k)
            for k in lines:
                more += arrow_head(shapes, k, self.free)
            if not more:
                return
            self._draw(np.array(sorted(set(more))))

    def _underline(self) -> None:
        """Mark as drawn: horizontal strokes under a word, with ink above all along them and hardly any below."""
        shapes = self.shapes
        for k in np.flatnonzero(self.free & shapes.level & (np.abs(shapes.chord) > MIN_UNDERLINE)).tolist():
            others = shapes.beside(k, 3.0)
            others = others[~self.drawn[others]]
            above, _, covered = shapes.around(k, others, 2.5)
            near, below, _ = shapes.around(k, others, 1.0)
            if covered > 0.6 and above > 2 * abs(shapes.chord[k]) and below < 0.2 * above and below <= near:
                self._draw(np.array([k]))

    def _companions(self, group: Integers) -> Integers:
        """Return small strokes inside a sketch that belong to it, like the eyes of a face."""
        shapes = self.shapes
        left, top = shapes.boxes[group, :2].min(axis=0) - 0.3
        right, bottom = shapes.boxes[group, 2:].max(axis=0) + 0.3
        size = max(right - left, bottom - top)
        if shapes.straight[group].all() or min(right - left, bottom - top) < 4:
            return np.empty(0, dtype=np.int64)
        boxes = shapes.boxes
        within = self.free & (boxes[:, 0] > left) & (boxes[:, 1] > top) & (boxes[:, 2] < right) & (boxes[:, 3] < bottom)
        strokes = np.flatnonzero(within)
        simple = shapes.turning[strokes] < 2.4 * np.pi
        small = np.maximum(*(boxes[strokes, 2:] - boxes[strokes, :2]).T) < 0.6 * size
        if not 0 < len(strokes) <= 5 or not (simple & small).all() or self._is_row(strokes):
            return np.empty(0, dtype=np.int64)
        return strokes

    def _is_row(self, strokes: Integers) -> bool:
        """Return whether strokes are side by side like letters, or a single one."""
        boxes = self.shapes.boxes[strokes]
        gaps = []
        for low, high in ((0, 2), (1, 3)):
            order = np.argsort(boxes[:, low])
            gaps.append(boxes[order[1:], low] - np.maximum.accumulate(boxes[order, high])[:-1])
        return bool((gaps[0] < 1.2).all() and (gaps[1] < 0.4).all())

    def _touching(self, strokes: Integers) -> list[Integers]:
        """Return drawn strokes in connected groups."""
        shapes = self.shapes
        near = np.eye(len(strokes), dtype=bool)
        for i, a in enumerate(strokes.tolist()):
            for j, b in enumerate(strokes[:i].tolist()):
                if self.shapes.near(a, b):
                    z = shapes.points[a], shapes.points[b]
                    touch = bool(shapes.crossings(a, np.array([b]))[0]) or any(
                        (distances(z[k][[0, -1]], z[1 - k]) < TOUCH).any() for k in (0, 1)
                    )
                    near[i, j] = near[j, i] = touch or self._hatched(a, b)
        return [strokes[group] for group in components(near)]

    def _hatched(self, a: int, b: int) -> bool:
        """Return whether two drawn strokes are neighbours in hatching."""
        shapes = self.shapes
        if not (shapes.straight[[a, b]].all() and max(np.abs(shapes.chord[[a, b]])) < 12) or shapes.level[[a, b]].any():
            return False
        return bool(self.shapes.angle_between(a, b) < 15 and distances(shapes.points[a], shapes.points[b]).min() < 1.6)

    def _kind(self, group: Integers) -> Kind:
        shapes = self.shapes
        straight = group[shapes.straight[group]]
        level = np.abs(shapes.slope[straight]) < 30
        if len(group) == 1 and len(straight):
            if level[0]:
                others = np.flatnonzero(self.free)
                above, _, covered = shapes.around(int(group[0]), others, 2.5)
                below = shapes.around(int(group[0]), others, 1.0)[1]
                return "underline" if covered > 0.4 and above > 2 * below else "rule"
            return "rule"
        if len(straight) == len(group):
            angles = np.abs((shapes.slope[straight][:, None] - shapes.slope[straight] + 90) % 180 - 90)
            if len(group) >= 4 and (angles < 15).all():
                return "hatching"
            if level.sum() >= 2 and (~level).sum() >= 2:
                return "box" if len(group) <= 4 else "table"
        longest = int(group[shapes.length[group].argmax()])
        if (
            len(group) > 1
            and shapes.length[group].sum() < 1.8 * shapes.length[longest]
            and not self.shapes.closed(longest)
        ):
            return "arrow"
        if len(group) == 1 and self.shapes.closed(longest):
            return "box"
        return "sketch"

    def _set_aside(self, kind: Kind, strokes: Integers) -> None:
        self.free[strokes] = False
        self.found.append(DrawingRegion(kind, strokes))

    def _cross_out(self, strokes: Integers) -> None:
        self.drawn[strokes] = False
        self._set_aside("crossed-out", strokes)

    def _draw(self, strokes: Integers) -> None:
        self.drawn[strokes] = True
        self.free[strokes] = False
