"""How well ink is read whichever way it lies: lines of a split, turned, mirrored, reversed, and read as single lines.

Each line is a page of its own. The upright reading of a line is the same however the line lay, so a line is read once
for every orientation that is found for it, and what the table shows is the cost of orientations that are not found.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from handwriting import metrics
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.evaluation.perturb import rotated
from handwriting.ink import Ink, Page
from handwriting.progress import Progress, no_progress
from handwriting.recognition.orientation import NAMES, Orientation
from handwriting.recognition.pages import Orienter, orienter, read_pages, reader
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.rendering.plotter import order_strokes

Change = Callable[[Ink], Ink]


def laid(ink: Ink, orientation: Orientation) -> Ink:
    """Upright ink as it lies in an orientation."""
    x, y = (-ink.x if orientation.mirrored else ink.x), ink.y
    for _ in range(orientation.turns):
        x, y = -y, x
    return ink.moved_to(x, y) if orientation.strokes == "forward" else reversed_strokes(ink.moved_to(x, y))


def reversed_strokes(ink: Ink) -> Ink:
    """Every stroke drawn from its end; times are kept in their order."""
    return replace(ink, **_turned(ink, np.ones(len(ink.starts), dtype=bool)))


def plotted(ink: Ink) -> Ink:
    """The strokes in the order and direction of a plotter's shortest path, without times."""
    z = ink.x + 1j * ink.y
    order, backward = order_strokes(np.column_stack([z[ink.starts], z[ink.ends - 1]]))
    return replace(ink, **_turned(ink, backward[np.argsort(order)]), t=None, pressure=None).take(order)


def _turned(ink: Ink, backward: np.ndarray) -> dict[str, Any]:
    strokes = [s[::-1] if back else s for s, back in zip(ink.strokes, backward, strict=True)]
    x, y = np.concatenate(strokes).T
    return {"x": x, "y": y}


def _in(name: str, backward: bool = False) -> Change:
    lies = replace(Orientation.named(name), strokes="backward" if backward else "forward")
    return lambda ink: laid(ink, lies)


CHANGES: dict[str, Change] = {
    **{name: _in(name) for name in NAMES.values()},
    "backward": _in("upright", True),
    "y-up-backward": _in("y-up", True),
    "plotter": plotted,
    "slanted-15-down": lambda ink: rotated(ink, 15),
    "slanted-15-up": lambda ink: rotated(ink, -15),
    "moved-up": lambda ink: ink.moved_to(ink.x, ink.y - 1e5),
}
"""By name; upright first."""


def _known(found: tuple[Orientation, np.ndarray]) -> Orienter:
    return lambda _: found


def _expected(name: str) -> str:
    """The name that should be found for lines that are changed in one of :data:`CHANGES`."""
    return name if name in NAMES.values() else "y-up" if name.startswith("y-up") else "upright"


@dataclass(frozen=True)
class OrientationRow:
    """Figures of the lines of a split that all lie one way. Rates are fractions."""

    name: str
    cer: float
    found: float
    """Share of the lines whose orientation is found."""
    milliseconds: float
    """Processor time that a line takes more than one that is read as it is."""


@dataclass(frozen=True)
class OrientationReport:
    """What ink costs that does not lie upright."""

    split: str
    lines: int
    decoder: Decoder
    cer_as_is: float
    """CER of the lines as they are, read without looking for an orientation."""
    milliseconds: float
    """Processor time to read one as it is."""
    rows: tuple[OrientationRow, ...]

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""
        return asdict(self)

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""
        rows = [
            f"{self.split}, {self.lines} lines, decoder {self.decoder}; {100 * self.cer_as_is:.2f} % CER and "
            f"{self.milliseconds:.1f} ms a line as they are, without looking",
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
    step: int = 1,
    progress: Progress = no_progress,
) -> OrientationReport:
    """Read every line of ``split`` as it is and changed in each way.

    ``names`` are of :data:`CHANGES`, all of them by default. ``step`` takes every n-th line. ``progress`` counts lines.
    """
    unknown = [name for name in names if name not in CHANGES]
    if unknown:
        raise InkError(f"names: {unknown[0]!r} is not an orientation; choose from {', '.join(CHANGES)}")
    changes = {name: CHANGES[name] for name in names or CHANGES}
    tallies = {name: _Tally() for name in changes}
    texts, plain = [], []
    milliseconds = 0.0
    ids = corpus.ids(split)[::step]
    for number, id in enumerate(ids, 1):
        line = corpus.line(id)
        known = _Line(recognizer, line.ink, decoder)
        texts.append(line.text)
        plain.append(known.text)
        milliseconds += known.milliseconds
        for name, change in changes.items():
            tallies[name].add(*known.changed(change(line.ink)), _expected(name))
        progress(number, len(ids))
    lines = max(1, len(ids))
    rows = tuple(
        OrientationRow(
            name,
            metrics.cer(zip(texts, tally.texts, strict=True)),
            tally.found / lines,
            tally.milliseconds / lines,
        )
        for name, tally in tallies.items()
    )
    cer = metrics.cer(zip(texts, plain, strict=True))
    return OrientationReport(split, len(ids), decoder, cer, milliseconds / lines, rows)


@dataclass
class _Tally:
    """Of the lines that lie one way."""

    texts: list[str] = field(default_factory=list)
    found: int = 0
    milliseconds: float = 0.0

    def add(self, text: str, name: str, milliseconds: float, expected: str) -> None:
        self.texts.append(text)
        self.found += name == expected
        self.milliseconds += milliseconds


class _Line:
    """A line that is read as it is and changed in many ways; most of these are the same ink once they are upright."""

    def __init__(self, recognizer: Recognizer, ink: Ink, decoder: Decoder) -> None:
        self.find = orienter(recognizer, single_line=True)
        self.recognizer, self.read_line = recognizer, reader(recognizer, decoder)
        self.known: dict[tuple[bool, bytes], tuple[str, float]] = {}
        """Text and milliseconds to read it, by whether strokes run both ways and the upright points."""
        recognizer.forget()
        self.text, self.milliseconds = self._read(ink, (Orientation(), np.zeros(len(ink.starts), dtype=bool)))
        self.known[False, (ink.xy + 0.0).tobytes()] = self.text, self.milliseconds

    def changed(self, ink: Ink) -> tuple[str, str, float]:
        """The text, the name of the orientation that is found, and the milliseconds more than those of the line."""
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
        if not new and self.recognizer.has_read(upright):  # in doubt; what was computed then is not computed again
            milliseconds += self._read(ink, found)[1] - usual
        if orientation.strokes == "mixed":
            milliseconds += usual - self.milliseconds
        return text, orientation.name, milliseconds

    def _read(self, ink: Ink, found: tuple[Orientation, np.ndarray]) -> tuple[str, float]:
        began = time.process_time()
        (page,) = read_pages(self.read_line, [Page(ink)], single_line=True, orient=_known(found))
        return page.text, 1000 * (time.process_time() - began)
