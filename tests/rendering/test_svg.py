"""Ink as SVG: what the file says, and that it appears whole or not at all."""

import re
from itertools import pairwise

import numpy as np
import pytest
from lxml import etree

from handwriting.errors import InkError
from handwriting.files import atomic
from handwriting.ink import Ink, Source
from handwriting.rendering.geometry import beziers, decimate, distance_to_segment, distinct, fit, sample
from handwriting.rendering.hershey import write
from handwriting.rendering.svg import TOLERANCE_MM, markup, svg

NAMES = {"s": "http://www.w3.org/2000/svg"}


def parse(text):
    return etree.fromstring(text.encode())


def test_a_line_in_millimetres(tmp_path):
    ink = write("Ink & <paper>", seed=1)
    svg(ink, tmp_path / "line.svg", width_mm=120, color="#123456", stroke_mm=0.6, desc="A line")
    root = etree.parse(tmp_path / "line.svg").getroot()
    assert root.get("width") == "120.00mm"
    assert root.get("viewBox") == f"0 0 120.00 {root.get('height').removesuffix('mm')}"
    assert root.findtext("s:title", namespaces=NAMES) == "Ink & <paper>"
    assert root.findtext("s:desc", namespaces=NAMES) == "A line"
    (pen,) = root.findall("s:g", NAMES)
    assert pen.attrib == {
        "fill": "none",
        "stroke": "#123456",
        "stroke-width": "0.6",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    assert len(pen.findall("s:path", NAMES)) == len(ink.starts)
    assert [p.name for p in tmp_path.iterdir()] == ["line.svg"]


def test_paths_follow_the_ink_to_a_tenth_of_a_millimetre():
    ink = write("Curves and lines", seed=2)
    place = fit(ink, 180, 250, 5)
    paths = parse(markup(ink)).findall(".//s:path", NAMES)
    for stroke, path in zip(ink, paths, strict=True):
        points = place(stroke)
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
        start, steps = np.array(numbers[:2]), np.reshape(numbers[2:], (-1, 2))
        if "c" in path.get("d"):
            ends = start + np.append([[0, 0]], np.cumsum(steps[2::3], axis=0), axis=0)
            np.testing.assert_allclose(ends[-1], points[-1], atol=0.2)
        curve = sample(beziers(decimate(distinct(points), TOLERANCE_MM)), 16)
        distance = [min(distance_to_segment(p[None], a, b)[0] for a, b in pairwise(curve)) for p in points[::5]]
        assert max(distance) < 0.1


def test_rounding_does_not_add_up():
    angle = np.linspace(0, 40 * np.pi, 4000)
    spiral = np.column_stack([angle * np.cos(angle), angle * np.sin(angle)])
    ink = Ink.from_strokes([spiral])
    (path,) = parse(markup(ink)).findall(".//s:path", NAMES)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
    end = np.array(numbers[:2]) + np.reshape(numbers[2:], (-1, 2))[2::3].sum(axis=0)
    np.testing.assert_allclose(end, fit(ink, 180, 250, 5)(spiral)[-1], atol=0.02)


def test_dots_and_two_points():
    root = parse(markup(Ink.from_strokes([[[0, 0]], [[10, 0], [20, 0]], [[30, 5], [30, 5]]])))
    dot, line, still = (p.get("d") for p in root.findall(".//s:path", NAMES))
    assert dot == "M5.00 5.00h0"  # of no length: the round caps draw it
    assert re.fullmatch(r"M[\d.]+ 5\.00L[\d.]+ 5\.00", line)
    assert still.endswith("h0")
    lone = parse(markup(Ink.from_strokes([[[3, 4]]])))
    assert (lone.get("width"), lone.get("height")) == ("10.00mm", "10.00mm")


def test_tall_ink_is_held_to_the_height():
    root = parse(markup(Ink.from_strokes([[[0, 0], [1, 100]]]), height_mm=50))
    assert root.get("height") == "50.00mm"


def test_titles():
    ink = Ink.from_strokes([[[0, 0], [1, 1]]], Source(text="said\x00\x0b \ud800so"))
    assert parse(markup(ink)).findtext("s:title", namespaces=NAMES) == "said\ufffd\ufffd \ufffdso"
    assert parse(markup(ink, title="given")).findtext("s:title", namespaces=NAMES) == "given"
    assert parse(markup(Ink.from_strokes([[[0, 0]]]))).find("s:title", NAMES) is None


def test_the_same_ink_gives_the_same_bytes():
    ink = write("twice")
    assert markup(ink) == markup(ink)


@pytest.mark.parametrize("color", ['red" onload="x', "url(http://example.org)", "", "#12"])
def test_what_is_not_a_colour_is_refused(color):
    with pytest.raises(InkError, match="is not a colour"):
        markup(write("a"), color=color)


def test_invisible_strokes_are_refused():
    with pytest.raises(InkError, match="0 mm cannot be seen"):
        markup(write("a"), stroke_mm=0)


def test_a_missing_folder_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InkError, match=r"no folder .*missing; make it first"):
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
