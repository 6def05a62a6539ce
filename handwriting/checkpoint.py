"""A checkpoint: a folder with a card, weights to continue training from, and the graph for inference.

``card.json``            configuration, alphabet, features, training, figures, terms of use of the data
``weights.safetensors``  parameters of the network
``model.onnx``           graph for inference

There is no pickle, so a checkpoint from an untrusted source cannot run code.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.files import atomic, make_folder

FORMAT = 1
"""Version of the folder layout."""
NAME = re.compile(r"\w[\w.-]{0,59}", re.ASCII)
"""Valid names of a user's own checkpoints."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder and its card."""

    folder: Path
    card: dict[str, Any]

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None, *kinds: str) -> Checkpoint:
        """Load the checkpoint in ``folder``, or the one of that name, the user's (:func:`own`) or shipped.

        ``kinds`` are the accepted values of the card's ``kind``. Without ``folder``, the shipped checkpoint of the
        first kind is loaded. Raises :class:`InkError` if there is no checkpoint, or one of another kind.
        """
        given = folder is not None
        folder = shipped(kinds[0]) if folder is None else _found(Path(folder))
        path = folder / "card.json"
        if not path.is_file() and not given:
            raise InkError(
                f"{folder}: the shipped {kinds[0]} is missing; install handwriting again from its wheel or a complete "
                "checkout, or give the folder of a checkpoint"
            )
        if not path.is_file():
            raise InkError(
                f"{folder}: no checkpoint here (no card.json); give a folder that training wrote, such as RUN/best"
            )
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            found, version = card["kind"], card["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise InkError(
                f"{path}: not a checkpoint's card ({type(error).__name__}: {error}); copy the checkpoint again"
            ) from error
        if version != FORMAT:
            raise InkError(
                f"{path}: checkpoint format {version}, but this version of handwriting reads format {FORMAT}; "
                "update handwriting"
            )
        if found not in kinds:
            wanted = " or ".join(kinds)
            raise InkError(f"{folder}: a checkpoint of a {found}, but a {wanted} is needed; give another checkpoint")
        return cls(folder, card)

    @property
    def model(self) -> Path:
        """Path of the ONNX graph. Raises :class:`InkError` if it is missing."""
        return self._file("model.onnx", "make it from the weights with the command 'export'")

    @contextmanager
    def reading_card(self) -> Iterator[None]:
        """Context in which the card is read: missing and invalid values raise :class:`InkError` with its path."""
        try:
            yield
        except (InkError, KeyError, TypeError, ValueError) as error:
            raise InkError(
                f"{self.folder}/card.json: damaged ({type(error).__name__}: {error}); copy the checkpoint again"
            ) from error

    def weights(self) -> dict[str, NDArray]:
        """Load the parameters of the network by name, as float32. Raises :class:`InkError` if they cannot be read."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self._file("weights.safetensors", "copy the whole checkpoint")
        try:
            return {name: value.astype(np.float32) for name, value in load_file(path).items()}
        except SafetensorError as error:
            raise InkError(f"{path}: not readable as safetensors ({error}); copy the checkpoint again") from error

    def _file(self, name: str, remedy: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise InkError(f"{path}: missing; {remedy}")
        return path


def save(
    folder: str | os.PathLike[str], card: Mapping[str, Any], weights: Mapping[str, NDArray], model: bytes | None = None
) -> None:
    """Write a checkpoint, with weights in their given dtype and ``model`` as the graph.

    Each file is replaced as a whole, the card last.
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


def _found(folder: Path) -> Path:
    """Return ``folder``, or if there is no such folder, the user's own or the shipped checkpoint of this name."""
    if len(folder.parts) != 1 or folder.exists():
        return folder
    named = (own(folder.name), shipped(folder.name))
    return next((path for path in named if (path / "card.json").is_file()), folder)


def own(name: str) -> Path:
    """Return the folder of a user's own checkpoint.

    Own checkpoints are in ``.handwriting/checkpoints`` of the home folder, or in ``checkpoints`` of the folder that the
    environment variable ``HANDWRITING_HOME`` names.
    """
    home = os.environ.get("HANDWRITING_HOME")
    return (Path(home) if home else Path.home() / ".handwriting") / "checkpoints" / name


def place_for(name: str, folder: Path | None = None) -> Path:
    """Return the folder for a checkpoint that is adapted to a person: ``folder``, or that of :func:`own`.

    Raises :class:`InkError` for a name that is not valid for a folder or is taken by a shipped checkpoint, and for a
    folder that holds anything but an adapted checkpoint.
    """
    if not NAME.fullmatch(name):
        raise InkError(f"a checkpoint cannot be named {name[:60]!r}; use letters, digits, _ . and -")
    if folder is None and (shipped(name) / "card.json").exists():
        raise InkError(f"{name!r} is the name of a shipped checkpoint; choose another name")
    folder = folder or own(name)
    card = folder / "card.json"
    try:
        taken = (
            "adapted" not in json.loads(card.read_text(encoding="utf-8")) if card.exists() else bool(_inside(folder))
        )
    except (OSError, ValueError):
        taken = True
    if taken:
        raise InkError(f"{folder} contains something other than an adapted checkpoint; choose another name or folder")
    return folder


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else [folder] if folder.exists() else []


def own_names() -> list[str]:
    """Return the names of the user's own recognizers, sorted."""
    return sorted(path.parent.name for path in own("").glob("*/card.json"))


def shipped(name: str) -> Path:
    """Return the folder of a shipped checkpoint: beside the package in a checkout, inside it if installed."""
    package = Path(__file__).resolve().parent
    inside = package / "_checkpoints" / name
    return inside if inside.is_dir() else package.parent / "checkpoints" / name
