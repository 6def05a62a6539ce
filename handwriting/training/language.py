"""Training task of the character language model: pieces of running text, and a corpus's lines for evaluation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting import checkpoint
from handwriting.corpora import Corpus, label
from handwriting.errors import InkError
from handwriting.evaluation.language import lines_in_context
from handwriting.networks.language import LanguageConfig, LanguageNetwork
from handwriting.networks.onnx_weights import onnx_weights
from handwriting.recognition.language.build import ASCII_CODES, terms_of
from handwriting.recognition.language.scorer import SPACE, code_array
from handwriting.recognition.language.texts import running_text
from handwriting.training.export import GraphBuilder, int8
from handwriting.training.options import LanguageOptions

KIND = "character-lstm"
Say = Callable[[str], object]
Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Stream:
    """A text to learn from."""

    name: str
    terms: str
    codes: NDArray[np.uint8]
    """Codes of its characters, shape (N,), beginning with a space."""
    starts: NDArray[np.int64]
    """Positions of spaces, where a piece may begin."""
    weight: float
    """Factor by which the text's length is multiplied when pieces are drawn."""

    @classmethod
    def of(cls, name: str, terms: str, text: str, weight: float = 1.0) -> Stream:
        found = code_array(" " + text)
        return cls(name, terms, found, np.flatnonzero(found == SPACE), weight)


def streams(
    texts: Sequence[Path], corpus: Corpus | None, split: str, weight: float, terms: str | None, say: Say
) -> list[Stream]:
    """Return the texts of files, and the transcripts of a corpus's ``split`` with this ``weight``.

    Raises :class:`InkError` if a text cannot be read, has no known terms, or if there is none.
    """
    found = [Stream.of(path.stem, terms_of(path, terms), running_text(path)) for path in texts]
    if corpus is not None:
        lines = [label(corpus, corpus.text(id)) for id in corpus.training_ids(split)]
        found.append(Stream.of(f"transcripts of {split}", corpus.terms, " ".join(lines), weight))
    if not found:
        raise InkError("texts and data are both missing; a language model needs at least one of them")
    for stream in found:
        say(f"{stream.name}: {len(stream.codes):,} characters")
    return found


class LanguageTask:
    """Implements ``training.loop.TrainingTask``.

    ``develop`` is the corpus and the split of the development set; None for no development set.
    """

    def __init__(
        self, sources: Sequence[Stream], options: LanguageOptions, develop: tuple[Corpus, str] | None = None
    ) -> None:
        self.sources, self.options = sources, options
        self.config = LanguageConfig(
            ASCII_CODES, options.hidden_size, options.num_layers, options.embedding, options.dropout
        )
        sizes = np.array([stream.weight * len(stream.codes) for stream in sources])
        self.shares = sizes / sizes.sum()
        self.developed_on = None if develop is None else develop[1]
        self.lines = [] if develop is None else lines_in_context(*develop)
        torch.manual_seed(options.seed)
        self.network: nn.Module = LanguageNetwork(self.config)

    def identity(self) -> dict[str, Any]:
        return asdict(self.options) | {"texts": {s.name: len(s.codes) for s in self.sources}}

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return batches in the order in which the pieces are drawn."""
        numbers = list(range(self.options.examples))
        return [numbers[start : start + batch_size] for start in range(0, len(numbers), batch_size)]

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Return characters and the ones that follow them, each (T, B), -1 beyond the end of a text."""
        rows = np.full((len(examples), self.options.steps + 1), -1, np.int64)
        for row, number in zip(rows, examples, strict=True):
            random = np.random.default_rng([self.options.seed, epoch, number])
            stream = self.sources[int(random.choice(len(self.sources), p=self.shares))]
            start = int(stream.starts[random.integers(len(stream.starts))])
            piece = stream.codes[start : start + len(row)]
            row[: len(piece)] = piece
        both = torch.from_numpy(rows.T)
        return both[:-1].clamp(min=0), both[1:].contiguous()

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the nats, and the number of characters."""
        inputs, targets = batch
        logits, _ = network(inputs)
        nats = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum")
        return nats, (targets >= 0).sum()

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Compute bits per character of the development lines, with and without the lines before them."""
        if not self.lines:
            return {}
        network.eval()
        device = next(network.parameters()).device
        figures = {}
        for name, used in (("bits", True), ("bits_alone", False)):
            total = count = 0.0
            for start in range(0, len(self.lines), 128):
                rows = [((before if used else "") + " ", text) for before, text in self.lines[start : start + 128]]
                both = [code_array(before + text + " ").astype(np.int64) for before, text in rows]
                padded = nn.utils.rnn.pad_sequence([torch.from_numpy(row) for row in both]).to(device)
                log_probs = network(padded[:-1])[0].float().log_softmax(2)
                nats = -log_probs.gather(2, padded[1:].unsqueeze(2)).squeeze(2)
                at = torch.arange(len(nats), device=device).unsqueeze(1)
                begin, end = (torch.tensor([f(row) for row in rows], device=device) for f in (_begin, _end))
                total += float((nats * ((at >= begin) & (at < end))).sum())
                count += float((end - begin).sum())
            figures[name] = total / count / math.log(2)
        return figures

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write float16 weights, the int8 graph built from them, and the card."""
        weights = {name: value.cpu().numpy().astype(np.float16) for name, value in network.state_dict().items()}
        card = {
            "kind": KIND,
            "network": asdict(self.config),
            "texts": [
                {"name": s.name, "characters": len(s.codes), "weight": s.weight, "terms": s.terms} for s in self.sources
            ],
            "developed_on": self.developed_on,
            "training": training,
            "terms": "; ".join(dict.fromkeys(stream.terms for stream in self.sources)),
        }
        stored = LanguageNetwork(self.config)
        stored.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
        checkpoint.save(folder, card, weights, int8(language_graph(stored)))


def language_graph(network: LanguageNetwork) -> bytes:
    """Build the float32 graph.

    It maps ``codes`` (T, B) int64 and the state ``h``, ``c`` (L, B, H) to ``log_probs`` (T, B, V) and the next state,
    ``next_h`` and ``next_c``.
    """
    graph, config = GraphBuilder(), network.config
    H, L = config.hidden_size, config.num_layers
    (embedding,) = graph.tensors(network.embedding, "weight")
    x = graph.add("Gather", [embedding, "codes"])  # (T, B, D)
    first = graph.constant(np.array([0], np.int64))
    after: dict[str, list[str]] = {"h": [], "c": []}
    for layer, cell in enumerate(network.lstm.cells):
        arrays = onnx_weights(cell)  # type: ignore[arg-type]
        names = {name: graph.constant(array) for name, array in arrays.items()}
        bounds = [graph.constant(np.array([edge], np.int64)) for edge in (layer, layer + 1)]
        before = [graph.add("Slice", [name, *bounds, first]) for name in "hc"]
        y, last = f"y_{layer}", {name: f"{name}_{layer}" for name in "hc"}
        inputs = [x, names["W"], names["R"], names["B"], "", *before]
        graph.add_several("LSTM", inputs, [y, last["h"], last["c"]], hidden_size=H)
        x = graph.add("Squeeze", [y, graph.constant(np.array([1], np.int64))])
        for name in "hc":
            after[name].append(last[name])
    for name in "hc":
        graph.add("Concat", after[name], f"next_{name}", axis=0)
    weight, bias = graph.tensors(network.output, "weight", "bias", transpose=True)
    logits = graph.add("Add", [graph.add("MatMul", [x, weight]), bias])
    graph.add("LogSoftmax", [logits], "log_probs", axis=-1)
    number = TensorProto.FLOAT
    state = [(name, number, [L, "B", H]) for name in "hc"]
    return graph.model(
        [("codes", TensorProto.INT64, ["T", "B"]), *state],
        [("log_probs", number, ["T", "B", config.codes]), *((f"next_{name}", *rest) for name, *rest in state)],
    )


def _begin(row: tuple[str, str]) -> int:
    """Return the index of the prediction of a line's first character."""
    return len(row[0]) - 1


def _end(row: tuple[str, str]) -> int:
    """Return the index after the prediction of the space that ends a line."""
    return len(row[0]) + len(row[1])
