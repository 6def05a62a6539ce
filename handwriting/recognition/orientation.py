"""Which way up a page of ink lies, whether it is mirrored, and whether its strokes run backwards.

Tablets and file formats disagree on where y grows to, people turn their tablets, and tools for pen plotters draw
strokes from their end. A page can therefore lie in eight ways (the symmetries of a square), and its strokes can be
drawn forward, backward, or some of each.

A small network chooses among the sixteen ways with all strokes forward or all backward. It sees counts of what the pen
does: pairs of directions a few steps apart along each stroke, where strokes begin and end, and where the next stroke
lies. Changing the orientation permutes these counts, so the ink is measured once and scored sixteen times. Where the
small network is in doubt, as about a short word, the recognizer reads the few orientations that are left.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import shipped
from handwriting.errors import InkError
from handwriting.geometry.normalise import segments
from handwriting.ink import Ink
from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import codes
from handwriting.recognition.pen_counts import MOVES_BEGIN, letter_size, permutation, stepped, stroke_counts
from handwriting.recognition.stroke_order import StrokeNetworks, StrokeShapes
from handwriting.recognition.tour import tour_odds

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
Strokes = Literal["forward", "backward", "mixed"]
Support = Callable[[Sequence[Ink]], Sequence[float]]
"""How much the readings of some inks speak for each, as log-odds; see :func:`support`."""

KIND = "orientation"
NAMES = {
    (0, False): "upright", (1, False): "turned-90", (2, False): "turned-180", (3, False): "turned-270",
    (0, True): "mirrored", (1, True): "mirrored-90", (2, True): "y-up", (3, True): "mirrored-270",
}  # fmt: skip
"""Names by quarter turns clockwise and whether the page was mirrored left to right before; y-up is mirrored by 180."""
TRUST = 0.482
"""Factor of the classifier's log-odds, which are too sure of themselves."""
UPRIGHT_BONUS = 2.25
"""What is added to the log-odds of ink as it is, which nearly all ink is."""
DOUBT = 2.5
"""Orientations whose log-odds are this close to the best are read."""
TRIED = 4
"""Orientations that are read at most."""
TOUR, BOTH_WAYS, SORTED = 1.31, 1.31, -0.77
"""Factors of the log-odds that strokes stand in the order of a tour and that they run both ways, each within
:data:`MOST_ODDS`, and what is added to their sum, which then are the log-odds that a tool sorted the strokes."""
MOST_ODDS = (12.0, 8.0)
CERTAIN, DOUBTFUL = 1.5, -0.5
"""Log-odds above which a tool certainly sorted the strokes, and below which it did not; between them, both are read."""
CLEARLY_NOT = -4.0
"""Log-odds by the counts of strokes alone below which their shapes need not be looked at."""
UNUSUAL = 3.0
"""What is added to these log-odds when all strokes of upright ink seem to run backward otherwise, which is rare too."""
TURNED = -2.0
"""What is added to them when the ink does not seem to lie upright: two rare things seldom come together."""
BETTER = 1.0
"""How much better ink must read after its strokes were put in order, these log-odds included."""
FEWEST = 2
"""Strokes of an ink of which it can be told whether a tool sorted them."""
SURE = 0.15
"""How much the log-odds of directions count, of whatever sign, when it is known that strokes run both ways: as strokes
lie, the network is surer of them than when they lie otherwise."""


@dataclass(frozen=True)
class Orientation:
    """How a page lies: mirrored left to right or not, then turned clockwise, its strokes drawn forward or not."""

    turns: int = 0
    """Quarter turns clockwise, 0 to 3."""
    mirrored: bool = False
    strokes: Strokes = "forward"

    @classmethod
    def named(cls, name: str) -> Orientation:
        """The orientation of a name in :data:`NAMES`. Raises :class:`InkError` for another name."""
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
        """The ink as it reads, and the number in ``ink`` of each of its points.

        ``backward``, shape (S,): the strokes to reverse; by default all if ``strokes`` is ``"backward"``, else none.
        Times stay in their order.
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
"""Upright first."""
ORDERS = np.stack([permutation(o.turns, o.mirrored, o.strokes == "backward") for o in ALL])
"""Shape (16, SIZE): where the counts of upright ink are among those of ink that lies in each of :data:`ALL`."""


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
    """Shape (SIZE,): from counts to the score without a hidden layer."""

    @classmethod
    @cache
    def load(cls) -> OrientationClassifier:
        """The shipped classifier. Raises :class:`InkError` if it is missing."""
        path = shipped(KIND) / "model.npz"
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(*(stored[name].astype(np.float32) for name in cls.__dataclass_fields__))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise InkError(f"{path}: not readable ({type(error).__name__}); reinstall handwriting") from error

    def find(self, ink: Ink, support: Support) -> tuple[Orientation, Bools]:
        """The orientation of an ink and which of its strokes run backward.

        ``support`` is asked only in doubt, with the ink turned upright in a few ways. Ink as it is, is preferred.
        """
        scale = letter_size(ink)
        steps = stepped(ink, scale)
        strokes, moves = stroke_counts(ink, scale, steps[0])
        logits = TRUST * self.scores(strokes.sum(axis=0) + moves)
        logits[0] += UPRIGHT_BONUS
        plotted = None
        if ink.t is None and len(strokes) >= FEWEST:
            plotted = self._sorted_by_tool(ink, scale, steps, strokes, int(logits.argmax()))
            if plotted is not None and plotted.odds >= CERTAIN:
                return plotted.orientation, plotted.backward
        tried = [int(k) for k in np.argsort(-logits)[:TRIED] if logits[k] > logits.max() - DOUBT]
        if len(tried) > 1 or plotted is not None:
            inks = [ALL[k].upright(ink)[0] for k in tried]
            if plotted is not None:
                repaired = plotted.orientation.upright(ink, plotted.backward)[0]
                inks.append(repaired.take(StrokeNetworks.load().writing_order(repaired)))
            supported = support(inks)
            logits[tried] += supported[: len(tried)]
            if plotted is not None and supported[-1] + plotted.odds - BETTER > max(supported[: len(tried)]):
                return plotted.orientation, plotted.backward
        found = ALL[max(tried, key=logits.__getitem__)]
        return found, np.full(len(ink.starts), found.strokes == "backward")

    def scores(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of each of :data:`ALL`, shape (16,), from the counts of an ink, shape (SIZE,)."""
        return self.upright_scores(counts[ORDERS])

    def upright_scores(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds that each of some inks lies upright, shape (n,), from their counts, shape (n, SIZE)."""
        scaled = counts / np.sqrt(np.maximum(counts[:, :MOVES_BEGIN].sum(axis=1, keepdims=True), 1.0))
        layer = np.maximum(scaled.astype(np.float32) @ self.hidden + self.bias, 0.0)
        return (layer @ self.output + scaled @ self.direct).astype(np.float64)

    def _sorted_by_tool(
        self, ink: Ink, scale: float, steps: tuple[Ink, float], strokes: NDArray[np.float64], probable: int
    ) -> _Plotted | None:
        """How the ink lies if a plotter's tool has sorted its strokes; None if that is improbable.

        ``strokes``, shape (S, SIZE), are the counts of each stroke; ``probable``, of :data:`ALL`, is how it lies
        otherwise.
        """
        networks = StrokeNetworks.load()
        tour = TOUR * float(np.clip(tour_odds(ink, scale), -MOST_ODDS[0], MOST_ODDS[0])) + SORTED
        if probable:
            tour += UNUSUAL if ALL[probable] == Orientation(strokes="backward") else TURNED
        leaning = networks.leaning(strokes)

        def odds(forward: NDArray[np.float64]) -> float:
            return tour + BOTH_WAYS * float(np.clip(both_ways(forward), -MOST_ODDS[1], MOST_ODDS[1]))

        if odds(leaning[:, probable % 8]) < CLEARLY_NOT:
            return None
        shapes = StrokeShapes.of(ink, scale, steps)

        @cache
        def laid(k: int) -> tuple[float, _Plotted]:
            """The score of an orientation, and what it means."""
            lies = ALL[k]
            own = strokes[:, ORDERS[k]]
            forward = networks.forwardness(shapes.upright(lies.turns, lies.mirrored), own)
            repaired = np.where(forward[:, None] < 0, strokes[:, ORDERS[k + 8]], own).sum(axis=0)
            score = TRUST * self.upright_scores(repaired[None])[0] + SURE * np.abs(forward).sum()
            found = _Plotted(Orientation(lies.turns, lies.mirrored, "mixed"), forward < 0, odds(forward))
            return float(score + UPRIGHT_BONUS * (k == 0)), found

        if laid(probable % 8)[1].odds < DOUBTFUL:
            return None
        scores = self._repaired_scores(strokes, leaning)
        near = np.flatnonzero(scores > scores.max() - DOUBT).tolist()
        _, found = max(map(laid, near), key=lambda one: one[0])
        return found if found.odds >= DOUBTFUL else None

    def _repaired_scores(self, strokes: NDArray[np.float64], forward: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of the first eight of :data:`ALL`, shape (8,), after the strokes were reversed that run backward.

        ``forward``, shape (S, 8), says by its sign which do.
        """
        kept = (forward >= 0).T @ strokes, (forward < 0).T @ strokes
        repaired = np.stack([kept[0][k, ORDERS[k]] + kept[1][k, ORDERS[k + 8]] for k in range(8)])
        scores = TRUST * self.upright_scores(repaired)
        scores[0] += UPRIGHT_BONUS
        return scores


@dataclass(frozen=True, eq=False)
class _Plotted:
    """How ink lies whose strokes a tool has sorted, which of them run backward, and the log-odds that it has."""

    orientation: Orientation
    backward: Bools
    odds: float


def both_ways(forward: NDArray[np.float64]) -> float:
    """Log-odds that strokes run this way or that at random, rather than all in one, by the log-odds of each, (S,)."""
    against = min(np.logaddexp(0, -forward).sum(), np.logaddexp(0, forward).sum())
    return float(against - len(forward) * np.log(2))


LETTER_INK = 3.2
"""Ink of a character, in letter sizes."""
PROBABLE, LIKELY, UNLIKE, LONE, LETTER = 0.846, 0.108, 0.432, 2.402, 0.764
"""How much a reading counts: the log-probabilities of its path and of its text, the square of the logarithm by which
its characters have too much or too little ink, that it is a single character, which anything can be taken for, and each
of its characters. With :data:`TRUST` a logistic regression on 1,569 words of UNIPEN's ``valid-words``."""


def support(log_probability: float, text: str, ink: Ink, language: LanguageModel) -> float:
    """How much speaks for an orientation in which ``ink`` reads as ``text``, as log-odds.

    ``log_probability`` is that of the best path.
    """
    characters = len(text.replace(" ", ""))
    length = float(segments(ink)[2].sum()) / letter_size(ink)
    off = np.log((characters + 0.3) * LETTER_INK / max(length, 0.1))
    spelling = language.characters.walk(np.array(codes(f" {text} ")))[0][1:].sum()
    reading = PROBABLE * log_probability + LIKELY * spelling + LETTER * characters
    return float(reading - UNLIKE * min(off**2, 4.0) - LONE * (characters == 1))
