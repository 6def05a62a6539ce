"""Determine how a page of ink is oriented, whether it is mirrored, and whether its strokes run backward.

Tablets and file formats disagree on the direction of y, people turn their tablets, and tools for pen plotters draw
strokes from their end. A page can therefore lie in eight ways (the symmetries of a square), and its strokes can be
drawn forward, backward, or some of each.

A small network chooses among the sixteen ways with all strokes forward or all backward. Its input are counts of pen
movements: pairs of directions a few steps apart along each stroke, where strokes begin and end, and where the next
stroke lies. Changing the orientation permutes these counts, so the ink is measured once and scored sixteen times. If
the network is uncertain, as about a short word, an LSTM scores the most probable orientations as well
(:mod:`handwriting.recognition.upright`), and if that does not decide, the recognizer reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import NPZ_ERRORS, shipped
from handwriting.errors import InkError
from handwriting.geometry.normalise import segments
from handwriting.ink import Ink
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import code_array
from handwriting.recognition.pen_counts import MOVES_BEGIN, letter_size, permutation, stepped, stroke_counts
from handwriting.recognition.stroke_order import StrokeNetworks, StrokeShapes
from handwriting.recognition.tour import tour_odds
from handwriting.recognition.upright import UprightNetwork

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
Strokes = Literal["forward", "backward", "mixed"]
Support = Callable[[Sequence[Ink]], Sequence[float]]
"""Returns for each ink the log-odds, judged by its reading, that it is upright; see :func:`support`."""

KIND = "orientation"
NAMES = {
    (0, False): "upright", (1, False): "turned-90", (2, False): "turned-180", (3, False): "turned-270",
    (0, True): "mirrored", (1, True): "mirrored-90", (2, True): "y-up", (3, True): "mirrored-270",
}  # fmt: skip
"""Names by the number of quarter turns clockwise and whether the page was mirrored left to right first.

Mirrored and turned by 180 degrees is the same as y growing upward.
"""
LOGIT_SCALE = 0.482
"""Factor that corrects the classifier's log-odds, which are overconfident."""
UPRIGHT_BONUS = 3.0
"""Added to the log-odds of ink as it is, because nearly all ink lies upright."""
Y_UP_BONUS = 1.0
"""Added to those of ink with y growing upward, which is less rare than other orientations."""
SCORE_MARGIN = 4.0
"""Orientations whose log-odds are at most this far below the best are scored by the LSTM."""
MAX_SCORED = 5
"""Largest number of orientations that it scores."""
COUNTS_WEIGHT, LSTM_WEIGHT = 0.4, 0.6
"""Weights of the log-odds from the counts and of those from the LSTM, if both are known: both are wrong about the same
ink."""
READ_MARGIN = 3.0
"""Orientations whose log-odds are then at most this far below the best are read by the recognizer."""
MAX_READ = 4
"""Largest number of orientations that are read."""
TOUR_WEIGHT, BOTH_WAYS_WEIGHT, SORTED_BIAS = 1.31, 1.31, -0.77
"""The log-odds that a tool sorted the strokes are a weighted sum of two log-odds, that their order is a tour and that
they run both ways, each clipped to :data:`ODDS_LIMITS`, plus a constant. These are the two weights and the constant."""
ODDS_LIMITS = (12.0, 8.0)
SORTED_ABOVE, UNSORTED_BELOW = 1.5, -0.5
"""Log-odds above which the strokes count as sorted by a tool, and below which they do not. In between, both orders are
read."""
SORTED_NOT_TURNED_ABOVE = 3.0
"""The same for ink that seems to be turned, if the evidence includes how much it looks upright once it is restored."""
SURELY_TURNED = 4.0
"""Log-odds from the counts above which this is not examined."""
SKIP_BELOW = -4.0
"""If the log-odds from the counts alone are below this, the shapes of the strokes are not examined."""
ALL_BACKWARD_BONUS = 3.0
"""Added to these log-odds if the alternative is upright ink whose strokes all run backward, which is rare as well."""
TURNED_PENALTY = -2.0
"""Added to these log-odds if the ink does not seem to be upright, because two rare things seldom coincide."""
REPAIR_MARGIN = 1.0
"""Margin by which the ink with its strokes restored must read better, these log-odds included."""
MIN_STROKES = 2
"""Smallest number of strokes for which it can be decided whether a tool sorted them."""
CONFIDENCE_WEIGHT = 0.15
"""Weight of the absolute log-odds of directions if strokes run both ways: the network is more certain about strokes
that are oriented as in its training data."""


@dataclass(frozen=True)
class Orientation:
    """Orientation of a page: mirrored left to right or not, then turned clockwise, with strokes forward or backward."""

    turns: int = 0
    """Quarter turns clockwise, 0 to 3."""
    mirrored: bool = False
    strokes: Strokes = "forward"

    @classmethod
    def named(cls, name: str) -> Orientation:
        """Return the orientation with this name in :data:`NAMES`. Raises :class:`InkError` for any other name."""
        for (turns, mirrored), known in NAMES.items():
            if name == known:
                return cls(turns, mirrored)
        raise InkError(f"orientation {name!r} is unknown; choose auto, as-is or one of {', '.join(NAMES.values())}")

    @property
    def name(self) -> str:
        return NAMES[self.turns, self.mirrored]

    @property
    def as_is(self) -> bool:
        """Whether the ink needs no change."""
        return self == Orientation()

    def upright(self, ink: Ink, backward: Bools | None = None) -> tuple[Ink, Integers]:
        """Return the ink turned upright, and for each of its points the index of that point in ``ink``.

        ``backward``, shape (S,), marks the strokes to reverse; by default, all if ``strokes`` is ``"backward"``, else
        none. Times keep their order.
        """
        if backward is None:
            backward = np.full(len(ink.starts), self.strokes == "backward")
        points = np.arange(len(ink))
        flip = backward[ink.stroke_index]
        points[flip] = (ink.starts + ink.ends - 1)[ink.stroke_index[flip]] - points[flip]
        x, y = ink.x[points], ink.y[points]
        for _ in range(self.turns):
            x, y = y, -x
        pressure = None if ink.pressure is None else ink.pressure[points]
        return Ink(-x if self.mirrored else x, y, ink.starts, ink.t, pressure, ink.source), points


ALL = tuple(
    Orientation(turns, mirrored, strokes)
    for strokes in ("forward", "backward")
    for mirrored in (False, True)
    for turns in range(4)
)
"""All orientations without mixed strokes, upright first."""
PRIOR = np.zeros(len(ALL))
PRIOR[[0, ALL.index(Orientation.named("y-up"))]] = UPRIGHT_BONUS, Y_UP_BONUS
"""Shape (16,): prior log-odds of each of :data:`ALL`."""
ORDERS = np.stack([permutation(o.turns, o.mirrored, o.strokes == "backward") for o in ALL])
"""Shape (16, SIZE): for each of :data:`ALL`, the indices at which its counts hold those of upright ink."""


@dataclass(frozen=True, eq=False)
class OrientationClassifier:
    """A network of one hidden layer over :mod:`~handwriting.recognition.pen_counts`, shared by all orientations."""

    hidden: NDArray[np.float32]
    """Shape (SIZE, H)."""
    bias: NDArray[np.float32]
    """Shape (H,)."""
    output: NDArray[np.float32]
    """Shape (H,)."""
    direct: NDArray[np.float32]
    """Shape (SIZE,): direct weights from the counts to the score."""

    @classmethod
    @cache
    def load(cls) -> OrientationClassifier:
        """Load the shipped classifier. Raises :class:`InkError` if it cannot be read."""
        path = shipped(KIND) / "model.npz"
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(*(stored[name].astype(np.float32) for name in cls.__dataclass_fields__))
        except NPZ_ERRORS as error:
            raise InkError(f"{path}: not readable ({type(error).__name__}); reinstall handwriting") from error

    def find(self, ink: Ink, support: Support) -> tuple[Orientation, Bools]:
        """Return the orientation of an ink, and which of its strokes run backward, shape (S,).

        ``support`` is called only if the network is uncertain, with the ink turned upright in a few ways. Unchanged ink
        is preferred.
        """
        scale = letter_size(ink)
        steps = stepped(ink, scale)
        strokes, moves = stroke_counts(ink, scale, steps[0])
        from_counts = LOGIT_SCALE * self.scores(strokes.sum(axis=0) + moves)
        logits = from_counts + PRIOR
        scored = _near_best(logits, SCORE_MARGIN, MAX_SCORED)
        if len(scored) > 1:
            views = [ALL[k].upright(steps[0])[0] for k in scored]
            both = COUNTS_WEIGHT * from_counts[scored] + LSTM_WEIGHT * UprightNetwork.load().odds(views, scale)
            logits = np.full(len(ALL), -np.inf)
            logits[scored] = both + PRIOR[scored]
        sorted_by_tool = None
        if ink.t is None and len(strokes) >= MIN_STROKES:
            probable = int(logits.argmax())
            measured = _Measured(ink, scale, steps, strokes, tour_odds(ink, scale))
            sorted_by_tool = self._sorted_by_tool(measured, probable)
            if sorted_by_tool is None and ALL[probable].name != "upright":
                turned = from_counts[probable]
                if measured.tour >= 0 and turned <= SURELY_TURNED:
                    sorted_by_tool = self._sorted_not_turned(measured, probable, turned)
            if sorted_by_tool is not None and sorted_by_tool.odds >= SORTED_ABOVE:
                return sorted_by_tool.orientation, sorted_by_tool.backward
        tried = _near_best(logits, READ_MARGIN, MAX_READ)
        if len(tried) > 1 or sorted_by_tool is not None:
            inks = [ALL[k].upright(ink)[0] for k in tried]
            if sorted_by_tool is not None:
                inks.append(sorted_by_tool.restored(ink))
            supported = support(inks)
            logits[tried] += supported[: len(tried)]
            best = max(supported[: len(tried)])
            if sorted_by_tool is not None and supported[-1] + sorted_by_tool.odds - REPAIR_MARGIN > best:
                return sorted_by_tool.orientation, sorted_by_tool.backward
        found = ALL[max(tried, key=logits.__getitem__)]
        return found, np.full(len(ink.starts), found.strokes == "backward")

    def scores(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of each of :data:`ALL`, shape (16,), from the counts of an ink, shape (SIZE,)."""
        return self.upright_scores(counts[ORDERS])

    def upright_scores(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds that each ink is upright, shape (n,), from the counts of n inks, shape (n, SIZE)."""
        scaled = counts / np.sqrt(np.maximum(counts[:, :MOVES_BEGIN].sum(axis=1, keepdims=True), 1.0))
        layer = np.maximum(scaled.astype(np.float32) @ self.hidden + self.bias, 0.0)
        return (layer @ self.output + scaled @ self.direct).astype(np.float64)

    def _sorted_by_tool(self, measured: _Measured, probable: int) -> _SortedByTool | None:
        """Return the orientation of ink whose strokes a plotter tool has sorted; None if that is improbable.

        ``probable`` is the index in :data:`ALL` of the most probable orientation if they are not sorted.
        """
        strokes = measured.strokes
        networks = StrokeNetworks.load()
        tour = TOUR_WEIGHT * float(np.clip(measured.tour, -ODDS_LIMITS[0], ODDS_LIMITS[0])) + SORTED_BIAS
        if probable:
            tour += ALL_BACKWARD_BONUS if ALL[probable] == Orientation(strokes="backward") else TURNED_PENALTY
        odds_from_counts = networks.forward_odds_from_counts(strokes)

        def odds(forward: NDArray[np.float64]) -> float:
            return tour + BOTH_WAYS_WEIGHT * float(np.clip(both_ways_odds(forward), -ODDS_LIMITS[1], ODDS_LIMITS[1]))

        if odds(odds_from_counts[:, probable % 8]) < SKIP_BELOW:
            return None

        @cache
        def repaired_as(k: int) -> tuple[float, _SortedByTool]:
            """Return the score of orientation ``k``, and the orientation with its reversed strokes."""
            lies = ALL[k]
            own = strokes[:, ORDERS[k]]
            forward = networks.forward_odds(measured.shapes.upright(lies.turns, lies.mirrored), own)
            repaired = np.where(forward[:, None] < 0, strokes[:, ORDERS[k + 8]], own).sum(axis=0)
            score = LOGIT_SCALE * self.upright_scores(repaired[None])[0] + CONFIDENCE_WEIGHT * np.abs(forward).sum()
            found = _SortedByTool(Orientation(lies.turns, lies.mirrored, "mixed"), forward < 0, odds(forward))
            return float(score + UPRIGHT_BONUS * (k == 0)), found

        if repaired_as(probable % 8)[1].odds < UNSORTED_BELOW:
            return None
        scores = self._repaired_scores(strokes, odds_from_counts)
        near = np.flatnonzero(scores > scores.max() - READ_MARGIN).tolist()
        _, found = max(map(repaired_as, near), key=lambda one: one[0])
        return found if found.odds >= UNSORTED_BELOW else None

    def _sorted_not_turned(self, measured: _Measured, probable: int, turned: float) -> _SortedByTool | None:
        """Return the strokes to reverse if ink that seems to be turned is upright and sorted by a tool, else None.

        ``turned`` are the log-odds of the orientation ``probable`` from its counts.
        """
        scale, tour = measured.scale, measured.tour
        backward = StrokeNetworks.load().forward_odds(measured.shapes, measured.strokes) < 0
        found = _SortedByTool(Orientation(strokes="mixed"), backward, tour)
        restored = found.restored(measured.ink)
        points = stepped(restored, scale)[0]
        own, moves = stroke_counts(restored, scale, points)
        shapes = UprightNetwork.load().odds([points, ALL[probable].upright(measured.steps[0])[0]], scale)
        counts = LOGIT_SCALE * self.upright_scores((own.sum(axis=0) + moves)[None])[0] - turned
        odds = tour + COUNTS_WEIGHT * float(counts) + LSTM_WEIGHT * float(shapes[0] - shapes[1])
        return replace(found, odds=odds) if odds > SORTED_NOT_TURNED_ABOVE else None

    def _repaired_scores(self, strokes: NDArray[np.float64], forward: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of the first eight of :data:`ALL`, shape (8,), with all strokes running forward.

        Strokes with a negative value in ``forward``, shape (S, 8), are reversed.
        """
        kept = (forward >= 0).T @ strokes, (forward < 0).T @ strokes
        repaired = np.stack([kept[0][k, ORDERS[k]] + kept[1][k, ORDERS[k + 8]] for k in range(8)])
        scores = LOGIT_SCALE * self.upright_scores(repaired)
        scores[0] += UPRIGHT_BONUS
        return scores


@dataclass(frozen=True, eq=False)
class _Measured:
    """An ink and what was measured to find its orientation."""

    ink: Ink
    scale: float
    """Letter size."""
    steps: tuple[Ink, float]
    """The ink in equal steps, and their length in letter sizes."""
    strokes: NDArray[np.float64]
    """Counts of each stroke, shape (S, SIZE)."""
    tour: float
    """Log-odds that the order of the strokes is a tour; see :func:`~handwriting.recognition.tour.tour_odds`."""

    @cached_property
    def shapes(self) -> StrokeShapes:
        """The strokes as the stroke networks see them."""
        return StrokeShapes.of(self.ink, self.scale, self.steps)


@dataclass(frozen=True, eq=False)
class _SortedByTool:
    """Orientation of ink whose strokes a tool sorted, the strokes that run backward, and the log-odds that it did."""

    orientation: Orientation
    backward: Bools
    odds: float

    def restored(self, ink: Ink) -> Ink:
        """Return the ink upright, with its strokes in their probable directions and order."""
        upright = self.orientation.upright(ink, self.backward)[0]
        return upright.take(StrokeNetworks.load().writing_order(upright))


def _near_best(logits: NDArray[np.float64], margin: float, number: int) -> list[int]:
    """Return at most ``number`` indices of ``logits`` at most ``margin`` below the highest, highest first."""
    return [int(k) for k in np.argsort(-logits)[:number] if logits[k] > logits.max() - margin]


def both_ways_odds(forward: NDArray[np.float64]) -> float:
    """Return the log-odds that strokes run both ways at random rather than all the same way.

    ``forward``, shape (S,), are the log-odds that each stroke runs forward.
    """
    against = min(np.logaddexp(0, -forward).sum(), np.logaddexp(0, forward).sum())
    return float(against - len(forward) * np.log(2))


LETTER_INK = 3.2
"""Typical length of a character's ink, in letter sizes."""
PATH_WEIGHT, TEXT_WEIGHT, LENGTH_PENALTY, SINGLE_PENALTY, CHARACTER_WEIGHT = 0.846, 0.108, 0.432, 2.402, 0.764
"""Weights of the terms in the score of a reading: the log-probability of its path, the log-probability of its text, the
squared logarithm of the ratio of its ink to that expected, whether it is a single character (as which any ink can be
read), and the number of its characters. Fitted together with :data:`LOGIT_SCALE` by logistic regression on 1,569 words
of UNIPEN's ``valid-words``."""


def support(log_probability: float, text: str, ink: Ink, language: LanguageModel) -> float:
    """Return the log-odds of an orientation in which ``ink`` reads as ``text``.

    ``log_probability`` is that of the best path.
    """
    characters = len(text.replace(" ", ""))
    length = float(segments(ink)[2].sum()) / letter_size(ink)
    off = np.log((characters + 0.3) * LETTER_INK / max(length, 0.1))
    spelling = language.characters.walk(code_array(f" {text} ").astype(np.int64))[0][1:].sum()
    reading = PATH_WEIGHT * log_probability + TEXT_WEIGHT * spelling + CHARACTER_WEIGHT * characters
    return float(reading - LENGTH_PENALTY * min(off**2, 4.0) - SINGLE_PENALTY * (characters == 1))
