"""Drawings as PDF."""

import base64
import re
import shutil
import subprocess
import zlib

import pytest
from lxml import etree

from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.drawing import Drawing, fitted
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.pdf import PlacedText, data, pdf


def content(file):
    """What all streams of the file say."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", file, re.DOTALL)
    return b"\n".join(zlib.decompress(base64.a85decode(stream.strip()[:-2])) for stream in streams)


def test_vectors_in_millimetres(tmp_path):
    drawing = fitted(write("vectors", seed=1), width_mm=127, title="Vectors (and more) – é", desc="How")
    pdf(drawing, tmp_path / "a.pdf")
    file = (tmp_path / "a.pdf").read_bytes()
    assert file.startswith(b"%PDF-") and file.rstrip().endswith(b"%%EOF")
    box = [float(n) for n in re.search(rb"/MediaBox \[([^\]]*)\]", file).group(1).split()]
    assert box == pytest.approx([0, 0, 360, drawing.height / 25.4 * 72])
    operators = content(file)
    assert len(re.findall(rb" c\b", operators)) == sum(map(len, drawing.curves))
    assert re.search(rb"\b1 J\b", operators) and re.search(rb"\b1 j\b", operators)  # round caps, round joins
    widths = {float(width) for width in re.findall(rb"([\d.]+) w\b", operators)}
    assert max(widths) == pytest.approx(0.45 / 25.4 * 72)
    assert b"/Subtype /Image" not in file
    assert b"DejaVu" not in file and b"/Title (Vectors \\(and more\\) \\205 \\351)" in file


def test_the_same_drawing_gives_the_same_bytes(tmp_path):
    drawing = fitted(write("twice"))
    pdf(drawing, tmp_path / "a.pdf")
    pdf(drawing, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_rulings_and_dots_are_there(tmp_path):
    pdf(compose([Ink.from_strokes([[[5, 0]]])], PageLayout(paper="ruled")), tmp_path / "a.pdf")
    operators = content((tmp_path / "a.pdf").read_bytes())
    lines = re.findall(rb"([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l\s+S", operators)
    ruling, dot = ([float(n) * 25.4 / 72 for n in line] for line in lines)
    assert ruling == pytest.approx([0, 23, 210, 23], abs=1e-3)
    assert dot == pytest.approx([25, 23, 25, 23], abs=1e-3)  # round caps make it a dot


def test_the_old_file_stays_when_a_write_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.pdf"
    path.write_text("old")
    drawing = Drawing(10, 10, (Ink.from_strokes([[[1, 1]]]),))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("handwriting.rendering.pdf.data", full)
    with pytest.raises(InkError, match="cannot be written"):
        pdf(drawing, path)
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_words_lie_under_their_ink_and_are_found(tmp_path):
    drawings = [fitted(write(text), width_mm=100) for text in ("first page", "second page")]
    words = [
        [PlacedText("naïve", 10, 20, 30, 5), PlacedText("words", 50, 20, 40, 5)],
        [PlacedText("Łódź", 10, 15, 30, 5), PlacedText("ω", 50, 15, 3, 5)],
    ]
    (tmp_path / "a.pdf").write_bytes(data(drawings, words))
    found = subprocess.run(["pdftotext", "-bbox", tmp_path / "a.pdf", "-"], check=True, capture_output=True).stdout
    boxes = etree.fromstring(found.replace(b"http://www.w3.org/1999/xhtml", b"")).iter("{*}word")
    scale = 72 / 25.4
    for box, word in zip(boxes, [w for page in words for w in page], strict=True):
        assert box.text == word.text
        left, right, top, bottom = (float(box.get(name)) / scale for name in ("xMin", "xMax", "yMin", "yMax"))
        assert (left, right) == pytest.approx((word.left, word.left + word.width), abs=0.01)
        assert top < word.baseline < bottom < word.baseline + word.size
