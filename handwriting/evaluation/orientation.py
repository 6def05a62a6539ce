"""Measure how well ink is read in any orientation: lines or pages of a split, turned, mirrored and reversed.

Each line is read as a page of its own, known to hold a single line. Except for rotated ink, the reading depends only on
the orientation that is found, so ink is read once for every orientation found, and the table shows the cost of wrong
orientations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.corpora.forms import forms
from handwriting.errors import InkError
from handwriting.evaluation.perturb import rotated
from handwriting.ink import Ink, Page
from handwriting.progress import Progress, no_progress
from handwriting.recognition.orientation import NAMES, Orientation
from handwriting.recognition.pages import Orienter, orienter, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.recognition.stroke_directions import DirectionNetwork
from handwriting.recognition.stroke_order import StrokeNetworks
from handwriting.recognition.upright import UprightNetwork
from handwriting.rendering.plotter import order_strokes

Change = Callable[[Ink], Ink]


def apply_orientation(ink: Ink, orientation: Orientation) -> Ink:
    """Return upright ink changed to the given orientation."""
    x, y = (-ink.x if orientation.mirrored else ink.x), ink.y
    for _ in range(orientation.turns):
        x, y = -y, x
    return ink.moved_to(x, y) if orientation.strokes == "forward" else reversed_strokes(ink.moved_to(x, y))


def reversed_strokes(ink: Ink) -> Ink:
    """Return the ink with every stroke reversed; times keep their order."""
    return replace(ink, **_reverse(ink, np.ones(len(ink.starts), dtype=bool)))


def in_plotter_order(ink: Ink) -> Ink:
    """Return the strokes in the order and direction in which a plotter tool draws them, without times."""
    z = ink.x + 1j * ink.y
    order, backward = order_strokes(np.column_stack([z[ink.starts], z[ink.ends - 1]]))
    return replace(ink, **_reverse(ink, backward[np.argsort(order)]), t=None, pressure=None).take(order)


def _reverse(ink: Ink, backward: np.ndarray) -> dict[str, Any]:
    strokes = [s[::-1] if back else s for s, back in zip(ink.strokes, backward, strict=True)]
    x, y = np.concatenate(strokes).T
    return {"x": x, "y": y}


def _in(name: str, backward: bool = False) -> Change:
    orientation = replace(Orientation.named(name), strokes="backward" if backward else "forward")
    return lambda ink: apply_orientation(ink, orientation)


CHANGES: dict[str, Change] = {
    **{name: _in(name) for name in NAMES.values()},
    "backward": _in("upright", True),
    "y-up-backward": _in("y-up", True),
    "plotter": in_plotter_order,
    "slanted-15-down": lambda ink: rotated(ink, 15),
    "slanted-15-up": lambda ink: rotated(ink, -15),
    "moved-up": lambda ink: ink.moved_to(ink.x, ink.y - 1e5),
}
"""Changes by name; ``upright`` comes first."""


def _known(found: tuple[Orientation, np.ndarray]) -> Orienter:
    return lambda _: found


def _expected(name: str) -> str:
    """Return the name of the orientation that should be found after a change of :data:`CHANGES`."""
    return name if name in NAMES.values() else "y-up" if name.startswith("y-up") else "upright"


@dataclass(frozen=True)
class OrientationRow:
    """Figures for the lines or pages of a split after one change. Rates are fractions."""

    name: str
    cer: float
    found: float
    """Share of the lines or pages whose orientation is found correctly."""
    milliseconds: float
    """Additional processor time per line or page, compared with reading it as it is."""


@dataclass(frozen=True)
class OrientationReport:
    """The cost of ink that is not upright."""

    split: str
    inks: int
    """Number of lines or pages."""
    decoder: Decoder
    cer_as_is: float
    """CER of the unchanged lines or pages, read without determining the orientation."""
    milliseconds: float
    """Processor time to read an unchanged line or page without determining the orientation."""
    rows: tuple[OrientationRow, ...]
    pages: bool = False
    """Whether pages were read, rather than lines."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return asdict(self)

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        one = "page" if self.pages else "line"
        rows = [
            f"{self.split}, {self.inks} {one}s, decoder {self.decoder}; {100 * self.cer_as_is:.2f} % CER and "
            f"{self.milliseconds:.1f} ms a {one} as they are, without looking",
            "orientation        CER %  relative %  found %  ms more  time %",
        ]
        for r in self.rows:
            relative = 100 * (r.cer / max(self.cer_as_is, 1e-9) - 1)
            slower = 100 * r.milliseconds / max(self.milliseconds, 1e-9)
            rows.append(
                f"{r.name:18} {100 * r.cer:5.2f}  {relative:+10.1f}  {100 * r.found:7.2f}  {r.milliseconds:7.2f}  "
                f"{slower:+6.1f}"
            )
        return "\n".join(rows)


def evaluate(
    recognizer: Recognizer,
    corpus: Corpus,
    split: str,
    names: tuple[str, ...] = (),
    *,
    decoder: Decoder = "greedy",
    pages: bool = False,
    step: int = 1,
    progress: Progress = no_progress,
) -> OrientationReport:
    """Read every line of ``split`` as it is and changed in each way. With ``pages``, read every form instead.

    ``names`` are keys of :data:`CHANGES`, by default all of them. Only every ``step``-th line or form is used, and
    ``progress`` counts these. Raises :class:`InkError` for an unknown name, and with ``pages`` for any corpus but
    IAM-OnDB.
    """
    unknown = [name for name in names if name not in CHANGES]
    if unknown:
        raise InkError(f"names: {unknown[0]!r} is not an orientation; choose from {', '.join(CHANGES)}")
    changes = {name: CHANGES[name] for name in names or CHANGES}
    tallies = {name: _Tally() for name in changes}
    texts, plain = [], []
    milliseconds = 0.0
    inks = _inks(corpus, split, pages, step)
    networks = (UprightNetwork.load, StrokeNetworks.load, DirectionNetwork.load)
    for load in (*networks, lambda: recognizer.language):  # so that no line waits for it
        load()
    for number, (text, ink) in enumerate(inks, 1):
        readings = _Readings(recognizer, ink, decoder, single_line=not pages)
        texts.append(text)
        plain.append(readings.text)
        milliseconds += readings.milliseconds
        for name, change in changes.items():
            tallies[name].add(*readings.changed(change(ink)), _expected(name))
        progress(number, len(inks))
    count = max(1, len(inks))
    rows = tuple(
        OrientationRow(
            name,
            metrics.cer(zip(texts, tally.texts, strict=True)),
            tally.found / count,
            tally.milliseconds / count,
        )
        for name, tally in tallies.items()
    )
    cer = metrics.cer(zip(texts, plain, strict=True))
    return OrientationReport(split, len(inks), decoder, cer, milliseconds / count, rows, pages)


def _inks(corpus: Corpus, split: str, pages: bool, step: int) -> list[tuple[str, Ink]]:
    """Return the text and the ink of every ``step``-th line, or form, of a split."""
    if pages:
        return [("\n".join(line.text for line in form.lines), form.ink) for form in forms(corpus, split, step)]
    return [(line.text, line.ink) for line in map(corpus.line, corpus.ids(split)[::step])]


@dataclass
class _Tally:
    """Results of the lines or pages after one change."""

    texts: list[str] = field(default_factory=list)
    found: int = 0
    milliseconds: float = 0.0

    def add(self, text: str, name: str, milliseconds: float, expected: str) -> None:
        self.texts.append(text)
        self.found += name == expected
        self.milliseconds += milliseconds


class _Readings:
    """Reads an ink as it is and after many changes, most of which give the same ink when turned upright."""

    def __init__(self, recognizer: Recognizer, ink: Ink, decoder: Decoder, *, single_line: bool) -> None:
        self.find = orienter(recognizer, single_line=single_line)
        self.single_line = single_line
        self.recognizer, self.read_line = recognizer, reader(recognizer, decoder)
        self.known: dict[tuple[bool, bytes], tuple[str, float]] = {}
        """Cache of text and reading time, by whether strokes run both ways and by the upright points."""
        recognizer.forget()
        self.text, self.milliseconds = self._read(ink, (Orientation(), np.zeros(len(ink.starts), dtype=bool)))
        self.known[False, (ink.xy + 0.0).tobytes()] = self.text, self.milliseconds

    def changed(self, ink: Ink) -> tuple[str, str, float]:
        """Return the text, the name of the orientation found, and the additional milliseconds, for changed ``ink``."""
        self.recognizer.forget()
        began = time.process_time()
        found = self.find(ink)
        milliseconds = 1000 * (time.process_time() - began)
        orientation, backward = found
        upright = orientation.upright(ink, backward)[0]
        key = (orientation.strokes == "mixed", (upright.xy + 0.0).tobytes())
        new = key not in self.known
        if new:
            self.known[key] = self._read(ink, found)
        text, usual = self.known[key]
        if not new and self.recognizer.has_read(upright):  # its cached network output would save time
            milliseconds += self._read(ink, found)[1] - usual
        if orientation.strokes == "mixed":
            milliseconds += usual - self.milliseconds
        return text, orientation.name, milliseconds

    def _read(self, ink: Ink, found: tuple[Orientation, np.ndarray]) -> tuple[str, float]:
        began = time.process_time()
        (page,) = read_pages(self.read_line, [Page(ink)], single_line=self.single_line, orient=_known(found))
        return page.text, 1000 * (time.process_time() - began)
