"""Run an LSTM layer in NumPy and record its gates and cells at every step.

The engine that runs the networks returns only their outputs, so gates are computed from ``weights.safetensors``, in
float32. The equations of the three variants, and their sources, are in ``networks/cells.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError

Floats = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.float32]]

DIRECTIONS = ("forward", "backward")
SIGNALS = ("input", "forget", "output", "cell", "hidden")
"""Signals of a unit that can be shown."""


@dataclass(frozen=True, eq=False)
class Gates:
    """Gates and cells of the ``H`` units of one layer and direction over ``T`` steps; every array has shape (T, H)."""

    input: Floats
    """Share of the candidate that enters the cell, from 0 (closed) to 1 (open)."""
    forget: Floats
    """Share of its content that the cell keeps, 0 to 1; always 1 in the variant *1997*, which has no forget gate."""
    output: Floats
    """Share of the content that the unit outputs, 0 to 1."""
    cell: Floats
    """Content of the cell, unbounded."""
    hidden: Floats
    """Output to the layers above: the output gate times the squashed content, from -1 to 1."""

    def backward(self) -> Gates:
        """Return the same gates with the steps in reverse order."""
        return Gates(*(getattr(self, field.name)[::-1] for field in fields(self)))


@dataclass(frozen=True, order=True)
class Unit:
    """One LSTM unit of a network."""

    layer: int
    """Layer number, counted from 1, the lowest."""
    direction: str
    """One of :data:`DIRECTIONS`."""
    number: int
    """Number of the unit in its layer, counted from 0."""

    @classmethod
    def of(cls, text: str) -> Unit:
        """Parse a unit name ``LAYER:DIRECTION:NUMBER``, such as ``1:forward:63``.

        Raises :class:`InkError` for any other form.
        """
        layer, direction, number = [*text.split(":"), "", ""][:3]
        if text.count(":") != 2 or direction not in DIRECTIONS or not (layer.isdecimal() and number.isdecimal()):
            raise InkError(f"unit {text!r}; give LAYER:DIRECTION:NUMBER, such as 1:forward:63 or 2:backward:0")
        return cls(int(layer), direction, int(number))

    def __str__(self) -> str:
        return f"layer {self.layer} {self.direction} {self.number}"


def of_unit(gates: Sequence[Sequence[Gates]], unit: Unit) -> Gates:
    """Return the gates of the layer and direction that a unit belongs to.

    Raises :class:`InkError` if the network has no such unit.
    """
    layers, directions = len(gates), len(gates[0])
    number = DIRECTIONS.index(unit.direction)
    units = gates[0][0].cell.shape[1]
    if not 1 <= unit.layer <= layers or number >= directions or unit.number >= units:
        raise InkError(
            f"there is no unit {unit}; this network has layers 1 to {layers}, {' and '.join(DIRECTIONS[:directions])}, "
            f"with units 0 to {units - 1}"
        )
    return gates[unit.layer - 1][number]


@dataclass(frozen=True, eq=False)
class Layer:
    """The weights of one layer in one direction, with the gates in the order i, f, g, o."""

    of_input: Floats
    """Input weights, shape (4H, D)."""
    recurrent: Floats
    """Recurrent weights, shape (4H, H)."""
    bias: Floats
    """Biases, shape (4H,)."""
    peephole: Floats | None = None
    """Peephole weights p_i, p_f and p_o, shape (3, H)."""

    @classmethod
    def of(cls, weights: Weights, prefix: str) -> Layer:
        """Load the cell whose weights begin with ``prefix``, such as ``lstm.cells.0``.

        A cell of 1997 gets a forget gate that is always open. Raises :class:`InkError` if there is no such cell.
        """
        fused = f"{prefix}.lstm.weight_ih_l0" in weights
        names = [f"{prefix}.lstm.{name}_l0" for name in ("weight_ih", "weight_hh", "bias_ih")]
        names = names if fused else [f"{prefix}.{name}" for name in ("weight_ih", "weight_hh", "bias")]
        if missing := [name for name in names if name not in weights]:
            raise InkError(f"weights.safetensors has no {missing[0]}; copy the checkpoint again")
        of_input, recurrent, bias = (weights[name] for name in names)
        if fused:
            bias = bias + weights[f"{prefix}.lstm.bias_hh_l0"]
        H = recurrent.shape[1]
        if len(recurrent) == 3 * H:
            of_input, recurrent, bias = (
                np.concatenate([part[:H], np.full((H, *part.shape[1:]), value, np.float32), part[H:]])
                for part, value in ((of_input, 0), (recurrent, 0), (bias, 100))
            )
        return cls(of_input, recurrent, bias, weights.get(f"{prefix}.peephole"))

    def run(self, x: Floats, h: Floats | None = None, c: Floats | None = None) -> Gates:
        """Run over all steps of ``x`` (T, D), from the initial state ``h`` and ``c`` (H,), by default zeros."""
        H = self.recurrent.shape[1]
        h = np.zeros(H, np.float32) if h is None else h
        c = np.zeros(H, np.float32) if c is None else c
        records = np.empty((5, len(x), H), np.float32)
        for t, z in enumerate(x @ self.of_input.T + self.bias):
            records[:, t] = self.step(z, h, c)
            c, h = records[3, t], records[4, t]
        return Gates(*records)

    def step(self, z: Floats, h: Floats, c: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Run one step, given the contribution ``z`` (4H,) of input and bias to the gates; return i, f, o, c and h."""
        i, f, g, o = (z + self.recurrent @ h).reshape(4, -1)
        if self.peephole is not None:
            i, f = i + self.peephole[0] * c, f + self.peephole[1] * c
        i, f = logistic(i), logistic(f)
        c = f * c + i * np.tanh(g)
        o = logistic(o if self.peephole is None else o + self.peephole[2] * c)
        return i, f, o, c, o * np.tanh(c)


def logistic(x: Floats) -> Floats:
    """Compute 1 / (1 + exp(-x)) without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)
