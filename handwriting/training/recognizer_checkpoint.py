"""Write a recognizer's checkpoint with its ONNX graph, and read it back as a torch network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from handwriting import checkpoint
from handwriting.alphabet import BLANK, Alphabet
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.evaluation.recognition import evaluate
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork
from handwriting.recognition.recognizer import ForwardPass, Recognizer
from handwriting.recognition.seq2seq import reader_weights
from handwriting.runtime import pad
from handwriting.training.export import int8, recognizer_graph
from handwriting.training.recognizer_start import between_start_and_end

BLANK_NAME = "blank"
"""Name of CTC's blank among the characters whose log-odds can be adjusted."""


def build(card: dict[str, Any], weights: Mapping[str, NDArray]) -> RecognizerNetwork:
    """Build the network of a card, in float32 and evaluation mode; of one with a decoder, only the encoder.

    Raises :class:`InkError` if card and weights do not match.
    """
    try:
        sizes = card["network"]
        if "head" in card:
            own = [field.name for field in fields(RecognizerConfig)]
            sizes, weights = {name: sizes[name] for name in own}, reader_weights(weights)
        network = RecognizerNetwork(RecognizerConfig(**sizes))
        network.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise InkError(f"card.json and weights.safetensors do not match: {reason}; copy it again") from error
    return network.eval()


def write(folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray], quantise: bool = True) -> None:
    """Write a checkpoint with float16 weights and the graph built from these, in int8 or float32."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    graph = recognizer_graph(build(card, halves))
    checkpoint.save(folder, card, halves, int8(graph) if quantise else graph)


def torch_network(source: Checkpoint, threads: int = 1) -> ForwardPass:
    """Return the checkpoint's float32 network as a forward pass for :class:`Recognizer`, to compare with int8."""
    torch.set_num_threads(threads)
    return partial(log_probs, build(source.card, source.weights()))


def export_checkpoint(
    source: Checkpoint,
    folder: Path,
    quantise: bool = True,
    corpus: Corpus | None = None,
    splits: Sequence[str] = (),
    language: str | None = None,
    write: Callable[..., None] = write,
    start: Checkpoint | None = None,
    share: float = 1.0,
    characters: str = "",
    adjust: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write a copy of the checkpoint with float16 weights and the graph built from them, in int8 or float32.

    With ``start``, the checkpoint from which the training started, the weights are interpolated from its weights:
    ``share`` of the way to the trained ones, or only the output weights of ``characters``. ``adjust`` gives the nats to
    add to the log-odds of characters (:func:`adjusted`). With a ``corpus``, the graph's best-path figures on each of
    ``splits`` are added to the card; with ``language``, the name of the shipped language model to decode with. Raises
    :class:`InkError` if no such model is shipped, and as :func:`adjusted` does.
    """
    card, weights = source.card, source.weights()
    if start is not None:
        weights = between_start_and_end(source, start, share, characters)
        made = {"share": share, "start": start.card["training"].get("command")}
        made |= {"characters": characters} if characters else {}
        before = card["training"].get("interpolated", [])
        card = {**card, "training": {**card["training"], "interpolated": [*before, made]}}
    if adjust:
        weights = adjusted(card, weights, adjust)
        card = {**card, "training": {**card["training"], "adjusted": dict(adjust)}}
    if language is not None:
        if Path(language).name != language or not (shipped(language) / "model.npz").is_file():
            raise InkError(
                f"language {language!r}: no language model of this name is shipped; give language-open, for example"
            )
        card = {**card, "language": language}
    write(folder, card, weights, quantise)
    if corpus is not None and splits:
        recognizer = Recognizer.load(folder)
        figures = {split: evaluate(recognizer, corpus, split).figures() for split in splits}
        checkpoint.save_card(folder, {**card, "figures": figures})


def adjusted(
    card: Mapping[str, Any], weights: Mapping[str, NDArray[np.float32]], nats: Mapping[str, float]
) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a recognizer with ``nats`` added to the log-odds of characters or of CTC's ``blank``.

    A network gives too little probability to a character that is rarer in its training than in what people write (Menon
    et al. 2021, Long-tail learning via logit adjustment, arXiv 2007.07314). More probable blanks mean fewer characters.
    Raises :class:`InkError` for a character that the recognizer does not know, and for a recognizer with a decoder.
    """
    if "head" in card:
        raise InkError("adjust: the characters of a recognizer with a decoder cannot be adjusted; leave it out")
    alphabet, bias = Alphabet(card["alphabet"]), weights["output.bias"].copy()
    for character, value in nats.items():
        if character != BLANK_NAME and (len(character) != 1 or alphabet.unknown(character)):
            raise InkError(
                f"adjust {character!r}: the recognizer has no such character; give one of its alphabet, or {BLANK_NAME}"
            )
        bias[BLANK if character == BLANK_NAME else alphabet.encode(character)] += value
    return {**weights, "output.bias": bias}


@torch.no_grad()
def log_probs(network: nn.Module, steps: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Compute the log-probabilities (T', V) of each sequence of steps (T, D) on the network's device."""
    device = next(network.parameters()).device
    padded, lengths = (torch.from_numpy(array).to(device) for array in pad(steps))
    output, out_lengths = network(padded, lengths)
    return [output[:length, column].cpu().numpy() for column, length in enumerate(out_lengths.tolist())]
