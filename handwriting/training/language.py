"""Training task of the character language model: pieces of running text, and a corpus's lines for evaluation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting import checkpoint
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus, label
from handwriting.errors import InkError
from handwriting.evaluation.language import lines_in_context
from handwriting.networks.language import LanguageConfig, LanguageNetwork
from handwriting.networks.onnx_weights import onnx_weights
from handwriting.recognition.language.build import ASCII_CODES, TextSource, terms_of
from handwriting.recognition.language.lstm import FILE
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
    texts: Sequence[TextSource], corpus: Corpus | None, split: str, weight: float, terms: str | None, say: Say
) -> list[Stream]:
    """Return the texts, and the transcripts of a corpus's ``split`` with this ``weight``.

    Raises :class:`InkError` if a text cannot be read, has no known terms, or if there is none.
    """
    found = [
        Stream.of(text.path.stem, terms_of(text.path, terms), running_text(text.path), text.weight) for text in texts
    ]
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

    ``develop`` is the corpus and the split of the development set; None for no development set. The initial weights are
    those of ``init``, a character LSTM or a language model that has one; None for random ones. Raises
    :class:`InkError` if ``init`` has no LSTM or one of other sizes.
    """

    def __init__(
        self,
        sources: Sequence[Stream],
        options: LanguageOptions,
        develop: tuple[Corpus, str] | None = None,
        init: Checkpoint | None = None,
    ) -> None:
        self.sources, self.options, self.init = sources, options, init
        self.config = LanguageConfig(
            ASCII_CODES, options.hidden_size, options.num_layers, options.embedding, options.dropout
        )
        sizes = np.array([stream.weight * len(stream.codes) for stream in sources])
        self.shares = sizes / sizes.sum()
        self.developed_on = None if develop is None else develop[1]
        self.lines = [] if develop is None else lines_in_context(*develop)
        torch.manual_seed(options.seed)
        network = LanguageNetwork(self.config)
        if init is not None:
            start_language(network, init)
        self.network: nn.Module = network

    def identity(self) -> dict[str, Any]:
        init = {} if self.init is None else {"init": str(self.init.folder)}
        return asdict(self.options) | {"texts": {s.name: len(s.codes) for s in self.sources}} | init

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
        }
        terms = [stream.terms for stream in self.sources]
        if self.init is not None:
            start = _lstm_card(self.init)
            card["started_from"] = {key: start[key] for key in ("texts", "training", "started_from") if key in start}
            terms += start["terms"].split("; ")
        card["terms"] = "; ".join(dict.fromkeys(terms))
        stored = LanguageNetwork(self.config)
        stored.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
        checkpoint.save(folder, card, weights, int8(language_graph(stored)))


def start_language(network: LanguageNetwork, init: Checkpoint) -> None:
    """Copy the weights of a character LSTM, or of the one of a language model, into ``network``.

    A language model has only the int8 graph, whose weights are dequantised. Raises :class:`InkError` if there is no
    LSTM or if its sizes differ from the network's.
    """
    sizes, mine = _lstm_card(init)["network"], asdict(network.config)
    for name in ("hidden_size", "num_layers", "embedding"):
        if sizes[name] != mine[name]:
            raise InkError(f"{name} {mine[name]}: {init.folder} has {sizes[name]}; give the sizes of that LSTM")
    weights = init.weights() if init.card["kind"] == KIND else graph_weights((init.folder / FILE).read_bytes())
    network.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})


def _lstm_card(init: Checkpoint) -> dict[str, Any]:
    """Return the card of a character LSTM, or of the one of a language model."""
    if init.card["kind"] == KIND:
        return init.card
    if "lstm" not in init.card or not (init.folder / FILE).is_file():
        raise InkError(f"{init.folder}: this language model has no character LSTM to start from; leave out 'init'")
    return dict(init.card["lstm"])


def graph_weights(model: bytes) -> dict[str, NDArray[np.float32]]:
    """Return a network's parameters by name from its graph (:func:`language_graph`), float32 or int8."""
    graph = onnx.load_from_string(model).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    names: dict[str, list[list[str]]] = {}
    for node in graph.node:
        names.setdefault(node.op_type.removeprefix("DynamicQuantize").removesuffix("Integer"), []).append([*node.input])

    def constant(name: str) -> NDArray[np.float32]:
        base = name.removesuffix("_quantized")
        if base == name:
            return constants[name]
        value = constants[name].astype(np.float32) - constants[f"{base}_zero_point"]
        return value * constants[f"{base}_scale"]

    found = {"embedding.weight": constant(names["Gather"][0][0])}
    for layer, (_, w, r, b, *_) in enumerate(names["LSTM"]):
        matrices = [constant(name)[0] for name in (w, r)]
        if w.endswith("_quantized"):  # the quantised operator has transposed matrices
            matrices = [matrix.T for matrix in matrices]
        bias = constant(b)[0].reshape(2, -1).sum(0)
        for name, value in zip(("weight_ih", "weight_hh", "bias_ih"), (*matrices, bias), strict=True):
            i, o, f, g = np.split(value, 4)
            found[f"lstm.cells.{layer}.lstm.{name}_l0"] = np.concatenate([i, f, g, o])
        found[f"lstm.cells.{layer}.lstm.bias_hh_l0"] = np.zeros_like(bias)
    return found | {
        "output.weight": constant(names["MatMul"][0][1]).T,
        "output.bias": next(c for inputs in names["Add"] for c in map(constants.get, inputs) if c is not None),
    }


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
