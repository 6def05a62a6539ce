"""Prepared pieces of writing in a drawn font, as the synthesizer with hands is trained on."""

from __future__ import annotations

import numpy as np

from handwriting.geometry.normalise import writing_height
from handwriting.rendering.hershey import write
from handwriting.training.items import HEIGHT, PRINTABLE, Piece, points_of

NONE = np.zeros(0, np.float32)


def item(text: str, writer: str, form: str, height: float = HEIGHT, cuts=NONE, seed: int = 0) -> Piece:
    """A piece in a drawn font."""
    ink = write(text, seed=seed)
    xy, ends = points_of(ink, height / writing_height(ink))
    return Piece((xy - (0, xy[:, 1].max())).astype(np.float32), ends, text, writer, form, cuts)


def groups() -> dict[str, list[Piece]]:
    lines = [item("one two", f"w{n // 2}", f"f{n // 2}", seed=n) for n in range(6)]
    middle = [np.array([line.xy[:, 0].max() / 2], np.float32) for line in lines]
    lines = [
        Piece(line.xy, line.ends, line.text, line.writer, line.form, cut)
        for line, cut in zip(lines, middle, strict=True)
    ]
    words = [item(word, "d/a", "d1", seed=n) for n, word in enumerate(("some", "words", "here"))]
    characters = [item(c, "d/b", "d2", 100.0) for c in "abcdefghijklmnopqrstuvwxyz"]
    shapes = np.array([[0, -50], [30, -90]], np.float32)
    known = {c.text for c in characters}
    characters += [
        Piece(shapes, np.array([False, True]), c, "d/c", "d3", NONE) for c in PRINTABLE if c != " " and c not in known
    ]
    return {"lines": lines, "tokens": words, "texts": 20 * [item("a text", "d/t", "d4")], "characters": 20 * characters}
