"""Prepare pieces of writing, from whole lines to single characters: one pace, one size and one baseline.

IAM-OnDB's whiteboard samples the pen about 66 times a second; here its ink is resampled at half that rate, which
halves the cost of training and drawing and the length over which a network can drift. Neither the rates nor the units
of UNIPEN's tablets are reliable. Most sample evenly in time, so each writer's points are thinned by one factor until
the mean step, in writing heights, is that of IAM-OnDB; and each writer gets one scale, which preserves how much a
writer's height differs from that of the donor's other writers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting.corpora import Corpus
from handwriting.features.offsets import clean_at_rate
from handwriting.geometry.compose import rough_baseline
from handwriting.geometry.normalise import deskew, segments, slant, writing_height
from handwriting.geometry.pace import thin
from handwriting.ink import Ink
from handwriting.text import natural, raw

PRINTABLE = "".join(map(chr, range(32, 127)))
RATE = 33.0
"""Points per second."""
HEIGHT = 340.0
"""Median writing height of the levelled lines of IAM-OnDB, in its units."""
STEP = 0.114
"""Mean step of IAM-OnDB's ink at :data:`RATE`, in writing heights."""
MAX_LOG_RATIO = 0.3
"""Limit on the log ratio of a writer's height to the median of the donor's writers."""
MIN_PIECES = 8
"""Writers of UNIPEN with fewer pieces than this are pooled with others of the same donor."""


FoundPieces = dict[str, list[tuple[Ink, str, str]]]
"""Ink, text and form of each piece, by writer."""


@dataclass(frozen=True)
class Piece:
    """A piece of writing: a line, a word or a character."""

    xy: NDArray[np.float32]
    """Points, shape (N, 2), in units of IAM-OnDB, y downward, the leftmost point at 0, the baseline at 0."""
    ends: NDArray[np.bool_]
    """True at the last point of each stroke, shape (N,)."""
    text: str
    writer: str
    form: str
    cuts: NDArray[np.float32]
    """x of each space between words, after the slant is removed; empty if they were not found."""
    lean: float = 0.0
    """Slant: x - lean * y is upright."""

    def __len__(self) -> int:
        return len(self.xy)

    def ink(self) -> Ink:
        return ink_of(self.xy, self.ends)

    def words(self, first: int, last: int) -> Piece:
        """Return only the words ``first`` to ``last`` - 1; needs :attr:`cuts`."""
        edges = np.concatenate([[-np.inf], self.cuts, [np.inf]])
        starts = np.append(0, np.flatnonzero(self.ends[:-1]) + 1)
        upright = self.xy[:, 0] - self.lean * self.xy[:, 1]
        middle = (np.minimum.reduceat(upright, starts) + np.maximum.reduceat(upright, starts)) / 2
        inside = (middle > edges[first]) & (middle < edges[last])
        keep = np.repeat(inside, np.diff(np.append(starts, len(self))))
        xy = self.xy[keep]
        if len(xy):
            xy = xy - np.array([xy[:, 0].min(), 0], np.float32)
        text = " ".join(self.text.split(" ")[first:last])
        return Piece(xy, self.ends[keep], text, self.writer, self.form, self.cuts[:0], self.lean)


def ink_of(xy: NDArray, ends: NDArray[np.bool_]) -> Ink:
    """Convert points (N, 2) and stroke ends (N,) to ink."""
    return Ink(xy[:, 0], xy[:, 1], np.append(0, np.flatnonzero(ends[:-1]) + 1))


def points_of(ink: Ink, scale: float = 1.0) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return points and stroke ends of ink that is already levelled, resampled and on its baseline."""
    xy = (ink.xy * scale - (ink.x.min() * scale, 0)).astype(np.float32)
    ends = np.zeros(len(ink), bool)
    ends[ink.ends - 1] = True
    return xy, ends


def iam_items(corpus: Corpus, splits: Sequence[str]) -> list[Piece]:
    """Return the training lines of IAM-OnDB that have no error marks."""
    items = []
    for split in splits:
        for id in corpus.training_ids(split):
            line = corpus.line(id)
            text = natural(line.text)
            if len(line.ink) < 10 or "#" in raw(line.text) or not set(text) <= set(PRINTABLE):
                continue
            ink = clean_at_rate(line.ink, RATE)
            lean = slant(ink)
            items.append(
                Piece(*points_of(ink), text, line.writer or line.form, line.form, _cuts(ink, text, lean), lean)
            )
    return items


def _cuts(ink: Ink, text: str, lean: float) -> NDArray[np.float32]:
    """Return the middles of the gaps between words: the widest gaps, if they are clearly wider than all others."""
    count = text.count(" ")
    upright = ink.moved_to(ink.x - lean * ink.y, ink.y)
    left, _, right, _ = upright.boxes
    order = np.argsort(left)
    left, reach = left[order], np.maximum.accumulate(right[order])
    gaps = left[1:] - reach[:-1]
    none = np.zeros(0, np.float32)
    if count == 0 or len(gaps) < count:
        return none
    widest = np.argsort(-gaps)
    least = gaps[widest[count - 1]]
    if least < 0.12 * writing_height(ink) or (len(gaps) > count and gaps[widest[count]] > 0.75 * least):
        return none
    chosen = np.sort(widest[:count])
    return ((left[chosen + 1] + reach[chosen]) / 2).astype(np.float32)


def unipen_items(corpus: Corpus, split: str) -> list[Piece]:
    """Return the training segments of a split of words or texts."""
    found_by: FoundPieces = defaultdict(list)
    for id in corpus.training_ids(split):
        line = corpus.line(id)
        text = natural(line.text) if "#" not in line.text else line.text
        if text and set(text) <= set(PRINTABLE) and len(line.ink) > 3:
            found_by[line.writer or line.form].append((deskew(line.ink), text, line.form))
    pieces = _pooled(found_by)
    heights = {w: float(np.median([writing_height(ink) for ink, text, _ in _longest(p)])) for w, p in pieces.items()}
    middle = _by_donor(heights)
    items = []
    for writer, found in pieces.items():
        scale = _scale(heights[writer], middle[_donor(writer)])
        factor = max(1.0, STEP / max(_step([ink for ink, _, _ in found], heights[writer]), 1e-3))
        for ink, text, form in found:
            coarse = thin(ink, factor)
            coarse = coarse.moved_to(coarse.x, coarse.y - rough_baseline(coarse))
            items.append(Piece(*points_of(coarse, scale), text, writer, form, np.zeros(0, np.float32), slant(coarse)))
    return items


def character_items(corpus: Corpus, split: str, places: Places) -> list[Piece]:
    """Return the single characters of a split, at their size and height above the baseline in running writing."""
    found_by: FoundPieces = defaultdict(list)
    for id in corpus.training_ids(split):
        line = corpus.line(id)
        if len(line.text) == 1 and line.text in PRINTABLE and line.text != " ":
            found_by[line.writer or line.form].append((line.ink, line.text, line.form))
    pieces = _pooled(found_by)
    heights = _capital_heights(pieces)
    scales = _capital_scales(heights)
    items = []
    for writer, height in heights.items():
        found, scale = pieces[writer], scales[writer]
        large = [ink for ink, text, _ in found if text.isalnum()]
        factor = max(1.0, STEP * 1.05 / max(_step(large, height), 1e-3))
        for ink, text, form in found:
            xy, ends = points_of(thin(ink, factor), scale)
            items.append(Piece(places.put(xy, text), ends, text, writer, form, np.zeros(0, np.float32)))
    return items


def character_scales(found: Iterable[tuple[Ink, str, str]]) -> dict[str, float]:
    """Return the factor that scales each writer's characters to units of IAM-OnDB.

    ``found``: ink, character and writer of every piece. Writers whose size cannot be estimated are missing.
    """
    found_by: FoundPieces = defaultdict(list)
    for ink, text, writer in found:
        found_by[writer].append((ink, text, ""))
    return _capital_scales(_capital_heights(found_by))


def _capital_heights(pieces: FoundPieces) -> dict[str, float]:
    """Return the height of each writer's capitals; the donor's median if a writer has too few."""
    heights = {writer: _capital([(ink, text) for ink, text, _ in found]) for writer, found in pieces.items()}
    middle = _by_donor({writer: height for writer, height in heights.items() if height})
    known = {writer: height or middle.get(_donor(writer), 0.0) for writer, height in heights.items()}
    return {writer: height for writer, height in known.items() if height}


def _capital_scales(heights: dict[str, float]) -> dict[str, float]:
    middle = _by_donor(heights)
    return {writer: _scale(height, middle[_donor(writer)]) * CAPITAL for writer, height in heights.items()}


CAPITAL = 0.95
"""Height of a capital in writing heights."""


@dataclass(frozen=True)
class Places:
    """Vertical extent of characters: bottom and top above the baseline, in capital heights."""

    capital: float = CAPITAL * HEIGHT

    def put(self, xy: NDArray[np.float32], text: str) -> NDArray[np.float32]:
        """Return a character's points scaled and moved to its proper size and height above the baseline."""
        bottom, top = PLACES.get(text, (0.0, 1.0))
        high, wanted = float(np.ptp(xy[:, 1])), (top - bottom) * self.capital
        wide = float(np.ptp(xy[:, 0]))
        size = max(high, 0.5 * wide)
        least, most = 0.7 * max(wanted, 1.0), 1.35 * max(wanted, 0.12 * self.capital)
        if text in WIDE:
            size, least, most = wide, 0.35 * self.capital, 0.9 * self.capital
        factor = 1.0 if size == 0 else float(np.clip(size, least, most)) / size if size > most or size < least else 1.0
        if len(xy) == 1 or size < 1e-6:
            factor = 1.0
        xy = xy * factor
        middle = (xy[:, 1].max() + xy[:, 1].min()) / 2
        if bottom == 0.0 and text not in WIDE:  # on the baseline
            return xy - np.array([xy[:, 0].min(), xy[:, 1].max()], np.float32)
        return xy - np.array([xy[:, 0].min(), middle + (top + bottom) / 2 * self.capital], np.float32)


WIDE = "-=~_+"
PLACES = (
    dict.fromkeys("ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789bdfhkl!?&#%@$", (0.0, 1.0))
    | dict.fromkeys("acemnorsuvwxz", (0.0, 0.58))
    | dict.fromkeys("gpqy", (-0.4, 0.58))
    | {"j": (-0.4, 0.85), "i": (0.0, 0.85), "t": (0.0, 0.9), "f": (0.0, 1.0), "Q": (-0.1, 1.0)}
    | {"$": (-0.12, 1.1), "@": (-0.1, 0.95), "#": (0.0, 0.95)}
    | dict.fromkeys("()[]{}|/\\", (-0.2, 1.1))
    | {".": (0.0, 0.06), ",": (-0.2, 0.1), ":": (0.0, 0.5), ";": (-0.2, 0.5)}
    | {"'": (0.7, 1.05), '"': (0.72, 1.05), "`": (0.72, 1.05), "^": (0.65, 1.05), "*": (0.35, 0.95)}
    | {"-": (0.35, 0.4), "=": (0.25, 0.5), "~": (0.35, 0.55), "_": (-0.12, -0.05), "+": (0.1, 0.7)}
    | {"<": (0.1, 0.75), ">": (0.1, 0.75)}
)
"""Bottom and top of each character above the baseline, in capital heights."""


def _pooled(pieces: FoundPieces) -> FoundPieces:
    """Pool the writers of a donor that have few pieces."""
    joined: FoundPieces = defaultdict(list)
    for writer, found in pieces.items():
        joined[writer if len(found) >= MIN_PIECES else _donor(writer) + "/"] += found
    return {w: f for w, f in joined.items() if len(f) >= 3}


def _longest(found: list) -> list:
    long = [piece for piece in found if len(piece[1]) >= 4]
    return (long or found)[:200]


def _capital(found: Iterable[tuple[Ink, str]]) -> float:
    """Return the median height of a writer's capitals, digits or tall small letters; 0 if there are too few."""
    found = list(found)
    for which in (str.isupper, str.isdigit, lambda c: c in "bdhkl"):
        heights = [np.ptp(ink.y) for ink, text in found if which(text)]
        if len(heights) >= 4:
            return float(np.median(heights))
    return 0.0


def _by_donor(heights: dict[str, float]) -> dict[str, float]:
    groups = defaultdict(list)
    for writer, height in heights.items():
        groups[_donor(writer)].append(height)
    return {donor: float(np.median(values)) for donor, values in groups.items()}


def _scale(height: float, middle: float) -> float:
    """Return the number of IAM-OnDB units per unit of the writer's ink."""
    return HEIGHT * float(np.exp(np.clip(np.log(height / middle), -MAX_LOG_RATIO, MAX_LOG_RATIO))) / height


def _step(inks: Sequence[Ink], height: float) -> float:
    """Return the mean step of a writer's pen, in writing heights."""
    inks = list(inks)[:200]
    length = sum(float(segments(ink)[2].sum()) for ink in inks)
    steps = sum(len(ink) - len(ink.starts) for ink in inks)
    return length / max(steps, 1) / height


def _donor(writer: str) -> str:
    return writer.partition("/")[0]


def save(path: Path, groups: dict[str, list[Piece]]) -> None:
    """Write prepared items, so that a resumed run need not prepare them again."""
    arrays: dict[str, NDArray] = {}
    for name, items in groups.items():
        arrays[f"{name}/xy"] = np.concatenate([i.xy for i in items])
        arrays[f"{name}/ends"] = np.concatenate([i.ends for i in items])
        arrays[f"{name}/cuts"] = np.concatenate([i.cuts for i in items])
        arrays[f"{name}/sizes"] = np.array([[len(i.xy), len(i.cuts)] for i in items])
        arrays[f"{name}/lean"] = np.array([i.lean for i in items])
        arrays[f"{name}/words"] = np.array([[i.text, i.writer, i.form] for i in items])
    temporary = path.with_name(f".{path.name}.{id(groups)}")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    temporary.rename(path)


def load(path: Path) -> dict[str, list[Piece]]:
    """Load the items that :func:`save` wrote."""
    groups = {}
    with np.load(path, allow_pickle=False) as data:
        for name in dict.fromkeys(key.partition("/")[0] for key in data.files):
            sizes = data[f"{name}/sizes"]
            points, cuts = np.cumsum(sizes[:, 0])[:-1], np.cumsum(sizes[:, 1])[:-1]
            parts = zip(
                np.split(data[f"{name}/xy"], points),
                np.split(data[f"{name}/ends"], points),
                data[f"{name}/words"].tolist(),
                np.split(data[f"{name}/cuts"], cuts),
                data[f"{name}/lean"].tolist(),
                strict=True,
            )
            groups[name] = [
                Piece(xy, ends, text, writer, form, cut, lean) for xy, ends, (text, writer, form), cut, lean in parts
            ]
    return groups
