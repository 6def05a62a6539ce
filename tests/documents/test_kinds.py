"""A notebook as JSON, hOCR and searchable PDF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from lxml import etree

from handwriting.documents.document import Document
from handwriting.documents.hocr import PIXELS, hocr
from handwriting.documents.pdf import pdf
from handwriting.documents.record import json_lines, record
from handwriting.metrics import cer

from .conftest import LINES, page


def test_pages_are_read_line_by_line(document):
    first, second = document.text.split("\n\n")
    assert len(first.split("\n")) == 3 and len(second.split("\n")) == 2
    assert cer([("\n".join(LINES), first), ("\n".join(LINES[1:]), second)]) < 0.2


def test_json_has_pages_lines_words_and_characters(document):
    (line,) = json_lines([record(document)]).splitlines()
    known = json.loads(line)
    assert known["file"] == "notes.xopp" and known["text"] == document.text
    assert [p["number"] for p in known["pages"]] == [1, 2]
    for sheet, texts in zip(known["pages"], (LINES, LINES[1:]), strict=True):
        assert (sheet["width"], sheet["height"], sheet["units"]) == (600, 800, "pt")
        counted = page(texts).ink
        seen = np.zeros(len(counted), dtype=int)
        for line in sheet["lines"]:
            assert " ".join(word["text"] for word in line["words"]) == line["text"]
            assert len(line["alternatives"]) == 1 and 0 <= line["alternatives"][0]["probability"] <= 1
            for word in line["words"]:
                assert "".join(c["text"] for c in word["characters"]) == word["text"]
                assert inside(word["box"], line["box"]) and 0 <= word["probability"] <= 1
                for character in word["characters"]:
                    assert inside(character["box"], word["box"])
                    for piece in character["points"]:
                        start = counted.starts[piece["stroke"]]
                        seen[start + piece["begin"] : start + piece["end"]] += 1
        assert (seen == 1).all()


def test_hocr_says_where_everything_stands(document):
    root = etree.fromstring(hocr([document]))
    pages = found(root, "ocr_page")
    assert len(pages) == 2
    assert box(pages[0]) == [0, 0, round(PIXELS * 600 / 800), PIXELS]
    for sheet, read in zip(pages, document.pages, strict=True):
        lines = found(sheet, "ocr_line")
        assert [" ".join("".join(line.itertext()).split()) for line in lines] == [line.text for line in read.lines]
        for line in lines:
            assert inside(box(line), box(sheet))
            for word in found(line, "ocrx_word"):
                assert inside(box(word), box(line))
                assert 0 <= int(re.search(r"x_wconf (\d+)", word.get("title"))[1]) <= 100
                letters = found(word, "ocrx_cinfo")
                assert all(re.fullmatch(r"x_bboxes( \d+){4}; x_conf \d+", letter.get("title")) for letter in letters)
    tops = [box(line)[1] for line in found(pages[0], "ocr_line")]
    assert tops == sorted(tops)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_a_pdf_is_searched(document, tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf([document]))
    text = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], check=True, capture_output=True, text=True).stdout
    assert [part.split() for part in text.split("\f")[:2]] == [part.split() for part in document.text.split("\n\n")]
    boxes = subprocess.run(["pdftotext", "-bbox", tmp_path / "a.pdf", "-"], check=True, capture_output=True).stdout
    words = list(etree.fromstring(boxes).iter("{*}word"))
    sheet = etree.fromstring(boxes).find(".//{*}page")
    assert (float(sheet.get("width")), float(sheet.get("height"))) == pytest.approx((600, 800))
    (read,) = [line.words[0] for line in document.pages[0].lines[:1]]
    left, top, right, bottom = read.box(document.pages[0].lines[0].ink)
    first = {name: float(words[0].get(name)) for name in ("xMin", "yMin", "xMax", "yMax")}
    assert first["xMin"] == pytest.approx(left, abs=0.1) and first["xMax"] > left + 0.5 * (right - left)
    assert first["yMin"] < (top + bottom) / 2 < first["yMax"]


def test_ink_without_a_sheet_becomes_as_wide_as_a4(tmp_path):
    from handwriting.documents.inputs import find_files
    from handwriting.documents.loading import load
    from handwriting.documents.recognise import TranscribeOptions, recognise
    from handwriting.formats import save

    save(page().ink, tmp_path / "a.json")
    read = next(recognise(load(find_files([str(tmp_path / "a.json")])), TranscribeOptions()))
    data = pdf([read])
    width = float(re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", data)[1])
    assert width == pytest.approx(210 / 25.4 * 72, abs=0.01)


def test_what_could_not_be_read_is_named():
    assert record(Document("a.xml", error="a.xml: broken")) == {"file": "a.xml", "error": "a.xml: broken"}
    assert len(etree.fromstring(hocr([Document("a.xml", error="broken")])).findall(".//{*}div")) == 0


def found(root, name):
    return root.xpath(f".//*[@class='{name}']")


def box(element):
    return [int(n) for n in re.search(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)", element.get("title")).groups()]


def inside(small, large):
    return large[0] <= small[0] <= small[2] <= large[2] and large[1] <= small[1] <= small[3] <= large[3]
