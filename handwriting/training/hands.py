"""Training task of a synthesizer with hand codes: lines of two corpora, each conditioned on its writer's code.

To keep the network from drifting when it writes, it is trained on the kind of errors that it makes: the input points
are displaced (``with_input_noise``) while the targets lead back to where the pen should be. Noise is added to a
writer's code, so that nearby codes are hands as well; some lines have no code, so that a code of 0 is the average hand.
The last elements of a code, the controls, are set rather than learned: some lines are sheared or scaled, and the
controls say by how much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Corpus
from handwriting.corpora.seen import terms
from handwriting.errors import InkError
from handwriting.features.offsets import JUMP_UNITS, Normalizer
from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
from handwriting.synthesis.codes import HandCodes, gaussian, line_measures, regression, save_codes
from handwriting.training.export import hand_order
from handwriting.training.initialise import inherited
from handwriting.training.items import (
    HEIGHT,
    PRINTABLE,
    RATE,
    STEP,
    Piece,
    Places,
    character_items,
    iam_items,
    ink_of,
    load,
    save,
    unipen_items,
)
from handwriting.training.lines import SHARES, Pieces, assemble
from handwriting.training.options import SynthesizerOptions
from handwriting.training.plan import plan_by_length
from handwriting.training.synthesizer import start_from, write_checkpoint

CONTROLS = (0.12, 0.10, 0.10)
"""Standard deviations of the shear and of the logarithms of width and height; the code's controls are in these
units."""
CONTROLLED_SHARE = 0.5
"""Share of the lines that are changed in this way."""
CODE_NOISE = 0.12
CODE_DROPPED = 0.1
CODE_SPREAD = 0.5
"""Standard deviation of the codes before training."""
CODE_PENALTY = 0.05
"""Nats per line for the squared norm of a code."""
MEASURED_LINES = 6
"""Number of lines measured per writer."""
RIDGE = 10.0
"""Ridge penalty of the regression from measurements to codes."""
CLEAN_SHARE = 0.3
"""Share of the lines whose input points are left undisturbed."""
NOISE = (0.03, 0.06, 0.10)
"""Standard deviations of the displacement of input points, in normalised units."""
NOISE_CORRELATION = (0.0, 0.7, 0.93)
"""Correlation of a point's displacement with that of the point before."""
SCALE_NOISE, SCALE_CORRELATION = 0.07, 0.98
"""Standard deviation of the log scale of the input offsets, and its correlation from point to point."""


GROWTH = 0.12
"""Growth of lines toward their end in training, because the network's lines shrink (``benchmarks/writing.py``)."""
LISTS = ("train-characters", "train-tokens", "train-texts")
"""UNIPEN lists to train on, in addition to those of IAM-OnDB."""
DEVELOP_LINES = 360
"""Number of lines of the development set that are evaluated."""
PIECES = "pieces.npz"
"""Name of the file in a run folder that caches the prepared pieces."""

Batch = tuple[Tensor, ...]


class HandsTask:
    """Implements ``training.loop.TrainingTask``. ``groups`` are prepared pieces by group, including ``develop``."""

    def __init__(
        self,
        groups: Mapping[str, Sequence[Piece]],
        settings: SynthesizerOptions,
        init: Checkpoint | None = None,
        data_terms: str = "",
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.settings, self.terms = settings, data_terms
        self.init, self.inherited = None if init is None else str(init.folder), inherited(init)
        self.alphabet = Alphabet(PRINTABLE)
        self.pieces = Pieces({name: groups[name] for name in ("lines", "tokens", "texts", "characters")}, settings.seed)
        self.number = {writer: n for n, writer in enumerate(self.pieces.writers)}
        self.normalizer = Normalizer.of([_steps(item.xy, item.ends) for item in groups["lines"]])
        step = max(1, len(groups["develop"]) // DEVELOP_LINES)
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
        with torch.no_grad():
            self.network.codes.copy_(torch.from_numpy(self._first_codes(init)))  # type: ignore[union-attr,operator]
        say(f"{len(self.pieces.writers)} writers; " + ", ".join(f"{len(v)} {k}" for k, v in self.pieces.groups.items()))

    def identity(self) -> dict[str, Any]:
        settings = asdict(self.settings) | {"train": list(self.settings.train)}
        return {**settings, "init": self.init, "writers": len(self.pieces.writers)}

    def plan(self, epoch: int, batch_size: int) -> list[list[int]]:
        """Return batches of lines of similar length, in random order."""
        lengths = [draw.length for draw in self._draws(epoch)]
        return plan_by_length(lengths, batch_size, self.settings.seed, epoch)

    def batch(self, epoch: int, examples: Sequence[int]) -> Batch:
        """Return inputs, targets (T, B, 3), lengths, writers, code masks (B,), texts (B, U) and controls (B, 3)."""
        draws = self._draws(epoch)
        return collate([self._example(draws[number]) for number in examples])

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the summed nats and the number of points to divide them by."""
        inputs, targets, lengths, text, writers, controls, kept = batch
        codes = network.codes[writers]  # type: ignore[index,operator]
        noisy = codes + CODE_NOISE * torch.randn_like(codes)
        code = torch.cat([noisy, controls], 1) * kept.unsqueeze(1)
        nats = point_nats(network, inputs, targets, lengths, text, code, self.normalizer)
        return nats.sum() + CODE_PENALTY * codes.square().sum(), lengths.sum()

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Compute the nats per point of the development lines in the average hand."""
        network.eval()
        device = next(network.parameters()).device
        order = sorted(self.development, key=len)
        total = points = 0.0
        for start in range(0, len(order), 40):
            part = []
            for item in order[start : start + 40]:
                steps = self.normalizer(_steps(item.xy, item.ends))
                part.append((steps[:-1], steps[1:], self._encode(item.text), 0, np.zeros(len(CONTROLS)), 0.0))
            inputs, targets, lengths, text = (value.to(device) for value in collate(part)[:4])
            with torch.autocast(device.type, torch.bfloat16):
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
            "features": {"jump": JUMP_UNITS, "sigma_floor": list(self.normalizer.sigma_floor), "rate": RATE},
            "controls": list(CONTROLS),
            "writers": [_digest(writer) for writer in self.pieces.writers],
            "normalizer": asdict(self.normalizer),
            "hand": {"height": HEIGHT, "advance": self._advance(), "rate": RATE, "step": STEP, "growth": GROWTH},
            "trained_on": {
                "lists": [*self.settings.train, *LISTS],
                "lines": sum(groups.values()),
                "points": sum(len(item) for items in self.pieces.groups.values() for item in items),
                "pieces": groups,
                "shares": SHARES,
                "characters": self._counts(),
            },
            "developed_on": self.settings.develop,
            "training": training,
            **self.inherited,
            "terms": self.terms,
        }
        write_checkpoint(folder, card, {name: value.cpu().numpy() for name, value in network.state_dict().items()})
        save_codes(folder, self.hand_codes(network))

    def _draws(self, epoch: int) -> list:
        if getattr(self, "_epoch", None) != epoch:
            self._epoch, self._drawn = epoch, self.pieces.draws(epoch, self.settings.examples)
        return self._drawn

    def _example(self, draw: Any) -> tuple:
        random = np.random.default_rng([self.settings.seed, 2, draw.place])
        xy, ends, text = assemble(self.pieces, draw, random)
        controls = random.normal(0, 1, len(CONTROLS)) * (random.random() < CONTROLLED_SHARE)
        shear, width, height = controls * CONTROLS
        y = xy[:, 1] * np.exp(height)
        xy = np.column_stack([xy[:, 0] * np.exp(width) - shear * y, y])
        steps = self.normalizer(_steps(xy, ends))
        inputs, targets = steps[:-1], steps[1:]
        if random.random() >= CLEAN_SHARE:
            inputs, targets = with_input_noise(inputs, targets, random)
        return inputs, targets, self._encode(text), self.number[draw.writer], controls, random.random() >= CODE_DROPPED

    def _encode(self, text: str) -> NDArray[np.int64]:
        return self.alphabet.encode(text)

    def _counts(self) -> dict[str, int]:
        """Count how often each character occurs in the pieces."""
        counts = Counter(c for items in self.pieces.groups.values() for item in items for c in item.text)
        return dict(sorted(counts.items()))

    def _advance(self) -> float:
        lines = self.pieces.groups["lines"]
        return float(np.median([np.ptp(item.xy[:, 0]) / len(item.text) for item in lines]))

    def hand_codes(self, network: nn.Module) -> HandCodes:
        """Return the checkpoint's hand codes; random hands are modelled on the writers of whole lines."""
        codes = network.codes.detach().cpu().numpy()  # type: ignore[union-attr,operator]
        basis = network.basis.detach().cpu().numpy()[hand_order(self.config)]  # type: ignore[union-attr,operator]
        whole = {item.writer for item in self.pieces.groups["lines"]}
        rows, count = self.measured
        known = count > 0
        weights = np.minimum(count[known], MEASURED_LINES) / MEASURED_LINES
        mean, factor = gaussian(codes[[self.number[w] for w in sorted(whole)]], len(CONTROLS))
        full = np.concatenate([codes, np.zeros((len(codes), len(CONTROLS)), np.float32)], 1)
        estimate = regression(rows[known], full[known], weights, RIDGE)
        return HandCodes(basis=basis, codes=codes, mean=mean, factor=factor, **estimate)

    @cached_property
    def measured(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the mean measurements of each writer's lines (W, F), and the number of lines (W,)."""
        found: dict[str, list] = {writer: [] for writer in self.pieces.writers}
        for epoch in range(4):
            for draw in self.pieces.draws(epoch, 4000):
                strange = any(part.item < 0 for part in draw.parts) and any(part.item >= 0 for part in draw.parts)
                if len(found[draw.writer]) < MEASURED_LINES and draw.length > 60 and not strange:
                    random = np.random.default_rng([self.settings.seed, 3, draw.place])
                    xy, ends, text = assemble(self.pieces, draw, random)
                    found[draw.writer].append(line_measures(ink_of(xy, ends), text, HEIGHT, STEP))
        size = next(len(rows[0]) for rows in found.values() if rows)
        means = np.array([np.mean(rows, 0) if rows else np.zeros(size) for rows in found.values()])
        return means, np.array([len(rows) for rows in found.values()])

    def _first_codes(self, init: Checkpoint | None) -> NDArray[np.float32]:
        """Return the initial codes: those of ``init``, or decorrelated measurements of each writer's lines."""
        learned = {} if init is None else init.weights()
        if init is not None and "codes" in learned and learned["codes"].shape[1] == self.settings.code - len(CONTROLS):
            theirs = dict(zip(init.card["writers"], learned["codes"], strict=True))
            none = learned["codes"].mean(0)
            return np.array([theirs.get(_digest(writer), none) for writer in self.pieces.writers], np.float32)
        rows, count = self.measured
        known = rows[count > 0]
        values = np.clip((rows - known.mean(0)) / (known.std(0) + 1e-6), -4, 4) * (count > 0)[:, None]
        _, scales, axes = np.linalg.svd(values, full_matrices=False)
        size = self.settings.code - len(CONTROLS)
        codes = np.zeros((len(values), size), np.float32)
        used = min(size, len(scales))
        projected = values @ axes[:used].T
        codes[:, :used] = CODE_SPREAD * projected / (projected.std(0) + 1e-6)
        return np.clip(codes, -3 * CODE_SPREAD, 3 * CODE_SPREAD)


def _digest(writer: str) -> str:
    """Return an anonymous identifier for a writer, because cards must not contain names."""
    return blake2b(writer.encode(), digest_size=5).hexdigest()


def with_input_noise(
    inputs: NDArray[np.float32], targets: NDArray[np.float32], random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Displace input points as if the network had drawn them inaccurately, with targets that lead back to the line.

    ``inputs`` and ``targets`` have shape (T, 3), where target t leads to the point that input t + 1 ends at. The input
    points are displaced by noise that decays over the next points, and in half of the lines their steps are a little
    too large or too small.
    """
    T = len(inputs)
    correlation = NOISE_CORRELATION[int(random.integers(len(NOISE_CORRELATION)))]
    spread = NOISE[int(random.integers(len(NOISE)))]
    moved = _correlated_noise(T, correlation, random) * spread
    inputs, targets = inputs.copy(), targets.copy()
    inputs[:, :2] += np.diff(moved, axis=0, prepend=np.zeros((1, 2)))
    targets[:, :2] -= (1 - correlation) * moved
    if random.random() < 0.5:
        inputs[:, :2] *= np.exp(SCALE_NOISE * _correlated_noise(T, SCALE_CORRELATION, random))
    return inputs, targets


def _correlated_noise(steps: int, correlation: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Return noise (T, 2) of standard deviation 1, each value correlated by ``correlation`` with the one before."""
    fresh = random.normal(0, 1, (steps, 2))
    if correlation == 0 or steps == 0:
        return fresh
    values, last, rest = np.empty_like(fresh), fresh[0], (1 - correlation**2) ** 0.5
    for t in range(steps):
        last = correlation * last + rest * fresh[t]
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
    basis: Tensor | None = None,
) -> Tensor:
    """Compute the nats of every predicted point, shape (T, B), 0 at padding."""
    outputs = network(inputs, text, None, code, basis)[0]
    padding = torch.arange(len(targets), device=lengths.device).unsqueeze(1) >= lengths
    return Mixture.of(outputs, normalizer.sigma_floor).nats(targets).masked_fill(padding, 0)


def collate(examples: Sequence[tuple]) -> Batch:
    """Collate the results of ``_example`` into a batch: see :meth:`HandsTask.batch`."""
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
    """Return the offsets (N, 3) of points."""
    steps = np.zeros((len(xy), 3))
    steps[1:, :2] = np.diff(xy, axis=0)
    steps[:, 2] = ends
    steps[-1, 2] = 1.0
    return steps


def hands_task(
    iam: Corpus,
    unipen: Corpus,
    settings: SynthesizerOptions,
    folder: Path,
    init: Checkpoint | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> HandsTask:
    """Make the task from two corpora. Prepared pieces are cached in ``folder``, for resumed trainings.

    Raises :class:`InkError` for options of other networks and if a corpus lacks a split.
    """
    if settings.kind != "synthesizer" or settings.variant != "forget":
        raise InkError(f"a {settings.kind} of variant {settings.variant} cannot have hand codes; leave out --unipen")
    path = folder / PIECES
    if not path.is_file():
        say("preparing the ink of both corpora, which takes a few minutes")
        groups = {"lines": iam_items(iam, settings.train), "develop": iam_items(iam, [settings.develop])}
        groups |= {name: unipen_items(unipen, f"train-{name}") for name in ("tokens", "texts")}
        groups["characters"] = character_items(unipen, "train-characters", Places())
        save(path, groups)
    return HandsTask(load(path), settings, init, terms([iam.terms, unipen.terms], init), say)
