"""Write the files of an inspection: figures as PNG and SVG, arrays as NPZ, and a description as JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray

from handwriting.files import atomic

KINDS = ("png", "svg")
DPI = 110
REPRODUCIBLE: Any = {"svg.hashsalt": "handwriting", "svg.fonttype": "none"}
"""Settings that make the files reproducible, and keep text as text."""


def save_figure(figure: Figure, folder: Path, name: str, description: str, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Write ``folder/name.png`` and ``.svg``; ``description`` becomes the files' alternative text."""
    written = []
    for kind in kinds:
        path = folder / f"{name}.{kind}"
        metadata: dict[str, str | None] = {"Title": name, "Description": description}
        metadata |= {"Software": None} if kind == "png" else {"Date": None}
        (FigureCanvasAgg if kind == "png" else FigureCanvasSVG)(figure)
        with atomic(path) as temporary, rc_context(REPRODUCIBLE), _quiet():
            figure.savefig(temporary, format=kind, dpi=DPI, metadata=metadata)
        written.append(path)
    return written


def save_arrays(
    folder: Path, name: str, arrays: Mapping[str, tuple[NDArray, str]], about: Mapping[str, Any]
) -> list[Path]:
    """Write ``folder/name.npz`` and ``name.json``, which holds ``about`` and the shape of every array.

    ``arrays`` has, by name, each array and the names of its dimensions, such as ``"steps, units"``.
    """
    with atomic(folder / f"{name}.npz") as temporary:
        np.savez_compressed(temporary, **{key: array for key, (array, _) in arrays.items()})  # type: ignore[arg-type]
    shapes = {
        key: {"dimensions": dimensions.split(", "), "shape": list(array.shape), "dtype": str(array.dtype)}
        for key, (array, dimensions) in arrays.items()
    }
    with atomic(folder / f"{name}.json") as temporary:
        temporary.write_text(json.dumps({**about, "arrays": shapes}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return [folder / f"{name}.npz", folder / f"{name}.json"]


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Matplotlib's warnings about uninstalled formula fonts, which SVG text kept as text refers to."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
