"""Make the shipped styles: hands that the synthesizer invents at fixed seeds, chosen by what can be measured of them.

    python docs/styles.py [--candidates 768] [--check]

One text is written many times. Of the lines that the recognizer reads without an error, those that are the most
upright, slanted, joined, printed, small and large are tried as primers, and of these the one that is kept whose hand
goes on best: three other lines are written with each, read, and measured. ``--check`` measures the styles that are
there. Writes ``handwriting/synthesis/styles/NAME.json``, their picture ``docs/styles.svg``, and the two
words that the page shows in handwriting.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from handwriting import metrics
from handwriting.composition.best_of import BestOf
from handwriting.composition.page import HEIGHT_PER_LINE_HEIGHT
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import deskew, slant, writing_height
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.svg import svg
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import HERE, SHIPPED, Sample, Style, load
from handwriting.synthesis.synthesizer import Synthesizer

PAGE = HERE.parents[1] / "web" / "page"
TEXT = "The quick brown fox jumps"
LINES = ("over a lazy dog and back", "we sat in the garden all day", "many kind letters came today")
BIAS = 1.0
VARIETY = 0.4
"""The bias of the candidates: hands differ more than at the usual one, and fewer of them are read without an error."""
TRIED = 10
"""Candidates of each style that are tried as primers."""
LINE_MM = 12.0


@dataclass(frozen=True)
class Measures:
    """What is seen of a hand."""

    slant: float
    """Degrees from upright, to the right above 0."""
    height: float
    """Writing height, divided by that of the training ink."""
    joined: float
    """Letters to a stroke, dots not counted."""


def measure(ink: Ink, text: str, height: float) -> Measures:
    """Of a line that says ``text``; ``height``: of the training ink."""
    flat = deskew(ink)
    own = writing_height(flat)
    long = sum(1 for stroke in flat.strokes if np.ptp(stroke, axis=0).max() > 0.15 * own)
    letters = sum(c.isalpha() for c in text)
    return Measures(-float(np.degrees(np.arctan(slant(flat)))), own / height, letters / max(1, long))


WANTED = {
    "upright": lambda m: -abs(m.slant) - 20 * abs(m.height - 1),
    "slanted": lambda m: m.slant - 20 * abs(m.height - 1),
    "cursive": lambda m: m.joined - 2 * abs(m.height - 1),
    "printed": lambda m: -m.joined - 2 * abs(m.height - 1),
    "small": lambda m: -m.height - abs(m.slant) / 90,
    "large": lambda m: m.height - abs(m.slant) / 90,
}
"""The more, the better an example."""


def tried(style: Style, synthesizer: Synthesizer, recognizer: Recognizer) -> tuple[float, Measures]:
    """CER of the lines written with a style, and the medians of their measures."""
    written = synthesizer.write(LINES, Hand(BIAS, style=style))
    read = [t.text for t in recognizer.transcribe_all([w.ink for w in written])]
    rows = [measure(w.ink, w.text, synthesizer.height) for w in written]
    medians = (float(np.median([getattr(row, name) for row in rows])) for name in ("slant", "height", "joined"))
    return metrics.cer(list(zip(LINES, read, strict=True))), Measures(*medians)


def make(synthesizer: Synthesizer, recognizer: Recognizer, candidates: int) -> dict[str, Style]:
    """The six styles."""
    written = synthesizer.write([TEXT] * candidates, Hand(VARIETY))
    read = recognizer.transcribe_all([w.ink for w in written])
    good = [w for w, t in zip(written, read, strict=True) if w.complete and t.text == TEXT]
    print(f"{len(good)} of {candidates} lines are read without an error")
    measured = [measure(w.ink, TEXT, synthesizer.height) for w in good]
    styles: dict[str, Style] = {}
    taken: set[int] = set()
    for name, wanted in WANTED.items():
        order = sorted((i for i in range(len(good)) if i not in taken), key=lambda i: -wanted(measured[i]))[:TRIED]
        results = []
        for i in order:
            size = round(float(np.clip(measured[i].height, 0.5, 1.5)), 2) if name in ("small", "large") else 1.0
            style = Style(name, (Sample(TEXT, good[i].ink),), size)
            cer, after = tried(style, synthesizer, recognizer)
            # Heights are brought to one another when priming: a small hand is small by its size.
            after = replace(after, height=size)
            results.append((cer > 0.05, -wanted(after), i, style))
        _, _, i, styles[name] = min(results, key=lambda r: r[:3])
        taken.add(i)
    return styles


def show(styles: dict[str, Style], synthesizer: Synthesizer, recognizer: Recognizer) -> None:
    """Print what was measured, and draw the picture: for each style its name, written in it."""
    print(f"{'style':10}{'slant':>8}{'size':>8}{'letters a stroke':>18}{'CER %':>8}")
    lines = []
    for name, style in styles.items():
        cer, seen = tried(style, synthesizer, recognizer)
        print(f"{name:10}{seen.slant:8.1f}{style.size:8.2f}{seen.joined:18.2f}{100 * cer:8.1f}")
        ink = level(style.samples[0].ink)
        scale = HEIGHT_PER_LINE_HEIGHT * LINE_MM * style.size / writing_height(ink)
        lines.append(ink.moved_to(ink.x * scale, ink.y * scale))
    title = "Six hands: " + ", ".join(styles)
    svg(compose(lines, PageLayout(width_mm=None, margin_mm=4, line_height_mm=LINE_MM), title=title), "docs/styles.svg")


def words(synthesizer: Synthesizer, recognizer: Recognizer) -> None:
    """Write what the page shows in handwriting: its name, and the hint on the empty sheet."""
    best = BestOf(synthesizer, recognizer, 16)
    for name, text, stroke in (("wordmark", "Handwriting", 0.75), ("hint", "Write here", 0.6)):
        (chosen,) = best.write([text], Hand(bias=1.2, seed=1))
        ink = level(chosen.ink)
        scale = HEIGHT_PER_LINE_HEIGHT * LINE_MM / writing_height(ink)
        drawing = compose([ink.moved_to(ink.x * scale, ink.y * scale)], PageLayout(
            width_mm=None, margin_mm=0.5, stroke_mm=stroke), title=text)  # fmt: skip
        svg(drawing, PAGE / f"{name}.svg")
        print(f"{name}: reads {chosen.read!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=768)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    synthesizer, recognizer = Synthesizer.load(options.checkpoint), Recognizer.load()
    if options.check:
        styles = {name: load(name) for name in SHIPPED}
    else:
        styles = make(synthesizer, recognizer, options.candidates)
        for name, style in styles.items():
            style.save(HERE / f"{name}.json")
    show(styles, synthesizer, recognizer)
    words(synthesizer, recognizer)


if __name__ == "__main__":
    main()
