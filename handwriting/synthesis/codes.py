"""HandCodes: what makes a writer's lines theirs, as a code of a few numbers.

A network that knows hands adds ``basis @ code`` to the gates of its layers and to its outputs at every step. Codes were
learned for every writer of the training data. Codes near them are hands too: random ones are drawn from the Gaussian
that the learned codes of whole lines have, and mixtures of two hands are mixtures of their codes. The code of a new
writer is estimated from what is measured of a few lines (``features/hand.py``) by a linear regression, or fitted by
gradient descent (``training/fit.py``).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.features.hand import measures
from handwriting.files import atomic
from handwriting.geometry.normalise import writing_height
from handwriting.geometry.pace import step_of
from handwriting.ink import Ink

Floats = NDArray[np.float32]
FILE = "hands.safetensors"
STRENGTHS = (0.0, 2.0)
"""Factors of a code: 0 is the average hand, 1 the writer's, more is a caricature."""
MOST_NUMBERS, MOST_ADDED, LARGEST = 256, 100_000, 1000.0
"""What the code in a file may hold."""
STREAM = 7
"""Keeps the random numbers of a hand apart from those of its lines."""
CODE_SPREAD = 0.7
"""Standard deviation of random codes, in that of the writers' codes: hands nearer the average are read better."""
CONTROL_SPREAD = 1.0
"""Standard deviation of a random hand's controls, in those of training."""


@dataclass(frozen=True)
class Code:
    """A hand of one network."""

    numbers: Floats = field(repr=False)
    """Shape (Z,); 0 is the average hand."""
    network: str
    """:attr:`HandCodes.name` of the network whose code it is."""
    delta: Floats | None = field(default=None, repr=False)
    """What is added to the gates and the outputs besides, shape (G,); of a fitted hand."""

    def __post_init__(self) -> None:
        for values, least, most in ((self.numbers, 1, MOST_NUMBERS), (self.delta, 1, MOST_ADDED)):
            if values is None:
                continue
            if values.ndim != 1 or not least <= len(values) <= most:
                raise InkError(f"a hand's code has shape {values.shape}; it must be (N,) with N up to {most}")
            if not (np.abs(values) <= LARGEST).all():
                raise InkError(f"a hand's code holds numbers beyond {LARGEST:g}; make the hand again")

    def record(self) -> dict[str, Any]:
        """As in a style's file."""
        record: dict[str, Any] = {"network": self.network, "numbers": [round(float(v), 4) for v in self.numbers]}
        if self.delta is not None:
            record["delta"] = b64encode(self.delta.astype("<f2").tobytes()).decode("ascii")
        return record

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Code:
        """What :meth:`record` gave. Raises :class:`InkError`, ``KeyError``, ``TypeError`` or ``ValueError``."""
        network, delta = record["network"], record.get("delta")
        if not isinstance(network, str) or len(network) > 64 or not isinstance(record["numbers"], list):
            raise ValueError("a code names no network or is no list of numbers")
        if delta is not None:
            delta = np.frombuffer(b64decode(delta, validate=True), "<f2").astype(np.float32)
        return cls(np.array(record["numbers"], dtype=np.float32), network, delta)

    def scaled(self, strength: float) -> Code:
        """The hand at a ``strength``: 1 leaves it as it is."""
        if not STRENGTHS[0] <= strength <= STRENGTHS[1]:
            raise InkError(f"a strength of {strength:g}; give one from {STRENGTHS[0]:g} to {STRENGTHS[1]:g}")
        delta = None if self.delta is None else self.delta * np.float32(strength)
        return Code(self.numbers * np.float32(strength), self.network, delta)


def blend(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """A hand between others. Raises :class:`InkError` for weights that are not positive."""
    if len(codes) != len(weights) or not codes or not all(0 < w < float("inf") for w in weights):
        raise InkError(f"weights {', '.join(f'{w:g}' for w in weights)} of {len(codes)} hands; give each one above 0")
    if len({c.network for c in codes}) > 1:
        raise InkError("hands of different networks cannot be blended; make them again with one")
    shares = [np.float32(w / sum(weights)) for w in weights]
    numbers = sum((c.numbers * s for c, s in zip(codes, shares, strict=True)), np.zeros_like(codes[0].numbers))
    deltas = [c.delta * s for c, s in zip(codes, shares, strict=True) if c.delta is not None]
    return Code(numbers, codes[0].network, sum(deltas[1:], deltas[0]) if deltas else None)


@dataclass(frozen=True)
class HandCodes:
    """What a checkpoint knows of hands."""

    basis: Floats
    """Shape (G, Z), in the step graph's order."""
    codes: Floats
    """Of the writers that it was trained on, (W, Z), without controls."""
    mean: Floats
    """Of the codes from which random hands are drawn, (Z,)."""
    factor: Floats
    """Of their covariance: a standard normal vector times this is a difference from the mean, (Z, Z)."""
    regression: Floats
    """From what is measured of lines to a code, (F + 1, Z), the last row a constant."""
    center: Floats
    """Mean of what is measured, (F,)."""
    spread: Floats
    """Standard deviation of what is measured, (F,)."""

    @classmethod
    def load(cls, folder: Path) -> HandCodes:
        """Those of the checkpoint in ``folder``. Raises :class:`InkError` when the file is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = folder / FILE
        try:
            arrays = load_file(path)
            return cls(**{name: arrays[name].astype(np.float32) for name in cls.__annotations__})
        except (OSError, KeyError, SafetensorError) as error:
            raise InkError(
                f"{path}: not readable ({type(error).__name__}: {error}); copy the whole checkpoint"
            ) from error

    def arrays(self) -> dict[str, NDArray]:
        """As they are stored."""
        return {
            name: np.ascontiguousarray(getattr(self, name).astype(np.float16)) for name in type(self).__annotations__
        }

    @cached_property
    def name(self) -> str:
        """Ten digits that tell this basis from all others: a code means nothing to another network."""
        return blake2b(self.basis.astype(np.float16).tobytes(), digest_size=5).hexdigest()

    @property
    def size(self) -> int:
        """Z."""
        return self.basis.shape[1]

    def added(self, code: Code) -> Floats:
        """What a hand adds to the gates and the outputs, (G,)."""
        if code.numbers.shape != (self.size,):
            raise InkError(f"a hand of {len(code.numbers)} numbers, and this network's have {self.size}; make it anew")
        given = self.basis @ code.numbers
        if code.delta is None:
            return given
        if code.delta.shape != given.shape:
            raise InkError(
                f"a hand that adds {len(code.delta)} numbers, and this network takes {len(given)}; make it anew"
            )
        return given + code.delta

    def random(self, seed: int, number: int = 0) -> Code:
        """A hand that nobody has: the same for the same seed and number."""
        random = np.random.default_rng([seed, STREAM, number])
        normal = random.normal(size=self.size)
        return Code((self.mean + self.factor @ normal).astype(np.float32), self.name)

    def instant(self, inks: Sequence[Ink], texts: Sequence[str], height: float, step: float) -> Code:
        """The hand of lines ``inks``, prepared as the network's training lines were, that say ``texts``."""
        rows = [line_measures(ink, text, height, step) for ink, text in zip(inks, texts, strict=True)]
        weights = [len(text) for text in texts]
        row = np.clip((np.average(rows, axis=0, weights=weights) - self.center) / self.spread, -4, 4)
        return Code((np.append(row, 1.0) @ self.regression).astype(np.float32), self.name)


def line_measures(ink: Ink, text: str, height: float, step: float) -> NDArray[np.float64]:
    """What is measured of a line at the network's pace, and its size beside the training lines', (F,).

    ``height`` is the median writing height of the training lines, ``step`` their mean step in writing heights.
    """
    own = writing_height(ink)
    pace = step_of(ink) * own / (step * height)
    return np.concatenate([measures(ink, text), [np.log(own / height), np.log(pace) if pace > 0 else 0.0]])


def gaussian(codes: NDArray, controls: int) -> tuple[Floats, Floats]:
    """Mean and factor of the covariance of random codes, (Z,) and (Z, Z).

    They follow the writers' ``codes`` (N, Z - controls); independent controls of mean 0 are added.
    """
    mean = np.append(codes.mean(0), np.zeros(controls))
    size = len(mean)
    factor = np.zeros((size, size))
    covariance = np.cov(codes.T)
    values, axes = np.linalg.eigh(covariance)
    factor[: size - controls, : size - controls] = CODE_SPREAD * axes * np.sqrt(np.maximum(values, 0))
    factor[size - controls :, size - controls :] = CONTROL_SPREAD * np.eye(controls)
    return mean.astype(np.float32), factor.astype(np.float32)


def regression(rows: NDArray, codes: NDArray, weights: NDArray, ridge: float) -> dict[str, Any]:
    """Center, spread and regression of ``codes`` (N, Z) on what is measured, ``rows`` (N, F)."""
    center, spread = rows.mean(0), rows.std(0) + 1e-6
    X = np.column_stack([np.clip((rows - center) / spread, -4, 4), np.ones(len(rows))])
    penalty = ridge * np.eye(X.shape[1])
    penalty[-1, -1] = 1e-6
    XW = X * weights[:, None]
    return {
        "center": center.astype(np.float32),
        "spread": spread.astype(np.float32),
        "regression": np.linalg.solve(XW.T @ X + penalty, XW.T @ codes).astype(np.float32),
    }


def save_codes(folder: Path, codes: HandCodes) -> None:
    """Write the file beside a checkpoint's card."""
    from safetensors.numpy import save

    with atomic(folder / FILE) as temporary:
        temporary.write_bytes(save(codes.arrays()))
