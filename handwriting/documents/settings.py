"""Identify what determines how ink is read, so that results that were read differently can be told apart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from handwriting.checkpoint import Checkpoint
from handwriting.documents.recognise import TranscribeOptions, load_recognizer

READING_KEYS = ("network", "alphabet", "features", "calibration", "weights")
"""The values of a checkpoint's card that change what is read; the others describe its origin."""


def fingerprint(options: TranscribeOptions) -> str:
    """Return a short identifier of the ``options`` and of the contents of the models that they name.

    It does not depend on where the models are stored or on the number of threads. Raises :class:`InkError` if a model
    cannot be loaded.
    """
    given = asdict(options)
    for name in ("checkpoint", "language", "threads"):
        del given[name]
    recognizer = load_recognizer(options).checkpoint
    models = [_contents(recognizer)]
    if options.decoder == "language" or options.orientation == "auto":  # the orientation is judged by the language too
        named = options.language or recognizer.card.get("language", "language")
        models.append(_contents(Checkpoint.load(named, "language")))
    return hashlib.sha256(json.dumps([given, *models], sort_keys=True).encode()).hexdigest()[:16]


def _contents(checkpoint: Checkpoint) -> list[object]:
    """Return the values of a card that change what is read, and the digests of the files that inference uses."""
    files = sorted(path for path in checkpoint.folder.iterdir() if path.suffix in (".onnx", ".npz"))
    digests = [[path.name, hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    return [{key: checkpoint.card.get(key) for key in READING_KEYS}, digests]
