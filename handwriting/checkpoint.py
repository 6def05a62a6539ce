"""A checkpoint: a folder with a card, weights to continue training from, and the graph for inference.

``card.json``            configuration, alphabet, feature settings, training, figures, licence terms of the data
``weights.safetensors``  parameters of the network
``model.onnx``           graph for inference

Nothing is pickled, so a checkpoint from an untrusted source cannot run code.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
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
NPZ_ERRORS = (OSError, LookupError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)
"""Exceptions of NumPy for an ``.npz`` file that is missing, empty, damaged, or something else."""
NAME = re.compile(r"\w[\w.-]{0,59}", re.ASCII)
"""Valid names of a user's own checkpoints."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder and its card."""

    folder: Path
    card: dict[str, Any]

    @classmethod
    def load(cls, folder: str | os.PathLike[str] | None, *kinds: str) -> Checkpoint:
        """Load the checkpoint in ``folder``, or the user's own (:func:`own`) or shipped checkpoint of that name.

        ``kinds`` are the accepted values of the card's ``kind``. Without ``folder``, the shipped checkpoint of the
        first kind is loaded. Raises :class:`InkError` if there is no checkpoint, its card is invalid, or it is of
        another kind.
        """
        given = folder is not None
        folder = shipped(kinds[0]) if folder is None else _resolve(Path(folder))
        path = folder / "card.json"
        if not path.is_file() and not given:
            raise InkError(
                f"{folder}: the shipped {kinds[0]} is missing; reinstall handwriting from its wheel or a complete "
                "checkout, or give the folder of a checkpoint"
            )
        if not path.is_file():
            raise InkError(
                f"{folder}: no checkpoint here (no card.json); give a folder that training wrote, such as RUN/best"
            )
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            kind, version = card["kind"], card["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise InkError(
                f"{path}: not a checkpoint's card ({type(error).__name__}: {error}); copy the checkpoint again"
            ) from error
        if version != FORMAT:
            raise InkError(
                f"{path}: checkpoint format {version}, but this version of handwriting reads format {FORMAT}; "
                "update handwriting"
            )
        if kind not in kinds:
            wanted = " or ".join(kinds)
            raise InkError(f"{folder}: a checkpoint of a {kind}, but a {wanted} is needed; give another checkpoint")
        return cls(folder, card)

    @property
    def model(self) -> Path:
        """Path of the ONNX graph. Raises :class:`InkError` if it is missing."""
        return self._file("model.onnx", "make it from the weights with the command 'export'")

    @contextmanager
    def reading_card(self) -> Iterator[None]:
        """Context manager that turns errors about missing or invalid values of the card into :class:`InkError`."""
        try:
            yield
        except (InkError, KeyError, TypeError, ValueError) as error:
            raise InkError(
                f"{self.folder}/card.json: damaged ({type(error).__name__}: {error}); copy the checkpoint again"
            ) from error

    def weights(self) -> dict[str, NDArray]:
        """Load the network's parameters by name, as float32. Raises :class:`InkError` if they cannot be read."""
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
    """Write a checkpoint: ``weights`` in their own dtype and ``model``, if given, as the graph.

    Each file is replaced atomically, the card last. Raises :class:`InkError` if the files cannot be written.
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


def _resolve(folder: Path) -> Path:
    """Return ``folder`` or, if there is no such folder, the user's own or shipped checkpoint of this name."""
    if len(folder.parts) != 1 or folder.exists():
        return folder
    candidates = (own(folder.name), shipped(folder.name))
    return next((path for path in candidates if (path / "card.json").is_file()), folder)


def own(name: str) -> Path:
    """Return the folder of the user's own checkpoint ``name``, whether or not it exists.

    Own checkpoints are in ``.handwriting/checkpoints`` in the home folder, or in ``checkpoints`` in the folder that the
    environment variable ``HANDWRITING_HOME`` names.
    """
    home = os.environ.get("HANDWRITING_HOME")
    return (Path(home) if home else Path.home() / ".handwriting") / "checkpoints" / name


def adapted_folder(name: str, folder: Path | None = None) -> Path:
    """Return the folder in which to save a checkpoint that is adapted to a person: ``folder`` or that of :func:`own`.

    Raises :class:`InkError` for an invalid name, the name of a shipped checkpoint, and a folder that contains anything
    but an adapted checkpoint.
    """
    if not NAME.fullmatch(name):
        raise InkError(f"a checkpoint cannot be named {name[:60]!r}; use letters, digits, _ . and -")
    if folder is None and (shipped(name) / "card.json").exists():
        raise InkError(f"{name!r} is the name of a shipped checkpoint; choose another name")
    folder = folder or own(name)
    card = folder / "card.json"
    try:
        if card.exists():
            taken = "adapted" not in json.loads(card.read_text(encoding="utf-8"))
        else:
            taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError):
        taken = True
    if taken:
        raise InkError(f"{folder} contains something other than an adapted checkpoint; choose another name or folder")
    return folder


def own_names() -> list[str]:
    """Return the names of the user's own recognizers, sorted."""
    return sorted(path.parent.name for path in own("").glob("*/card.json"))


def shipped(name: str) -> Path:
    """Return the folder of a shipped checkpoint: beside the package in a checkout, inside it if installed."""
    package = Path(__file__).resolve().parent
    inside = package / "_checkpoints" / name
    return inside if inside.is_dir() else package.parent / "checkpoints" / name
