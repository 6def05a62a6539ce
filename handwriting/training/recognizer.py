"""The recognizer as a training task: lines of a corpus, augmented afresh each epoch, under the CTC loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting import checkpoint, metrics
from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint, shipped
from handwriting.corpora import Corpus, Line
from handwriting.corpora.seen import NONE, fingerprints, refuse_overlap, terms
from handwriting.errors import InkError
from handwriting.evaluation.recognition import evaluate
from handwriting.features import FeatureConfig, encode, encode_normalised
from handwriting.geometry.normalise import normalise
from handwriting.ink import Ink
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, ctc_loss, steps_needed
from handwriting.recognition.decode import GreedyDecoder
from handwriting.recognition.recognizer import Network, Recognizer
from handwriting.runtime import batches_by_length, pad
from handwriting.text import natural
from handwriting.training.augment import Augmentation
from handwriting.training.export import int8, recognizer_graph
from handwriting.training.initialise import inherited, initialise
from handwriting.training.plan import plan_by_length


@dataclass(frozen=True)
class RecognizerSettings:
    """What is trained, on what."""

    train: str = "trainset"
    develop: str = "testset_v"
    features: FeatureConfig = FeatureConfig()
    augmentation: Augmentation = Augmentation()
    hidden_size: int = 256
    num_layers: int = 3
    variant: str = "forget"
    channels: list[int] = field(default_factory=lambda: [128])
    strides: list[int] = field(default_factory=lambda: [1])
    dropout: float = 0.35
    seed: int = 1

    def like(self, init: Checkpoint, given: Set[str] = frozenset()) -> RecognizerSettings:
        """With the sizes and features of a checkpoint, which its weights fit, but for the fields ``given``."""
        sizes = {name: init.card["network"][name] for name in SIZES if name in init.card["network"]}
        features = {**init.card["features"], **{name: getattr(self.features, name) for name in FEATURES & given}}
        kept = {name: value for name, value in sizes.items() if name not in given}
        try:
            return replace(self, features=FeatureConfig(**features), **kept)
        except TypeError as error:
            raise InkError(f"{init.folder}/card.json: features that are not known here ({error})") from error


SIZES = ("hidden_size", "num_layers", "variant", "channels", "strides")
FEATURES = {f.name for f in fields(FeatureConfig)}


@dataclass(frozen=True)
class _Example:
    ink: Ink
    """Normalised."""
    target: NDArray[np.int64]
    length: int
    """Steps without augmentation."""


@dataclass(frozen=True)
class Development:
    """Lines that a training is watched on."""

    split: str
    lines: Sequence[Line]
    steps: Sequence[NDArray[np.float32]]

    @classmethod
    def of(cls, corpus: Corpus, split: str, features: FeatureConfig, most: int | None = None) -> Development:
        """A split; ``most`` lines of it at even distances, if given."""
        ids = corpus.ids(split)
        if most is not None and most < len(ids):
            ids = [ids[i] for i in np.linspace(0, len(ids) - 1, most).round().astype(int)]
        lines = [corpus.line(id) for id in ids]
        return cls(split, lines, [encode(line.ink, features).steps for line in lines])


class RecognizerTask:
    """Implements ``training.loop.Task``. ``say`` is told what was left out and why.

    With ``init`` its alphabet is kept, and extended by what the texts have besides. ``watched`` is the corpus that has
    the development set, when it is another; the set's name ``none`` stands for no set: the last weights are saved.
    """

    def __init__(
        self,
        corpus: Corpus,
        settings: RecognizerSettings,
        init: Checkpoint | None = None,
        say: Callable[[str], None] = lambda message: None,
        watched: Corpus | None = None,
    ) -> None:
        self.settings = settings
        watched = watched or corpus
        if watched is corpus and settings.develop != NONE:
            ids = corpus.training_ids(settings.train)
            refuse_overlap(settings.train, ids, settings.develop, corpus.ids(settings.develop))
        lines = [corpus.line(id) for id in corpus.training_ids(settings.train)]
        if not lines:
            raise InkError(f"the list {settings.train} has no lines to train on")
        self.terms = terms([corpus.terms], init)
        self.fingerprints = fingerprints((line.ink for line in lines), init)
        self.left_out = {
            id: corpus.known_bad.get(id, "no text")
            for id in sorted(set(corpus.ids(settings.train)) - {line.id for line in lines})
        }
        texts = [natural(line.text) for line in lines]
        self._build(Alphabet.of([*texts, init.card["alphabet"] if init is not None else ""]))
        self.examples: list[_Example] = []
        for line, text in zip(lines, texts, strict=True):
            self._add(line.id, line.ink, text)
        say(f"{len(self.examples)} lines to train on, {self.alphabet.size} classes; left out: {len(self.left_out)}")
        self.development = [
            Development.of(watched, split, settings.features) for split in (settings.develop,) if split != NONE
        ]
        self._start_from(init, say)

    def _build(self, alphabet: Alphabet) -> None:
        settings = self.settings
        self.alphabet = alphabet
        self.config = RecognizerConfig(
            settings.features.size,
            alphabet.size,
            settings.hidden_size,
            settings.num_layers,
            settings.variant,
            settings.channels,
            settings.strides,
            dropout=settings.dropout,
        )
        torch.manual_seed(settings.seed)
        self.network: nn.Module = RecognizerNetwork(self.config)

    def _start_from(self, init: Checkpoint | None, say: Callable[[str], None]) -> None:
        self.init = None if init is None else str(init.folder)
        self.inherited = inherited(init)
        if init is not None:
            say(initialise(self.network, self.alphabet, init, _place))

    def identity(self) -> dict[str, Any]:
        return {
            **asdict(self.settings),
            "init": self.init,
            "lines": len(self.examples),
            "alphabet": self.alphabet.characters,
        }

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Batches of lines of about equal length, in random order."""
        return plan_by_length([e.length for e in self.examples], batch_size, self.settings.seed, epoch)

    def batch(self, epoch: int, examples: Sequence[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Padded steps (T, B, D), their lengths (B,), the concatenated targets and their lengths (B,)."""
        found = [example for number in examples if (example := self._example(epoch, number)) is not None]
        steps, targets = [steps for steps, _ in found], [target for _, target in found]
        padded, lengths = pad(steps)
        return (
            torch.from_numpy(padded),
            torch.from_numpy(lengths),
            torch.from_numpy(np.concatenate(targets)),
            torch.tensor([len(t) for t in targets]),
        )

    def loss(self, network: nn.Module, batch: tuple[Tensor, ...]) -> tuple[Tensor, float]:
        """Nats, and the number of characters that they are to be divided by."""
        x, lengths, targets, target_lengths = batch
        log_probs, lengths = network(x, lengths)
        return ctc_loss(log_probs, lengths, targets, target_lengths).sum(), float(target_lengths.sum())

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Canonical CER and WER on the development sets, by best path; those of the first have no name behind them.

        Empty without a development set.
        """
        figures: dict[str, float] = {}
        for number, part in enumerate(self.development):
            outputs = transcribe(network, part.steps, self.alphabet)
            score = metrics.score([(line.text, output) for line, output in zip(part.lines, outputs, strict=True)])
            name = f" {part.split}" if number else ""
            figures |= {f"cer{name}": score.cer, f"wer{name}": score.wer}
        return figures

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the checkpoint; its graph is built from the weights as they are stored."""
        card = {
            "kind": "recognizer",
            "network": asdict(self.config),
            "alphabet": self.alphabet.characters,
            "features": asdict(self.settings.features),
            "trained_on": {
                **self._trained_on(),
                "augmentation": asdict(self.settings.augmentation),
                **self.fingerprints,
            },
            "developed_on": self.settings.develop,
            "training": training,
            **self.inherited,
            "terms": self.terms,
        }
        _write(folder, card, {name: value.cpu().numpy() for name, value in network.state_dict().items()})

    def _trained_on(self) -> dict[str, Any]:
        return {"list": self.settings.train, "lines": len(self.examples), "left_out": self.left_out}

    def _add(self, id: str, ink: Ink, text: str) -> None:
        """Keep the line as an example, or note why it cannot be one."""
        ink = normalise(ink)
        length = len(encode_normalised(ink, self.settings.features).steps)
        target = self.alphabet.encode(text)
        if self._too_short(length, target):
            self.left_out[id] = f"CTC needs {steps_needed(target.tolist())} steps for its text, its ink has {length}"
        else:
            self.examples.append(_Example(ink, target, length))

    def _too_short(self, length: int, target: NDArray[np.int64]) -> bool:
        for stride in self.settings.strides:
            length = -(-length // stride)
        return length < steps_needed(target.tolist())

    def _example(self, epoch: int, number: int) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
        """Steps and target of an example of an epoch; None when it cannot be learnt from."""
        example = self.examples[number]
        random = np.random.default_rng([self.settings.seed, epoch, number])
        return self._augmented(example.ink, example.target, random), example.target

    def _augmented(self, ink: Ink, target: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.float32]:
        """Steps of a distorted copy of normalised ink; of itself where the copy became too short for its text."""
        augment, features = self.settings.augmentation, self.settings.features
        steps = encode_normalised(augment(ink, random), features, augment.stretch(random)).steps
        return encode_normalised(ink, features).steps if self._too_short(len(steps), target) else steps


def transcribe(
    network: nn.Module, steps: Sequence[NDArray[np.float32]], alphabet: Alphabet, batch_size: int = 64
) -> list[str]:
    """The best path's text for each sequence (T_i, D), in batches of about equal length.

    In bfloat16, which is exact enough to watch a training; what is shipped is measured as it is shipped.
    """
    network.eval()
    decoder, outputs = GreedyDecoder(alphabet), [""] * len(steps)
    for chosen in batches_by_length(steps, batch_size):
        with torch.autocast(next(network.parameters()).device.type, torch.bfloat16):
            batch = _log_probs(network, [steps[i] for i in chosen])
        for i, log_probs in zip(chosen, batch, strict=True):
            outputs[i] = decoder.decode(log_probs).text
    return outputs


@torch.no_grad()
def _log_probs(network: nn.Module, steps: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Sequences of steps, each (T, D), to their log-probabilities, each (T', V), where the network is."""
    device = next(network.parameters()).device
    padded, lengths = (torch.from_numpy(array).to(device) for array in pad(steps))
    log_probs, out_lengths = network(padded, lengths)
    return [log_probs[:length, column].cpu().numpy() for column, length in enumerate(out_lengths.tolist())]


def _place(name: str) -> tuple[int, int] | None:
    """The rows of the output layer go by character, after the blank's."""
    return (0, 1) if name.startswith("output.") else None


def build(card: dict[str, Any], weights: Mapping[str, NDArray]) -> RecognizerNetwork:
    """The network of a card, in float32, ready to run. Raises :class:`InkError` when card and weights disagree."""
    try:
        network = RecognizerNetwork(RecognizerConfig(**card["network"]))
        network.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise InkError(f"card.json and weights.safetensors do not fit: {reason}; copy the checkpoint anew") from error
    return network.eval()


def torch_network(source: Checkpoint, threads: int = 1) -> Network:
    """The checkpoint's float32 network as :class:`Recognizer` takes it, to compare the int8 graph with."""
    torch.set_num_threads(threads)
    return partial(_log_probs, build(source.card, source.weights()))


def export_checkpoint(
    source: Checkpoint,
    folder: Path,
    quantise: bool = True,
    corpus: Corpus | None = None,
    splits: Sequence[str] = (),
    language: str | None = None,
) -> None:
    """Write the checkpoint anew with float16 weights and the graph built from them (int8, or float32).

    With a ``corpus``, the card gets the figures of that graph, best path, on each of ``splits``; with ``language``,
    the name of the shipped language model to decode with.
    """
    card = source.card
    if language is not None:
        if Path(language).name != language or not (shipped(language) / "model.npz").is_file():
            raise InkError(f"--language {language}: no language model is shipped by that name; give language-open, say")
        card = {**card, "language": language}
    _write(folder, card, source.weights(), quantise)
    if corpus is not None and splits:
        recognizer = Recognizer.load(folder)
        figures = {split: evaluate(recognizer, corpus, split).figures() for split in splits}
        checkpoint.save_card(folder, {**card, "figures": figures})


def _write(folder: Path, card: dict[str, Any], weights: Mapping[str, NDArray], quantise: bool = True) -> None:
    """A checkpoint with float16 weights and the graph built from them as they are stored."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    graph = recognizer_graph(build(card, halves))
    checkpoint.save(folder, card, halves, int8(graph) if quantise else graph)
