"""Collect what the browser needs of the models: their graphs unchanged, and one JSON file made from their cards."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from handwriting.checkpoint import shipped
from handwriting.composition.marks import ABOVE, ACROSS, BELOW, BESIDE, SIGNS, drawn_with, spell
from handwriting.errors import InkError
from handwriting.recognition.language.lstm import FILE as LSTM
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.pens import PENS
from handwriting.site.gates import reading_gates, writing_gates
from handwriting.synthesis.characters import replaced, respelled, writable
from handwriting.synthesis.codes import FILE as HANDS
from handwriting.synthesis.styles import SHIPPED, load
from handwriting.synthesis.synthesizer import Synthesizer

TERMS = "TERMS.txt"
"""File with the terms of use of the training data."""


def files(recognizer: Recognizer, synthesizer: Synthesizer) -> dict[str, bytes]:
    """Return the files of the folder ``models``, by name.

    Raises :class:`InkError` for a recognizer that does not read Bézier curves or a synthesizer without hand codes.
    """
    if recognizer.features.encoding != "bezier":
        raise InkError(
            f"{recognizer.checkpoint.folder}: its encoding is {recognizer.features.encoding}, and the site "
            "supports only bezier; use a recognizer trained with --encoding bezier"
        )
    if synthesizer.codes is None:
        raise InkError(
            f"{synthesizer.checkpoint.folder}: has no hand codes, which the site needs; use a newer synthesizer"
        )
    paths = {
        "recognizer.onnx": recognizer.checkpoint.model,
        "language.npz": _language_file(recognizer),
        "synthesizer.onnx": synthesizer.checkpoint.model,
        HANDS: synthesizer.checkpoint.folder / HANDS,
    }
    lstm = recognizer.language.lstm
    if lstm is not None:
        paths[LSTM] = lstm.path
    read = {name: path.read_bytes() for name, path in paths.items()}
    read["recognizer.gates"] = reading_gates(read["recognizer.onnx"])
    read["synthesizer.gates"] = writing_gates(read["synthesizer.onnx"], synthesizer.card["network"]["num_layers"])
    return read | {
        "models.json": _json(_cards(recognizer, synthesizer)),
        "marks.json": _json(_marks(synthesizer.characters)),
        TERMS: _terms(recognizer, synthesizer).encode(),
    }


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _language_file(recognizer: Recognizer) -> Path:
    return shipped(recognizer.checkpoint.card.get("language", "language")) / "model.npz"


def _terms(recognizer: Recognizer, synthesizer: Synthesizer) -> str:
    cards = {"recognizer": recognizer.checkpoint.card, "language": recognizer.language.card}
    cards |= {"synthesizer": synthesizer.card}
    return "".join(f"{name}: {card.get('terms', 'not stated')}\n" for name, card in cards.items())


def _cards(recognizer: Recognizer, synthesizer: Synthesizer) -> dict[str, Any]:
    assert synthesizer.codes is not None
    known = synthesizer.characters
    card = synthesizer.card
    lstm = recognizer.language.lstm
    return {
        "recognizer": {
            "alphabet": recognizer.alphabet.characters,
            "features": {"tolerance": recognizer.features.tolerance},
        },
        "language": {"weights": asdict(recognizer.language.weights), "lstm": lstm and lstm.sizes},
        "synthesizer": {
            "alphabet": synthesizer.alphabet.characters,
            "name": synthesizer.codes.name,
            "network": {
                name: card["network"][name] for name in ("hidden_size", "num_layers", "mixtures", "components")
            },
            "floor": synthesizer.normalizer.sigma_floor,
            "normalizer": card["normalizer"],
            "pace": synthesizer.network.pace,
            "hand": card["hand"],
        },
        "known": "".join(sorted(known)),
        "characters": {
            "characters": "".join(sorted(known | drawn_with(known))),
            "replaced": (typography := replaced(known)),
        },
        "spellings": _spellings(known, typography),
        "pens": {name: asdict(pen) | {"mean_width": pen.mean_width} for name, pen in PENS.items()},
        "styles": [load(name).record() for name in SHIPPED],
    }


SPELLED_BELOW = 0x3000
"""Code points from here on belong to scripts that have no similar spelling."""


def _marks(known: Collection[str]) -> dict[str, Any]:
    """Return the shapes of marks and signs, and the base and marks of each character that is drawn with them."""
    spelled = {c: spell(c, known) for c in sorted(drawn_with(known))}
    return {
        "drawn": {c: [spelling.base, *spelling.marks.get(0, ())] for c, spelling in spelled.items()},
        "above": ABOVE,
        "below": BELOW,
        "across": ACROSS,
        "beside": BESIDE,
        "signs": SIGNS,
    }


def _spellings(known: Collection[str], typography: str) -> dict[str, str]:
    """Return the replacement of each character that cannot be written; spaces at its ends only apply between words.

    ``typography`` has the characters that are replaced without a change of spelling.
    """
    spelled = {}
    for character in {*map(chr, range(SPELLED_BELOW)), *typography} - set(known):
        if character.splitlines() == [""] or unicodedata.combining(character):
            continue
        between = f"a{character}a"
        between = writable(between, known) if character in typography else respelled(between, known)
        if between[1:-1]:
            spelled[character] = between[1:-1]
    return dict(sorted(spelled.items()))
