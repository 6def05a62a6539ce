"""Ink as SVG: what the file says, and that it appears whole or not at all."""

import re
import time

import numpy as np
import pytest
from lxml import etree

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.ink import Ink, Source
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.svg import markup, number, svg

NAMES = {"s": "http://www.w3.org/2000/svg"}


def parse(text):
    return etree.fromstring(text.encode())


def paths(root):
    return [p.get("d") for p in root.findall("s:g/s:path", NAMES)]


def control_points(data):
    """Path data as this project writes it, to segments of shape (n, 4, 2)."""
    numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", data)]
    here, segments = np.array(numbers[:2]), []
    for step in np.reshape(numbers[2:], (-1, 3, 2)):
        segments.append([here, *(here + step)])
        here = here + step[-1]
    return np.array(segments)


def test_a_line_in_millimetres(tmp_path):
    ink = write("Ink & <paper>", seed=1)
    svg(ink, tmp_path / "line.svg", width_mm=120, color="#123456", stroke_mm=0.6, desc="A line")
    root = etree.parse(tmp_path / "line.svg").getroot()
    assert root.get("width") == "120.00mm"
    assert root.get("viewBox") == f"0 0 120.00 {root.get('height').removesuffix('mm')}"
    title, desc, pen = root
    assert (title.text, desc.text) == ("Ink & <paper>", "A line")
    assert pen.attrib == {
        "fill": "none",
        "stroke": "#123456",
        "stroke-width": "0.6",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    assert len(pen.findall("s:path", NAMES)) == len(ink.starts)
    assert [p.name for p in tmp_path.iterdir()] == ["line.svg"]


def test_paths_are_the_drawings_curves_to_a_hundredth():
    drawing = fitted(write("Curves and lines", seed=2))
    for curve, data in zip(drawing.curves, paths(parse(markup(drawing))), strict=True):
        # Segments shorter than rounding leaves are not written.
        longer = np.abs((curve - curve[:, :1]).round(2)).max(axis=(1, 2)) > 0.011
        written = control_points(data)
        assert longer.sum() <= len(written) <= len(curve)
        if len(written) == len(curve):
            np.testing.assert_allclose(written, curve, atol=0.0051)
        np.testing.assert_allclose(written[-1, 3], curve[-1, 3], atol=0.0051 + 0.01 * (len(curve) - len(written)))


def test_rounding_does_not_add_up():
    angle = np.linspace(0, 40 * np.pi, 4000)
    ink = Ink.from_strokes([np.column_stack([angle * np.cos(angle), angle * np.sin(angle)])])
    drawing = fitted(ink)
    (data,) = paths(parse(markup(drawing)))
    np.testing.assert_allclose(control_points(data)[-1, 3], drawing.inks[0].xy[-1], atol=0.01)


@pytest.mark.parametrize(
    ("hundredths", "written"),
    [(0, " 0"), (7, " .07"), (-7, "-.07"), (50, " .5"), (100, " 1"), (-1050, "-10.5"), (12345, " 123.45")],
)
def test_numbers_are_short(hundredths, written):
    assert number(hundredths) == written


def test_dots_and_two_points():
    root = parse(markup(Ink.from_strokes([[[0, 0]], [[10, 0], [20, 0]], [[30, 5], [30, 5]]])))
    dot, line, still = paths(root)
    assert dot == "M5 5h0"  # of no length: the round caps draw it
    np.testing.assert_allclose(control_points(line)[:, [0, 3], 1], 5)
    assert still.endswith("h0")
    lone = parse(markup(Ink.from_strokes([[[3, 4]]])))
    assert (lone.get("width"), lone.get("height")) == ("10.00mm", "10.00mm")


def test_tall_ink_is_held_to_the_height():
    root = parse(markup(Ink.from_strokes([[[0, 0], [1, 100]]]), height_mm=50))
    assert root.get("height") == "50.00mm"


def test_screen_readers_are_told():
    ink = Ink.from_strokes([[[0, 0], [1, 1]]], Source(text="said\x00\x0b \ud800so"))
    root = parse(markup(ink, desc="how"))
    title, desc = root.find("s:title", NAMES), root.find("s:desc", NAMES)
    assert title.text == "said\ufffd\ufffd \ufffdso"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == title.get("id") and root.get("aria-describedby") == desc.get("id")
    other = parse(markup(ink, title="given")).find("s:title", NAMES)
    assert other.text == "given" and other.get("id") != title.get("id")  # both may stand in one page
    silent = parse(markup(Ink.from_strokes([[[0, 0]]])))
    assert silent.find("s:title", NAMES) is None and silent.get("aria-labelledby") is None


def test_paper_lies_under_the_ink_and_a_line_has_none():
    ink = Ink.from_strokes([[[0, 0], [30, 0]]])
    page = parse(markup(compose([ink], PageLayout(paper="ruled"))))
    assert [element.tag.split("}")[1] for element in page] == ["rect", "path", "g"]
    assert page[0].get("fill") == "white"
    assert page[1].get("d") == "M0 27L210 27"
    line = parse(markup(compose([ink], PageLayout(width_mm=None))))
    assert [element.tag.split("}")[1] for element in line] == ["g"]


def test_the_same_ink_gives_the_same_bytes():
    ink = write("twice")
    assert markup(ink) == markup(ink)


def test_a_drawing_has_its_style_already():
    drawing = Drawing(10, 10, (Ink.from_strokes([[[1, 1]]]),))
    with pytest.raises(TypeError, match="color"):
        markup(drawing, color="red")


def test_a_full_page_is_quick_and_small():
    """60 lines of 700 points: 0.4 s and 300 kB here."""
    line = write("sixty lines of writing, quick and small: as a page needs", seed=5)
    along = np.linspace(0, len(line) - 1, 700).astype(int)
    mask = np.zeros(len(line), dtype=bool)
    mask[along] = True
    line = line.keep(mask)
    line = line.moved_to((line.x - line.bounds[0]) / 160, (line.y - line.bounds[3]) / 160)
    assert len(line) == 700
    started = time.process_time()
    document = markup(compose([line] * 60))
    assert time.process_time() - started < 2
    assert len(document) < 600_000


@pytest.mark.parametrize("color", ['red" onload="x', "url(http://example.org)", "", "#12"])
def test_what_is_not_a_colour_is_refused(color):
    with pytest.raises(InkError, match="is not a colour"):
        markup(write("a"), color=color)


def test_invisible_strokes_are_refused():
    with pytest.raises(InkError, match="0 mm would be invisible"):
        markup(write("a"), stroke_mm=0)


def test_a_missing_folder_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InkError, match=r"no folder .*missing; create it first"):
        svg(write("a"), tmp_path / "missing" / "a.svg")
    with pytest.raises(InkError, match="is a folder"):
        svg(write("a"), tmp_path)


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with pytest.raises(InkError, match="cannot be written"), atomic(path) as temporary:
        raise OSError(28, "No space left on device")
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]
