"""Letters over HTTP: a file with all pages, the events on the way to it, and what is refused."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pytest
from lxml import etree

from handwriting import formats
from handwriting.web import api, letters, schemas
from handwriting.web.recent import Recent

SMALL = {"page": "100x60", "margins": [10, 10, 10, 10], "lineHeight": 10}
REQUEST = {"text": "ink and pen\n\fa second page", "bestOf": 1, "sheet": SMALL}


def test_a_letter_is_one_pdf_with_all_pages(client):
    answer = client.post("/api/letter", json=REQUEST)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="handwriting.pdf"' in answer.headers["content-disposition"]
    assert answer.content.count(b"/Type /Page\n") >= 2


def test_a_zip_holds_an_svg_of_each_page(client):
    made = zipfile.ZipFile(io.BytesIO(client.post("/api/letter?format=zip", json=REQUEST).content))
    assert made.namelist()[:2] == ["page-1.svg", "page-2.svg"]
    assert {etree.fromstring(made.read(name)).get("width") for name in made.namelist()} == {"100.00mm"}


def test_a_notebook_holds_all_pages_with_the_pen_as_pressure(client):
    answer = client.post("/api/letter?format=xopp", json={**REQUEST, "pen": "fountain"})
    pages = formats.read_pages(answer.content)
    assert [page.number for page in pages][:2] == [1, 2]
    assert pages[0].ink.pressure is not None


def test_progress_comes_before_the_file(client):
    request = {**REQUEST, "seed": 5}
    answer = client.post("/api/letter?format=zip&progress=true", json=request)
    assert answer.headers["content-type"] == "application/x-ndjson"
    events = [json.loads(line) for line in answer.text.splitlines()]
    kinds = [event["type"] for event in events]
    assert set(kinds[:-1]) == {"progress", "page"} and kinds[-1] == "done"
    shares = [event["done"] / event["total"] for event in events if event["type"] == "progress"]
    assert shares == sorted(shares) and shares[-1] == 1
    done = events[-1]
    assert (done["name"], done["media"], done["words"]) == ("letter.zip", "application/zip", 6)
    assert done["pages"] == kinds.count("page")
    assert base64.b64decode(done["data"]) == client.post("/api/letter?format=zip", json=request).content


def test_a_download_is_what_was_seen_and_is_not_written_again(client, monkeypatch):
    request = {**REQUEST, "seed": 6}

    def events(query):
        answer = client.post(f"/api/letter?progress=true{query}", json=request)
        return [json.loads(line) for line in answer.text.splitlines()]

    def pages(query):
        found = events(query)
        return [event["svg"] for event in found if event["type"] == "page"], found[-1]

    first, _ = pages("&format=zip&pages=1")
    seen, done = pages("&format=zip")
    assert len(seen) == done["pages"] >= 2 and first == seen[:1]
    monkeypatch.setattr(letters, "LetterWriter", None)  # nothing is written from here on
    assert pages("&format=pdf")[0] == seen
    notebook = formats.read_pages(client.post("/api/letter?format=xopp", json=request).content)
    assert len(notebook) >= 2
    part, done = pages("&format=xopp&pages=1")
    assert part == seen[:1] and done["pages"] == 1
    assert len(formats.read_pages(base64.b64decode(done["data"]))) == 1
    assert client.post("/api/letter?pages=0", json=request).status_code == 422


def test_the_letters_that_were_used_last_are_kept():
    recent = Recent(2)
    for key in "ab":
        recent.put(key, key.upper())
    assert recent.get("a") == "A"
    recent.put("c", "C")
    assert [recent.get(key) for key in "abc"] == ["A", None, "C"]


@pytest.mark.parametrize(
    ("change", "status", "part"),
    [
        ({"text": "ink " * 5001}, 413, "20,004 characters; give at most 20,000"),
        ({"text": "caf你"}, 422, "你"),
        ({"text": "\f"}, 422, "nothing to write"),
        ({"sheet": {"page": "a12"}}, 422, "no sheet 'a12'"),
        ({"sheet": {"page": "50x50", "margins": [30, 30, 30, 30]}}, 422, "leave no room"),
        ({"sheet": {"margins": [1]}}, 422, "margins"),
        ({"pen": "quill"}, 422, "no pen 'quill'"),
        ({"slips": 2}, 422, "slips"),
        ({"color": "url(x)"}, 422, "colour"),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_reason(client, change, status, part):
    for query in ("", "?progress=true"):
        answer = client.post(f"/api/letter{query}", json={"text": "ink", **change})
        assert answer.status_code == status
        assert part in answer.json()["reason"]
        assert "\n" not in answer.json()["reason"]


def test_other_formats_are_refused(client):
    answer = client.post("/api/letter?format=doc", json=REQUEST)
    assert answer.status_code == 422 and "pdf, xopp, zip" in answer.json()["reason"]


def test_a_letter_that_takes_too_long_ends_with_a_reason(client, monkeypatch):
    monkeypatch.setattr(api, "MAX_LETTER_SECONDS", 0.0)
    request = {**REQUEST, "seed": 7}
    assert client.post("/api/letter", json=request).status_code == 422
    last = json.loads(client.post("/api/letter?progress=true", json=request).text.splitlines()[-1])
    assert last["type"] == "error" and "shorter text" in last["reason"]


def test_the_nearest_spelling_is_offered_and_can_be_taken(client):
    answer = client.post("/api/characters/nearest", json={"text": "café 你 & go"})
    assert answer.json() == {"text": "café and go"}
    too_long = client.post("/api/characters/nearest", json={"text": "a" * (schemas.MAX_LETTER_CHARACTERS + 1)})
    assert too_long.status_code == 413
    pages = client.post("/api/letter?format=zip", json={**REQUEST, "text": "& 你", "replace": True})
    svg = zipfile.ZipFile(io.BytesIO(pages.content)).read("page-1.svg")
    assert etree.fromstring(svg).findtext("{*}desc") == "and"
