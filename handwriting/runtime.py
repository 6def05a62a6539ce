"""Inference with ONNX Runtime on the CPU.

This module knows nothing of what a graph computes. It does not import torch, so commands start in a fraction of a
second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError


class Graph:
    """A loaded and optimised ONNX graph."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Load the graph. Raises :class:`InkError` if the file is not a graph that ONNX Runtime can run."""
        import onnxruntime

        self._path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime exceptions have no public base class
            raise InkError(
                f"{path}: not a graph that ONNX Runtime can run ({_first_line(error)}); copy the checkpoint again"
            ) from error

    def output_shapes(self, inputs: Mapping[str, NDArray]) -> dict[str, tuple[int, ...]]:
        """Return the shape of each output for these inputs. Raises :class:`InkError` if the inputs do not fit."""
        known: dict[str | int, int] = {}
        for node in self._session.get_inputs():
            if node.name not in inputs or inputs[node.name].ndim != len(node.shape):
                given = inputs[node.name].shape if node.name in inputs else None
                raise self._mismatch(f"input {node.name} of shape {given}, not {node.shape}")
            known |= dict(zip(node.shape, inputs[node.name].shape, strict=True))
        return {o.name: tuple(known.get(d, d) for d in o.shape) for o in self._session.get_outputs()}

    def input_shapes(self) -> dict[str, tuple[int | str, ...]]:
        """Return the shape of each input; a dimension that may vary is given by its name."""
        return {node.name: tuple(node.shape) for node in self._session.get_inputs()}

    def bind(self, inputs: Mapping[str, NDArray], outputs: Mapping[str, NDArray]) -> Callable[[], None]:
        """Return a function that runs the graph on ``inputs`` and overwrites ``outputs``, all contiguous arrays."""
        binding = self._session.io_binding()
        for name, array in inputs.items():
            binding.bind_input(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)
        for name, array in outputs.items():
            binding.bind_output(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)

        def run() -> None:
            try:
                self._session.run_with_iobinding(binding)
            except Exception as error:  # onnxruntime exceptions have no public base class
                raise self._mismatch(_first_line(error)) from error

        return run

    def run(self, inputs: Mapping[str, NDArray]) -> list[NDArray]:
        """Run the graph on named inputs and return its outputs in order.

        Raises :class:`InkError` if the inputs do not fit the graph.
        """
        try:
            return self._session.run(None, dict(inputs))
        except Exception as error:  # onnxruntime exceptions have no public base class
            raise self._mismatch(_first_line(error)) from error

    def _mismatch(self, reason: str) -> InkError:
        return InkError(f"{self._path}: does not fit its card ({reason}); copy the checkpoint again")


class Recurrence:
    """A graph that runs step by step: its output ``next_X`` is the input ``X`` of the next step.

    All arrays are float32. The states are in two sets of buffers that alternate, so that nothing is allocated or copied
    between steps.
    """

    def __init__(self, graph: Graph, inputs: Mapping[str, NDArray], state: Mapping[str, NDArray]) -> None:
        """Allocate the buffers. ``inputs`` are used for all steps unless :attr:`inputs` is changed.

        ``state`` is the state before the first step.
        """
        self.inputs = {name: _buffer(value) for name, value in inputs.items()}
        """Input buffers other than the state. Write into them to change the inputs of the next steps."""
        self._states = [{name: _buffer(value) for name, value in state.items()} for _ in range(2)]
        output_shapes = graph.output_shapes(self.inputs | self._states[0])
        self.outputs = {
            name: np.empty(shape, np.float32) for name, shape in output_shapes.items() if not name.startswith(_NEXT)
        }
        """Output buffers other than the state; the next step overwrites them."""
        self._current = 0
        self._bindings = [
            graph.bind(self.inputs | before, self.outputs | {_NEXT + name: value for name, value in after.items()})
            for before, after in (self._states, self._states[::-1])
        ]

    @property
    def state(self) -> dict[str, NDArray]:
        """State after the latest step; the step after next overwrites it."""
        return self._states[self._current]

    def step(self) -> None:
        """Run one step on :attr:`inputs` and :attr:`state`; update :attr:`outputs` and :attr:`state`."""
        self._bindings[self._current]()
        self._current ^= 1


def pad(sequences: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Stack sequences (T_i, D) into one zero-padded array (T, B, D), and return it with the lengths (B,)."""
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    padded = np.zeros((lengths.max(), len(sequences), sequences[0].shape[1]), dtype=np.float32)
    for column, s in enumerate(sequences):
        padded[: len(s), column] = s
    return padded, lengths


def batches_by_length(sequences: Sequence[NDArray[np.float32]], batch_size: int) -> list[NDArray[np.int64]]:
    """Group the indices of sequences into batches of similar length, so that there is little padding.

    No sequence shares a batch with one more than four times as long, so that one huge ink does not slow down the rest.
    """
    lengths = [len(s) for s in sequences]
    batches: list[list[int]] = []
    for number in np.argsort(lengths, kind="stable").tolist():
        if batches and len(batches[-1]) < batch_size and lengths[number] <= 4 * lengths[batches[-1][0]]:
            batches[-1].append(number)
        else:
            batches.append([number])
    return [np.array(batch) for batch in batches]


_NEXT = "next_"


def _buffer(value: NDArray) -> NDArray[np.float32]:
    return np.array(value, dtype=np.float32, order="C")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
