"""Training task and checkpoint of the recognizer with a decoder LSTM.

The checkpoint is a recognizer's, whose CTC output remains usable, plus ``decoder.onnx``: one step of the decoder, in
float32. With ``--init`` the encoder starts from a recognizer that was trained with CTC, and ``--freeze reader`` keeps
its weights unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto
from torch import Tensor, nn
from torch.nn import functional as F

from handwriting import checkpoint, metrics
from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.networks.recognizer import RecognizerConfig
from handwriting.networks.seq2seq import Decoder, Seq2SeqConfig, Seq2SeqNetwork
from handwriting.recognition.seq2seq import FILE
from handwriting.runtime import batches_by_length, pad
from handwriting.training.data import Say, TrainingData
from handwriting.training.encoder import ExampleEncoder
from handwriting.training.export import GraphBuilder, int8, recognizer_graph
from handwriting.training.options import RecognizerOptions
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer import RecognizerTask, recognizer_task
from handwriting.training.recognizer_checkpoint import write as write_ctc


class Seq2SeqTask(RecognizerTask):
    """Implements ``training.loop.TrainingTask``; the data are those of the recognizer with CTC."""

    def __init__(
        self,
        data: TrainingData,
        encoder: ExampleEncoder,
        options: RecognizerOptions,
        init: Checkpoint | None = None,
        say: Say = lambda message: None,
    ) -> None:
        if init is not None and init.card.get("head"):
            raise InkError(f"{init.folder}: it has a decoder already; start from a recognizer with CTC alone")
        super().__init__(data, encoder, options, init, say)
        sizes = {field.name: getattr(self.config, field.name) for field in fields(RecognizerConfig)}
        self.config: Seq2SeqConfig = Seq2SeqConfig(**sizes, attention=options.head == "seq2seq")
        reader = self.network
        torch.manual_seed(options.seed)
        network = Seq2SeqNetwork(self.config)
        network.reader.load_state_dict(reader.state_dict())
        self.network = network

    def loss(self, network: nn.Module, batch: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Return the nats of the texts, each with its end, and the number of characters."""
        x, lengths, targets, target_lengths = batch
        texts = [F.pad(text, (0, 1)) for text in targets.split(target_lengths.tolist())]  # the end is index 0
        text = nn.utils.rnn.pad_sequence(texts, batch_first=True)
        inside = torch.arange(text.shape[1], device=text.device) <= target_lengths.to(text.device).unsqueeze(1)
        nats = F.cross_entropy(network(x, lengths, text).transpose(1, 2), text, reduction="none")
        return (nats * inside).sum(), target_lengths.sum()

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Compute canonical CER and WER on the development sets; empty without one. Names are as with CTC."""
        figures: dict[str, float] = {}
        for number, part in enumerate(self.data.development):
            outputs = transcribe(cast(Seq2SeqNetwork, network), part.steps, self.data.alphabet)
            score = metrics.score([(line.text, output) for line, output in zip(part.lines, outputs, strict=True)])
            name = f" {part.split}" if number else ""
            figures |= {f"cer{name}": score.cer, f"wer{name}": score.wer}
        return figures

    def card(self, training: dict[str, Any]) -> dict[str, Any]:
        return {**super().card(training), "head": self.options.head}

    def write(self, folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray]) -> None:
        write(folder, card, weights)


def transcribe(
    network: Seq2SeqNetwork, steps: Sequence[NDArray[np.float32]], alphabet: Alphabet, batch_size: int = 64
) -> list[str]:
    """Return the text of each sequence (T_i, D), decoded greedily."""
    network.eval()
    device = next(network.parameters()).device
    outputs = [""] * len(steps)
    for chosen in batches_by_length(steps, batch_size):
        padded, lengths = (torch.from_numpy(array).to(device) for array in pad([steps[i] for i in chosen]))
        with torch.autocast(device.type, torch.bfloat16):
            found = network.read(padded, lengths)
        for i, indices in zip(chosen, found, strict=True):
            outputs[i] = alphabet.decode(indices)
    return outputs


def build(card: dict[str, Any], weights: Mapping[str, NDArray]) -> Seq2SeqNetwork:
    """Build the network of a card, in float32 and evaluation mode.

    Raises :class:`InkError` if card and weights do not match.
    """
    try:
        network = Seq2SeqNetwork(Seq2SeqConfig(**card["network"]))
        network.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise InkError(f"card.json and weights.safetensors do not match: {reason}; copy it again") from error
    return network.eval()


def write(folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray], quantise: bool = True) -> None:
    """Write a checkpoint with float16 weights, the encoder's graph in int8 or float32, and the decoder's in float32."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    network = build(card, halves)
    graph = recognizer_graph(network.reader, memory=True)
    checkpoint.save(folder, card, halves, int8(graph) if quantise else graph)
    with atomic(folder / FILE) as temporary:
        temporary.write_bytes(decoder_graph(network.head))


def decoder_graph(decoder: Decoder) -> bytes:
    """Build the float32 graph of one step of the decoder for one line.

    Its inputs are ``character`` (1,) int64, the state ``h``, ``c`` (1, H), ``context`` (1, E), ``looked`` (1, 2, T),
    and ``memory`` (1, T, E); its outputs are ``log_probs`` (1, V) and the next state, with names prefixed with
    ``next_``. Given the encoder's summary as ``context``, it also outputs ``begin`` (1, 2H): h and c before the first
    character.
    """
    graph, config = GraphBuilder(), decoder.config
    H, E = config.decoder_size, 2 * config.hidden_size
    weight, bias = graph.tensors(decoder.begin, "weight", "bias", transpose=True)
    graph.add("Tanh", [graph.add("Gemm", ["context", weight, bias])], "begin")
    (embedding,) = graph.tensors(decoder.embedding, "weight")
    x = graph.join([graph.add("Gather", [embedding, "character"]), "context"])
    w_ih, w_hh, b_ih, b_hh = (p.detach().cpu().float().numpy() for p in decoder.cell.weights())
    z = graph.add("Gemm", [x, graph.constant(w_ih.T.copy()), graph.constant(b_ih + b_hh)])
    z = graph.add("Add", [z, graph.add("MatMul", ["h", graph.constant(w_hh.T.copy())])])
    i, f, g, o = graph.split(z, [H] * 4)
    kept = graph.add("Mul", [graph.add("Sigmoid", [f]), "c"])
    new = graph.add("Mul", [graph.add("Sigmoid", [i]), graph.add("Tanh", [g])])
    c = graph.add("Add", [kept, new], "next_c")
    h = graph.add("Mul", [graph.add("Sigmoid", [o]), graph.add("Tanh", [c])], "next_h")
    if config.attention:
        context = _attention(graph, decoder, h)
    else:
        context = graph.add("Identity", ["context"], "next_context")
        graph.add("Identity", ["looked"], "next_looked")
    weight, bias = graph.tensors(decoder.output, "weight", "bias", transpose=True)
    graph.add("LogSoftmax", [graph.add("Gemm", [graph.join([h, context]), weight, bias])], "log_probs", axis=-1)
    number = TensorProto.FLOAT
    state: list[tuple[str, int, list[Any]]] = [
        ("h", number, [1, H]), ("c", number, [1, H]), ("context", number, [1, E]), ("looked", number, [1, 2, "T"]),
    ]  # fmt: skip
    return graph.model(
        [("character", TensorProto.INT64, [1]), *state, ("memory", number, [1, "T", E])],
        [("log_probs", number, [1, config.output_size]), *((f"next_{name}", *rest) for name, *rest in state),
         ("begin", number, [1, 2 * H])],
    )  # fmt: skip


def _attention(graph: GraphBuilder, decoder: Decoder, h: str) -> str:
    """Add the attention: ``next_looked`` and ``next_context``, whose name is returned."""
    config = decoder.config
    (of_state,) = graph.tensors(decoder.of_state, "weight", transpose=True)
    of_memory, bias = graph.tensors(decoder.of_memory, "weight", "bias", transpose=True)
    (of_looked,) = graph.tensors(decoder.of_looked, "weight", transpose=True)
    (score,) = graph.tensors(decoder.score, "weight", transpose=True)
    (filters,) = graph.tensors(decoder.filters, "weight")
    middle, last = graph.constant(np.array([1])), graph.constant(np.array([2]))
    side = config.window // 2
    seen = graph.add("Transpose", [graph.add("Conv", ["looked", filters], pads=[side, side])], perm=[0, 2, 1])
    seen = graph.add("MatMul", [seen, of_looked])
    keys = graph.add("Add", [graph.add("MatMul", ["memory", of_memory]), bias])
    asked = graph.add("Unsqueeze", [graph.add("MatMul", [h, of_state]), middle])
    compared = graph.add("Tanh", [graph.add("Add", [graph.add("Add", [keys, seen]), asked])])
    energy = graph.add("Squeeze", [graph.add("MatMul", [compared, score]), last])
    weights = graph.add("Unsqueeze", [graph.add("Softmax", [energy], axis=1), middle])  # (1, 1, T)
    before = graph.add("Slice", ["looked", graph.constant(np.array([1])), graph.constant(np.array([2])), middle])
    graph.add("Concat", [weights, graph.add("Add", [before, weights])], "next_looked", axis=1)
    return graph.add("Squeeze", [graph.add("MatMul", [weights, "memory"]), middle], "next_context")


def task_for(
    corpora: Sequence[Corpus],
    options: RecognizerOptions,
    recipe: TrainingRecipe,
    init: Checkpoint | None = None,
    say: Say = lambda message: None,
) -> RecognizerTask:
    """Make the task of training a recognizer by a recipe, with the head given in ``options``."""
    kind = RecognizerTask if options.head == "ctc" else Seq2SeqTask
    return recognizer_task(corpora, options, recipe, init, say, kind)


def writer_for(card: Mapping[str, Any]) -> Callable[..., None]:
    """Return the function that writes a checkpoint with this card: that of CTC or of a decoder."""
    return write_ctc if card.get("head", "ctc") == "ctc" else write
