"""The recognizer as a training task: lines of ink with a new distortion in each epoch, under the CTC loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting import metrics
from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, ctc_loss
from handwriting.recognition.decode import GreedyDecoder
from handwriting.runtime import batches_by_length, pad
from handwriting.training.data import Say, TrainingData, gather
from handwriting.training.encoder import ExampleEncoder
from handwriting.training.initialise import inherited
from handwriting.training.options import RecognizerOptions
from handwriting.training.plan import plan_by_length
from handwriting.training.recipes import TrainingRecipe
from handwriting.training.recognizer_checkpoint import log_probs, write
from handwriting.training.recognizer_start import start_recognizer


def _silent(message: str) -> None:
    """Ignore the message; the default ``say``."""


def recognizer_task(
    corpora: Sequence[Corpus],
    options: RecognizerOptions,
    recipe: TrainingRecipe,
    init: Checkpoint | None = None,
    say: Say = _silent,
    kind: type[RecognizerTask] | None = None,
) -> RecognizerTask:
    """Make the task of training a recognizer by a recipe, by default with CTC.

    Raises :class:`InkError` as :func:`gather` does.
    """
    encoder = ExampleEncoder(options.features, options.augmentation, options.strides)
    data = gather(corpora, recipe, encoder, options.seed, init, say)
    return (kind or RecognizerTask)(data, encoder, options, init, say)


class RecognizerTask:
    """Implements ``training.loop.TrainingTask``.

    With ``init`` the weights are initialised from a checkpoint, character by character, and widened if ``options`` has
    more cells. ``say`` is called with a message about this. Raises :class:`InkError` if the sizes do not fit.
    """

    def __init__(
        self,
        data: TrainingData,
        encoder: ExampleEncoder,
        options: RecognizerOptions,
        init: Checkpoint | None = None,
        say: Say = _silent,
    ) -> None:
        self.data, self.encoder, self.options = data, encoder, options
        self.config = RecognizerConfig(
            options.features.size,
            data.alphabet.size,
            options.hidden_size,
            options.num_layers,
            options.variant,
            options.channels,
            options.strides,
            dropout=options.dropout,
        )
        torch.manual_seed(options.seed)
        self.network: nn.Module = RecognizerNetwork(self.config)
        self.init, self.inherited = None if init is None else str(init.folder), inherited(init)
        if init is not None:
            start_recognizer(self.network, data.alphabet, init, say)

    def identity(self) -> dict[str, Any]:
        return {
            **self.options.identity(),
            **self.data.examples.identity(),
            "train": self.data.train,
            "develop": self.data.developed_on,
            "init": self.init,
            "alphabet": self.data.alphabet.characters,
        }

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return batches of examples of similar length, in random order."""
        return plan_by_length(self.data.examples.lengths(epoch), batch_size, self.options.seed, epoch)

    def batch(self, epoch: int, examples: Sequence[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return padded steps (T, B, D), their lengths (B,), the concatenated targets and their lengths (B,)."""
        encoded = [self._encoded(epoch, number) for number in examples]
        targets = [target for _, target in encoded]
        padded, lengths = pad([steps for steps, _ in encoded])
        return (
            torch.from_numpy(padded),
            torch.from_numpy(lengths),
            torch.from_numpy(np.concatenate(targets)),
            torch.tensor([len(t) for t in targets]),
        )

    def loss(self, network: nn.Module, batch: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Return the batch's CTC loss in nats, and its number of characters."""
        x, lengths, targets, target_lengths = batch
        output, lengths = network(x, lengths)
        return ctc_loss(output, lengths, targets, target_lengths).sum(), target_lengths.sum()

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Compute canonical CER and WER on the development sets, by best path; empty without a development set.

        The names of the figures are ``cer`` and ``wer`` for the first set, and ``cer SPLIT`` for the others.
        """
        figures: dict[str, float] = {}
        for number, part in enumerate(self.data.development):
            outputs = transcribe(network, part.steps, self.data.alphabet)
            score = metrics.score([(line.text, output) for line, output in zip(part.lines, outputs, strict=True)])
            name = f" {part.split}" if number else ""
            figures |= {f"cer{name}": score.cer, f"wer{name}": score.wer}
        return figures

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the checkpoint; its graph is built from the weights as they are stored."""
        weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
        self.write(folder, self.card(training), weights)

    def write(self, folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray]) -> None:
        """Write the files of a checkpoint."""
        write(folder, card, weights)

    def card(self, training: dict[str, Any]) -> dict[str, Any]:
        """Return the card of a checkpoint."""
        return {
            "kind": "recognizer",
            "network": asdict(self.config),
            "alphabet": self.data.alphabet.characters,
            "features": asdict(self.options.features),
            "trained_on": {
                **self.data.examples.trained_on(),
                "augmentation": asdict(self.options.augmentation),
                **self.data.fingerprints,
            },
            "developed_on": self.data.developed_on,
            "training": training,
            **self.inherited,
            "terms": self.data.terms,
        }

    def _encoded(self, epoch: int, number: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the steps and target of an example or, if its ink is too short for its text, of the next that fits."""
        count = len(self.data.examples.lengths(epoch))
        for candidate in range(number, number + count):
            ink, text, random = self.data.examples.example(epoch, candidate % count)
            steps = self.encoder.steps(ink, text, random)
            if steps is not None:
                return steps, self.data.alphabet.encode(text)
        raise InkError(f"epoch {epoch}: the ink of every example is too short for its text; check the transcripts")


def transcribe(
    network: nn.Module, steps: Sequence[NDArray[np.float32]], alphabet: Alphabet, batch_size: int = 64
) -> list[str]:
    """Return the best path's text for each sequence (T_i, D), in batches of similar length.

    It runs in bfloat16, which is accurate enough to monitor a training; shipped models are measured in their shipped
    form.
    """
    network.eval()
    decoder, outputs = GreedyDecoder(alphabet), [""] * len(steps)
    for chosen in batches_by_length(steps, batch_size):
        with torch.autocast(next(network.parameters()).device.type, torch.bfloat16):
            batch = log_probs(network, [steps[i] for i in chosen])
        for i, output in zip(chosen, batch, strict=True):
            outputs[i] = decoder.decode(output).text
    return outputs
