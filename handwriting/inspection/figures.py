"""Draw figures of a line that was read, and of the gates of units while a line is read or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from handwriting.alphabet import BLANK
from handwriting.inspection.events import Mask, Trace
from handwriting.inspection.gates import Gates, Unit, of_unit
from handwriting.inspection.painting import (
    GREY,
    color_bar,
    frame,
    paint,
    path_of,
    shades,
    shape_of,
    stack,
    title,
    value_bar,
)
from handwriting.inspection.reading import ReadingTrace
from handwriting.inspection.units import Response

WIDTH = 11.0
"""Width of a figure, in inches."""
STYLES = ("-", "--", "-.", ":")
MIN_PROBABILITY = 0.05
"""Characters that never reach this probability are not drawn."""


def ctc(trace: ReadingTrace) -> Figure:
    """Draw where each character was decided, the probabilities at each step, and the winning path."""
    figure, (ink, rows, path) = stack([shape_of(trace, WIDTH), 3.2, 0.5], WIDTH)
    _decisions(ink, trace)
    probabilities = np.exp(trace.log_probs)
    steps = np.arange(len(trace))
    _shade_pen_up(rows, trace)
    rows.plot(steps, probabilities[:, BLANK], color=GREY, linewidth=1, linestyle=(0, (4, 2)))
    if blanks := _runs(probabilities[:, BLANK]):
        longest = max(blanks, key=len)
        rows.text(longest.mean(), 1.03, "blank", color=GREY, fontsize=8, ha="center")
    shown = np.flatnonzero(probabilities[:, 1:].max(0) > MIN_PROBABILITY) + 1
    for number, index in enumerate(shown.tolist()):
        values = probabilities[:, index]
        color = shades(0.5)((number % 5) / 4)
        rows.plot(steps, values, color=color, linestyle=STYLES[number % len(STYLES)], linewidth=1.6)
        for peak in _peaks(values):
            rows.text(peak, values[peak] + 0.03, _name(trace, index), ha="center", fontsize=10, parse_math=False)
    rows.set(xlim=(-0.7, len(trace) + 2), ylim=(0, 1.14), ylabel="probability")
    title(rows, "probability of each character at each step; grey stripes: the pen is in the air")
    _path(path, trace)
    return figure


def attention(trace: ReadingTrace, weights: np.ndarray) -> Figure:
    """Draw the attention of a decoder LSTM for each character, ``weights`` (U, T), below the ink."""
    U = len(trace.text)
    figure, (ink, rows) = stack([shape_of(trace, WIDTH), 0.15 * U + 0.4], WIDTH)
    _decisions(ink, trace)
    rows.imshow(weights, cmap=shades(), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    rows.set_yticks(range(U), ["␣" if c == " " else c for c in trace.text], fontsize=8, parse_math=False)
    rows.set_xlabel("step")
    title(rows, "attention: the steps that the decoder looks at for each character")
    color_bar(figure, rows, Normalize(0, 1), "weight")
    return figure


def gates(trace: Trace, found: Sequence[Sequence[Gates]], units: Sequence[Unit], events: Mapping[str, Mask]) -> Figure:
    """Draw each unit's gates as shades over the steps, and below them the content of its cell."""
    figure, axes = stack([part for _ in units for part in (0.75, 0.65)] + [0.16 * len(events) + 0.1], WIDTH)
    for unit, mask, cell in zip(units, axes[0::2], axes[1::2], strict=False):
        one = of_unit(found, unit)
        rows = np.stack([one.input[:, unit.number], one.forget[:, unit.number], one.output[:, unit.number]])
        mask.imshow(rows, cmap=shades(), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        mask.set_yticks(range(3), ["input gate", "forget gate", "output gate"], fontsize=8)
        mask.set_xticks([])
        title(mask, str(unit))
        _shade_pen_up(cell, trace)
        cell.plot(one.cell[:, unit.number], color="black", linewidth=1.3)
        cell.axhline(0, color=GREY, linewidth=0.6)
        cell.set(xlim=(-0.5, len(trace) - 0.5))
        cell.set_ylabel("cell", fontsize=8)
        cell.tick_params(labelsize=8)
        cell.set_xticks([])
    _events(axes[-1], trace, events)
    color_bar(figure, axes[:-1], Normalize(0, 1), "gate: 0 shut, 1 open")
    return figure


def on_ink(trace: Trace, found: Sequence[Sequence[Gates]], responses: Mapping[str, Sequence[Response]]) -> Figure:
    """Paint on the ink, for each event, the signal of the unit that responds to it best."""
    best = [rows[0] for rows in responses.values() if rows]
    figure, axes = stack([shape_of(trace, WIDTH)] * len(best), WIDTH)
    for one, panel in zip(best, axes, strict=True):
        values = getattr(of_unit(found, one.unit), one.signal)[:, one.unit.number]
        low, high = signal_range(one.signal, values)
        paint(panel, trace, values, low, high)
        says = "rises" if one.auc >= 0.5 else "falls"
        title(
            panel,
            f"{one.event}: the {_signal(one.signal)} of {one.unit} {says} "
            f"(AUC {one.auc:.2f}; the best by chance {one.chance:.2f})",
        )
        value_bar(figure, panel, low, high)
    return figure


def unit_on_ink(trace: Trace, found: Sequence[Sequence[Gates]], unit: Unit) -> Figure:
    """Paint the three gates and the cell of one unit on the ink."""
    figure, axes = stack([shape_of(trace, WIDTH)] * 4, WIDTH)
    one = of_unit(found, unit)
    for signal, panel in zip(("input", "forget", "output", "cell"), axes, strict=True):
        values = getattr(one, signal)[:, unit.number]
        low, high = signal_range(signal, values)
        paint(panel, trace, values, low, high)
        title(panel, f"{unit}: {_signal(signal)}")
        value_bar(figure, panel, low, high)
    return figure


def signal_range(signal: str, values: np.ndarray) -> tuple[float, float]:
    """Return the range in which to draw a signal: 0 to 1 for gates, that of the values for cells and outputs."""
    return (0.0, 1.0) if signal in ("input", "forget", "output") else (float(values.min()), float(values.max()))


def _signal(signal: str) -> str:
    return f"{signal} gate" if signal in ("input", "forget", "output") else {"hidden": "output"}.get(signal, signal)


def _decisions(axes: Axes, trace: ReadingTrace) -> None:
    """Draw the ink, its characters alternately black and grey, with a ring where each was decided."""
    for step in range(len(trace)):
        path = path_of(trace, step)
        if trace.pen_up[step] or not len(path):
            continue
        odd = trace.owner[step] % 2 == 1
        axes.plot(path[:, 0], path[:, 1], color=GREY if odd else "black", linewidth=1.4 if odd else 2.2)
    frame(axes, trace, 0.2)
    _, top, _, bottom = trace.ink.bounds
    for number, step in enumerate(trace.decided.tolist()):
        if trace.text[number] == " ":
            continue
        path = path_of(trace, step)
        at = path[-1] if len(path) else trace.ordered.xy[min(trace.points[step, 0], len(trace.ink) - 1)]
        box = trace.characters[number].box(trace.ink)
        axes.plot(*at, marker="o", markersize=5, markerfacecolor="white", markeredgecolor="black", zorder=3)
        if box is not None:
            above = top - 0.06 * (bottom - top)
            axes.text(
                (box[0] + box[2]) / 2, above, trace.text[number], ha="center", va="bottom", fontsize=11,
                parse_math=False,
            )  # fmt: skip
    title(axes, f"read: {trace.text!r}; rings: where the pen was when each character was decided")


def _path(axes: Axes, trace: ReadingTrace) -> None:
    """Draw the character of the winning path at each step; a dot is a blank."""
    _shade_pen_up(axes, trace)
    for step, index in enumerate(trace.path.tolist()):
        most_probable = step in trace.decided
        axes.text(
            step, 0.5, "·" if index == BLANK else _name(trace, index), ha="center", va="center",
            fontsize=9, weight="bold" if most_probable else "normal", parse_math=False,
        )  # fmt: skip
    axes.set(xlim=(-0.7, len(trace) + 2), ylim=(0, 1), xlabel="step")
    axes.set_yticks([])
    title(axes, "the path that won; · is a blank, bold is where a character is most probable")


def _events(axes: Axes, trace: Trace, events: Mapping[str, Mask]) -> None:
    """Mark the steps of each event, one row per event."""
    for row, mask in enumerate(events.values()):
        at = np.flatnonzero(mask)
        axes.plot(at, np.full(len(at), -row), "|", color="black", markersize=7)
    axes.set(xlim=(-0.5, len(trace) - 0.5), ylim=(-len(events) + 0.4, 0.6), xlabel="step")
    axes.set_yticks([-row for row in range(len(events))], list(events), fontsize=8, parse_math=False)


def _shade_pen_up(axes: Axes, trace: Trace) -> None:
    """Draw grey stripes over the pen-up moves."""
    for step in np.flatnonzero(trace.pen_up).tolist():
        axes.axvspan(step - 0.5, step + 0.5, color="0.9", linewidth=0)


def _peaks(values: np.ndarray) -> list[int]:
    """Return the step of the maximum of each run of :func:`_runs`, or of the whole line if there are none."""
    return [int(run[values[run].argmax()]) for run in _runs(values)] or [int(values.argmax())]


def _runs(values: np.ndarray) -> list[np.ndarray]:
    """Return the runs of consecutive steps with values above 0.5."""
    above = np.flatnonzero(values > 0.5)
    return np.split(above, np.flatnonzero(np.diff(above) > 1) + 1) if len(above) else []


def _name(trace: ReadingTrace, index: int) -> str:
    character = trace.alphabet[index - 1]
    return "␣" if character == " " else character
