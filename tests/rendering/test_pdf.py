"""Drawings as PDF."""

import re
import zlib

import pytest

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.page import PageStyle, compose
from handwriting.rendering.pdf import pdf


def content(data):
    """What all streams of the file say."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    return b"\n".join(zlib.decompress(stream) for stream in streams)


def test_vectors_in_millimetres(tmp_path):
    drawing = fitted(write("vectors", seed=1), width_mm=127, title="Vectors (and more) – é", desc="How")
    pdf(drawing, tmp_path / "a.pdf")
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    box = [float(n) for n in re.search(rb"/MediaBox \[([^\]]*)\]", data).group(1).split()]
    assert box == pytest.approx([0, 0, 360, drawing.height / 25.4 * 72])
    operators = content(data)
    assert len(re.findall(rb" c$", operators, re.MULTILINE)) == sum(map(len, drawing.curves))
    assert re.search(rb"\b1 J\b", operators) and re.search(rb"\b1 j\b", operators)  # round caps, round joins
    widths = {float(width) for width in re.findall(rb"([\d.]+) w\b", operators)}
    assert max(widths) == pytest.approx(0.45 / 25.4 * 72)
    assert b"/Subtype /Image" not in data and b"/BaseFont" not in data
    title = "Vectors (and more) – é".encode("utf-16-be").replace(b"(", b"\\(").replace(b")", b"\\)")
    assert title in data


def test_the_same_drawing_gives_the_same_bytes(tmp_path):
    drawing = fitted(write("twice"))
    pdf(drawing, tmp_path / "a.pdf")
    pdf(drawing, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert b"CreationDate" not in (tmp_path / "a.pdf").read_bytes()


def test_rulings_and_dots_are_there(tmp_path):
    pdf(compose([Ink.from_strokes([[[5, 0]]])], PageStyle(paper="ruled")), tmp_path / "a.pdf")
    operators = content((tmp_path / "a.pdf").read_bytes())
    lines = re.findall(rb"([\d.]+) ([\d.]+) m\n([\d.]+) ([\d.]+) l\n+S", operators)
    ruling, dot = ([float(n) * 25.4 / 72 for n in line] for line in lines)
    assert ruling == pytest.approx([0, 23, 210, 23], abs=1e-3)
    assert dot[:2] == pytest.approx([25, 23], abs=1e-3) and dot[2] > dot[0]


def test_the_old_file_stays_when_a_write_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.pdf"
    path.write_text("old")
    drawing = Drawing(10, 10, (Ink.from_strokes([[[1, 1]]]),))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("handwriting.rendering.pdf.FigureCanvasPdf.print_pdf", full)
    with pytest.raises(InkError, match="cannot be written"):
        pdf(drawing, path)
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
