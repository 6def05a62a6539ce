"""The one inference engine: ONNX Runtime on the CPU.

Nothing here knows what a graph computes. Torch is not needed, so that a command starts in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError


class Graph:
    """An ONNX graph, loaded and optimised once."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Raises :class:`InkError` when the file is not a graph that this engine runs."""
        import onnxruntime

        self._path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no public base class
            raise InkError(
                f"{path}: not a graph that can be run ({_first_line(error)}); copy the checkpoint anew"
            ) from error

    def run(self, inputs: Mapping[str, NDArray]) -> list[NDArray]:
        """All outputs, in the graph's order, for inputs by name; :class:`InkError` when the graph takes others."""
        try:
            return self._session.run(None, dict(inputs))
        except Exception as error:  # as above
            raise InkError(
                f"{self._path}: does not fit its card ({_first_line(error)}); copy the checkpoint anew"
            ) from error


def pad(sequences: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Sequences (T_i, D) as one array (T, B, D), zero beyond each one's length, and the lengths (B,)."""
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    padded = np.zeros((lengths.max(), len(sequences), sequences[0].shape[1]), dtype=np.float32)
    for column, s in enumerate(sequences):
        padded[: len(s), column] = s
    return padded, lengths


def batches_by_length(sequences: Sequence[NDArray[np.float32]], batch_size: int) -> list[NDArray[np.int64]]:
    """The numbers of the sequences in batches of about equal length, so that little is padded.

    No sequence stands beside one four times as long as itself, so that one huge ink costs what it costs alone.
    """
    lengths = [len(s) for s in sequences]
    batches: list[list[int]] = []
    for number in np.argsort(lengths, kind="stable").tolist():
        if batches and len(batches[-1]) < batch_size and lengths[number] <= 4 * lengths[batches[-1][0]]:
            batches[-1].append(number)
        else:
            batches.append([number])
    return [np.array(batch) for batch in batches]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
