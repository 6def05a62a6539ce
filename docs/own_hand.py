"""Draw `docs/own-hand.svg`: lines of three made-up writers, each with a line written in the writer's hand below it.

    python docs/own_hand.py [--fit] [--checkpoint FOLDER]

The writers are single-stroke fonts, written with irregularities, slanted and widened: nobody's handwriting is shown. A
hand is made from four lines, by estimation or, with ``--fit``, by training.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from handwriting.composition.best_of import BestOf
from handwriting.composition.finish import HEIGHT_PER_LINE_HEIGHT
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.svg import svg
from handwriting.synthesis.codes import Code
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

WRITERS = (("rowmans", 0.0, 1.25), ("futural", 0.25, 0.85), ("cursive", -0.15, 1.0))
"""Font, shear and widening."""
TEXTS = (
    "The boat was late on Monday",
    "and nobody had brought the keys",
    "so we walked home through the rain",
    "with two bags of warm bread",
)
WANTED = "Meet me at the old bridge at 10:45"
LINE_MM = 12.0


def ink_of(font: str, shear: float, wider: float) -> list[Ink]:
    """Return four lines by a writer."""
    lines = [write(text, font, seed=seed, jitter=1.2) for seed, text in enumerate(TEXTS)]
    return [ink.moved_to(ink.x * wider - shear * ink.y, ink.y) for ink in lines]


def code_of(synthesizer: Synthesizer, inks: Sequence[Ink], fitted: bool) -> Code:
    """Return the writer's hand code."""
    if not fitted:
        return synthesizer.code_of(inks, TEXTS)
    from handwriting.training.fit import fit

    found = fit(synthesizer.checkpoint, inks, TEXTS)
    print(f"held-out line: {found.before:.3f} -> {found.after:.3f} nats a point")
    return found.code


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("-o", "--output", default="docs/own-hand.svg")
    options = parser.parse_args()
    synthesizer, recognizer = Synthesizer.load(options.checkpoint), Recognizer.load()
    lines = []
    for name, *look in WRITERS:
        inks = ink_of(name, *look)
        samples = tuple(Sample(text, ink) for text, ink in zip(TEXTS, inks, strict=True))
        style = Style(name, samples, code=code_of(synthesizer, inks, options.fit))
        (written,) = BestOf(synthesizer, recognizer, 4).write([WANTED], Hand(style=style))
        print(f"{name}: reads {written.read!r}")
        for ink in (level(inks[0]), level(written.ink)):
            scale = HEIGHT_PER_LINE_HEIGHT * LINE_MM / writing_height(ink)
            lines.append(ink.moved_to(ink.x * scale, ink.y * scale))
    title = "Three hands: a line of the writer, and below it one that was written in their hand"
    svg(compose(lines, PageLayout(width_mm=None, margin_mm=4, line_height_mm=LINE_MM), title=title), options.output)


if __name__ == "__main__":
    main()
