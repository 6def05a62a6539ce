"""The HTTP API, as a client sees it."""

from __future__ import annotations

import io
import json
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from coroutines import run
from lxml import etree
from matplotlib.image import imread

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Page
from handwriting.rendering.hershey import write
from handwriting.synthesis.styles import SHIPPED, Sample, Style
from handwriting.web import api, schemas
from handwriting.web.pool import Busy, Pool
from handwriting.web.stream import ClientGone, Deadline

SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"


def strokes(ink):
    t = np.arange(len(ink)) * 10.0 if ink.t is None else 1000 * ink.t
    return [
        [{"x": float(ink.x[i]), "y": float(ink.y[i]), "t": float(t[i])} for i in range(start, end)]
        for start, end in zip(ink.starts, ink.ends, strict=True)
    ]


@pytest.fixture(scope="module")
def drawing():
    return {"strokes": strokes(formats.read(SAMPLE)), "hints": {"alternatives": 3}}


def test_a_drawing_is_read_with_its_segmentation_and_its_words(client, drawing):
    answer = client.post("/api/transcribe", json=drawing).json()
    best = answer["predictions"][0]
    assert best["text"] == "a line of handwriting"
    assert len(answer["predictions"]) == 3
    assert "".join(s["grapheme"] for s in best["segmentationResult"]) == best["text"]
    for place, segment in enumerate(best["segmentationResult"]):
        assert (segment["beginIndex"], segment["endIndex"]) == (place, place + 1)
        for piece in segment["drawingSegments"]:
            stroke = drawing["strokes"][piece["strokeIndex"]]
            assert 0 <= piece["beginPointIndex"] < piece["endPointIndex"] <= len(stroke)
    (line,) = answer["lines"]
    assert [word["text"] for word in line["words"]] == best["text"].split()
    assert line["alternatives"][0]["text"] == best["text"]


def test_empty_strokes_keep_the_others_numbers(client, drawing):
    with_gap = {"strokes": [[], *drawing["strokes"]]}
    segments = client.post("/api/transcribe", json=with_gap).json()["predictions"][0]["segmentationResult"]
    assert segments[0]["drawingSegments"][0]["strokeIndex"] == 1


def test_predictions_of_several_lines_differ_in_one_line_at_a_time(client, drawing):
    below = [[{**p, "y": p["y"] + 1800} for p in stroke] for stroke in drawing["strokes"]]
    answer = client.post("/api/transcribe", json={"strokes": drawing["strokes"] + below}).json()
    texts = [prediction["text"].split("\n") for prediction in answer["predictions"]]
    assert texts[0] == ["a line of handwriting"] * 2
    for other in texts[1:]:
        assert sum(a != b for a, b in zip(texts[0], other, strict=True)) == 1
    boundary = answer["predictions"][0]["segmentationResult"][len(texts[0][0])]
    assert boundary["beginIndex"] == len(texts[0][0]) + 1


def test_any_ink_file_is_read(client):
    answer = client.post("/api/transcribe/file", content=SAMPLE.read_bytes()).json()
    assert answer["predictions"][0]["text"] == "a line of handwriting"
    assert len(answer["strokes"]) == len(formats.read(SAMPLE).starts)


def test_a_file_is_read_upright_and_says_what_it_left_out(client):
    ink = formats.read_ink(SAMPLE)
    flipped = [{"type": "freedraw", "x": 0, "y": 0, "points": (s * (1, -1)).tolist()} for s in ink.strokes]
    data = json.dumps({"type": "excalidraw", "elements": [*flipped, {"type": "rectangle"}]})
    answer = client.post("/api/transcribe/file", content=data.encode()).json()
    assert answer["predictions"][0]["text"] == "a line of handwriting"
    assert answer["notes"] == ["1 rectangle element was left out"]
    assert [[(p["x"], p["y"]) for p in s] for s in answer["strokes"]] == [
        list(map(tuple, s.tolist())) for s in ink.strokes
    ]
    assert client.post("/api/transcribe/file", content=SAMPLE.read_bytes()).json()["notes"] == []


def test_a_page_of_a_document_is_read(client, tmp_path):
    ink = formats.read_ink(SAMPLE)
    formats.save([Page(ink), Page(ink, number=2)], tmp_path / "two.xopp")
    data = (tmp_path / "two.xopp").read_bytes()
    assert "choose one" in client.post("/api/transcribe/file", content=data).json()["reason"]
    assert client.post("/api/transcribe/file?page=2", content=data).json()["predictions"]
    assert client.post("/api/transcribe/file?page=3", content=data).status_code == 422


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[" * 200_000, "recursion"),
        (b"\xff", "JSON"),
        (b'{"strokes": []}', "no ink"),
        (b'{"strokes": [[], []]}', "no ink"),
        (b'{"strokes": [[{"x": 1}]]}', "strokes.0.0.y"),
        (b'{"strokes": [[{"x": NaN, "y": 1}]]}', "finite"),
        (b'{"strokes": [[{"x": 1e999, "y": 1}]]}', "finite"),
        (b'{"strokes": [[{"x": 1e12, "y": 1}]]}', "less than"),
        (b'{"strokes": [[{"x": "", "y": 1}]]}', "number"),
        (b'{"strokes": 5}', "array"),
        (b'{"stroke": []}', "strokes"),
        (b'{"strokes": [[{"x": 1, "y": 1}]], "hint": {}}', "hint"),
        (b'{"strokes": [[{"x": 1, "y": 1}]], "hints": {"alternatives": 1000}}', "alternatives"),
    ],
)
def test_what_is_no_drawing_is_refused_with_a_reason(client, body, part):
    answer = client.post("/api/transcribe", content=body)
    assert answer.status_code == 422
    assert part in answer.json()["reason"]
    assert "\n" not in answer.json()["reason"]


def test_too_many_points_are_refused(client):
    many = {"strokes": [[{"x": i, "y": 0} for i in range(schemas.MAX_REQUEST_POINTS + 1)]]}
    answer = client.post("/api/transcribe", json=many)
    assert answer.status_code == 413
    assert "50,001 points" in answer.json()["reason"]
    assert answer.json()["key"] == "much-ink"


def test_errors_have_keys_and_values_to_say_them_in_another_language(client):
    answer = client.post("/api/letter", json={"text": "ink", "sheet": {"page": "50x50", "margins": [40, 20, 20, 20]}})
    assert answer.json()["key"] == "no-room"
    answer = client.post("/api/ink", content=b"\x89PNG\r\n\x1a\n")
    assert answer.json()["key"] == "unknown-file"
    answer = client.post("/api/ink", content=b'<ink xmlns="http://www.w3.org/2003/InkML"></ink>')
    assert answer.json()["key"] == "file-without-ink"
    answer = client.post("/api/letter", json={"text": "ab " * 7000})
    assert answer.status_code == 413
    assert answer.json()["key"] == "long-text" and answer.json()["values"] == {"count": 21_000, "most": 20_000}
    answer = client.post("/api/letter", json={"text": "ab", "header": "你"})
    assert answer.json()["key"] == "unwritable" and answer.json()["values"] == {"characters": "你"}


def test_the_page_has_a_german_text_for_each_key_of_an_error():
    """With no other placeholders than the values of the error."""
    source = "\n".join(path.read_text() for path in Path("handwriting").rglob("*.py"))
    asked = set(re.findall(r'\bkey(?: =|=| or) ?"([a-z-]+)"', source)) | set(re.findall(r'"(slow-[a-z]+)"\)', source))
    asked |= {"late-request", "large-request"} | set(re.findall(r'error\.key or "([a-z-]+)"', source))
    german = dict(re.findall(r'"server\.([a-z-]+)": "(.*)",', Path("handwriting/web/page/strings/de.js").read_text()))
    assert set(german) == asked
    for key, text in german.items():
        for name in re.findall(r"\{(\w+)\}", text):
            assert name == "seconds" or re.search(rf'key="{key}".{{0,80}}\b{name}=', source), (key, name)


def test_a_bad_file_is_refused(client):
    answer = client.post("/api/transcribe/file", content=b"no ink")
    assert answer.status_code == 422
    assert client.post("/api/transcribe/file", content=b"").status_code == 422


def events(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


def test_writing_comes_as_a_stream_of_ink(client):
    answer = client.post("/api/generate", json={"text": "some words\nand more", "bestOf": 2})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    kinds = [event["type"] for event in events(answer)]
    assert kinds[:2] == ["sheet", "points"]
    assert kinds[-1] == "done"
    lines = [event for event in events(answer) if event["type"] == "line"]
    assert [line["text"] for line in lines] == ["some words", "and more"]
    assert all(line["strokes"] and line["drawn"] == 2 and not line["says"] for line in lines)
    assert events(answer)[-1]["unsaid"] == [0, 1]


def test_the_same_request_gives_the_same_ink(client):
    hand = Style("mine", (Sample("some ink", write("some ink", seed=2)),)).record()
    request = {"text": "some words", "bestOf": 2, "seed": 4, "style": hand}
    first, second = (client.post("/api/generate", json=request).text for _ in range(2))
    assert first == second
    assert client.post("/api/generate", json={**request, "seed": 5}).text != first
    assert client.post("/api/generate", json={**request, "lively": 1}).text != first


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_writing_comes_as_a_file(client, format):
    sheet = {"width": 100, "paper": "squared", "color": "navy"}
    answer = client.post(f"/api/generate?format={format}", json={"text": "ink", "bestOf": 1, "sheet": sheet})
    assert answer.status_code == 200
    assert f'filename="handwriting.{format}"' in answer.headers["content-disposition"]
    if format == "svg":
        assert etree.fromstring(answer.content).get("width") == "100.00mm"
    elif format == "png":
        assert imread(io.BytesIO(answer.content)).shape[1] == round(100 / 25.4 * 200)
    else:
        assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "status", "part"),
    [
        ({"text": "caf你"}, 422, "你"),
        ({"text": " "}, 422, "nothing to write"),
        ({"text": "ink " * 2000}, 413, "8,000 characters"),
        ({"bias": -1}, 422, "bias"),
        ({"bias": None}, 422, "bias"),
        ({"seed": -1}, 422, "seed"),
        ({"seed": 10**400}, 422, "seed"),
        ({"bestOf": 99}, 422, "bestOf"),
        ({"slant": 90}, 422, "slant"),
        ({"size": 0}, 422, "size"),
        ({"style": "nobody"}, 422, "upright, slanted"),
        ({"style": "../../etc/passwd"}, 422, "no style"),
        ({"style": {}}, 422, "not a style"),
        ({"style": {"format": "handwriting-style", "version": 1, "name": "x"}}, 422, "damaged"),
        ({"sheet": {"width": 41, "margin": 30}}, 422, "margin"),
        ({"sheet": {"color": "url(x)"}}, 422, "colour"),
        ({"sheet": {"paper": "brown"}}, 422, "paper"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_stream_begins(client, change, status, part):
    answer = client.post("/api/generate", json={"text": "ink", "bestOf": 1, **change})
    assert answer.status_code == status
    assert part in answer.json()["reason"]


def test_an_unknown_format_is_refused(client):
    assert client.post("/api/generate?format=exe", json={"text": "ink"}).status_code == 422
    assert client.post("/api/export?format=/etc/passwd", json={"strokes": []}).status_code == 422


def test_ink_becomes_a_file(client, drawing):
    answer = client.post("/api/export?format=svg", json={"strokes": drawing["strokes"], "text": "a line"})
    root = etree.fromstring(answer.content)
    assert len(root.findall(".//{*}path")) == len(drawing["strokes"])
    assert root.findtext("{*}title") == "a line"


@pytest.mark.parametrize("format", ["inkml", "xopp", "json", "csv", "svg"])
def test_a_file_of_ink_is_read_as_what_it_was(client, drawing, format):
    made = client.post(f"/api/export?format={format}", json={"strokes": drawing["strokes"]})
    assert made.status_code == 200
    answer = client.post("/api/transcribe/file", content=made.content).json()
    assert answer["predictions"][0]["text"] == "a line of handwriting"
    assert [len(s) for s in answer["strokes"]] == [len(s) for s in drawing["strokes"]] or format == "svg"


def test_writing_comes_as_ink(client):
    answer = client.post("/api/generate?format=xopp", json={"text": "ink", "bestOf": 1})
    page = formats.read(answer.content)
    assert page.width == pytest.approx(210 / 25.4 * 72, abs=0.1)  # points


def test_a_page_becomes_a_file_with_its_paper(client):
    made = events(client.post("/api/generate", json={"text": "some words\nand more", "bestOf": 1}))
    lines = [event["strokes"] for event in made if event["type"] == "line"]
    ink = [[{"x": x, "y": y} for x, y in stroke] for line in lines for stroke in line]
    request = {"strokes": ink, "lines": [len(line) for line in lines], "text": "some words\nand more", "sheet": {}}
    root = etree.fromstring(client.post("/api/export?format=svg", json=request).content)
    sheet = next(event for event in made if event["type"] == "sheet")
    assert float(root.get("height").removesuffix("mm")) == sheet["height"]
    assert root.findtext("{*}desc") == "some words\nand more"
    wrong = client.post("/api/export?format=svg", json={**request, "lines": [1]})
    assert wrong.status_code == 422
    assert "strokes" in wrong.json()["reason"]


def test_styles_are_made_of_copied_lines_and_used(client):
    shipped = client.get("/api/styles").json()
    assert [style["name"] for style in shipped] == list(SHIPPED)
    samples = [{"text": text, "strokes": strokes(write(text, seed=9))} for text in ("my own hand", "some more")]
    made = client.post("/api/styles", json={"name": "Mine", "samples": samples})
    assert made.status_code == 200
    assert Style.of(made.json()).name == "Mine"
    request = {"text": "ink", "bestOf": 1}
    plain, mine = (client.post("/api/generate", json={**request, "style": s}).text for s in (None, made.json()))
    assert plain != mine


def test_a_copied_line_is_checked(client, drawing):
    right = client.post("/api/styles/check", json={"text": "a line of handwriting", "strokes": drawing["strokes"]})
    assert right.json() == {"read": "a line of handwriting", "cer": 0.0}
    wrong = client.post("/api/styles/check", json={"text": "another text", "strokes": drawing["strokes"]})
    assert wrong.json()["cer"] > 0.5
    hardly = client.post("/api/styles/check", json={"text": "a", "strokes": [[{"x": 1, "y": 1}]]})
    assert hardly.status_code == 422


def test_the_page_and_nothing_else_is_served(client):
    assert client.get("/").headers["content-type"].startswith("text/html")
    for path in ("/../pyproject.toml", "/%2e%2e/api.py", "/..%2fapi.py", "//etc/passwd", "/api", "/index.html/"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["reason"]
    for path in sorted(api.PAGE.rglob("*")):
        if path.is_file():
            answer = client.get("/" + path.relative_to(api.PAGE).as_posix())
            assert answer.content == path.read_bytes()


def test_the_page_asks_no_other_server_for_anything():
    for path in api.PAGE.rglob("*"):
        if path.suffix in (".js", ".css", ".html"):
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
            assert "http://" not in text and "https://" not in text, path.name


def test_the_document_describes_every_body(client):
    document = client.get("/openapi.json").json()
    for path, model in (
        ("/api/transcribe", "TranscribeRequest"),
        ("/api/generate", "GenerateRequest"),
        ("/api/export", "ExportRequest"),
        ("/api/styles", "CreateStyleRequest"),
        ("/api/styles/check", "CopiedLineRequest"),
    ):
        route = document["paths"][path]["post"]
        shape = route["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert shape == f"#/components/schemas/{model}"
        assert model in document["components"]["schemas"]
        assert {"413", "422", "429"} <= set(route["responses"])
    assert "/api/transcribe/file" in document["paths"]


def test_a_full_pool_refuses(client, service, drawing, monkeypatch):
    monkeypatch.setattr(service.reading, "capacity", 0)
    monkeypatch.setattr(service.writing, "capacity", 0)
    for path, body in (("/api/transcribe", drawing), ("/api/generate", {"text": "ink"})):
        answer = client.post(path, json=body)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "1"
        assert "try again" in answer.json()["reason"]
    assert service.writing.admitted == service.reading.admitted == 0


def test_a_pool_admits_its_capacity_and_no_more():
    import asyncio

    pool = Pool("test", 1, 1)
    hold = threading.Event()

    async def ask():
        first, second = (asyncio.ensure_future(pool.run(hold.wait)) for _ in range(2))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await pool.run(hold.wait)
        hold.set()
        return await asyncio.gather(first, second)

    assert run(ask()) == [True, True]
    assert pool.admitted == 0
    pool.close()


def test_places_are_given_back_after_failures(client, service):
    for _ in range(10):
        assert client.post("/api/generate", json={"text": "caf你"}).status_code == 422
        assert client.post("/api/transcribe", content=b"{").status_code == 422
    client.post("/api/generate", json={"text": "ink", "bestOf": 1})
    assert service.writing.admitted == service.reading.admitted == service.drawing.admitted == 0


def test_what_takes_too_long_is_ended_with_a_reason(client, monkeypatch):
    monkeypatch.setattr(api, "MAX_WRITING_SECONDS", 0.0)
    answer = client.post("/api/generate", json={"text": "some words", "bestOf": 1})
    assert events(answer)[-1]["type"] == "error"
    assert "shorter text" in events(answer)[-1]["reason"]
    assert client.post("/api/generate?format=svg", json={"text": "some words"}).status_code == 422


def test_writing_ends_when_nobody_waits(service):
    """The work stops at the next point that would be sent."""
    deadline, seen = Deadline(60), []
    body = json.dumps({"text": "some words", "bestOf": 1}).encode()
    page = service.live_page(body, lambda event: (seen.append(1), deadline.check()))
    deadline.cancelled.set()
    with pytest.raises(ClientGone):
        list(page)
    assert len(seen) == 1
    with pytest.raises(InkError, match="0 seconds"):
        Deadline(0, lambda clock=iter(range(9)): next(clock)).check()


def test_the_page_learns_which_characters_can_be_written(client, service):
    answer = client.get("/api/characters").json()
    characters, replaced = set(answer["characters"]), set(answer["replaced"])
    assert service.synthesizer.characters | {"é", "ő", "æ"} <= characters
    assert not {"’", "É", "你"} & characters  # this synthesizer has no apostrophe and no capitals
    assert {"–", "…", "\n", "\u00a0", "ﬁ"} <= replaced
    assert not {"’", "你"} & replaced
