"""Typed text, pictures and backgrounds of notebooks, and Markdown."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import re
import shutil
import subprocess

import numpy as np
import pytest
import remarkable_fixture as remarkable
from lxml import etree
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from handwriting.documents.document import in_reading_order
from handwriting.documents.markdown import escape
from handwriting.formats import read_document, save
from handwriting.formats.extras import TypedText
from handwriting.ink import Page

from .conftest import LINES, page

GREEDY = ("--decoder", "greedy")
needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler) is not installed")


@pytest.fixture
def rich(tmp_path):
    """Ink with text, a picture and a PDF page under it; ink alone; and text on another PDF page, without ink.

    The PDF has moved: the notebook names another folder.
    """
    save([page(), page(LINES[1:], 2)], tmp_path / "rich.xopp")
    head, first, second = gzip.decompress((tmp_path / "rich.xopp").read_bytes()).decode().split("<page ")
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 80, 80)).save(buffer, "PNG")
    picture = base64.b64encode(buffer.getvalue()).decode()
    first = re.sub(
        "<background[^>]*>", '<background type="pdf" domain="absolute" filename="/x/a.pdf" pageno="2"/>', first
    )
    first = first.replace(
        "<layer>",
        '<layer><text font="Sans" size="12" x="50" y="95" color="#000000ff">typed remark\nof two lines</text>'
        f'<image left="400" top="500" right="500" bottom="575">{picture}</image>',
    )
    third = (
        'width="600" height="800"><background type="pdf" pageno="3"/><layer>'
        '<text font="Sans" size="20" x="100" y="100">Only *typed* &amp; not drawn</text></layer></page></xournal>'
    )
    text = "<page ".join([head, first, second.replace("</xournal>", ""), third])
    (tmp_path / "rich.xopp").write_bytes(gzip.compress(text.encode()))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    for number in (1, 2, 3):
        canvas.drawString(100, 300, f"Slide {number}")
        canvas.showPage()
    canvas.save()
    return tmp_path / "rich.xopp"


def test_typed_text_stands_in_reading_order_and_is_marked(run, rich):
    code, out, err = run("transcribe", rich, "--format", "json", *GREEDY)
    assert (code, err) == (0, "")
    pages = json.loads(out)["pages"]
    assert [p["number"] for p in pages] == [1, 2, 3]
    lines = pages[0]["lines"]
    assert [line.get("typed", False) for line in lines] == [False, True, True, False, False]
    assert [line["text"] for line in lines[1:3]] == ["typed remark", "of two lines"]
    assert lines[1]["box"] == [50, 95, 50 + 0.5 * 12 * 12, 95 + 1.2 * 12] and lines[1]["words"] == []
    assert pages[2]["text"] == "Only *typed* & not drawn"
    assert (pages[2]["width"], pages[2]["height"], pages[2]["units"]) == (600, 800, "pt")


def test_hocr_marks_typed_text(run, rich, tmp_path):
    assert run("transcribe", rich, "-o", tmp_path / "a.hocr", *GREEDY)[0] == 0
    root = etree.parse(tmp_path / "a.hocr")
    typed = [e for e in root.iter("{*}span") if "x_typed 1" in e.get("title")]
    assert [e.text for e in typed] == ["typed remark", "of two lines", "Only *typed* & not drawn"]
    assert all(e.get("class") == "ocr_line" for e in typed)


def test_markdown_has_a_heading_a_page(run, rich, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("transcribe", "rich.xopp", "-o", "notes.md")[0] == 0
    assert (tmp_path / "notes.md").read_text().split("\n") == [
        "# rich.xopp", "", "## Page 1", "", "some ink on a page", "", "> typed remark  ", "> of two lines", "",
        "a few words or more  ", "this is the last line", "", "## Page 2", "",
        "a few words or more  ", "this is the last line", "", "## Page 3", "", r"> Only \*typed\* & not drawn", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("# no heading", r"\# no heading"),
        ("- no item", r"\- no item"),
        ("2. of May", r"2\. of May"),
        ("2 of May - #1", "2 of May - #1"),
        ("a_b [c] <d> `e` f|g", r"a\_b \[c\] \<d\> \`e\` f\|g"),
        ("Mr. O'Neil, 3.5 %", "Mr. O'Neil, 3.5 %"),
        ("&copy; &#169; R&D; R & D", r"\&copy; \&#169; R\&D; R & D"),
        ("# in C #", r"\# in C \#"),
    ],
)
def test_markdown_shows_lines_as_they_are(line, escaped):
    assert escape(line) == escaped


@needs_pdftotext
def test_a_pdf_has_the_backgrounds_the_pictures_and_all_text(run, rich, tmp_path):
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    code, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert (code, err) == (0, "")
    first = (tmp_path / "r.pdf").read_bytes()
    pages = shown(tmp_path / "r.pdf")
    assert len(pages) == 3
    assert all(part in pages[0] for part in ("some ink", "typed remark", "Slide 2"))
    assert "Slide" not in pages[1] and "a few words" in pages[1]
    assert "Only *typed* & not drawn" in pages[2] and "Slide 3" in pages[2]
    run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert (tmp_path / "r.pdf").read_bytes() == first
    subprocess.run(["pdftoppm", "-r", "72", "-png", tmp_path / "r.pdf", tmp_path / "p"], check=True)
    with Image.open(tmp_path / "p-1.png") as image:
        assert image.size == (600, 800)
        assert image.getpixel((450, 540)) == (200, 80, 80)
        assert (
            min(image.crop((100, 485, 160, 505)).convert("L").tobytes()) < 128
        )  # the slide's text, 300 pt above the edge
        assert min(image.crop((50, 96, 120, 122)).convert("L").tobytes()) < 128  # the typed text


@needs_pdftotext
def test_missing_and_damaged_backgrounds_are_named(run, rich, tmp_path):
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    for content, reason in ((b"damaged", ""), (None, "there is no file")):
        (tmp_path / "a.pdf").unlink() if content is None else (tmp_path / "a.pdf").write_bytes(content)
        code, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
        assert code == 0 and len(err.splitlines()) == 1
        assert err.startswith("note: the PDF background of 2 pages was left out: ") and reason in err
        assert "some ink" in shown(tmp_path / "r.pdf")[0]
    text = gzip.decompress(rich.read_bytes())
    rich.write_bytes(gzip.compress(re.sub(rb"(<image[^>]*>)[^<]*", rb"\1aGVsbG8=", text)))
    code, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert code == 0 and "a picture on page 1 was left out: the picture is damaged" in err


def test_a_document_without_ink_has_its_typed_text(run, rich, tmp_path):
    text = re.sub(rb"<stroke[^>]*>[^<]*</stroke>", b"", gzip.decompress(rich.read_bytes()))
    rich.write_bytes(gzip.compress(text))
    code, out, err = run("transcribe", rich, *GREEDY)
    assert (code, out) == (0, "typed remark\nof two lines\n\nOnly *typed* & not drawn\n")
    assert err == f"note: {rich}: there is no handwriting in it\n"
    rich.write_bytes(gzip.compress(re.sub(rb"<layer>.*?</layer>|<background[^>]*>", b"", text, flags=re.S)))
    for ending in ("txt", "md", "json", "jsonl", "hocr", "pdf"):
        assert run("transcribe", rich, "-o", tmp_path / f"r.{ending}", *GREEDY)[0] == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_an_attached_background_lies_beside_the_notebook(rich, tmp_path):
    text = gzip.decompress(rich.read_bytes()).replace(
        b'domain="absolute" filename="/x/a.pdf"', b'domain="attach" filename="bg.pdf"'
    )
    rich.write_bytes(gzip.compress(text))
    assert read_document(rich).extras[0].pdf.source == (tmp_path / "rich.xopp.bg.pdf", tmp_path / "bg.pdf")
    assert [extra.pdf and extra.pdf.page for extra in read_document(rich).extras] == [1, None, 2]


class Handwritten:
    def __init__(self, text, box):
        self.text, self.box = text, box


def test_reading_order():
    left, right = Handwritten("left", (0, 0, 100, 10)), Handwritten("left 2", (0, 20, 100, 30))
    column = [left, right, Handwritten("right", (200, 0, 300, 10)), Handwritten("right 2", (200, 20, 300, 30))]
    typed = [
        TypedText("below all", (200, 40, 250, 50), 8),
        TypedText("between on the right", (210, 11, 290, 19), 8),
        TypedText("title", (0, -20, 300, -10), 8),
        TypedText("beside the first", (110, 1, 150, 9), 8),
    ]
    assert [line.text for line in in_reading_order(column, typed)] == [
        "title", "left", "beside the first", "left 2", "right", "between on the right", "right 2", "below all"
    ]  # fmt: skip
    assert [line.text for line in in_reading_order([], typed[:2])] == ["between on the right", "below all"]


def shown(path):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def pages_of(path, sizes, **boxes):
    """Write a PDF of pages of these sizes with a mark 100 pt from the left and the top, and return its bytes."""
    canvas = Canvas(str(path))
    for width, height in sizes:
        canvas.setPageSize((width, height))
        for name, box in boxes.items():
            getattr(canvas, f"set{name}")(box)
        canvas.drawString(100, height - 100, "mark")
        canvas.showPage()
    canvas.save()
    return path.read_bytes()


def places(path, page=1):
    """Return the width and the height of a page, and the place of the first of each word."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), path, "-"]
    root = etree.fromstring(subprocess.run(command, check=True, capture_output=True).stdout)
    (sheet,) = root.iter("{*}page")
    words = [(word.text, round(float(word.get("xMin"))), round(float(word.get("yMax")))) for word in sheet]
    return (float(sheet.get("width")), float(sheet.get("height"))), {text: place for text, *place in reversed(words)}


@needs_pdftotext
@pytest.mark.parametrize(("width", "height"), [(595, 842), (842, 595), (420, 595)])
def test_ink_of_a_tablet_is_measured_on_the_pdf_page(run, tmp_path, width, height):
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    pdf = pages_of(tmp_path / "a.pdf", [(width, height)])
    stroke = [((100 - width / 2) * 226 / 72, y * 226 / 72, 100) for y in (80, 100)]
    sheets = [remarkable.page([stroke]), None, remarkable.page([[(0, 300, 100), (0, 340, 100)]])]
    (tmp_path / "a.rmdoc").write_bytes(remarkable.bundle(sheets, pdf=pdf, under=[0, 0, None]))
    assert run("transcribe", tmp_path / "a.rmdoc", "-o", tmp_path / "r.pdf", *GREEDY, "--orientation", "as-is")[0] == 0
    size, words = places(tmp_path / "r.pdf")
    mark = words.pop("mark")
    (read,) = words.values()  # the stroke, which ends where the mark begins
    assert size == pytest.approx((width, height), abs=0.01)
    assert abs(mark[0] - read[0]) <= 2 and abs(mark[1] - read[1]) <= 8
    assert places(tmp_path / "r.pdf", 2) == (size, {"mark": mark})
    assert places(tmp_path / "r.pdf", 3)[0] == pytest.approx((1404 * 72 / 226, 1872 * 72 / 226), abs=0.01)


@needs_pdftotext
def test_a_crop_box_counts_as_far_as_the_page_reaches(run, rich, tmp_path):
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    pages_of(tmp_path / "a.pdf", [(600, 800)] * 3, CropBox=(-100, -100, 900, 1600))
    assert run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)[0] == 0
    assert abs(places(tmp_path / "r.pdf")[1]["mark"][0] - 100) <= 1


def test_the_pages_of_a_background_share_what_they_show(run, rich, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    noise = Image.frombytes("RGB", (200, 200), random.Random(0).randbytes(120_000))
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for _ in range(3):
        canvas.drawImage(ImageReader(noise), 0, 0)
        canvas.showPage()
    canvas.save()
    assert run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)[0] == 0
    assert len(pypdf.PdfReader(tmp_path / "r.pdf").pages) == 3
    assert (tmp_path / "r.pdf").stat().st_size < (tmp_path / "a.pdf").stat().st_size + 60_000


def test_why_a_pdf_page_is_missing_is_said(run, rich, tmp_path, monkeypatch):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pages_of(tmp_path / "a.pdf", [(600, 800)] * 2)
    _, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert err == "note: the PDF background of 1 page was left out: the PDF has 2 pages, and not 3\n"
    writer = pypdf.PdfWriter(clone_from=tmp_path / "a.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "a.pdf")
    _, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert err.startswith("note: the PDF background of 2 pages was left out: the PDF needs a password;")

    def decrypt(*_):
        raise pypdf.errors.DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf.PdfReader, "decrypt", decrypt)
    _, _, err = run("transcribe", rich, "-o", tmp_path / "r.pdf", *GREEDY)
    assert "the PDF is encrypted; install the package cryptography, or save a decrypted copy" in err


@pytest.mark.parametrize("kind", ["text", "markdown", "json", "hocr"])
def test_typed_text_has_no_control_characters(run, tmp_path, kind):
    text = "red \x1b[31m\x07\rhalf \ud800 \uffff\u2028family \U0001f469\u200d\U0001f467"
    element = {"type": "text", "x": 0, "y": 0, "fontSize": 20, "text": text}
    drawing = {"type": "excalidraw", "elements": [element]}
    (tmp_path / "a.excalidraw").write_text(json.dumps(drawing))
    code, out, _ = run("transcribe", tmp_path / "a.excalidraw", "--format", kind, *GREEDY)
    assert code == 0
    assert all(part in out for part in ("red", "half", "family \U0001f469\u200d\U0001f467"))
    assert not set("\x1b\x07\r\ud800\uffff\u2028") & set(out)


@needs_pdftotext
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_text_lies_on_turned_ink_beside_typed_text(run, tmp_path, turns):
    upright = page()
    x, y = upright.ink.x, upright.ink.y
    for _ in range(turns):
        x, y = -y, x
    ink = upright.ink.moved_to(x - x.min() + 100, y - y.min() + 100)
    save([Page(ink, 600.0, 800.0, 1)], tmp_path / "a.xopp")
    text = gzip.decompress((tmp_path / "a.xopp").read_bytes()).decode()
    text = text.replace("<layer>", '<layer><text size="12" x="20" y="20">typed</text>')
    (tmp_path / "a.xopp").write_bytes(gzip.compress(text.encode()))
    turned = ("turned-90", "turned-180", "turned-270")[turns - 1]
    assert run("transcribe", tmp_path / "a.xopp", "-o", tmp_path / "r.pdf", "--orientation", turned)[0] == 0
    lines = " ".join(
        subprocess.run(["pdftotext", tmp_path / "r.pdf", "-"], capture_output=True, text=True).stdout.split()
    )
    assert all(line in lines for line in LINES)
    root = etree.fromstring(
        subprocess.run(["pdftotext", "-bbox", tmp_path / "r.pdf", "-"], check=True, capture_output=True).stdout
    )
    boxes = [[float(word.get(k)) for k in ("xMin", "yMin", "xMax", "yMax")] for word in root.iter("{*}word")]
    boxes = [box for box in boxes if box[0] > 50]  # without the typed word
    edges = [*np.min(boxes, axis=0)[:2], *np.max(boxes, axis=0)[2:]]
    assert np.abs(np.subtract(edges, ink.bounds)).max() < 15  # a line is 24 pt high
