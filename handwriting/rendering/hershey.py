"""Make ink with known text from a single-stroke font, varied as if written by hand.

A. V. Hershey's fonts (National Bureau of Standards, 1967) consist of lines instead of outlines, as a pen draws them.
Four things distinguish them from handwriting, and each is added here: the order of strokes (`PRINT_ORDERS`,
`CURSIVE_ORDERS`), curves where round letters are coarse polygons, irregularity (the ``jitter`` of `write`), and times
(a pen slows down where it turns). Demonstrations and tests use it. It is not handwriting: error rates on it say little
about real ink.

Lengths are fractions of the height of a capital, and y grows downward from the baseline, until the last step of
`write`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import InkError
from handwriting.ink import Ink, Source
from handwriting.rendering.splines import beziers, distinct, sample

Floats = NDArray[np.float64]
Glyphs = dict[str, tuple[float, list[Floats]]]
"""Each character's width and lines, of shape (n, 2), relative to its left edge and the baseline."""

FONTS = ("rowmans", "futural", "cursive")
"""Printed letters; the same with full stops and commas above the baseline; joined-up writing with ornate capitals."""

CAPITAL_HIMETRIC = 400.0
"""Height of a capital in himetric (hundredths of a millimetre), the unit of the ink that `write` returns: 4 mm."""

STEP_CAPITALS = 0.03
"""Distance between neighbouring points, in capitals: 130 points a second at the pen's usual speed, like a tablet."""

SMALL_LETTER_HEIGHTS = np.array([[-1.0, -1.0], [-2 / 3, -0.5], [0.0, 0.0], [1 / 3, 0.4]])
"""Heights in small letters of the font (x-height 2/3), and in people's writing (1/2, with longer tails)."""

# How people draw each letter with the font's lines. "1+0 2r" is line 1 and then line 0 without lifting the pen, then
# line 2 backwards. Lines that are not named, second copies that only thicken the letter, are left out. Letters that are
# not listed are drawn as the font has them.
_SIGN_ORDERS = {
    "7": "1+0",
    "$": "2 0 1",
    "%": "1 0 2",
    "@": "0+2",
    "[": "2r+0+3",
    "]": "2+1+3r",
    "{": "0+2",
    "}": "0+2",
}
_SIGN_ORDERS |= {"^": "0r+1", "~": "0"}
# fmt: off
PRINT_ORDERS = _SIGN_ORDERS | {
    "a": "1+0", "b": "0+1", "d": "1+0", "g": "1+0", "h": "0+1", "i": "1 0", "j": "1 0", "m": "0+1+2", "n": "0+1",
    "p": "0+1", "q": "1+0", "r": "0+1", "u": "0+1", "v": "0+1r", "w": "0+1r+2+3r", "z": "1+0+2",
    "A": "0r+1 2", "B": "0 1+2", "E": "0+3 1 2", "G": "0+1r", "K": "0 1+2", "L": "0+1", "M": "0r+1+2r+3",
    "N": "0r+1+2r", "R": "0 1+2", "V": "0+1r", "W": "0+1r+2+3r", "Z": "1+0+2",
}
CURSIVE_ORDERS = _SIGN_ORDERS | {
    "d": "0+1", "g": "0+1", "h": "0+1", "i": "1 0", "j": "1 0", "k": "0+1+2", "m": "0+1+2", "n": "0+1", "p": "0+1+2",
    "q": "0+1", "s": "0+1", "t": "0+1 2", "u": "0+1", "v": "0+1", "w": "0+1+2", "y": "0+1",
    "M": "0+1+2", "N": "0+1", "U": "0+1", "W": "0+1r+2+3r",
}
# fmt: on


@dataclass(frozen=True)
class Variation:
    """The random properties of a line that stay the same from letter to letter; see `vary`."""

    width: float
    """Width of letters, as a multiple of the font's."""
    slant: float
    """Rightward lean: shift in x per unit of height."""
    spacing: float
    """Extra space between letters."""
    space: float
    """Space between words, as a multiple of the font's."""
    climb: float
    """Rise of the baseline per unit of length."""


def write(text: str, font: str = "rowmans", seed: int = 0, jitter: float = 1.0) -> Ink:
    """Write ``text`` as ink in himetric, with times and ``source.text``; the same arguments give the same ink.

    ``jitter`` scales all irregularities: 0 is the bare font, 1 looks neat, 2 hasty. Raises :class:`InkError` for
    a font not in `FONTS`, for characters other than ASCII, for text without a visible character, and if
    the package Hershey-Fonts is missing.
    """
    if not 0 <= jitter <= 4:
        raise InkError(f"jitter {jitter} is not between 0 (the bare font) and 4 (nearly unreadable)")
    if seed < 0:
        raise InkError(f"seed {seed} is negative; give a whole number from 0 up")
    glyphs = load(font)
    missing = sorted(set(text) - set(glyphs))
    if missing:
        listed = " ".join(repr(c)[1:-1] for c in missing)
        raise InkError(f"the font {font} lacks {listed} in {text[:40]!r}; use ASCII characters on one line")
    if not text.strip():
        raise InkError("there is nothing to write: the text has no visible character")
    random = np.random.default_rng(seed)
    style = vary(random, jitter, joined=font == "cursive")
    strokes = [resample_line(line) for line in _lines(text, glyphs, style, random, jitter, joined=font == "cursive")]
    starts = np.cumsum([0] + [len(s) for s in strokes[:-1]])
    points = np.concatenate(strokes)
    n = len(points)
    # Two kinds of tremor: of the fingers, over about a third of a capital, and of the arm, over several letters.
    points = points + jitter * (
        0.016 * smooth_noise(n, 0.35 / STEP_CAPITALS, random)
        + [0.0, 0.05] * smooth_noise(n, 8.0 / STEP_CAPITALS, random)
    )
    points[:, 1] -= style.climb * points[:, 0]
    points[:, 0] -= style.slant * points[:, 1]
    points -= points[0]
    x, y = (points * CAPITAL_HIMETRIC).T
    return Ink(x, y, starts, times(points, starts), None, Source(units="himetric", text=text))


def vary(random: np.random.Generator, jitter: float, joined: bool) -> Variation:
    """Draw a random variation: narrower than the font and leaning right; joined letters keep their spacing."""
    lean, width, spacing, space, climb = random.standard_normal(5) * jitter
    if jitter == 0:
        return Variation(1.0, 0.0, 0.0, 1.0, 0.0)
    return Variation(
        width=float(np.clip(0.85 + 0.06 * width, 0.6, 1.1)),
        slant=float(np.clip((0.0 if joined else 0.12) + 0.08 * lean, -0.2, 0.5)),
        spacing=0.0 if joined else float(np.clip(-0.08 + 0.02 * spacing, -0.12, 0.1)),
        space=float(np.clip(1.0 + 0.15 * space, 0.75, 1.6)),
        climb=float(np.clip(0.012 * climb, -0.05, 0.05)),
    )


@functools.cache
def load(font: str) -> Glyphs:
    """Load the letters of ``font`` as people draw them: lines in writing order, dots as short ticks."""
    if font not in FONTS:
        raise InkError(f"no font {font!r}; choose one of {', '.join(FONTS)}")
    try:
        from HersheyFonts import HersheyFonts
    except ImportError:
        raise InkError("drawing text with a font needs the package Hershey-Fonts: pip install Hershey-Fonts") from None
    source = HersheyFonts()
    source.load_default_font(font)
    top, base = source.render_options.cap_line, source.render_options.base_line
    orders = CURSIVE_ORDERS if font == "cursive" else PRINT_ORDERS
    glyphs: Glyphs = {}
    for character, glyph in source.all_glyphs.items():
        if not " " <= character <= "~":
            continue  # character 127 of the font is a degree sign
        corner = np.array([glyph.left_offset, base], dtype=np.float64)
        lines = [tidy((np.array(list(line), dtype=np.float64) - corner) / (base - top)) for line in glyph.strokes]
        if character.islower() and font != "cursive":
            lines = [np.column_stack([line[:, 0], np.interp(line[:, 1], *SMALL_LETTER_HEIGHTS.T)]) for line in lines]
        order = orders.get(character) or " ".join(str(i) for i in range(len(lines)))
        glyphs[character] = (
            glyph.char_width / (base - top),
            [np.concatenate([_run(lines, part) for part in stroke.split("+")]) for stroke in order.split()],
        )
    return glyphs


def _run(lines: list[Floats], part: str) -> Floats:
    """Return line 2 for ``"2"``, and the same line backwards for ``"2r"``."""
    return lines[int(part[:-1])][::-1] if part.endswith("r") else lines[int(part)]


def tidy(line: Floats) -> Floats:
    """Replace the font's tiny diamonds by what people draw: a tick for a full stop, only the tail of a comma."""
    closed = len(line) >= 5 and (line[0] == line[4]).all() and np.ptp(line[:5], axis=0).max() < 0.1
    if closed and len(line) > 5:
        return line[4:]
    if closed:
        middle = (line.min(axis=0) + line.max(axis=0)) / 2
        return np.array([middle + (-0.01, -0.03), middle + (0.015, 0.03)])
    return line


def _lines(
    text: str, glyphs: Glyphs, style: Variation, random: np.random.Generator, jitter: float, joined: bool
) -> Iterator[Floats]:
    """Yield the strokes of ``text``, each of shape (n, 2), in writing order.

    In joined-up writing, a letter that begins where the previous one ended continues its stroke, and the dots and bars
    of a word's small letters are drawn after the word.
    """
    x = 0.0
    stroke: Floats | None = None  # still open; left_at is where it ended in the font, without jitter
    left_at = np.zeros(2)
    waiting: list[Floats] = []
    for character in [*text, " "]:
        width, lines = glyphs[character]
        if not lines:
            if stroke is not None:
                yield stroke
            yield from waiting
            stroke, waiting = None, []
            x += width * style.space * (1 + 0.1 * jitter * random.standard_normal())
            continue
        place = np.array([x, 0.0])
        lean, size, rise, shift = jitter * random.standard_normal(4)
        shear = np.array([[style.width * (1 + 0.04 * size), 0.0], [-0.05 * lean, 1 + 0.05 * size]])
        offset = place + (0.015 * shift, 0.025 * rise)
        drawn = [line @ shear + offset for line in lines]
        small = joined and character.islower()
        meets = small and stroke is not None and np.hypot(*(lines[0][0] * (style.width, 1) + place - left_at)) < 0.2
        for i, line in enumerate(drawn):
            if small and i > 0:
                waiting.append(line)
            elif meets:
                stroke = np.concatenate([stroke, line])  # type: ignore[list-item]
            else:
                if stroke is not None:
                    yield stroke
                stroke = line
        left_at = lines[0][-1] * (style.width, 1) + place
        x += width * style.width + style.spacing


def resample_line(line: Floats) -> Floats:
    """Resample a smooth curve through ``line`` (n, 2) at `STEP_CAPITALS`, with slightly rounded corners."""
    line = distinct(line)
    dense = sample(beziers(line), 16)
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(dense, axis=0).T)))
    places = np.linspace(0.0, along[-1], max(2, round(along[-1] / STEP_CAPITALS) + 1))
    points = np.column_stack([np.interp(places, along, dense[:, i]) for i in (0, 1)])
    return smooth(points, 1.0)


def smooth(points: Floats, sigma: float) -> Floats:
    """Smooth ``points`` (n, d) with a Gaussian of ``sigma`` points; both ends stay where they are."""
    reach = min(int(np.ceil(3 * sigma)), len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    before = 2 * points[0] - points[reach:0:-1]
    after = 2 * points[-1] - points[-2 : -2 - reach : -1]
    padded = np.concatenate([before, points, after])
    return np.column_stack([np.convolve(column, weights / weights.sum(), "valid") for column in padded.T])


def smooth_noise(n: int, width: float, random: np.random.Generator) -> Floats:
    """Return smooth noise (n, 2) of mean 0, standard deviation 1 and a correlation length of ``width`` points."""
    reach = int(np.ceil(3 * width))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    white = random.standard_normal((n + 2 * reach, 2))
    return np.column_stack([np.convolve(column, weights / np.hypot.reduce(weights), "valid") for column in white.T])


def times(points: Floats, starts: NDArray[np.int64]) -> Floats:
    """Return times in seconds, shape (n,), from 0: about 4 capitals a second, slower in tight turns.

    Speed falls with the cube root of curvature, the two-thirds power law (Lacquaniti, Terzuolo & Viviani 1983), between
    the curvature of a straight line of one capital and a turn on the spot. Between strokes the pen takes a tenth of a
    second plus the time of the move.
    """
    step = np.diff(points, axis=0)
    length = np.hypot(*step.T)
    heading = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs(np.angle(np.exp(1j * np.diff(heading, prepend=heading[:1]))))
    curvature = np.clip(smooth((turn / STEP_CAPITALS)[:, None], 2.0)[:, 0], 1.0, 50.0)
    seconds = np.maximum(length / (7.0 * curvature ** (-1 / 3)), 1e-3)
    lift = starts[1:] - 1  # the segment before a stroke's first point
    seconds[lift] = 0.1 + length[lift] / 10.0
    return np.append(0.0, np.cumsum(seconds))
