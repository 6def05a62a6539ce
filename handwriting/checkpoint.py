"""Checkpoints: a folder with a card, the weights, and the graph that runs.

``card.json``            configuration, alphabet, features, training, figures, terms of the data
``weights.safetensors``  what training starts from
``model.onnx``           what transcribing and generating run

No file is a pickle, so a checkpoint from a stranger cannot run code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.files import atomic, make_folder

FORMAT = 1
"""Version of the layout of the folder."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint's folder and its card."""

    folder: Path
    card: dict[str, Any]

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None, *kinds: str) -> Checkpoint:
        """Load the card of the checkpoint in ``folder``, or of the shipped checkpoint with that name.

        Without a ``folder`` it is the shipped checkpoint named after the first of ``kinds``. Raises :class:`InkError`
        when there is no checkpoint, its card is damaged, or its kind (``"recognizer"``) is not one of ``kinds``.
        """
        own = folder is not None
        folder = shipped(kinds[0]) if folder is None else _here_or_shipped(Path(folder))
        path = folder / "card.json"
        if not path.is_file() and not own:
            raise InkError(
                f"{folder}: the shipped {kinds[0]} is missing; install handwriting again from its wheel or a complete "
                "checkout, or give the folder of a checkpoint"
            )
        if not path.is_file():
            raise InkError(
                f"{folder}: no checkpoint here (no card.json); give the folder that training wrote, like RUN/best"
            )
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            found, version = card["kind"], card["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise InkError(
                f"{path}: not a checkpoint's card ({type(error).__name__}: {error}); copy the checkpoint anew"
            ) from error
        if version != FORMAT:
            raise InkError(f"{path}: checkpoint format {version}, but this version reads {FORMAT}; update handwriting")
        if found not in kinds:
            wanted = " or ".join(kinds)
            raise InkError(f"{folder}: a checkpoint of a {found}, but a {wanted} is needed; give another checkpoint")
        return cls(folder, card)

    @property
    def model(self) -> Path:
        """The ONNX graph."""
        return self._file("model.onnx", "create it from the weights with the command export")

    def weights(self) -> dict[str, NDArray]:
        """The network's parameters by name, as float32."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self._file("weights.safetensors", "copy the whole checkpoint")
        try:
            return {name: value.astype(np.float32) for name, value in load_file(path).items()}
        except SafetensorError as error:
            raise InkError(f"{path}: not readable as safetensors ({error}); copy the checkpoint anew") from error

    def _file(self, name: str, remedy: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise InkError(f"{path}: missing; {remedy}")
        return path


def save(
    folder: str | os.PathLike[str], card: Mapping[str, Any], weights: Mapping[str, NDArray], model: bytes | None = None
) -> None:
    """Write a checkpoint. Weights keep their dtype. Each file is replaced as a whole, the card last.

    ``model`` is the ONNX graph; without it, a graph that is already in the folder stays. Raises :class:`InkError` when
    the folder cannot be written.
    """
    from safetensors.numpy import save as serialise

    folder = make_folder(folder)
    files = {"weights.safetensors": serialise({k: np.ascontiguousarray(v) for k, v in weights.items()})}
    files |= {} if model is None else {"model.onnx": model}
    for name, data in files.items():
        with atomic(folder / name) as temporary:
            temporary.write_bytes(data)
    save_card(folder, card)


def save_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Replace the card of the checkpoint in ``folder``."""
    text = json.dumps({"format": FORMAT, **card}, indent=2, ensure_ascii=False) + "\n"
    with atomic(folder / "card.json") as temporary:
        temporary.write_text(text, encoding="utf-8")


def _here_or_shipped(folder: Path) -> Path:
    """``folder`` itself, or the shipped checkpoint of that name when there is no such folder."""
    named = len(folder.parts) == 1 and not folder.exists() and (shipped(folder.name) / "card.json").is_file()
    return shipped(folder.name) if named else folder


def shipped(name: str) -> Path:
    """The folder of a shipped checkpoint: beside the package in a checkout, inside it when installed from a wheel."""
    package = Path(__file__).resolve().parent
    inside = package / "_checkpoints" / name
    return inside if inside.is_dir() else package.parent / "checkpoints" / name
