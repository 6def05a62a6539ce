"""Draw the pictures of docs/features.md into docs/features/: PYTHONPATH=. python docs/features.py

The ink is written with a font and then rotated, slanted or scaled on purpose, so no corpus is needed and every run
draws the same. Grey is before, black is after; the one colour marks what the step looks at, as named in the upper
corner.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from PIL import Image

from handwriting.features import FeatureConfig
from handwriting.features.bezier import fit_curves
from handwriting.features.points import encode_points
from handwriting.geometry.normalise import deskew, deslant, ink_weights, normalise, resize, segments, writing_height
from handwriting.geometry.resample import resample
from handwriting.ink import Ink
from handwriting.rendering.hershey import write
from handwriting.rendering.png import draw
from handwriting.training.augment import Augmentation

WIDTH, DPI = 1000, 100
INK, BEFORE, PALE, ACCENT = "#1a1a1a", "#9a9a9a", "#d8d8d8", "#c8443c"
CONFIG = FeatureConfig()


def draw_deskew() -> Figure:
    level = write("a line that climbs", seed=4)
    z = (level.x + 1j * level.y) * np.exp(-1j * np.radians(9))  # y grows downward: a negative angle climbs
    before = level.moved_to(z.real, z.imag)
    inks = [centred(before), centred(deskew(before))]
    figure, panels = before_and_after(180, inks, ("before", "after deskew"), "the line of writing, as found")
    # The angle by which the step rotated the ink is the slope that it found.
    chords = [complex(*(ink.xy[-1] - ink.xy[0])) for ink in inks]
    for axes, ink, slope in zip(panels, inks, (np.tan(np.angle(chords[0] / chords[1])), 0.0), strict=True):
        axes.plot(ink.bounds[::2], slope * np.array(ink.bounds[::2]), color=ACCENT, linewidth=1.2)
    return figure


def draw_deslant() -> Figure:
    upright = write("leaning hard", seed=8)
    before = upright.moved_to(upright.x - 0.6 * upright.y, upright.y)
    inks = [centred(before), centred(deslant(before))]
    figure, panels = before_and_after(180, inks, ("before", "after deslant"), "steep downstrokes")
    dx, dy, _ = segments(inks[1])
    steep = np.flatnonzero((dy > 0) & (np.abs(dx) < 1.2 * dy))
    for axes, ink in zip(panels, inks, strict=True):
        lines = np.stack([ink.xy[steep], ink.xy[steep + 1]], axis=1)
        axes.add_collection(LineCollection(list(lines), color=ACCENT, linewidth=2.2, capstyle="round"))
    return figure


def draw_resize() -> Figure:
    words = (write("tiny", seed=5), 0.0015), (write("large", seed=3), 0.004)
    before = [ink.moved_to(factor * ink.x, factor * ink.y) for ink, factor in words]
    pairs = [(centred(a, -1.75), centred(b, 1.25)) for a, b in (before, [resize(ink) for ink in before])]
    rows = [Ink.from_strokes([*left, *right]) for left, right in pairs]
    figure, panels = before_and_after(220, rows, ("before", "after resize"), "writing height and middle line")
    for axes, ink in zip(np.repeat(panels, 2), [*pairs[0], *pairs[1]], strict=True):
        height, ends = writing_height(ink), ink.bounds[::2]
        axes.fill_between(ends, -height / 2, height / 2, color=ACCENT, alpha=0.13, linewidth=0, zorder=0)
        axes.plot(ends, [0, 0], color=ACCENT, linewidth=1.2)
        axes.text(ends[1] + 0.08, 0, f"{height:.1f}", color=ACCENT, fontsize=10, va="center")
    return figure


def draw_resample() -> Figure:
    ink = write("tidy", seed=6)  # sampled evenly in time, like a tablet: the points crowd where the pen is slow
    spans = [np.arange(ink.t[a], ink.t[b - 1], 0.01) for a, b in zip(ink.starts, ink.ends, strict=True)]
    strokes = [np.transpose([np.interp(t, ink.t, v) for v in (ink.x, ink.y)]) for t in spans]
    before = normalise(Ink.from_strokes(strokes))
    after, _ = resample(before, CONFIG.spacing)
    titles = f"before: {len(before)} points", f"after resample: {len(after)} points, {CONFIG.spacing} apart"
    figure, panels = before_and_after(420, [before, before], titles, "pen-up moves", (PALE, PALE))
    for axes, ink, color in zip(panels, [before, after], ("#707070", INK), strict=True):
        moves = np.stack([ink.xy[ink.ends[:-1] - 1], ink.xy[ink.starts[1:]]], axis=1)
        axes.add_collection(LineCollection(list(moves), color=ACCENT, linewidth=0.8))
        axes.plot(ink.x, ink.y, "o", color=color, markersize=3.6, markeredgewidth=0)
    return figure


def draw_bezier() -> Figure:
    ink = normalise(write("ocean", font="cursive", seed=2))
    fitted = fit_curves(ink, CONFIG.tolerance)
    polygons = np.column_stack([fitted.start, fitted.control1, fitted.control2, fitted.end])
    figure = Figure(figsize=(WIDTH / DPI, 3.5), dpi=DPI)
    axes = panel(figure, 20, 44, 960, 296)
    label(figure, 20, 20, f"{len(fitted)} curves, and in grey what lies within {CONFIG.tolerance} of the ink")
    label(figure, 980, 20, "curve ends and control polygons", ACCENT, ha="right")
    share_view([axes], [ink, Ink(polygons.real.ravel(), polygons.imag.ravel(), [0])])
    axes.apply_aspect()
    unit = np.ptp(axes.transData.transform([(0, 0), (1, 0)])[:, 0]) * 72 / DPI  # in points, like line widths
    for stroke in ink.strokes:
        axes.plot(*stroke.T, color=PALE, linewidth=2 * CONFIG.tolerance * unit, solid_capstyle="round", zorder=1)
    for curve, polygon in zip(fitted.at(np.linspace(0, 1, 40)[:, None]).T, polygons, strict=True):
        axes.plot(curve.real, curve.imag, color=INK, linewidth=1.4)
        axes.plot(polygon.real, polygon.imag, color=ACCENT, linewidth=0.8)
    handles, ends = polygons[:, 1:3].ravel(), polygons[:, ::3].ravel()
    axes.plot(handles.real, handles.imag, "s", color="white", markeredgecolor=ACCENT, markersize=3.6, zorder=3)
    axes.plot(ends.real, ends.imag, "o", color=ACCENT, markersize=5.5, markeredgewidth=0, zorder=4)
    return figure


def draw_points() -> Figure:
    ink = normalise(write("quit", seed=1))
    (steps, _), (points, _) = encode_points(ink, CONFIG.spacing), resample(ink, CONFIG.spacing)
    figure = Figure(figsize=(WIDTH / DPI, 7.2), dpi=DPI)
    word = panel(figure, 150, 20, 750, 200)
    draw(word, points, color=INK, width=1)
    word.plot(points.x, points.y, "o", color=INK, markersize=3, markeredgewidth=0)
    label(figure, 20, 20, f"{len(steps)} steps")
    label(figure, 980, 20, "where strokes begin", ACCENT, ha="right")
    for number, (start, x, y) in enumerate(zip(points.starts, *points.xy[points.starts].T, strict=True), 1):
        word.plot(x, y, "o", color=ACCENT, markersize=5, markeredgewidth=0)
        ahead = points.xy[start + 1] - (x, y)  # place the number where the stroke does not go
        place = (x, y) - 0.09 * ahead / np.hypot(*ahead)
        word.text(*place, str(number), color=ACCENT, fontsize=10, ha="center", va="center")
        label(figure, 150 + 750 * (start + 1) / (len(steps) + 1), 248, str(number), ACCENT, ha="center")
    names = ("dx", "dy", "turn: cosine − 1", "turn: sine", "height", "first point", "last point", "move dx", "move dy")
    for i, (name, values) in enumerate(zip(names, steps.T, strict=True)):
        row = panel(figure, 150, 260 + 50 * i, 750, 36)
        row.vlines(points.starts, 0, 1, transform=row.get_xaxis_transform(), color=ACCENT, linewidth=0.8)
        row.axhline(0, color=PALE, linewidth=0.8)
        row.plot(values, color=INK, linewidth=1.2, drawstyle="steps-mid")
        row.set_xlim(-1, len(steps))
        if name in ("dy", "height", "move dy"):
            row.invert_yaxis()  # downward positive, as on the page
        label(figure, 20, 278 + 50 * i, f"{i}  {name}")
        limits = f"{values.min():.1f} to {values.max():.1f}".replace("-", "−")
        label(figure, 980, 278 + 50 * i, limits, BEFORE, ha="right")
    share_view([word], [points])
    return figure


def draw_augment() -> Figure:
    ink = normalise(write("the same words", seed=11))
    augment, random = Augmentation(), np.random.default_rng(19)
    versions = [v.moved_to(v.x - v.x.min(), v.y) for v in (ink, *(augment(ink, random) for _ in range(6)))]
    figure = Figure(figsize=(WIDTH / DPI, 4.3), dpi=DPI)
    label(figure, 20, 20, "before")
    label(figure, 20, 130, "six augmented versions")
    panels = [panel(figure, 20, 34, 450, 80)]
    panels += [panel(figure, 20 + 510 * (i % 2), 148 + 92 * (i // 2), 450, 80) for i in range(6)]
    for axes, version in zip(panels, versions, strict=True):
        draw(axes, version, color=BEFORE if version is versions[0] else INK)
    share_view(panels, versions)
    return figure


def centred(ink: Ink, x: float = 0.0) -> Ink:
    """Centre ink horizontally at ``x``, with its middle, as `resize` finds it, at y = 0."""
    middle = np.average(ink.y, weights=ink_weights(ink))
    return ink.moved_to(ink.x - (ink.x.min() + ink.x.max()) / 2 + x, ink.y - middle)


def before_and_after(
    height: int, inks: list[Ink], titles: tuple[str, str], accent: str, colors: tuple[str, str] = (BEFORE, INK)
) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI)
    label(figure, 980, 20, accent, ACCENT, ha="right")
    panels = [panel(figure, left, 40, 450, height - 50) for left in (20, 530)]
    for axes, x, ink, title, color in zip(panels, (20, 530), inks, titles, colors, strict=True):
        label(figure, x, 20, title)
        draw(axes, ink, color=color, width=1.5)
    share_view(panels, inks)
    return figure, panels


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes without a frame, placed in pixels from the upper left corner."""
    down = figure.bbox.height
    axes = figure.add_axes((left / WIDTH, 1 - (top + height) / down, width / WIDTH, height / down))
    axes.set_axis_off()
    return axes


def label(figure: Figure, x: float, y: float, text: str, color: str = INK, ha: str = "left") -> None:
    figure.text(x / WIDTH, 1 - y / figure.bbox.height, text, color=color, fontsize=10, va="center", ha=ha)


def share_view(panels: list[Axes], inks: list[Ink]) -> None:
    """Show all panels at one scale: the one that shows all of ``inks``."""
    xy = np.concatenate([ink.xy for ink in inks])
    (left, top), (right, bottom) = xy.min(axis=0) - 0.01 * np.ptp(xy[:, 0]), xy.max(axis=0) + 0.01 * np.ptp(xy[:, 0])
    for axes in panels:
        axes.set(xlim=(left, right), ylim=(bottom, top))
        axes.set_aspect("equal", anchor="W")


if __name__ == "__main__":
    for picture in (draw_deskew, draw_deslant, draw_resize, draw_resample, draw_bezier, draw_points, draw_augment):
        path = Path(__file__).with_suffix("") / f"{picture.__name__.removeprefix('draw_')}.png"
        canvas = FigureCanvasAgg(picture())
        canvas.draw()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(48).save(path, optimize=True)
        print(f"{path.name:<14} {path.stat().st_size / 1000:5.1f} kB")
