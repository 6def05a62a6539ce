"""Inspect the networks for one line of ink or one text, and write figures and data to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.errors import printable
from handwriting.files import make_folder
from handwriting.ink import Ink
from handwriting.inspection import drafts, figures, reading, writing
from handwriting.inspection.events import Trace, events_of
from handwriting.inspection.files import KINDS, save_arrays, save_figure
from handwriting.inspection.gates import DIRECTIONS, SIGNALS, Gates, Unit, of_unit
from handwriting.inspection.records import units_record
from handwriting.inspection.units import Response, responding_units
from handwriting.recognition.recognizer import Decoder, Recognizer
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

SIGNAL_DIMENSIONS = "layers, directions, steps, units"
Arrays = dict[str, tuple[NDArray, str]]


@dataclass(frozen=True)
class InspectOptions:
    """Options of an inspection."""

    units: tuple[Unit, ...] = ()
    """Units to draw; by default those that respond best to the events of the line."""
    letter: str | None = None
    """Letter to find units for; by default the most frequent one."""
    count: int = 3
    """Number of units to list for each event."""
    kinds: Sequence[str] = KINDS
    """Formats of the figures, from :data:`~handwriting.inspection.files.KINDS`."""


@dataclass(frozen=True)
class Inspection:
    """Result of an inspection: responding units and written files."""

    text: str
    responses: dict[str, list[Response]]
    """Responses by event name."""
    files: list[Path]

    def report(self) -> str:
        """Return a readable list of the units found and the files written."""
        rows = [printable(self.text), ""]
        for event, responses in self.responses.items():
            rows += [
                f"{printable(event):10}  {one.unit!s:24} {one.signal:7} {'rises' if one.auc >= 0.5 else 'falls'}  "
                f"AUC {one.auc:.3f}  best by chance {one.chance:.3f}"
                for one in responses
            ]
        return "\n".join([*rows, "", *(printable(str(file)) for file in self.files)])


def inspect_ink(
    recognizer: Recognizer,
    ink: Ink,
    folder: Path,
    options: InspectOptions = InspectOptions(),
    decoder: Decoder = "language",
) -> Inspection:
    """Read a line of ink and write the inner states of the recognizer to ``folder``, which is created.

    Raises :class:`InkError` if nothing is read, a unit does not exist, or the line is too long.
    """
    trace = reading.read(recognizer, ink, decoder)
    gates = reading.gates_of(recognizer, ink)
    arrays: Arrays = {
        "log_probs": (trace.log_probs, "steps, classes"),
        "path": (trace.path, "steps"),
        "decided": (trace.decided, "characters"),
        "order": (trace.order, "strokes"),
    }
    about = {
        "kind": "reading",
        "text": trace.text,
        "best_path": trace.greedy,
        "classes": ["blank", *trace.alphabet],
        "probabilities_from": "the graph that reads (model.onnx)",
    }
    if trace.attention is not None:
        arrays["attention"] = (trace.attention, "characters, steps")
    found, files = _units(trace, gates, make_folder(folder), options, arrays, about)
    if trace.attention is not None:
        about_attention = f"The ink, and the steps that the decoder looked at for each character of {trace.text!r}."
        drawn = figures.attention(trace, trace.attention)
        files = save_figure(drawn, folder, "attention", about_attention, options.kinds) + files
    about_ctc = (
        f"A line of ink that is read as {trace.text!r}, with the place where each character was decided; below, the "
        f"probability of each character and of the blank at {len(trace)} steps, and the path that won."
    )
    files = save_figure(figures.ctc(trace), folder, "ctc", about_ctc, options.kinds) + files
    return Inspection(trace.text, found, files)


def inspect_text(
    synthesizer: Synthesizer, text: str, hand: Hand, folder: Path, options: InspectOptions = InspectOptions()
) -> Inspection:
    """Write a line of text and save the inner states of the synthesizer to ``folder``, which is created.

    Raises :class:`InkError` if the text cannot be written or a unit does not exist.
    """
    draft = writing.write(synthesizer, text, hand)
    trace, m = draft.trace, draft.trace.mixture
    gates = writing.gates_of(synthesizer, draft)
    arrays: Arrays = {
        "window": (trace.phi, "steps, characters and the end"),
        "end_of_stroke": (trace.end, "steps"),
        "bias": (trace.bias, "steps"),
        "mixture_weight": (m.pi, "steps, components"),
        "mixture_mean": (m.mean, "steps, components, x and y"),
        "mixture_sigma": (m.sigma, "steps, components, x and y"),
        "mixture_rho": (m.rho, "steps, components"),
    }
    about = {
        "kind": "writing",
        "text": trace.text,
        "complete": trace.complete,
        "seed": hand.seed,
        "window_and_mixture_from": "the graph that writes (model.onnx)",
    }
    found, files = _units(trace, gates, make_folder(folder), options, arrays, about)
    about_writing = (
        f"The text {trace.text!r} while it is written in {len(trace)} points: the density of the next point over the "
        "page, the window over the text, the probability that the stroke ends, and the weights of the mixture."
    )
    about_ends = "The line that was written; the thicker and darker, the more probably its stroke ends there."
    written = save_figure(drafts.writing(trace), folder, "writing", about_writing, options.kinds)
    written += save_figure(drafts.ends_on_ink(trace), folder, "end-of-stroke", about_ends, options.kinds)
    return Inspection(trace.text, found, written + files)


def _units(
    trace: Trace,
    gates: list[list[Gates]],
    folder: Path,
    options: InspectOptions,
    arrays: Arrays,
    about: dict[str, Any],
) -> tuple[dict[str, list[Response]], list[Path]]:
    """Find the responding units, draw them, and write the data of the whole inspection."""
    events = events_of(trace, options.letter)
    found = responding_units(gates, events, options.count)
    best = list(dict.fromkeys(rows[0].unit for rows in found.values()))
    units = list(options.units) or best
    for unit in units:
        of_unit(gates, unit)  # raises for an unknown unit before anything is drawn
    names = ", ".join(map(str, units))
    about_gates = f"Input, forget and output gate, and the content of the cell, over {len(trace)} steps, of {names}."
    files = []
    if units:
        files += save_figure(figures.gates(trace, gates, units, events), folder, "gates", about_gates, options.kinds)
    if found:
        told = "; ".join(f"{event}: {rows[0].unit}" for event, rows in found.items())
        about_ink = f"The ink, painted with the value of the unit that tells each event best. {told}."
        files += save_figure(figures.on_ink(trace, gates, found), folder, "gates-on-ink", about_ink, options.kinds)
    for unit in options.units:
        name = f"unit-{unit.layer}-{unit.direction}-{unit.number}"
        about_unit = f"The ink, painted four times: with the input, forget and output gate and the cell of {unit}."
        files += save_figure(figures.unit_on_ink(trace, gates, unit), folder, name, about_unit, options.kinds)
    signals: Arrays = {
        signal: (
            np.stack([[getattr(one, signal) for one in both] for both in gates]),
            SIGNAL_DIMENSIONS,
        )
        for signal in SIGNALS
    }
    common: Arrays = {
        "x": (trace.ordered.x, "points"),
        "y": (trace.ordered.y, "points"),
        "stroke_starts": (trace.ordered.starts, "strokes"),
        "points_of_step": (trace.points, "steps, first and end"),
        "pen_up": (trace.pen_up, "steps"),
        "owner": (trace.owner, "steps"),
    }
    listed = units_record(gates, found, events)
    short = [{k: v for k, v in unit.items() if k not in SIGNALS} for unit in listed["units"]]
    described = {
        **about,
        "gates_from": "weights.safetensors, computed in float32",
        "directions": list(DIRECTIONS[: len(gates[0])]),
        "events": listed["events"],
        "units": short,
    }
    return found, files + save_arrays(folder, "inspection", {**arrays, **common, **signals}, described)
