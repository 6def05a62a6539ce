"""Make the pictures of docs/letters.md: a letter, the letters with marks, and the pens.

    python docs/letters.py [--style upright] [--seed 3]

Writes ``docs/letter.png``, ``docs/accents.png`` and ``docs/pens.png``, and prints the words that the recognizer does
not read as their base letters.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
from matplotlib.image import imread, imsave

from handwriting.composition.letter import LetterStyle, write_letter
from handwriting.composition.page import write_page
from handwriting.composition.runs import WordWriter
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering import png
from handwriting.rendering.drawing import Drawing
from handwriting.rendering.layout import PageLayout
from handwriting.rendering.pens import PENS
from handwriting.rendering.sheet import Sheet
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import load
from handwriting.synthesis.synthesizer import Synthesizer

HERE = Path(__file__).parent
LETTER = HERE.parent / "datasets" / "samples" / "letter.txt"
ACCENTS = """\
à la crème brûlée, façade, œuvre, naïve, ça
größer, schön, Übung, Äpfel, süß, Straße
señor, mañana, pingüino, São Tomé, maçã
Žluťoučký kůň úpěl ďábelské ódy, řeka
Zażółć gęślą jaźń, Łódź, świerk
árvíztűrő tükörfúrógép
smörgåsbord, Øresund, ærlig, åben, þing
ğ, ı, İ, ş; ģimene, ķēniņš, ļoti; šuñ, ħ, ŧ
ĉ, ĝ, ĥ, ĵ, ŝ, ŭ; ă, ț, î; ė, ų; ŵ, ŷ
“quoted” ‘words’ – and … 5 € 3 £ 20° § 7 × 2 ÷ ½
"""
PEN_TEXT = "with a {} on plain paper"
DPI = 100


def letter(writer: WordWriter, hand: Hand) -> None:
    look = LetterStyle(Sheet(148, 105, (12, 14, 8, 18), 8, "seyes", True), color="#1b2a6b", markdown=True).with_pen(
        PENS["fountain"]
    )
    (page, *_) = write_letter(writer, LETTER.read_text("utf-8"), look, hand).pages
    (HERE / "letter.png").write_bytes(png.data(page.drawing, DPI))


def accents(writer: WordWriter, hand: Hand) -> None:
    look = LetterStyle(Sheet(190, 142, (10, 10, 6, 12), 11), replace_unknown=True)
    made = write_letter(writer, ACCENTS, look, hand)
    (HERE / "accents.png").write_bytes(png.data(made.pages[0].drawing, DPI))
    print(f"{made.words} words with marks and signs; not read as their base letters:")
    print("  " + ", ".join(f"{word} ({read})" for word, read in made.doubtful))


def pens(writer: WordWriter, hand: Hand) -> None:
    rows = []
    for name, pen in PENS.items():
        layout = PageLayout(width_mm=148, margin_mm=4, line_height_mm=11, color="#22305a").with_pen(pen)
        rows.append(pixels(write_page(writer, PEN_TEXT.format(name), layout, hand).drawing))
    imsave(HERE / "pens.png", np.concatenate(rows))


def pixels(drawing: Drawing) -> np.ndarray:
    """Rasterise a drawing, shape (height, width, 3 or 4)."""
    return np.ascontiguousarray(imread(io.BytesIO(png.data(drawing, DPI))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--style", default="upright")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    writer = WordWriter(Synthesizer.load(), Recognizer.load(), 16)
    hand = Hand(seed=options.seed, style=load(options.style))
    letter(writer, hand)
    accents(writer, hand)
    pens(writer, hand)


if __name__ == "__main__":
    main()
