"""Hand codes: a writer's hand as a few numbers.

A network with hand codes adds ``basis @ code`` to the gates of its layers and to its outputs at every step. Codes are
learned for every writer of the training data. Nearby codes are hands as well: random ones are drawn from a Gaussian
fitted to the writers' codes, and hands are blended by blending their codes. The code of a new writer is estimated from
measurements of a few lines (``features/hand.py``) by a linear regression, or fitted by gradient descent
(``training/fit.py``).
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
from handwriting.geometry.pace import mean_step
from handwriting.ink import Ink

Floats = NDArray[np.float32]
FILE = "hands.safetensors"
STRENGTHS = (0.0, 2.0)
"""Allowed factors of a code: 0 is the average hand, 1 the writer's own, more is a caricature."""
MAX_NUMBERS, MAX_DELTA, MAX_VALUE = 256, 100_000, 1000.0
"""Limits on a code read from a file: length of the code, length of its delta, and absolute value."""
STREAM = 7
"""Random stream of a hand, distinct from those of its lines."""
LEADING = 20
"""Number of leading principal components of the writers' codes, in which random codes vary most."""
CODE_SPREAD, OTHER_SPREAD = 1.1, 0.3
"""Standard deviation of random codes, relative to the writers' codes, in the leading components and in the others. The
others hardly change the look of a hand, but make it less legible."""
MAX_DEVIATIONS = 1.3
"""Largest distance of a random code from the mean in each direction, in standard deviations. Beyond it, hands are
illegible caricatures."""
CONTROL_SPREAD = 1.0
"""Standard deviation of a random hand's controls, relative to the training data."""


@dataclass(frozen=True)
class Code:
    """Code of a hand for one network."""

    numbers: Floats = field(repr=False)
    """Shape (Z,); 0 is the average hand."""
    network: str
    """:attr:`HandCodes.name` of the network that the code belongs to."""
    delta: Floats | None = field(default=None, repr=False)
    """Additional biases of a fitted hand for the gates and the outputs, shape (G,)."""

    def __post_init__(self) -> None:
        for values, least, most in ((self.numbers, 1, MAX_NUMBERS), (self.delta, 1, MAX_DELTA)):
            if values is None:
                continue
            if values.ndim != 1 or not least <= len(values) <= most:
                raise InkError(f"a hand's code has shape {values.shape}; it must be (N,) with N up to {most}")
            if not (np.abs(values) <= MAX_VALUE).all():
                raise InkError(f"a hand's code holds numbers beyond {MAX_VALUE:g}; make the hand again")

    def record(self) -> dict[str, Any]:
        """Return the code as a style file stores it."""
        record: dict[str, Any] = {"network": self.network, "numbers": [round(float(v), 4) for v in self.numbers]}
        if self.delta is not None:
            record["delta"] = b64encode(self.delta.astype("<f2").tobytes()).decode("ascii")
        return record

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Code:
        """Restore a code from its record. Raises :class:`InkError`, ``KeyError``, ``TypeError`` or ``ValueError``."""
        network, delta = record["network"], record.get("delta")
        if not isinstance(network, str) or len(network) > 64 or not isinstance(record["numbers"], list):
            raise ValueError("a code must name its network and be a list of numbers")
        if delta is not None:
            delta = np.frombuffer(b64decode(delta, validate=True), "<f2").astype(np.float32)
        return cls(np.array(record["numbers"], dtype=np.float32), network, delta)

    def scaled(self, strength: float) -> Code:
        """Return the code multiplied by ``strength``: 1 leaves it unchanged, 0 is the average hand.

        Raises :class:`InkError` for a strength outside :data:`STRENGTHS`.
        """
        if not STRENGTHS[0] <= strength <= STRENGTHS[1]:
            raise InkError(f"a strength of {strength:g}; give one from {STRENGTHS[0]:g} to {STRENGTHS[1]:g}")
        delta = None if self.delta is None else self.delta * np.float32(strength)
        return Code(self.numbers * np.float32(strength), self.network, delta)


def blend(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """Return the weighted mean of hands.

    Raises :class:`InkError` for weights that are not positive and for codes of different networks.
    """
    if len(codes) != len(weights) or not codes or not all(0 < w < float("inf") for w in weights):
        raise InkError(f"weights {', '.join(f'{w:g}' for w in weights)} of {len(codes)} hands; give each one above 0")
    if len({c.network for c in codes}) > 1:
        raise InkError("hands of different networks cannot be blended; make both with the same network")
    shares = [np.float32(w / sum(weights)) for w in weights]
    numbers = sum((c.numbers * s for c, s in zip(codes, shares, strict=True)), np.zeros_like(codes[0].numbers))
    deltas = [c.delta * s for c, s in zip(codes, shares, strict=True) if c.delta is not None]
    return Code(numbers, codes[0].network, sum(deltas[1:], deltas[0]) if deltas else None)


@dataclass(frozen=True)
class HandCodes:
    """Everything that a checkpoint stores about hands."""

    basis: Floats
    """Maps a code to biases of the gates and outputs, (G, Z), in the step graph's order."""
    codes: Floats
    """Codes of the training writers, (W, Z), without controls."""
    mean: Floats
    """Mean of random codes, (Z,)."""
    factor: Floats
    """Factor of the covariance of random codes, (Z, Z): a standard normal vector times it is a difference from the
    mean."""
    regression: Floats
    """Regression from line measurements to a code, (F + 1, Z); the last row is a constant."""
    center: Floats
    """Mean of the line measurements, (F,)."""
    spread: Floats
    """Standard deviation of the line measurements, (F,)."""

    @classmethod
    def load(cls, folder: Path) -> HandCodes:
        """Load the hand codes of a checkpoint folder. Raises :class:`InkError` if the file is missing or damaged."""
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
        """Return all arrays in the form in which they are stored."""
        return {
            name: np.ascontiguousarray(getattr(self, name).astype(np.float16)) for name in type(self).__annotations__
        }

    @cached_property
    def name(self) -> str:
        """Ten hexadecimal digits that identify this basis; a code is valid only for the network with this basis."""
        return blake2b(self.basis.astype(np.float16).tobytes(), digest_size=5).hexdigest()

    @property
    def size(self) -> int:
        """Number of elements of a code, Z."""
        return self.basis.shape[1]

    def biases(self, code: Code) -> Floats:
        """Return the biases that a hand adds to the gates and the outputs, (G,).

        Raises :class:`InkError` for a code of the wrong size.
        """
        if code.numbers.shape != (self.size,):
            raise InkError(
                f"a hand code of {len(code.numbers)} numbers, but this network needs {self.size}; make the style again"
            )
        given = self.basis @ code.numbers
        if code.delta is None:
            return given
        if code.delta.shape != given.shape:
            raise InkError(
                f"a hand code that adds {len(code.delta)} numbers, but this network needs {len(given)}; make the "
                "style again"
            )
        return given + code.delta

    def random(self, seed: int, number: int = 0) -> Code:
        """Return a random hand, determined by ``seed`` and ``number``."""
        random = np.random.default_rng([seed, STREAM, number])
        normal = random.normal(size=self.size)
        learned = slice(self.codes.shape[1])  # without the controls
        normal[learned] = np.clip(normal[learned], -MAX_DEVIATIONS, MAX_DEVIATIONS)
        return Code((self.mean + self.factor @ normal).astype(np.float32), self.name)

    def estimate(self, inks: Sequence[Ink], texts: Sequence[str], height: float, step: float) -> Code:
        """Estimate the hand of lines ``inks``, prepared like the training lines, with transcripts ``texts``."""
        rows = [line_measures(ink, text, height, step) for ink, text in zip(inks, texts, strict=True)]
        weights = [len(text) for text in texts]
        row = np.clip((np.average(rows, axis=0, weights=weights) - self.center) / self.spread, -4, 4)
        return Code((np.append(row, 1.0) @ self.regression).astype(np.float32), self.name)


def line_measures(ink: Ink, text: str, height: float, step: float) -> NDArray[np.float64]:
    """Measure a line at the network's pace, and its size relative to the training lines, (F,).

    ``height`` is the median writing height of the training lines, ``step`` their mean step in writing heights.
    """
    own = writing_height(ink)
    pace = mean_step(ink) * own / (step * height)
    return np.concatenate([measures(ink, text), [np.log(own / height), np.log(pace) if pace > 0 else 0.0]])


def gaussian(codes: NDArray, controls: int) -> tuple[Floats, Floats]:
    """Return the mean and the covariance factor of random codes, (Z,) and (Z, Z).

    They are fitted to the writers' ``codes`` (N, Z - controls); independent controls with mean 0 are appended.
    """
    mean = np.append(codes.mean(0), np.zeros(controls))
    size = len(mean)
    factor = np.zeros((size, size))
    covariance = np.cov(codes.T)
    values, axes = np.linalg.eigh(covariance)  # the largest come last
    spreads = np.full(len(values), OTHER_SPREAD)
    spreads[-LEADING:] = CODE_SPREAD
    factor[: size - controls, : size - controls] = spreads * axes * np.sqrt(np.maximum(values, 0))
    factor[size - controls :, size - controls :] = CONTROL_SPREAD * np.eye(controls)
    return mean.astype(np.float32), factor.astype(np.float32)


def regression(
    rows: NDArray, codes: NDArray, weights: NDArray, ridge: float, scale: tuple[NDArray, NDArray] | None = None
) -> dict[str, Any]:
    """Return center, spread and ridge regression of ``codes`` (N, Z) on the measurements ``rows`` (N, F).

    ``weights`` (N,) weight the rows. ``scale``: center and spread to use, (F,) each, instead of those of ``rows``.
    """
    center, spread = scale or (rows.mean(0), rows.std(0) + 1e-6)
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
    """Write the hand codes next to a checkpoint's card."""
    from safetensors.numpy import save

    with atomic(folder / FILE) as temporary:
        temporary.write_bytes(save(codes.arrays()))
