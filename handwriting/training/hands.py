"""The synthesizer with hands as a training task: lines of two corpora, each under its writer's code.

What keeps a network on its way when it writes is that it has seen its own kind of mistakes: the points that it reads
are moved (``disturbed``) while the target leads back to where the pen should be. A writer's code is noisy, so that
codes near it are hands too; a part of the lines has none, so that a code of 0 is the average hand. The last numbers of
a code are not learned but set: a part of the lines is slanted, widened or heightened, and the code says by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features.hand import measures
from handwriting.geometry.normalise import writing_height
from handwriting.features.offsets import JUMP, Normalizer
from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
from handwriting.training.initialise import inherited
from handwriting.training.items import HEIGHT, PRINTABLE, RATE, STEP, Item
from handwriting.training.lines import SHARES, Pieces, assembled
from handwriting.training.plan import plan_by_length
from handwriting.training.synthesizer import start_from, write_checkpoint

CONTROLS = (0.12, 0.10, 0.10)
"""Standard deviations of the shear and of the logarithms of width and height; the code's controls count in these."""
CONTROLLED = 0.5
"""Part of the lines that are changed so."""
CODE_NOISE = 0.12
CODE_DROPPED = 0.1
CODE_SPREAD = 0.5
"""Standard deviation of the codes before training."""
CODE_PENALTY = 0.05
"""Nats a line for the square of a code's length."""
CLEAN = 0.3
"""Part of the lines whose points are read as they are."""
NOISE = (0.03, 0.06, 0.10)
"""Standard deviations of what points are moved by, in normalised units."""
MEMORY = (0.0, 0.7, 0.93)
"""Correlation of that with the point before."""
SWELL, SWELL_MEMORY = 0.07, 0.98
"""Standard deviation of the logarithm of the size of what is read, and its correlation from point to point."""


@dataclass(frozen=True)
class HandsSettings:
    """What is trained, on what."""

    train: tuple[str, ...] = ("trainset", "testset_t", "train-characters", "train-tokens", "train-texts")
    develop: str = "testset_v"
    develop_lines: int = 360
    examples: int = 4800
    """Lines of an epoch."""
    hidden_size: int = 400
    num_layers: int = 3
    mixtures: int = 20
    components: int = 10
    code: int = 46
    dropout: float = 0.06
    seed: int = 1


Batch = tuple[Tensor, ...]


class HandsTask:
    """Implements ``training.loop.Task``. ``groups``: prepared pieces, see ``training.items``; ``develop`` among them."""

    def __init__(
        self,
        groups: Mapping[str, Sequence[Item]],
        settings: HandsSettings,
        init: Checkpoint | None = None,
        terms: str = "",
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.settings, self.terms = settings, terms
        self.init, self.inherited = None if init is None else str(init.folder), inherited(init)
        self.alphabet = Alphabet(PRINTABLE)
        self.pieces = Pieces({name: groups[name] for name in ("lines", "tokens", "texts", "characters")}, settings.seed)
        self.number = {writer: n for n, writer in enumerate(self.pieces.writers)}
        self.normalizer = Normalizer.of([_steps(item.xy, item.ends) for item in groups["lines"]])
        step = max(1, len(groups["develop"]) // settings.develop_lines)
        self.development = list(groups["develop"])[::step]
        config = SynthesisConfig(
            settings.hidden_size,
            settings.num_layers,
            settings.mixtures,
            dropout=settings.dropout,
            characters=len(PRINTABLE),
            components=settings.components,
            code=settings.code,
            writers=len(self.pieces.writers),
            controls=len(CONTROLS),
        )
        torch.manual_seed(settings.seed)
        self.network: nn.Module = SynthesisNetwork(config)
        self.config = config
        if init is not None:
            say(start_from(self.network, self.alphabet, init, RATE))
        if init is None or "codes" not in init.weights():
            with torch.no_grad():
                self.network.codes.copy_(torch.from_numpy(self._first_codes()))  # type: ignore[union-attr,operator]
        say(f"{len(self.pieces.writers)} writers; " + ", ".join(f"{len(v)} {k}" for k, v in self.pieces.groups.items()))

    def identity(self) -> dict[str, Any]:
        settings = asdict(self.settings) | {"train": list(self.settings.train)}
        return {**settings, "init": self.init, "writers": len(self.pieces.writers)}

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Batches of lines of about equal length, in random order."""
        lengths = [draw.length for draw in self._draws(epoch)]
        return plan_by_length(lengths, batch_size, self.settings.seed, epoch)

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Inputs and targets (T, B, 3), lengths (B,), texts (B, U), writers (B,), controls (B, 3), codes kept (B,)."""
        draws = self._draws(epoch)
        return collate([self._example(draws[number]) for number in examples])

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, float]:
        """Nats, and the number of points that they are to be divided by."""
        inputs, targets, lengths, text, writers, controls, kept = batch
        codes = network.codes[writers]  # type: ignore[index,operator]
        noisy = codes + CODE_NOISE * torch.randn_like(codes)
        code = torch.cat([noisy, controls], 1) * kept.unsqueeze(1)
        nats = point_nats(network, inputs, targets, lengths, text, code, self.normalizer)
        return nats.sum() + CODE_PENALTY * codes.square().sum(), float(lengths.sum())

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Nats a point of the development lines in the average hand."""
        network.eval()
        order = sorted(self.development, key=len)
        total = points = 0.0
        for start in range(0, len(order), 40):
            part = []
            for item in order[start : start + 40]:
                steps = self.normalizer(_steps(item.xy, item.ends))
                part.append((steps[:-1], steps[1:], self._encode(item.text), 0, np.zeros(len(CONTROLS)), 0.0))
            inputs, targets, lengths, text, *_ = collate(part)
            with torch.autocast("cpu", torch.bfloat16):
                nats = point_nats(network, inputs, targets, lengths, text, None, self.normalizer)
            total, points = total + float(nats.sum(dtype=torch.float64)), points + float(lengths.sum())
        return {"nats_per_point": total / points, "nats_per_point_raw": total / points + self.normalizer.raw_nats}

    def save(self, folder: Path, network: nn.Module, training: dict[str, Any]) -> None:
        """Write the card, the weights, the int8 step graph and the hands."""
        groups = {name: len(items) for name, items in self.pieces.groups.items()}
        card = {
            "kind": "synthesizer",
            "network": asdict(self.config),
            "alphabet": self.alphabet.characters,
            "features": {"jump": JUMP, "sigma_floor": list(self.normalizer.sigma_floor), "rate": RATE, "level": True},
            "controls": list(CONTROLS),
            "writers": self.pieces.writers,
            "normalizer": asdict(self.normalizer),
            "hand": {"height": HEIGHT, "advance": self._advance(), "rate": RATE, "step": STEP},
            "trained_on": {"lists": list(self.settings.train), "pieces": groups, "shares": SHARES},
            "developed_on": self.settings.develop,
            "training": training,
            **self.inherited,
            "terms": self.terms,
        }
        write_checkpoint(folder, card, {name: value.cpu().numpy() for name, value in network.state_dict().items()})

    def _draws(self, epoch: int) -> list:
        if getattr(self, "_epoch", None) != epoch:
            self._epoch, self._drawn = epoch, self.pieces.draws(epoch, self.settings.examples)
        return self._drawn

    def _example(self, draw: Any) -> tuple:
        random = np.random.default_rng([self.settings.seed, 2, draw.place])
        xy, ends, text = assembled(self.pieces, draw, random)
        controls = random.normal(0, 1, len(CONTROLS)) * (random.random() < CONTROLLED)
        shear, width, height = controls * CONTROLS
        y = xy[:, 1] * np.exp(height)
        xy = np.column_stack([xy[:, 0] * np.exp(width) - shear * y, y])
        steps = self.normalizer(_steps(xy, ends))
        inputs, targets = steps[:-1], steps[1:]
        if random.random() >= CLEAN:
            inputs, targets = disturbed(inputs, targets, random)
        return inputs, targets, self._encode(text), self.number[draw.writer], controls, random.random() >= CODE_DROPPED

    def _encode(self, text: str) -> NDArray[np.int64]:
        return self.alphabet.encode(text)

    def _advance(self) -> float:
        lines = self.pieces.groups["lines"]
        return float(np.median([np.ptp(item.xy[:, 0]) / len(item.text) for item in lines]))

    def _first_codes(self) -> NDArray[np.float32]:
        """Codes to start from: what is measured of each writer's lines, without the correlations between them."""
        found: dict[str, list] = {}
        rows = []
        for epoch in range(4):
            for draw in self.pieces.draws(epoch, 4000):
                if len(found.setdefault(draw.writer, [])) < 6 and draw.length > 60:
                    random = np.random.default_rng([self.settings.seed, 3, draw.place])
                    xy, ends, text = assembled(self.pieces, draw, random)
                    item = Item(xy.astype(np.float32), ends, text, draw.writer, "", np.zeros(0, np.float32))
                    found[draw.writer].append(hand_measures(item))
        for writer in self.pieces.writers:
            rows.append(np.mean(found[writer], 0) if found.get(writer) else None)
        known = np.array([row for row in rows if row is not None])
        mean, sd = known.mean(0), known.std(0) + 1e-6
        values = np.array([np.zeros(len(mean)) if row is None else np.clip((row - mean) / sd, -4, 4) for row in rows])
        _, scales, axes = np.linalg.svd(values, full_matrices=False)
        size = self.settings.code - len(CONTROLS)
        codes = np.zeros((len(values), size), np.float32)
        count = min(size, len(scales))
        projected = values @ axes[:count].T
        codes[:, :count] = CODE_SPREAD * projected / (projected.std(0) + 1e-6)
        return np.clip(codes, -3 * CODE_SPREAD, 3 * CODE_SPREAD)


def hand_measures(item: Item) -> NDArray[np.float64]:
    """What is measured of a line, and its size, shape (71,)."""
    ink = item.ink()
    height = writing_height(ink)
    dx, dy = np.diff(item.xy, axis=0)[~item.ends[:-1]].T
    step = float(np.hypot(dx, dy).mean()) if len(dx) else STEP * HEIGHT
    return np.concatenate([measures(ink, item.text), [np.log(height / HEIGHT), np.log(step / (STEP * HEIGHT))]])


def disturbed(
    inputs: NDArray[np.float32], targets: NDArray[np.float32], random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What a network reads when its own points are off, and the way back to the line.

    ``inputs`` and ``targets`` (T, 3), where target t leads to the point that input t + 1 ends at. The points read are
    moved by noise that the next points take back step by step, and their steps are a little too large or too small.
    """
    T = len(inputs)
    memory, spread = MEMORY[int(random.integers(len(MEMORY)))], NOISE[int(random.integers(len(NOISE)))]
    moved = _wandering(T, memory, random) * spread
    inputs, targets = inputs.copy(), targets.copy()
    inputs[:, :2] += np.diff(moved, axis=0, prepend=np.zeros((1, 2)))
    targets[:, :2] -= (1 - memory) * moved
    if random.random() < 0.5:
        inputs[:, :2] *= np.exp(SWELL * _wandering(T, SWELL_MEMORY, random))
    return inputs, targets


def _wandering(steps: int, memory: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Noise (T, 2) of standard deviation 1, each value correlated by ``memory`` with the one before."""
    fresh = random.normal(0, 1, (steps, 2))
    if memory == 0:
        return fresh
    values, last, rest = np.empty_like(fresh), fresh[0], (1 - memory**2) ** 0.5
    for t in range(steps):
        last = memory * last + rest * fresh[t]
        values[t] = last
    return values


def point_nats(
    network: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    lengths: Tensor,
    text: Tensor,
    code: Tensor | None,
    normalizer: Normalizer,
) -> Tensor:
    """Nats of every predicted point, shape (T, B), 0 at padding."""
    outputs = network(inputs, text, None, code)[0]
    padding = torch.arange(len(targets)).unsqueeze(1) >= lengths
    return Mixture.of(outputs, normalizer.sigma_floor).nats(targets).masked_fill(padding, 0)


def collate(examples: Sequence[tuple]) -> Batch:
    """A batch of ``_example`` s: see :meth:`HandsTask.batch`."""
    T, U, B = max(len(e[0]) for e in examples), max(len(e[2]) for e in examples), len(examples)
    inputs, targets = np.zeros((T, B, 3), np.float32), np.zeros((T, B, 3), np.float32)
    text = np.zeros((B, U), np.int64)
    for n, (given, wanted, encoded, *_) in enumerate(examples):
        inputs[: len(given), n], targets[: len(given), n] = given, wanted
        text[n, : len(encoded)] = encoded
    return (
        torch.from_numpy(inputs),
        torch.from_numpy(targets),
        torch.tensor([len(e[0]) for e in examples]),
        torch.from_numpy(text),
        torch.tensor([e[3] for e in examples]),
        torch.tensor(np.array([e[4] for e in examples]), dtype=torch.float32),
        torch.tensor([float(e[5]) for e in examples]),
    )


def _steps(xy: NDArray, ends: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Offsets (N, 3) of points."""
    steps = np.zeros((len(xy), 3))
    steps[1:, :2] = np.diff(xy, axis=0)
    steps[:, 2] = ends
    steps[-1, 2] = 1.0
    return steps


def check_groups(groups: Mapping[str, Sequence[Item]]) -> None:
    """Raises :class:`InkError` when a group to train on is missing."""
    missing = [name for name in ("lines", "tokens", "texts", "characters", "develop") if not groups.get(name)]
    if missing:
        raise InkError(f"there are no {', '.join(missing)} to train on; give --data for IAM-OnDB and for UNIPEN")
