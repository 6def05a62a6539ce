"""A corpus of one's own in a folder: a few words in a single-stroke font, with and without lists."""

from __future__ import annotations

from pathlib import Path

from handwriting import save
from handwriting.rendering.hershey import write

TEXTS = {
    "anna/01": "ten pens",
    "anna/02": "nine net",
    "anna/03": "a pin in ink",
    "ben/01": "ink in a net",
    "ben/02": "ten lines",
    "ben/03": "a pen in a tin",
}
LISTS = {"train": ("anna/01", "anna/02", "ben/01", "ben/02"), "test": ("anna/03", "ben/03")}
ENDINGS = (".svg", ".inkml", ".xopp", ".json", ".csv")


def make_own(root: Path, lists: bool = True) -> Path:
    """Every line in another format."""
    for number, (id, text) in enumerate(TEXTS.items()):
        path = root / f"{id}{ENDINGS[number % len(ENDINGS)]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        save(write(text, seed=number), path)
        path.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
    if lists:
        (root / "splits").mkdir()
        for name, ids in LISTS.items():
            (root / "splits" / f"{name}.txt").write_text("\n".join(ids) + "\n", encoding="utf-8")
    return root
