"""Training task of the synthesizer and the prediction network: offsets of a corpus's lines, with their nats as loss.

A line of N points is N - 1 steps. The first input is the first point, which has no offset: only its end-of-stroke bit
is given; then each point's offset is predicted from those before it (Graves 2013, arXiv 1308.0850, equation 15).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting import checkpoint
from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import NONE, fingerprints, refuse_overlap, terms
from handwriting.errors import InkError
from handwriting.evaluation import synthesis
from handwriting.evaluation.synthesis import Likelihood, OffsetExample, SynthesisReport
from handwriting.features.offsets import JUMP_UNITS, Normalizer, clean, offsets, prepare_line
from handwriting.geometry.normalise import writing_height
from handwriting.geometry.pace import mean_step, point_rate
from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import (
    POINT_SIZE,
    PredictionConfig,
    PredictionNetwork,
    SynthesisConfig,
    SynthesisNetwork,
)
from handwriting.runtime import pad
from handwriting.synthesis.codes import HandCodes, save_codes
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import natural
from handwriting.training.export import int8_step, step_graph
from handwriting.training.initialise import inherited, initialise
from handwriting.training.options import SynthesizerOptions
from handwriting.training.plan import plan_by_length

Batch = tuple[Tensor, Tensor, Tensor]


class SynthesizerTask:
    """Implements ``training.loop.TrainingTask``; with ``init``, training starts from its weights.

    A prediction network may start from a synthesizer of the same sizes; it then writes at that network's pace. ``say``
    is called with messages about excluded lines. Raises :class:`InkError` if the lists have no line to train on, and if
    ``init`` has other sizes or is of a kind that cannot initialise this one.
    """

    def __init__(
        self,
        corpus: Corpus,
        settings: SynthesizerOptions,
        init: Checkpoint | None = None,
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.settings, self.terms = settings, terms([corpus.terms], init)
        self.init, self.inherited = None if init is None else str(init.folder), inherited(init)
        watched = settings.develop != NONE
        for name in settings.train if watched else ():
            refuse_overlap(name, corpus.training_ids(name), settings.develop, corpus.ids(settings.develop))
        lines, self.left_out = _training_lines(corpus, settings.train)
        self.fingerprints = fingerprints((line.ink for line in lines), init)
        self.rate = synthesis.rate_of_card(init.card) if init is not None and settings.kind == "prediction" else None
        """Point rate of a prediction network that starts from another network; None for the ink's own rate."""
        raw = [offsets(prepare_line(line.ink, self.rate)) for line in lines]
        texts = [natural(line.text) for line in lines]
        self.normalizer = Normalizer.of(raw)
        self.alphabet = Alphabet.of(texts)
        self.counts = Counter("".join(texts))
        self.hand = _hand(lines)
        self.examples = [
            OffsetExample(self.normalizer(steps), self.alphabet.encode(text))
            for steps, text in zip(raw, texts, strict=True)
        ]
        self.points = sum(example.steps for example in self.examples)
        self.development = (
            synthesis.examples(corpus, settings.develop, self.normalizer, self.alphabet, self.rate) if watched else []
        )
        unknown = sum(int((e.text == 0).sum()) for e in self.development)
        say(
            f"{len(lines)} lines to train on, {self.points} points, {self.alphabet.size - 1} characters; "
            f"left out: {len(self.left_out)}; unknown characters in {settings.develop}: {unknown}"
        )
        torch.manual_seed(settings.seed)
        self.config = _config(settings, self.alphabet)
        self.network: nn.Module = _network(self.config)
        if init is not None:
            say(self._initialise(init))

    def identity(self) -> dict[str, Any]:
        settings = asdict(self.settings) | {"train": list(self.settings.train)}  # a list, because JSON returns one
        return {**settings, "init": self.init, "lines": len(self.examples), "alphabet": self.alphabet.characters}

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return batches of lines of similar length, in random order."""
        return plan_by_length([e.steps for e in self.examples], batch_size, self.settings.seed, epoch)

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Return padded points (T + 1, B, 3), their numbers of steps (B,) and padded texts (B, U)."""
        return collate([self.examples[number] for number in examples])

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, float]:
        """Return the summed nats and the number of points to divide them by."""
        nats, _ = point_losses(network, batch, self.normalizer)
        return nats.sum(), float(batch[1].sum())

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Compute :func:`figures` over every line of the development set; empty without a set."""
        return {} if not self.development else figures(network, self.development, self.normalizer)

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the card, the weights and the int8 step graph."""
        card = {
            "kind": self.settings.kind,
            "network": asdict(self.config),
            "alphabet": self.alphabet.characters,
            "features": {
                "jump": JUMP_UNITS,
                "sigma_floor": list(self.normalizer.sigma_floor),
                **({} if self.rate is None else {"rate": self.rate}),
            },
            "normalizer": asdict(self.normalizer),
            "hand": self.hand,
            "trained_on": {
                "lists": list(self.settings.train),
                "lines": len(self.examples),
                "points": self.points,
                "left_out": self.left_out,
                "characters": dict(sorted(self.counts.items())),
                **self.fingerprints,
            },
            "developed_on": self.settings.develop,
            "training": training,
            **self.inherited,
            "terms": self.terms,
        }
        write_checkpoint(folder, card, {name: value.cpu().numpy() for name, value in network.state_dict().items()})

    def _initialise(self, init: Checkpoint) -> str:
        kind, wanted = init.card["kind"], self.settings.kind
        if kind != wanted and (kind, wanted) != ("synthesizer", "prediction"):
            raise InkError(f"{init.folder}: a {kind} cannot start a {wanted}; give a checkpoint of a {wanted}")
        grow = None if kind == wanted else partial(_without_text, init.card)
        message = initialise(self.network, self.alphabet, init, _place, grow)
        theirs = Normalizer.of_card(init.card)
        if theirs != self.normalizer:
            mine, other = (f"sd {n.sd[0]:.3f}, {n.sd[1]:.3f}" for n in (self.normalizer, theirs))
            message += f"; offsets are normalised as these lists are ({mine}), not as theirs were ({other})"
        return message


def _without_text(
    card: Mapping[str, Any], theirs: Mapping[str, Tensor], mine: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Convert a synthesizer's weights to those of a prediction network.

    The output of the window is replaced by its mean: the relative frequency of each character.
    """
    counts = card["trained_on"]["characters"]
    shares = torch.tensor([float(counts.get(c, 0)) for c in Alphabet(card["alphabet"]).characters])
    shares /= shares.sum()
    end = POINT_SIZE + len(shares)
    weights = {name: value for name, value in theirs.items() if name in mine}
    for layer in range(card["network"]["num_layers"]):
        given = "first.cell." if layer == 0 else f"upper.{layer - 1}."
        cell = {name.removeprefix(given): value for name, value in theirs.items() if name.startswith(given)}
        inputs = next(name for name in cell if "weight_ih" in name)
        bias = inputs.replace("weight_ih", "bias_ih")
        matrix = cell[inputs].float()
        cell[bias] = cell[bias].float() + matrix[:, POINT_SIZE:end] @ shares
        cell[inputs] = torch.cat([matrix[:, :POINT_SIZE], matrix[:, end:]], 1)
        weights |= {f"lstm.cells.{layer}.{name}": value for name, value in cell.items()}
    return weights


def _with_hands(theirs: dict[str, Tensor], mine: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return a checkpoint's weights, with the network's own hand codes if the checkpoint has none or others."""
    own = {name: mine[name] for name in ("basis", "codes") if name in mine}
    others = {name: value for name, value in theirs.items() if name not in ("basis", "codes") or name in mine}
    return others | {n: v for n, v in own.items() if n not in theirs or theirs[n].shape != v.shape}


def start_from(network: nn.Module, alphabet: Alphabet, init: Checkpoint, rate: float) -> str:
    """Copy a synthesizer's weights, except for hand codes that it lacks, and return a message about it.

    ``rate`` is in points per second. The speed of the window along the text is adapted to it. Raises :class:`InkError`
    for a checkpoint of another kind.
    """
    if init.card["kind"] != "synthesizer":
        raise InkError(f"{init.folder}: a {init.card['kind']} cannot start a synthesizer; give a synthesizer")
    message = initialise(network, alphabet, init, _place, _with_hands)
    theirs = synthesis.rate_of_card(init.card) or float(init.card["hand"]["rate"])
    with torch.no_grad():
        window = network.first.window  # type: ignore[union-attr]
        window.linear.bias[2 * window.components :] += float(np.log(theirs / rate))  # type: ignore[union-attr,operator,index]
    return message


def collate(examples: Sequence[OffsetExample]) -> Batch:
    """Return padded points (T + 1, B, 3), the numbers of steps (B,) and padded texts (B, U), U at least 1."""
    points, lengths = pad([e.points for e in examples])
    text = np.zeros((len(examples), max(1, *(len(e.text) for e in examples))), dtype=np.int64)
    for row, e in zip(text, examples, strict=True):
        row[: len(e.text)] = e.text
    return torch.from_numpy(points), torch.from_numpy(lengths - 1), torch.from_numpy(text)


def point_losses(network: nn.Module, batch: Batch, normalizer: Normalizer) -> tuple[Tensor, Tensor]:
    """Compute nats and squared error (SSE) of every predicted point, shape (T, B) each, 0 at padding."""
    points, lengths, text = batch
    outputs = network(points[:-1], text)[0] if isinstance(network, SynthesisNetwork) else network(points[:-1])[0]
    mixture, targets = Mixture.of(outputs, normalizer.sigma_floor), points[1:]
    padding = torch.arange(len(targets), device=lengths.device).unsqueeze(1) >= lengths  # (T, B)
    errors = (targets[..., :2] - mixture.mean()).square().sum(-1)
    return mixture.nats(targets).masked_fill(padding, 0), errors.detach().masked_fill(padding, 0)


@torch.no_grad()
def figures(
    network: nn.Module,
    examples: Sequence[OffsetExample],
    normalizer: Normalizer,
    batch_size: int = 32,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, float]:
    """Compute nats and SSE over every line, in float32, as in :class:`~handwriting.evaluation.synthesis.Likelihood`."""
    device = next(network.parameters()).device
    network.eval()
    order = sorted((e for e in examples if e.steps), key=lambda e: e.steps)
    nats = error = 0.0
    for start in range(0, len(order), batch_size):
        progress(start, len(order))
        points, lengths, text = (v.to(device) for v in collate(order[start : start + batch_size]))
        losses = point_losses(network, (points, lengths, text), normalizer)
        batch_nats, batch_error = (v.sum(dtype=torch.float64).item() for v in losses)
        nats, error = nats + batch_nats, error + batch_error
    return asdict(Likelihood.of_sums(nats, error, examples, normalizer))


def build(card: dict[str, Any], weights: Mapping[str, NDArray]) -> PredictionNetwork | SynthesisNetwork:
    """Build the network of a card, of either kind, in float32 and evaluation mode."""
    config = SynthesisConfig if card["kind"] == "synthesizer" else PredictionConfig
    network = _network(config(**card["network"]))
    network.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
    return network.eval()


def export_checkpoint(
    source: Checkpoint, folder: Path, quantise: bool = True, corpus: Corpus | None = None, splits: Sequence[str] = ()
) -> None:
    """Write a copy of the checkpoint with float16 weights and the step graph built from them, in int8 or float32.

    With a ``corpus``, the graph's nats on each of ``splits`` are added to the card.
    """
    write_checkpoint(folder, source.card, source.weights(), quantise)
    if source.card["network"].get("code"):
        save_codes(folder, HandCodes.load(source.folder))
    if corpus is not None and splits:
        written = Synthesizer.load(folder)
        figures = {split: synthesis.evaluate(written, corpus, split).figures() for split in splits}
        checkpoint.save_card(folder, {**source.card, "figures": figures})


def evaluate(
    source: Checkpoint,
    corpus: Corpus,
    split: str,
    threads: int = 1,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> SynthesisReport:
    """Return the report of ``evaluation.synthesis.evaluate``, for the float32 network that the graph was made from."""
    torch.set_num_threads(threads)
    normalizer, alphabet = Normalizer.of_card(source.card), Alphabet(source.card["alphabet"])
    lines = synthesis.examples(corpus, split, normalizer, alphabet)
    values = figures(build(source.card, source.weights()), lines, normalizer, progress=progress)
    return synthesis.report(source.card, corpus, split, Likelihood(**values))


def write_checkpoint(folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray], quantise: bool = True) -> None:
    """Write a checkpoint with float16 weights and the step graph built from them as they are stored."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    graph = step_graph(build(card, halves))
    checkpoint.save(folder, card, halves, int8_step(graph) if quantise else graph)


def _hand(lines: Sequence[Line]) -> dict[str, float]:
    """Return measurements of the training ink for pages and primers, in its units: medians over the lines."""
    measures: dict[str, list[float]] = {
        "height": [writing_height(line.ink) for line in lines],
        "advance": [float(np.ptp(line.ink.x)) / len(natural(line.text)) for line in lines],
        "rate": [rate for line in lines if (rate := point_rate(line.ink))],
        "step": [mean_step(line.ink) for line in lines],
    }
    return {name: float(np.median(values)) for name, values in measures.items() if values}


def _config(settings: SynthesizerOptions, alphabet: Alphabet) -> PredictionConfig:
    sizes = {k: getattr(settings, k) for k in ("hidden_size", "num_layers", "mixtures", "variant", "dropout")}
    if settings.kind == "prediction":
        return PredictionConfig(**sizes)
    return SynthesisConfig(**sizes, characters=alphabet.size - 1, components=settings.components)


def _place(parameter: str) -> tuple[int, int] | None:
    """Return the columns that take w, one per character: inputs are x, w and, above layer 1, the layer below."""
    windowed = parameter.startswith(("first.cell.", "upper.")) and "weight_ih" in parameter
    return (1, POINT_SIZE) if windowed else None


def _network(config: PredictionConfig) -> PredictionNetwork | SynthesisNetwork:
    return SynthesisNetwork(config) if isinstance(config, SynthesisConfig) else PredictionNetwork(config)


def _training_lines(corpus: Corpus, lists: Sequence[str]) -> tuple[list[Line], dict[str, str]]:
    """Return the usable lines of all ``lists``, and the reason for each line that is left out, by id."""
    kept, left_out = [], {}
    for name in lists:
        ids = set(corpus.training_ids(name))
        for id in corpus.ids(name):
            line = corpus.line(id) if id in ids else None
            if line is None:
                left_out[id] = corpus.known_bad.get(id, "no text")
            elif len(line.ink) < 2 or len(clean(line.ink)) < 2:
                left_out[id] = "a single point"
            else:
                kept.append(line)
    if not kept:
        raise InkError(f"the splits {', '.join(lists)} have no usable lines; choose others")
    return kept, left_out
