"""Ink as pixels."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from PIL import Image

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.png import _fold, contact_sheet, draw, png


def dark(path):
    """Shape (height, width): where the picture is nearer to black than to white."""
    return imread(path)[..., :3].mean(axis=-1) < 0.5


def test_a_picture_has_the_drawings_size_and_its_ink_in_place(tmp_path):
    bar, dot = [[10, 10], [40, 10]], [[25, 20]]
    drawing = Drawing(50.8, 25.4, (Ink.from_strokes([bar, dot]),), "#000080", stroke=2)
    png(drawing, tmp_path / "a.png", dpi=127)  # five pixels to a millimetre
    picture = dark(tmp_path / "a.png")
    assert picture.shape == (127, 254)
    rows, columns = np.nonzero(picture[:75])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((45, 54, 45, 204), abs=1)
    rows, columns = np.nonzero(picture[75:])  # the dot is as round and wide as the line
    assert (rows.min() + 75, rows.max() + 75, columns.min(), columns.max()) == pytest.approx((95, 104, 120, 129), abs=1)
    np.testing.assert_allclose(imread(tmp_path / "a.png")[50, 125, :3], [0, 0, 128 / 255], atol=0.01)


def test_curves_are_smooth(tmp_path):
    """Eight points of a circle: its pixels are those of the circle, not of an octagon."""
    angle = np.linspace(0, 2 * np.pi, 17)
    circle = 20 + 10 * np.column_stack([np.cos(angle), np.sin(angle)])
    png(Drawing(40, 40, (Ink.from_strokes([circle]),), stroke=0.3), tmp_path / "a.png", dpi=254)
    rows, columns = np.nonzero(dark(tmp_path / "a.png"))
    radius = np.hypot(rows - 199.5, columns - 199.5) / 10
    assert abs(radius - 10).max() < 0.3  # half the line, and less than the 0.19 that the chords would be off


def test_paper_is_drawn(tmp_path):
    png(compose([Ink.from_strokes([[[0, 0], [5, 0]]])], PageLayout(paper="ruled")), tmp_path / "a.png", dpi=100)
    picture = imread(tmp_path / "a.png")[..., :3]
    ruling = picture[round(27 / 25.4 * 100) - 2 : round(27 / 25.4 * 100) + 2, 500]
    assert ruling.min() < 0.9 and picture[5, 5].min() == 1


def test_the_same_drawing_gives_the_same_bytes_with_its_title(tmp_path):
    drawing = fitted(write("twice"), title="Twice – é")
    for name in ("a.png", "b.png"):
        png(drawing, tmp_path / name)
    data = (tmp_path / "a.png").read_bytes()
    assert data == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text == {"Title": "Twice – é"}


@pytest.mark.parametrize(
    ("dpi", "message"),
    [
        (0, "a resolution of 0 dpi; give a number above 0"),
        (-10, "a resolution of -10 dpi"),
        (float("nan"), "a resolution of nan dpi"),
        (2400, r"210 x 297 mm at 2400 dpi would be 19843 x 28063 pixels; give 719 dpi or less"),
    ],
)
def test_no_such_resolution(tmp_path, dpi, message):
    drawing = Drawing(210, 297, (Ink.from_strokes([[[1, 1]]]),))
    with pytest.raises(InkError, match=message):
        png(drawing, tmp_path / "a.png", dpi=dpi)
    assert not list(tmp_path.iterdir())


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
    code = (
        "import sys, handwriting.rendering.png, handwriting.rendering.pdf; sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
