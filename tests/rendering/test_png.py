"""Ink as pixels."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.hershey import write
from handwriting.rendering.png import _fold, contact_sheet, draw, png


def dark(path):
    """Shape (height, width): where the picture is nearer to black than to white."""
    return imread(path)[..., :3].mean(axis=-1) < 0.5


def test_a_picture_is_as_large_as_the_ink_needs(tmp_path):
    ink = write("Hello")
    png(ink, tmp_path / "line.png", width_px=600)
    picture = dark(tmp_path / "line.png")
    assert picture.shape[1] == 600
    left, top, right, bottom = ink.bounds
    assert picture.shape[0] == pytest.approx(40 + 560 * (bottom - top) / (right - left), abs=1)
    rows, columns = np.nonzero(picture)
    assert abs(columns.min() - 20) <= 2 and abs(columns.max() - 580) <= 2  # the ink reaches its margins
    assert abs(rows.min() - 20) <= 2 and abs(rows.max() - (picture.shape[0] - 20)) <= 2


def test_y_grows_downward(tmp_path):
    png(Ink.from_strokes([[[0, 0], [100, 0]], [[0, 50], [10, 50]]]), tmp_path / "a.png", width_px=200)
    rows, _ = np.nonzero(dark(tmp_path / "a.png"))
    assert np.mean(rows < rows.mean()) > 0.5  # the long stroke is on top


def test_dots_can_be_seen(tmp_path):
    png(Ink.from_strokes([[[0, 0]], [[100, 0], [100, 0]], [[100, 50], [120, 50]]]), tmp_path / "dots.png", width_px=240)
    picture = dark(tmp_path / "dots.png")
    assert picture[15:25, 15:25].any()
    assert picture[15:25, 178:198].any()
    png(Ink.from_strokes([[[7, 7]]]), tmp_path / "dot.png")
    assert dark(tmp_path / "dot.png").any()


def test_long_ink_is_held_to_the_height(tmp_path):
    png(Ink.from_strokes([[[0, 0], [1, 1000]]]), tmp_path / "a.png", height_px=300)
    assert dark(tmp_path / "a.png").shape[0] == 300


def test_draw_uses_the_axes_that_it_is_given():
    axes = Figure().add_subplot()
    draw(axes, write("a"), color="red")
    assert len(axes.patches) == 1
    assert axes.yaxis_inverted()


def test_contact_sheet_holds_every_row(tmp_path):
    rows = [(write("reference", seed=i), ["reference", "outpvt $5 and $6"]) for i in range(3)]
    contact_sheet(rows, tmp_path / "sheet.png", width_px=500)
    three = dark(tmp_path / "sheet.png")
    contact_sheet(rows[:1], tmp_path / "sheet.png", width_px=500)
    one = dark(tmp_path / "sheet.png")
    assert three.shape[1] == one.shape[1] == 500
    assert three.shape[0] > 2.5 * one.shape[0]
    pitch = (three.shape[0] - one.shape[0]) // 2
    for i in range(3):  # ink above captions, in each row
        row = three[16 + i * pitch : 16 + i * pitch + one.shape[0] - 32]
        assert row[:80].any() and row[86:].any()


def test_captions_may_hold_anything(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        contact_sheet([(write("a"), ["$\\frac{1$", "中文 \u0301 é", "", "w" * 500])], tmp_path / "sheet.png")


def test_long_captions_are_folded_and_nothing_is_lost():
    line = "a  reference that is longer than the sheet is wide " * 3
    pieces = _fold(line, 40)
    assert max(map(len, pieces)) <= 40
    assert "".join(piece.removeprefix("    ") if i else piece for i, piece in enumerate(pieces)) == line
    assert _fold("", 40) == [""]


def test_nothing_to_draw_and_too_much_are_refused(tmp_path):
    with pytest.raises(InkError, match="at least one ink"):
        contact_sheet([], tmp_path / "sheet.png")
    with pytest.raises(InkError, match="draw fewer"):
        contact_sheet([(write("a"), ["a"])] * 1000, tmp_path / "sheet.png")


def test_pyplot_stays_out():
    code = "import sys, handwriting.rendering.png; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
