"""The recognizer: ink in, text out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.errors import InkError
from handwriting.features import Encoded, FeatureConfig, encode
from handwriting.ink import Ink
from handwriting.recognition.beam import BeamSearchDecoder, Found
from handwriting.recognition.calibration import RIVALS, Calibration, Evidence, Probabilities, evidence
from handwriting.recognition.decode import GreedyDecoder, Hypothesis
from handwriting.recognition.language.model import Hints, LanguageModel
from handwriting.recognition.language.scorer import LanguageScorer
from handwriting.runtime import Graph, batches_by_length, pad
from handwriting.text import canonical

Decoder = Literal["greedy", "beam", "language"]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in the units of the ink."""
Network = Callable[[Sequence[NDArray[np.float32]]], list[NDArray[np.float32]]]
"""Sequences of steps, each (T, D), to their log-probabilities, each (T', V)."""


BATCH = 8
"""Lines that the network reads side by side; with more of them none is read faster."""
WIDTH = 10
"""Prefixes kept for each alternative, so that they differ in more than one place."""
SHORT = 16
"""Ink of fewer steps than this is a letter or part of a word, of which a model of sentences has little to say."""


@dataclass(frozen=True)
class Character:
    """A character and where it stands in the ink."""

    text: str
    points: tuple[tuple[int, int], ...]
    """Half-open ranges of the ink's points; none for a space."""
    probability: float | None = None
    """That it was read rightly; of the best reading only, as all that ``confidence`` estimates."""

    def box(self, ink: Ink) -> Box | None:
        """That of its points; None for a space."""
        return _box(ink, self.points) if self.points else None


@dataclass(frozen=True)
class Word:
    """A word of the best reading, between spaces: its characters ``begin`` to ``end``, half-open."""

    text: str
    begin: int
    end: int
    points: tuple[tuple[int, int], ...]
    """Half-open ranges of the ink's points."""
    probability: float | None = None

    def box(self, ink: Ink) -> Box:
        """That of its points."""
        return _box(ink, self.points)


@dataclass(frozen=True)
class Reading:
    """One text that the ink may say."""

    text: str
    log_probability: float
    """Natural logarithm: of the text with the beam decoder, of its best path with the greedy one."""
    characters: tuple[Character, ...]
    probability: float | None = None
    """That it is what the ink says."""


@dataclass(frozen=True)
class Transcription:
    """What the ink says: the readings, best first, and the words of the best one."""

    readings: tuple[Reading, ...]
    words: tuple[Word, ...] = ()
    evidence: Evidence | None = None
    """What the probabilities are estimated from."""

    @property
    def text(self) -> str:
        return self.readings[0].text

    @property
    def log_probability(self) -> float:
        return self.readings[0].log_probability

    @property
    def characters(self) -> tuple[Character, ...]:
        return self.readings[0].characters

    def relocated(self, points: NDArray[np.int64]) -> Transcription:
        """The same with each point ``i`` of the ink named ``points[i]``, for ink whose strokes had been reversed."""
        if np.array_equal(points, np.arange(len(points))):
            return self

        def moved(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
            numbers = np.concatenate([np.arange(*span) for span in spans]) if spans else np.empty(0, np.int64)
            return _ranges(np.sort(points[numbers]), 0, len(numbers)) if len(numbers) else spans

        readings = tuple(
            replace(r, characters=tuple(replace(c, points=moved(c.points)) for c in r.characters))
            for r in self.readings
        )
        return replace(self, readings=readings, words=tuple(replace(w, points=moved(w.points)) for w in self.words))


class Recognizer:
    """A checkpoint, ready to read.

    ``threads``: of the engine. ``network`` replaces the checkpoint's int8 graph, to compare it with the float32
    network it was made from. ``language`` is the model for the language decoder; the shipped one that the card names
    when not given, loaded when it is first needed.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        threads: int = 1,
        network: Network | None = None,
        language: LanguageModel | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        self._language = language
        try:
            self.alphabet = Alphabet(checkpoint.card["alphabet"])
            self.features = FeatureConfig(**checkpoint.card["features"])
            sizes = checkpoint.card["network"]
            self._shrink = int(np.prod(sizes["strides"]))
            fits = (sizes["input_size"], sizes["output_size"]) == (self.features.size, self.alphabet.size)
        except (InkError, KeyError, TypeError, ValueError) as error:
            raise InkError(
                f"{checkpoint.folder}/card.json: damaged ({type(error).__name__}: {error}); copy the checkpoint anew"
            ) from error
        if not fits:
            raise InkError(
                f"{checkpoint.folder}/card.json: features of {self.features.size} and {self.alphabet.size} classes do "
                f"not fit a network of {sizes['input_size']} and {sizes['output_size']}; copy the checkpoint anew"
            )
        self._network = network or _onnx_network(checkpoint.model, threads)

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str] | None = None,
        threads: int = 1,
        language: str | os.PathLike[str] | None = None,
    ) -> Recognizer:
        """The recognizer in ``folder``, or the shipped one. Raises :class:`InkError` when there is none."""
        model = None if language is None else LanguageModel.load(language)
        return cls(Checkpoint.load(folder, "recognizer"), threads, language=model)

    @property
    def language(self) -> LanguageModel:
        """The language model of the language decoder."""
        if self._language is None:
            self._language = LanguageModel.load(shipped(self.checkpoint.card.get("language", "language")))
        return self._language

    def transcribe(
        self, ink: Ink, decoder: Decoder = "greedy", alternatives: int = 1, beam: int = 25, hints: Hints = Hints()
    ) -> Transcription:
        """One line of ink; see :meth:`transcribe_all`."""
        return next(self.transcribe_all([ink], decoder, alternatives, beam, hints=hints))

    def transcribe_all(
        self,
        inks: Sequence[Ink],
        decoder: Decoder = "greedy",
        alternatives: int = 1,
        beam: int = 25,
        batch_size: int = BATCH,
        hints: Hints = Hints(),
    ) -> Iterator[Transcription]:
        """Each ink's transcription, in the order given.

        ``decoder``: ``"greedy"`` takes the best path, ``"beam"`` the best text among the ``beam`` best prefixes,
        ``"language"`` the same with the language model's word on each, which ``hints`` tell what to expect. More than
        one of ``alternatives`` needs a beam, and takes a wider one.
        """
        read = self._reader(decoder, alternatives, beam, hints)
        encoded = [encode(ink, self.features) for ink in inks]
        for ink, one, log_probs in zip(inks, encoded, self.log_probs(encoded, batch_size), strict=True):
            yield read(log_probs, ink, one)

    def log_probs(self, encoded: Sequence[Encoded], batch_size: int = BATCH) -> list[NDArray[np.float32]]:
        """Log-probabilities (T', V) of each encoded ink, computed in batches of about equal length."""
        steps = [one.steps for one in encoded]
        outputs: list[NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * len(steps)
        for chosen in batches_by_length(steps, batch_size):
            for i, log_probs in zip(chosen, self._network([steps[i] for i in chosen]), strict=True):
                outputs[i] = log_probs
        return outputs

    def _reader(
        self, decoder: Decoder, alternatives: int, beam: int, hints: Hints
    ) -> Callable[[NDArray, Ink, Encoded], Transcription]:
        """A function from log-probabilities (T', V) and the ink they are of to what it says."""
        calibration = Calibration.of_card(self.checkpoint.card, decoder)
        greedy = GreedyDecoder(self.alphabet)
        scorer = self.scorer(hints) if decoder == "language" else None
        beam = beam if alternatives == 1 else max(beam, WIDTH * alternatives)

        def read(log_probs: NDArray, ink: Ink, encoded: Encoded) -> Transcription:
            if decoder == "greedy" and alternatives == 1:
                hypotheses = [greedy.decode(log_probs)]
                rivals = [(hypotheses[0].text, hypotheses[0].score)]
            else:
                search = self.search(scorer, len(log_probs), beam)
                found = search.search(log_probs)
                rivals = [(one.text, one.score) for one in found[:RIVALS]]
                hypotheses = search.aligned(log_probs, _different(found)[:alternatives])
            return self._transcription(hypotheses, rivals, log_probs, ink, encoded, calibration)

        return read

    def _transcription(
        self,
        hypotheses: Sequence[Hypothesis],
        rivals: Sequence[tuple[str, float]],
        log_probs: NDArray,
        ink: Ink,
        encoded: Encoded,
        calibration: Calibration | None,
    ) -> Transcription:
        best = hypotheses[0]
        said = evidence(best, self.alphabet.encode(best.text).tolist(), rivals, log_probs)
        if calibration is None:
            stated: Probabilities = ([None] * len(best.text), [None] * len(said.spans), [None] * len(hypotheses))
        else:
            stated = calibration.probabilities(said, [h.score for h in hypotheses])
        numbers, ordered = ink.points_of(encoded.order), ink.take(encoded.order)
        readings = [self._reading(h, ordered, numbers, encoded) for h in hypotheses]
        characters = tuple(replace(c, probability=p) for c, p in zip(readings[0].characters, stated[0], strict=True))
        readings[0] = replace(readings[0], characters=characters)
        words = tuple(
            Word(best.text[a:b], a, b, tuple(span for c in characters[a:b] for span in c.points), p)
            for (a, b), p in zip(said.spans, stated[1], strict=True)
        )
        readings = [replace(r, probability=p) for r, p in zip(readings, stated[2], strict=True)]
        return Transcription(tuple(readings), words, said)

    def scorer(self, hints: Hints = Hints()) -> LanguageScorer:
        """The language model as the beam takes it."""
        return self.language.scorer(self.alphabet, hints)

    def search(self, scorer: LanguageScorer | None, steps: int, beam: int = 25) -> BeamSearchDecoder:
        """A beam search for ink of so many steps of the network."""
        if scorer is not None and steps < SHORT:
            scorer = scorer.quieter(steps / SHORT)
        return BeamSearchDecoder(self.alphabet, beam, 1, scorer=scorer)

    def step_of(self, point: int, ink: Ink, encoded: Encoded) -> int:
        """The first of the network's steps that begins at a point of the ink or after it."""
        at = int(np.flatnonzero(ink.points_of(encoded.order) == point)[0])
        return -(-int(np.searchsorted(encoded.points[:, 0], at)) // self._shrink)

    def point_of(self, step: int, ink: Ink, encoded: Encoded) -> int:
        """The ink's point at which a step of the network begins."""
        at = encoded.points[min(step * self._shrink, len(encoded.points) - 1), 0]
        return int(ink.points_of(encoded.order)[at])

    def _reading(self, hypothesis: Hypothesis, ink: Ink, numbers: NDArray[np.int64], encoded: Encoded) -> Reading:
        """``ink`` in the network's order, ``numbers`` of its points in the order of writing."""
        drawn = [i for i, c in enumerate(hypothesis.text) if c != " "]
        apart = [b - a > 1 for a, b in pairwise(drawn)]
        spans = iter(self._spans([hypothesis.steps[i] for i in drawn], apart, ink, encoded))
        characters = tuple(Character(c, () if c == " " else _ranges(numbers, *next(spans))) for c in hypothesis.text)
        return Reading(hypothesis.text, hypothesis.log_probability, characters)

    def _spans(
        self, steps: Sequence[tuple[int, int]], apart: Sequence[bool], ink: Ink, encoded: Encoded
    ) -> list[tuple[int, int]]:
        """For each character's network steps, the range of points that it owns; together they cover the ink.

        Ink and ranges are in the network's order.

        CTC marks a character by a spike somewhere in its ink. Two neighbours share what lies between their spikes: cut
        where the pen was lifted, at the lift nearest the middle, or at the middle when it was not; ``apart``, with a
        space between them, at the lift with the widest gap.
        """
        if not steps:
            return []
        last = len(encoded.points) - 1
        begins = [int(encoded.points[min(first * self._shrink, last), 0]) for first, _ in steps]
        ends = [int(encoded.points[min(end * self._shrink - 1, last), 1]) for _, end in steps]
        left, _, right, _ = ink.boxes
        gaps = np.append(0.0, left[1:] - right[:-1])  # before each stroke
        cuts = [0]
        for end, begin, space in zip(ends, begins[1:], apart, strict=False):
            middle = (end + begin) // 2
            among = (ink.starts >= min(end, begin)) & (ink.starts <= max(end, begin))
            lifts = ink.starts[among]
            badness = -gaps[among] if space else np.abs(lifts - middle)
            cut = int(lifts[np.argmin(badness)]) if len(lifts) else middle
            cuts.append(max(cut, cuts[-1]))
        return list(zip(cuts, [*cuts[1:], len(ink)], strict=True))


def _ranges(numbers: NDArray[np.int64], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    """The points ``numbers[begin:end]`` as half-open ranges; at least one, which may be empty."""
    if begin == end:
        at = int(numbers[min(begin, len(numbers) - 1)])
        return ((at, at),)
    own = numbers[begin:end]
    cuts = np.flatnonzero(np.diff(own) != 1) + 1
    return tuple((int(part[0]), int(part[-1]) + 1) for part in np.split(own, cuts))


def _box(ink: Ink, spans: Sequence[tuple[int, int]]) -> Box:
    points = np.concatenate([np.arange(*span) for span in spans])
    if len(points) == 0:  # two characters at one spot, of which the other has the points
        points = np.array([spans[0][0]])
    x, y = ink.x[points], ink.y[points]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _different(found: Sequence[Found]) -> list[Found]:
    """The texts that differ in more than the spaces around marks, best first."""
    first: dict[str, Found] = {}
    for one in found:
        first.setdefault(canonical(one.text), one)
    return list(first.values())


def _onnx_network(model: Path, threads: int) -> Network:
    graph = Graph(model, threads)

    def run(steps: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        padded, lengths = pad(steps)
        log_probs, out_lengths = graph.run({"steps": padded, "lengths": lengths})
        return [log_probs[:length, column] for column, length in enumerate(out_lengths)]

    return run
