"""Styles: a hand as a small JSON file with a name and a few lines of ink with their texts, a hand code, or both.

    {"format": "handwriting-style", "version": 2, "name": "My hand", "size": 1.0,
     "samples": [{"text": "what this line says", "strokes": [[[x, y, t], [x, y, t], ...], ...]}],
     "code": {"network": "0123456789", "numbers": [0.5, -0.2, ...], "delta": "base64 of float16 numbers"}}

``t``, in seconds, is optional; y grows downward. ``size`` is the size of the writing relative to other
hands on the same lines, which the ink of a tablet does not show. The network named in ``code`` adds the code to its
gates (``synthesis/codes.py``); ``delta`` is optional. A style of version 1 has no code: a network with codes
estimates one from the ink, and a network without codes is primed with the ink (Graves 2013, arXiv 1308.0850, section
5.5), with the samples joined into one line.

The styles beside this file were written by the synthesizer; ``docs/styles.py`` makes them.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.geometry.baseline import level
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink, Source
from handwriting.synthesis.codes import Code, blend

FORMAT, VERSIONS = "handwriting-style", (1, 2)
HERE = Path(__file__).parent
SHIPPED = (
    *("plain", "upright", "slanted", "backhand", "cursive", "printed"),
    *("narrow", "wide", "round", "pointed", "small", "large"),
)

MAX_BYTES = 2 * 2**20
MAX_POINTS = 20_000
MAX_SAMPLES = 8
MAX_NAME_LENGTH = 60

BLEND = re.compile(r"[^,:]+:[0-9.]+(,[^,:]+:[0-9.]+)+")
"""Matches a blend of styles: names with weights."""

_MARK = re.compile(rb'"format"\s*:\s*"' + FORMAT.encode() + rb'"')

GAP = 0.7
"""Gap between two joined samples, in writing heights: a wide space between words."""


@dataclass(frozen=True)
class Sample:
    """A line of ink and its text."""

    text: str
    ink: Ink


@dataclass(frozen=True)
class Style:
    """The handwriting of a writer. Raises :class:`InkError` for an invalid name, size or number of samples.

    >>> import handwriting
    >>> ink = handwriting.read("datasets/samples/line.xml")
    >>> style = Style("mine", (Sample("a line of handwriting", ink),))
    >>> handwriting.generate("in my hand", style=style).source.text
    'in my hand'
    """

    name: str
    samples: tuple[Sample, ...]
    """Lines of ink with their texts; may be empty if there is a code."""
    size: float = 1.0
    code: Code | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= MAX_NAME_LENGTH or not self.name.isprintable():
            raise InkError(
                f"a style named {self.name[:80]!r}: give a name of 1 to {MAX_NAME_LENGTH} visible characters"
            )
        if not (self.code is None) <= len(self.samples) <= MAX_SAMPLES:
            raise InkError(f"a style of {len(self.samples)} lines of ink: give 1 to {MAX_SAMPLES}")
        if not 0.3 <= self.size <= 2:
            raise InkError(f"style {self.name!r}: a size of {self.size:g}; give one from 0.3 to 2")
        points = sum(len(sample.ink) for sample in self.samples)
        if points > MAX_POINTS:
            raise InkError(
                f"style {self.name!r}: {points:,} points, and a style may have at most {MAX_POINTS:,}; give less ink"
            )

    def joined(self) -> Sample:
        """Return all samples as one line, each scaled to the height and moved to the baseline of the first."""
        if len(self.samples) == 1:
            return self.samples[0]
        inks = [level(sample.ink) for sample in self.samples]
        heights = [writing_height(ink) for ink in inks]
        strokes, right = [], 0.0
        timed = all(ink.t is not None for ink in inks)
        begin = 0.0
        for ink, height in zip(inks, heights, strict=True):
            scale = heights[0] / height
            columns = [ink.x * scale + right, ink.y * scale] + ([ink.t + begin] if timed and ink.t is not None else [])
            strokes += np.split(np.column_stack(columns), ink.starts[1:])
            right += float(ink.x.max()) * scale + GAP * heights[0]
            begin += float(ink.t[-1]) + 0.5 if timed and ink.t is not None else 0.0
        text = " ".join(sample.text.strip() for sample in self.samples)
        return Sample(text, Ink.from_strokes(strokes, Source(text=text)))

    def record(self) -> dict[str, Any]:
        """Return the content of the file; coordinates have four digits, times are rounded to milliseconds."""
        samples = [{"text": s.text, "strokes": _numbers(s.ink)} for s in self.samples]
        version, code = (1, {}) if self.code is None else (2, {"code": self.code.record()})
        return {"format": FORMAT, "version": version, "name": self.name, "size": self.size, "samples": samples, **code}

    @classmethod
    def of(cls, record: Any, file: str = "style") -> Style:
        """Return the style in the ``record`` of a JSON file; ``file`` names it in errors. Raises :class:`InkError`."""
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise InkError(f"{file}: not a style; make one with 'style create' or on the page under My hand")
        if record.get("version") not in VERSIONS:
            raise InkError(
                f"{file}: a style of version {record.get('version')!r}, but this version of handwriting reads "
                f"{VERSIONS[-1]}; update handwriting"
            )
        try:
            samples, name, size = record.get("samples", []), _text(record["name"]), float(record.get("size", 1.0))
            if not isinstance(samples, list) or len(samples) > MAX_SAMPLES:
                raise InkError(f"{file}: its samples are not a list of at most {MAX_SAMPLES}; make the style again")
            read = tuple(Sample(_text(s["text"]), _ink(s["strokes"])) for s in samples)
            return cls(name, read, size, Code.of(record["code"]) if "code" in record else None)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InkError(f"{file}: a damaged style ({type(error).__name__}: {error}); make it again") from None
        except InkError as error:
            raise InkError(f"{file}: {error}") from None

    @classmethod
    def load(cls, name: str) -> Style:
        """Load a shipped style by name, a style file, or a blend; see :func:`load`."""
        return load(name)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the style to ``path`` atomically. Raises :class:`InkError` if that fails."""
        with atomic(path) as temporary:
            temporary.write_text(json.dumps(self.record(), ensure_ascii=False) + "\n", encoding="utf-8")


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is a style."""
    return _MARK.search(head) is not None


def parse(data: bytes, file: str = "style") -> Style:
    """Parse the contents of a style file. Raises :class:`InkError` if they are not a style."""
    if len(data) > MAX_BYTES:
        raise InkError(
            f"{file}: {len(data):,} bytes, and a style may have at most {MAX_BYTES:,}; make one from less ink"
        )
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        raise InkError(f"{file}: not a JSON file, which a style is; make one with 'style create'") from None
    return Style.of(record, file)


def load(name: str) -> Style:
    """Load a shipped style by name, a style file, or a blend such as ``upright:0.7,mine.json:0.3``.

    Raises :class:`InkError` if there is no such style or it cannot be read.
    """
    if name in SHIPPED:
        return parse((HERE / f"{name}.json").read_bytes(), name)
    path = Path(name)
    if not path.is_file() and BLEND.fullmatch(name):
        return _blended([part.rpartition(":") for part in name.split(",")])
    if not path.is_file():
        raise InkError(f"{name}: there is no style or file of this name; the styles are {', '.join(SHIPPED)}")
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_BYTES + 1), name)
    except OSError as error:
        raise InkError(f"{name}: {error.strerror or error}; give a style's file") from None


def _blended(parts: Sequence[tuple[str, str, str]]) -> Style:
    """Return the blend of styles, each given by its name and its weight."""
    styles = [load(name) for name, _, _ in parts]
    codes = []
    for style in styles:
        if style.code is None:
            raise InkError(f"style {style.name!r} has no hand code, which blending needs; make it again")
        codes.append(style.code)
    weights = [float(weight) for _, _, weight in parts]
    code = blend(codes, weights)
    size = sum(style.size * weight for style, weight in zip(styles, weights, strict=True)) / sum(weights)
    return Style(" and ".join(style.name for style in styles)[:MAX_NAME_LENGTH], (), size, code)


def _numbers(ink: Ink) -> list[list[list[float]]]:
    digits = max(0, 4 - math.floor(math.log10(max(1e-6, writing_height(ink)))))
    columns = [np.round(ink.x, digits), np.round(ink.y, digits)] + ([] if ink.t is None else [np.round(ink.t, 3)])
    return [stroke.tolist() for stroke in np.split(np.column_stack(columns), ink.starts[1:])]


def _text(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise InkError("a name or the text of a sample is missing; give the text of the ink")
    return text


def _ink(strokes: Any) -> Ink:
    if not isinstance(strokes, list) or sum(len(stroke) for stroke in strokes) > MAX_POINTS:
        raise InkError(f"the strokes of a sample are not a list of at most {MAX_POINTS:,} points; give less ink")
    return Ink.from_strokes([np.array(stroke, dtype=np.float64) for stroke in strokes])
