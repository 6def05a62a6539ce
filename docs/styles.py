"""Make the shipped styles: hands of nobody, drawn at random and chosen by their measurements.

    python docs/styles.py [--candidates 240] [--check]

Every candidate is a hand code, in which the synthesizer writes three lines. Among the legible candidates, each style
takes the one that best fits its name and looks unlike all styles before it. The code's controls (slant, width) are then
pushed a little further in the direction of the name, if that stays legible. ``--check`` measures the existing styles.
Writes ``handwriting/synthesis/styles/NAME.json``, their picture ``docs/styles.svg``, and the two handwritten texts of
the page.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handwriting import metrics
from handwriting.composition.best_of import BestOf
from handwriting.composition.finish import HEIGHT_PER_LINE_HEIGHT
from handwriting.features.hand import measures as features_of
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import deskew, segments, slant, writing_height
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.svg import svg
from handwriting.synthesis.codes import Code
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import HERE, SHIPPED, Sample, Style, load
from handwriting.synthesis.synthesizer import Synthesizer

PAGE = HERE.parents[1] / "web" / "page"
TEXT = "The quick brown fox jumps over 9 dogs"
LINES = ("Over a lazy dog and back again", "We sat in the garden all day", "Many kind letters came today")
BIAS = 1.0
LEGIBLE = 0.02
"""Highest CER of a candidate's lines for it to become a style."""
APART = 0.88
"""Smallest distance of a style from those before it, in mean distances between two candidates."""
PUSHED = (1.5, 0.75)
"""Additional slant or width of a style, in standard deviations of training; the first legible value is used."""
LINE_MM = 12.0


@dataclass(frozen=True)
class Measures:
    """Visible properties of a hand."""

    slant: float
    """Degrees from upright; positive leans to the right."""
    height: float
    """Writing height relative to the training ink."""
    joined: float
    """Letters per stroke, not counting dots."""
    width: float
    """Width of a letter, in writing heights."""
    roundness: float
    """Share of the pen's path on which it turns moderately, neither sharply nor hardly at all."""


def measure(ink: Ink, text: str, height: float) -> Measures:
    """Measure a line with transcript ``text``; ``height`` is that of the training ink."""
    flat = deskew(ink)
    own = writing_height(flat)
    long = sum(1 for stroke in flat.strokes if np.ptp(stroke, axis=0).max() > 0.15 * own)
    letters = sum(c.isalpha() for c in text)
    dx, dy, length = segments(flat)
    turn = np.abs(np.diff(np.unwrap(np.arctan2(dy, dx)[length > 0])))
    even = (turn > np.radians(6)) & (turn < np.radians(45))
    lean = -float(np.degrees(np.arctan(slant(flat))))
    width = float(np.ptp(flat.x)) / own / len(text)
    return Measures(lean, own / height, letters / max(1, long), width, float(even.mean()))


WANTED = {
    "plain": lambda m: -abs(m.slant) / 10 - abs(m.height - 1),
    "upright": lambda m: -abs(m.slant) / 10 - m.joined / 2,
    "slanted": lambda m: m.slant,
    "backhand": lambda m: -m.slant,
    "cursive": lambda m: m.joined,
    "printed": lambda m: -m.joined,
    "narrow": lambda m: -m.width,
    "wide": lambda m: m.width,
    "round": lambda m: m.roundness,
    "pointed": lambda m: -m.roundness,
    "small": lambda m: -m.height,
    "large": lambda m: m.height,
}
"""Scores of a hand for each style; higher means a better example."""
SLANT, WIDTH = -3, -2
"""Indices of the controls in a code."""
PUSHES = {"slanted": (SLANT, 1), "backhand": (SLANT, -1), "narrow": (WIDTH, -1), "wide": (WIDTH, 1)}
SIZES = {"small": 0.72, "large": 1.35}


@dataclass(frozen=True)
class Candidate:
    """A hand and the lines written in it."""

    code: Code
    cer: float
    seen: Measures
    """Medians over the lines."""
    features: NDArray[np.float64]
    """Features that tell writers apart, one row per line (3, 69)."""


def candidates_of(codes: list[Code], synthesizer: Synthesizer, recognizer: Recognizer) -> list[Candidate]:
    """Write and read three lines in each of the hands."""
    found = []
    for n, code in enumerate(codes):
        lines = synthesizer.write(LINES, Hand(BIAS, n, Style("candidate", (), code=code)))
        read = [t.text for t in recognizer.transcribe_all([line.ink for line in lines])]
        rows = [measure(line.ink, line.text, synthesizer.height) for line in lines]
        medians = (float(np.median([getattr(row, f.name) for row in rows])) for f in fields(Measures))
        cer = metrics.cer(list(zip(LINES, read, strict=True))) if all(line.complete for line in lines) else 1.0
        features = np.array([features_of(level(line.ink), line.text) for line in lines])
        found.append(Candidate(code, cer, Measures(*medians), features))
    return found


def distances(candidates: list[Candidate]) -> NDArray[np.float64]:
    """Return how unlike the hands of all pairs are (N, N): distance of their means, in deviations within a hand."""
    rows = np.array([c.features for c in candidates])
    spread = rows.reshape(-1, rows.shape[2]).std(0) + 1e-9
    means = rows.mean(1)
    within = np.cov(((rows - means[:, None]) / spread).reshape(-1, rows.shape[2]).T)
    precision = np.linalg.inv(0.7 * within + 0.3 * np.diag(np.diag(within)) + 1e-3 * np.eye(len(within)))
    away = (means[:, None] - means) / spread
    return np.sqrt(np.einsum("ijf,fg,ijg->ij", away, precision, away))


def make(synthesizer: Synthesizer, recognizer: Recognizer, count: int) -> dict[str, Style]:
    """Make the styles from ``count`` random hands."""
    if synthesizer.codes is None:
        raise SystemExit("styles are hand codes, and this network has none")
    codes = [synthesizer.codes.random(seed) for seed in range(count)]
    candidates = [c for c in candidates_of(codes, synthesizer, recognizer) if c.cer <= LEGIBLE]
    print(f"{len(candidates)} of {count} hands are legible")
    apart = distances(candidates)
    least = APART * apart[np.triu_indices(len(apart), 1)].mean()
    styles: dict[str, Style] = {}
    taken: list[int] = []
    for name, wanted in WANTED.items():
        free = [i for i in range(len(candidates)) if not taken or apart[i, taken].min() > least]
        best = max(free, key=lambda i: wanted(candidates[i].seen))
        taken.append(best)
        code = pushed(candidates[best].code, name, synthesizer, recognizer)
        size = SIZES.get(name, 1.0)
        (sample,) = BestOf(synthesizer, recognizer, 16).write([TEXT], Hand(BIAS, 0, Style(name, (), code=code)))
        styles[name] = Style(name, (Sample(TEXT, sample.ink),), size, code)
    return styles


def pushed(code: Code, name: str, synthesizer: Synthesizer, recognizer: Recognizer) -> Code:
    """Return the code with its slant or width set further in the direction of the name, while it stays legible."""
    if name not in PUSHES:
        return code
    place, sign = PUSHES[name]
    for more in PUSHED:
        numbers = code.numbers.copy()
        numbers[place] = sign * max(sign * numbers[place], 0.0) + sign * more
        further = replace(code, numbers=numbers)
        (candidate,) = candidates_of([further], synthesizer, recognizer)
        if candidate.cer <= LEGIBLE:
            return further
    return code


def show(styles: dict[str, Style], synthesizer: Synthesizer, recognizer: Recognizer) -> None:
    """Print the measurements, and draw the picture: the same line in each style."""
    print(f"{'style':10}{'slant':>8}{'size':>8}{'letters a stroke':>18}{'width':>8}{'round':>8}{'CER %':>8}")
    lines = []
    for name, style in styles.items():
        assert style.code is not None
        (found,) = candidates_of([style.code], synthesizer, recognizer)
        seen = found.seen
        print(f"{name:10}{seen.slant:8.1f}{style.size:8.2f}{seen.joined:18.2f}{seen.width:8.2f}{seen.roundness:8.2f}"
              f"{100 * found.cer:8.1f}")  # fmt: skip
        ink = level(style.samples[0].ink)
        scale = HEIGHT_PER_LINE_HEIGHT * LINE_MM * style.size / writing_height(ink)
        lines.append(ink.moved_to(ink.x * scale, ink.y * scale))
    title = f"{len(styles)} hands: " + ", ".join(styles)
    svg(compose(lines, PageLayout(width_mm=None, margin_mm=4, line_height_mm=LINE_MM), title=title), "docs/styles.svg")


def words(synthesizer: Synthesizer, recognizer: Recognizer) -> None:
    """Write the texts that the page shows in handwriting: its name, and the hint on the empty sheet."""
    best = BestOf(synthesizer, recognizer, 16)
    for name, text, stroke in (("wordmark", "Handwriting", 0.75), ("notebook/hint", "Write here", 0.6)):
        (chosen,) = best.write([text], Hand(bias=1.2, seed=1))
        ink = level(chosen.ink)
        scale = HEIGHT_PER_LINE_HEIGHT * LINE_MM / writing_height(ink)
        drawing = compose([ink.moved_to(ink.x * scale, ink.y * scale)], PageLayout(
            width_mm=None, margin_mm=0.5, stroke_mm=stroke), title=text)  # fmt: skip
        svg(drawing, PAGE / f"{name}.svg")
        print(f"{name}: reads {chosen.read!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=240)
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
