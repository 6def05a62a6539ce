"""Ink with known text: a single-stroke font written as if by hand.

A. V. Hershey's fonts (National Bureau of Standards, 1967) are drawn with lines instead of outlines, as a pen writes.
Four things separate them from handwriting, and each is mended here: the order in which a hand makes the strokes
(`PRINT`, `CURSIVE`), round letters given as coarse polygons (a curve through the points), perfect regularity (`write`'s
jitter), and the missing time (a pen slows down where it turns). Demonstrations and tests use it. It is nobody's hand:
error rates on it say little about real handwriting.

Lengths are fractions of the height of a capital, y grows downward from the writing line, until `write`'s last step.
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
"""Character to its width and its lines, each of shape (n, 2), from the left edge and the writing line."""

FONTS = ("rowmans", "futural", "cursive")
"""Handprint; the same with full stops and commas above the line; joined-up writing with ornate capitals."""

CAPITAL = 400.0
"""Height of a capital in himetric (hundredths of a millimetre), the unit of what `write` returns: 4 mm."""

STEP = 0.03
"""Between neighbouring points: 130 points a second at the pen's usual speed, as a tablet samples."""

SMALL = np.array([[-1.0, -1.0], [-2 / 3, -0.5], [0.0, 0.0], [1 / 3, 0.4]])
"""Heights of small letters in the font (x-height 2/3) and as people write them (1/2, with longer tails)."""

# How a hand makes a letter from the font's lines. "1+0 2r": line 1 and then line 0 without lifting the pen, then line 2
# backwards; lines not named (second copies that only thicken the letter) are left out. Others are drawn as they come.
_SIGNS = {"7": "1+0", "$": "2 0 1", "%": "1 0 2", "@": "0+2", "[": "2r+0+3", "]": "2+1+3r", "{": "0+2", "}": "0+2"}
_SIGNS |= {"^": "0r+1", "~": "0"}
# fmt: off
PRINT = _SIGNS | {
    "a": "1+0", "b": "0+1", "d": "1+0", "g": "1+0", "h": "0+1", "i": "1 0", "j": "1 0", "m": "0+1+2", "n": "0+1",
    "p": "0+1", "q": "1+0", "r": "0+1", "u": "0+1", "v": "0+1r", "w": "0+1r+2+3r", "z": "1+0+2",
    "A": "0r+1 2", "B": "0 1+2", "E": "0+3 1 2", "G": "0+1r", "K": "0 1+2", "L": "0+1", "M": "0r+1+2r+3",
    "N": "0r+1+2r", "R": "0 1+2", "V": "0+1r", "W": "0+1r+2+3r", "Z": "1+0+2",
}
CURSIVE = _SIGNS | {
    "d": "0+1", "g": "0+1", "h": "0+1", "i": "1 0", "j": "1 0", "k": "0+1+2", "m": "0+1+2", "n": "0+1", "p": "0+1+2",
    "q": "0+1", "s": "0+1", "t": "0+1 2", "u": "0+1", "v": "0+1", "w": "0+1+2", "y": "0+1",
    "M": "0+1+2", "N": "0+1", "U": "0+1", "W": "0+1r+2+3r",
}
# fmt: on


@dataclass(frozen=True)
class Hand:
    """What stays the same through a line; drawn at random by `hand`."""

    width: float
    """Letters are this much narrower than the font's."""
    slant: float
    """Rightward lean: shift in x per unit of height."""
    spacing: float
    """Added between letters."""
    space: float
    """Between words, times the font's."""
    climb: float
    """Rise of the writing line per unit of length."""


def write(text: str, font: str = "rowmans", seed: int = 0, jitter: float = 1.0) -> Ink:
    """``text`` as ink, in himetric, with times and ``source.text``; the same arguments give the same ink.

    ``jitter`` scales every irregularity: 0 is the bare font, 1 a neat hand, 2 a hasty one. Raises :class:`InkError` for
    a font not in `FONTS`, for characters it lacks (ASCII is all it has), for text without a visible character, and when
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
        raise InkError(f"the font {font} lacks {listed} in {text[:40]!r}; write with the characters of ASCII, one line")
    if not text.strip():
        raise InkError("there is nothing to write: the text has no visible character")
    random = np.random.default_rng(seed)
    style = hand(random, jitter, joined=font == "cursive")
    strokes = [even(line) for line in _lines(text, glyphs, style, random, jitter, joined=font == "cursive")]
    starts = np.cumsum([0] + [len(s) for s in strokes[:-1]])
    points = np.concatenate(strokes)
    n = len(points)
    # Two wavers: of the fingers, over about a third of a capital, and of the arm, over several letters.
    points = points + jitter * (0.016 * waver(n, 0.35 / STEP, random) + [0.0, 0.05] * waver(n, 8.0 / STEP, random))
    points[:, 1] -= style.climb * points[:, 0]
    points[:, 0] -= style.slant * points[:, 1]
    points -= points[0]
    x, y = (points * CAPITAL).T
    return Ink(x, y, starts, times(points, starts), None, Source(units="himetric", text=text))


def hand(random: np.random.Generator, jitter: float, joined: bool) -> Hand:
    """A style: narrower than the font, leaning to the right, varied by ``jitter``. Joined letters must keep meeting."""
    lean, width, spacing, space, climb = random.standard_normal(5) * jitter
    if jitter == 0:
        return Hand(1.0, 0.0, 0.0, 1.0, 0.0)
    return Hand(
        width=float(np.clip(0.85 + 0.06 * width, 0.6, 1.1)),
        slant=float(np.clip((0.0 if joined else 0.12) + 0.08 * lean, -0.2, 0.5)),
        spacing=0.0 if joined else float(np.clip(-0.08 + 0.02 * spacing, -0.12, 0.1)),
        space=float(np.clip(1.0 + 0.15 * space, 0.75, 1.6)),
        climb=float(np.clip(0.012 * climb, -0.05, 0.05)),
    )


@functools.cache
def load(font: str) -> Glyphs:
    """The letters of ``font`` as a hand draws them: lines in writing order, dots as short ticks."""
    if font not in FONTS:
        raise InkError(f"no font {font!r}; choose one of {', '.join(FONTS)}")
    try:
        from HersheyFonts import HersheyFonts
    except ImportError:
        raise InkError("drawing text with a font needs the package Hershey-Fonts: pip install Hershey-Fonts") from None
    source = HersheyFonts()
    source.load_default_font(font)
    top, base = source.render_options.cap_line, source.render_options.base_line
    orders = CURSIVE if font == "cursive" else PRINT
    glyphs: Glyphs = {}
    for character, glyph in source.all_glyphs.items():
        if not " " <= character <= "~":
            continue  # the font's last place, 127, holds a degree sign
        corner = np.array([glyph.left_offset, base], dtype=np.float64)
        lines = [tidy((np.array(list(line), dtype=np.float64) - corner) / (base - top)) for line in glyph.strokes]
        if character.islower() and font != "cursive":
            lines = [np.column_stack([line[:, 0], np.interp(line[:, 1], *SMALL.T)]) for line in lines]
        order = orders.get(character) or " ".join(str(i) for i in range(len(lines)))
        glyphs[character] = (
            glyph.char_width / (base - top),
            [np.concatenate([_run(lines, part) for part in stroke.split("+")]) for stroke in order.split()],
        )
    return glyphs


def _run(lines: list[Floats], part: str) -> Floats:
    """``"2"`` or, backwards, ``"2r"``."""
    return lines[int(part[:-1])][::-1] if part.endswith("r") else lines[int(part)]


def tidy(line: Floats) -> Floats:
    """A font draws a full stop as a tiny diamond, a comma as one with a tail; a pen makes a tick, or just the tail."""
    closed = len(line) >= 5 and (line[0] == line[4]).all() and np.ptp(line[:5], axis=0).max() < 0.1
    if closed and len(line) > 5:
        return line[4:]
    if closed:
        middle = (line.min(axis=0) + line.max(axis=0)) / 2
        return np.array([middle + (-0.01, -0.03), middle + (0.015, 0.03)])
    return line


def _lines(
    text: str, glyphs: Glyphs, style: Hand, random: np.random.Generator, jitter: float, joined: bool
) -> Iterator[Floats]:
    """The strokes of ``text``, each of shape (n, 2), in writing order.

    In joined-up writing a letter that begins where the one before it ended goes on with the same stroke, and the dots
    and bars of a word's small letters wait until its end, as a hand makes them.
    """
    x = 0.0
    stroke: Floats | None = None  # still open, with the place where the font, without wobble, left the pen
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


def even(line: Floats) -> Floats:
    """Points `STEP` apart along a smooth curve through ``line`` (n, 2), with its corners slightly rounded."""
    line = distinct(line)
    dense = sample(beziers(line), 16)
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(dense, axis=0).T)))
    places = np.linspace(0.0, along[-1], max(2, round(along[-1] / STEP) + 1))
    points = np.column_stack([np.interp(places, along, dense[:, i]) for i in (0, 1)])
    return smooth(points, 1.0)


def smooth(points: Floats, sigma: float) -> Floats:
    """``points`` (n, d) averaged with Gaussian weights over ``sigma`` points; the two ends stay where they are."""
    reach = min(int(np.ceil(3 * sigma)), len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    before = 2 * points[0] - points[reach:0:-1]
    after = 2 * points[-1] - points[-2 : -2 - reach : -1]
    padded = np.concatenate([before, points, after])
    return np.column_stack([np.convolve(column, weights / weights.sum(), "valid") for column in padded.T])


def waver(n: int, width: float, random: np.random.Generator) -> Floats:
    """Smooth noise of shape (n, 2), mean 0 and standard deviation 1, that forgets itself after ``width`` points."""
    reach = int(np.ceil(3 * width))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    white = random.standard_normal((n + 2 * reach, 2))
    return np.column_stack([np.convolve(column, weights / np.hypot.reduce(weights), "valid") for column in white.T])


def times(points: Floats, starts: NDArray[np.int64]) -> Floats:
    """Seconds, shape (n,), rising from 0: a hand of about 4 capitals a second that slows down in tight turns.

    Speed falls with the cube root of curvature, the two-thirds power law (Lacquaniti, Terzuolo & Viviani 1983), between
    the curvature of a straight line of one capital and a turn on the spot. Between strokes the pen takes a tenth of a
    second and the time of the way.
    """
    step = np.diff(points, axis=0)
    length = np.hypot(*step.T)
    heading = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs(np.angle(np.exp(1j * np.diff(heading, prepend=heading[:1]))))
    curvature = np.clip(smooth((turn / STEP)[:, None], 2.0)[:, 0], 1.0, 50.0)
    seconds = np.maximum(length / (7.0 * curvature ** (-1 / 3)), 1e-3)
    lift = starts[1:] - 1  # the segment before a stroke's first point
    seconds[lift] = 0.1 + length[lift] / 10.0
    return np.append(0.0, np.cumsum(seconds))
