"""The recognizer: ink in, text out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.errors import InkError
from handwriting.features import Encoded, FeatureConfig, encode
from handwriting.ink import Ink
from handwriting.recognition.beam import BEAM, BeamSearchDecoder, SearchResult
from handwriting.recognition.calibration import RIVALS, Calibration, Probabilities, evidence
from handwriting.recognition.decode import GreedyDecoder, Hypothesis
from handwriting.recognition.language.model import RESCORED, Hints, LanguageModel
from handwriting.recognition.language.scorer import LanguageScorer
from handwriting.recognition.ownership import characters_of
from handwriting.recognition.seq2seq import FILE, Seq2SeqDecoder
from handwriting.recognition.transcription import Reading, Transcription, Word
from handwriting.runtime import Graph, batches_by_length, pad
from handwriting.text import canonical

Decoder = Literal["greedy", "beam", "language", "seq2seq"]
"""Best path, prefix beam search, prefix beam search with a language model, or the network's own decoder LSTM."""
ForwardPass = Callable[[Sequence[NDArray[np.float32]]], list[NDArray[np.float32]]]
"""Maps sequences of steps, each (T, D), to their log-probabilities, each (T', V)."""

BATCH_LINES = 8
"""Number of lines per batch; larger batches are no faster."""
RESCORED_PER_ALTERNATIVE = 10
"""Texts that the LSTM rescores for each alternative, so that alternatives differ in more than one place."""
CACHED_LINES = 64
"""Number of lines whose network output is cached after their best paths were requested."""
SHORT_STEPS = 16
"""Ink of fewer network steps is a letter or part of a word; the language model, trained on sentences, gets less
weight."""


class Recognizer:
    """A recognizer checkpoint, ready to read lines of ink.

    ``threads`` is the number of threads of the inference engine. ``network`` replaces the checkpoint's int8 graph, for
    instance by the float32 network that it was made from. ``language`` is the model for the language decoder; by
    default the shipped one that the card names, loaded when it is first needed.

    >>> import handwriting
    >>> from handwriting.recognition.recognizer import Recognizer
    >>> recognizer = Recognizer.load()
    >>> recognizer.transcribe(handwriting.read("datasets/samples/line.xml"), "language").text
    'a line of handwriting'
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        threads: int = 1,
        network: ForwardPass | None = None,
        language: LanguageModel | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        self._language, self._threads = language, threads
        self._recent: dict[tuple[bytes, ...], tuple[Encoded, NDArray[np.float32]]] = {}
        with checkpoint.reading_card():
            self.alphabet = Alphabet(checkpoint.card["alphabet"])
            self.features = FeatureConfig(**checkpoint.card["features"])
            sizes = checkpoint.card["network"]
            self._shrink = int(np.prod(sizes["strides"]))
            fits = (sizes["input_size"], sizes["output_size"]) == (self.features.size, self.alphabet.size)
        if not fits:
            raise InkError(
                f"{checkpoint.folder}/card.json: features of size {self.features.size} and {self.alphabet.size} classes"
                f" do not fit a network with input size {sizes['input_size']} and output size {sizes['output_size']};"
                " copy the checkpoint again"
            )
        self._network = network or _onnx_network(checkpoint.model, threads)

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str] | None = None,
        threads: int = 1,
        language: str | os.PathLike[str] | None = None,
    ) -> Recognizer:
        """Load the recognizer in ``folder``, by default the shipped one, and the language model in ``language``.

        Either may be the name of a shipped checkpoint. Raises :class:`InkError` if there is none.
        """
        model = None if language is None else LanguageModel.load(language)
        return cls(Checkpoint.load(folder, "recognizer"), threads, language=model)

    @property
    def language(self) -> LanguageModel:
        """The language model of the language decoder."""
        if self._language is None:
            self._language = LanguageModel.load(shipped(self.checkpoint.card.get("language", "language")))
        return self._language

    def transcribe(
        self, ink: Ink, decoder: Decoder = "greedy", alternatives: int = 1, beam: int = BEAM, hints: Hints = Hints()
    ) -> Transcription:
        """Transcribe one line of ink; see :meth:`transcribe_all`."""
        return next(self.transcribe_all([ink], decoder, alternatives, beam, hints=hints))

    def transcribe_all(
        self,
        inks: Sequence[Ink],
        decoder: Decoder = "greedy",
        alternatives: int = 1,
        beam: int = BEAM,
        batch_size: int = BATCH_LINES,
        hints: Hints = Hints(),
        continues: Sequence[bool] | None = None,
    ) -> Iterator[Transcription]:
        """Transcribe lines of ink, in the order given.

        ``decoder`` is ``"greedy"`` for the best path, ``"beam"`` for the most probable text among the ``beam`` most
        probable prefixes, or ``"language"`` for the same with a language model, which uses ``hints``. ``continues``
        says for each line whether it continues the previous one: its context is then the text of that line, as
        :attr:`Hints.above`, instead of the context in ``hints``. ``alternatives`` is the largest number of readings to
        return. Raises :class:`InkError` for an unknown decoder and for a number of alternatives that the decoder cannot
        return.
        """
        if decoder == "seq2seq":
            if alternatives != 1:
                raise InkError(f"alternatives is {alternatives}, but the decoder 'seq2seq' finds one reading")
            return self._read_with(self.seq2seq, inks)
        read = self._reader(decoder, alternatives, beam, hints)
        return self._read_all(read, inks, batch_size, continues or [False] * len(inks))

    @cached_property
    def seq2seq(self) -> Seq2SeqDecoder:
        """The decoder LSTM. Raises :class:`InkError` when the checkpoint has none."""
        folder, card = self.checkpoint.folder, self.checkpoint.card
        if not (folder / FILE).is_file():
            raise InkError(
                f"{folder}: no decoder LSTM here ({FILE} is missing); give a recognizer trained with a seq2seq head"
            )
        return Seq2SeqDecoder(folder, self.alphabet, bool(card["network"].get("attention")), self._threads)

    @cached_property
    def _graph(self) -> Graph:
        return Graph(self.checkpoint.model, self._threads)

    def memory(self, encoded: Encoded) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return log-probabilities (T', V) and the last layer's output (T', 2H) of a network with a decoder LSTM."""
        padded, lengths = pad([encoded.steps])
        log_probs, _, memory = self._graph.run({"steps": padded, "lengths": lengths})
        return log_probs[:, 0], memory[:, 0]

    def _read_with(self, decoder: Seq2SeqDecoder, inks: Sequence[Ink]) -> Iterator[Transcription]:
        calibration = Calibration.of_card(self.checkpoint.card, "seq2seq")
        for ink in inks:
            encoded = encode(ink, self.features)
            log_probs, memory = self.memory(encoded)
            found = decoder.decode(memory).hypothesis
            rivals = [(found.text, found.score)]
            yield self._transcription([found], rivals, log_probs, ink, encoded, calibration)

    def log_probs(self, encoded: Sequence[Encoded], batch_size: int = BATCH_LINES) -> list[NDArray[np.float32]]:
        """Return the log-probabilities (T', V) of each encoded ink, computed in batches of similar length."""
        steps = [one.steps for one in encoded]
        outputs: list[NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * len(steps)
        for chosen in batches_by_length(steps, batch_size):
            for i, log_probs in zip(chosen, self._network([steps[i] for i in chosen]), strict=True):
                outputs[i] = log_probs
        return outputs

    def best_paths(self, inks: Sequence[Ink], batch_size: int = BATCH_LINES) -> list[Hypothesis]:
        """Return the best path through the network's output for each line of ink.

        The outputs of the most recent lines are cached, so that :meth:`transcribe_all` need not compute them again.
        """
        greedy = GreedyDecoder(self.alphabet)
        encoded = [encode(ink, self.features) for ink in inks]
        outputs = self.log_probs(encoded, batch_size)
        recent = self._recent | dict(zip(map(_key, inks), zip(encoded, outputs, strict=True), strict=True))
        self._recent = dict(list(recent.items())[-CACHED_LINES:])
        return [greedy.decode(log_probs) for log_probs in outputs]

    def forget(self) -> None:
        """Clear the cached outputs of the network."""
        self._recent = {}

    def has_read(self, ink: Ink) -> bool:
        """Return whether the network's output for this line is cached."""
        return _key(ink) in self._recent

    def scorer(self, hints: Hints = Hints()) -> LanguageScorer:
        """Return the language model as a scorer for the beam search."""
        return self.language.scorer(self.alphabet, hints)

    def search(self, scorer: LanguageScorer | None, steps: int, beam: int = BEAM) -> BeamSearchDecoder:
        """Return a beam search for ink of ``steps`` network steps."""
        if scorer is not None and steps < SHORT_STEPS:
            scorer = scorer.scaled(steps / SHORT_STEPS)
        return BeamSearchDecoder(self.alphabet, beam, 1, scorer=scorer)

    def step_of(self, point: int, ink: Ink, encoded: Encoded) -> int:
        """Return the first network step that begins at ``point`` of the ink or after it."""
        at = int(np.flatnonzero(ink.points_of(encoded.order) == point)[0])
        return -(-int(np.searchsorted(encoded.points[:, 0], at)) // self._shrink)

    def point_of(self, step: int, ink: Ink, encoded: Encoded) -> int:
        """Return the point of the ink at which a network step begins."""
        at = encoded.points[min(step * self._shrink, len(encoded.points) - 1), 0]
        return int(ink.points_of(encoded.order)[at])

    def _read_all(
        self,
        read: Callable[[NDArray, Ink, Encoded, str | None], Transcription],
        inks: Sequence[Ink],
        batch_size: int,
        continues: Sequence[bool],
    ) -> Iterator[Transcription]:
        recent = self._recent
        known = [recent.get(_key(ink)) if recent else None for ink in inks]
        encoded = [encode(ink, self.features) if one is None else one[0] for ink, one in zip(inks, known, strict=True)]
        new = [one for one, before in zip(encoded, known, strict=True) if before is None]
        outputs = iter(self.log_probs(new, batch_size))
        above = ""
        for ink, one, before, goes_on in zip(inks, encoded, known, continues, strict=True):
            log_probs = next(outputs) if before is None else before[1]
            transcription = read(log_probs, ink, one, above if goes_on else None)
            above = transcription.text or above
            yield transcription

    def _reader(
        self, decoder: Decoder, alternatives: int, beam: int, hints: Hints
    ) -> Callable[[NDArray, Ink, Encoded, str | None], Transcription]:
        """Return a function that transcribes one line.

        Its arguments are log-probabilities (T', V), the ink, its encoding, and the text of the line above.
        """
        if decoder not in get_args(Decoder):
            raise InkError(f"decoder {decoder!r} is unknown; choose from {', '.join(get_args(Decoder))}")
        if alternatives < 1:
            raise InkError(f"alternatives is {alternatives}; give 1 or more")
        if decoder == "greedy" and alternatives > 1:
            raise InkError(
                f"alternatives is {alternatives}, but the greedy decoder finds one reading; use the decoder "
                "'beam' or 'language'"
            )
        calibration = Calibration.of_card(self.checkpoint.card, decoder)
        greedy = GreedyDecoder(self.alphabet)
        first = self.scorer(hints) if decoder == "language" else None
        later = self.scorer(replace(hints, context="")) if decoder == "language" and hints.context else first
        rescored = max(RESCORED, RESCORED_PER_ALTERNATIVE * alternatives)
        beam = beam if alternatives == 1 else max(beam, rescored)

        def read(log_probs: NDArray, ink: Ink, encoded: Encoded, above: str | None) -> Transcription:
            if decoder == "greedy":
                hypotheses = [greedy.decode(log_probs)]
                rivals = [(hypotheses[0].text, hypotheses[0].score)]
            else:
                search = self.search(first if above is None else later, len(log_probs), beam)
                found = search.search(log_probs)
                if decoder == "language":
                    context = (hints.above or hints.context) if above is None else above
                    factor = min(1.0, len(log_probs) / SHORT_STEPS)
                    found = self.language.rescored(found, context, factor, limit=rescored)
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
        found = evidence(best, self.alphabet.encode(best.text).tolist(), rivals, log_probs)
        if calibration is None:
            stated = Probabilities.unknown(found, len(hypotheses))
        else:
            stated = calibration.probabilities(found, [h.score for h in hypotheses])
        readings = [
            Reading(h.text, h.log_probability, characters_of(h, ink, encoded, self._shrink), p)
            for h, p in zip(hypotheses, stated.readings, strict=True)
        ]
        characters = tuple(
            replace(c, probability=p) for c, p in zip(readings[0].characters, stated.characters, strict=True)
        )
        readings[0] = replace(readings[0], characters=characters)
        words = tuple(
            Word(best.text[a:b], a, b, tuple(points for c in characters[a:b] for points in c.points), p)
            for (a, b), p in zip(found.spans, stated.words, strict=True)
        )
        return Transcription(tuple(readings), words, found, ink)


def _key(ink: Ink) -> tuple[bytes, ...]:
    """Return the cache key of an ink: everything that its encoding depends on."""
    return ink.x.tobytes(), ink.y.tobytes(), ink.starts.tobytes()


def _different(found: Sequence[SearchResult]) -> list[SearchResult]:
    """Return the results whose canonical texts differ, best first."""
    first: dict[str, SearchResult] = {}
    for one in found:
        first.setdefault(canonical(one.text), one)
    return list(first.values())


def _onnx_network(model: Path, threads: int) -> ForwardPass:
    graph = Graph(model, threads)

    def run(steps: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        padded, lengths = pad(steps)
        log_probs, out_lengths, *_ = graph.run({"steps": padded, "lengths": lengths})
        return [log_probs[:length, column] for column, length in enumerate(out_lengths)]

    return run
