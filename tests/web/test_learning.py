"""What the page learns from a person over HTTP: abilities, fitting and adapting in a process of their own."""

from __future__ import annotations

import json
import time

import pytest
from command_line import ROOT
from pretended_jobs import breaks, counts_lines, goes_on, refuses
from starlette.testclient import TestClient
from tiny import synthesizer

from handwriting import formats
from handwriting.checkpoint import own, shipped
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web import jobs
from handwriting.web.api import application
from handwriting.web.service import Service

STROKES = [
    [{"x": x, "y": y} for x, y in stroke.tolist()]
    for stroke in formats.read(ROOT / "datasets/samples/line.xml").strokes
]
LINE = {"text": "a line of handwriting", "strokes": STROKES}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = synthesizer(tmp_path_factory.mktemp("synthesizer"), code=8, writers=3, controls=3)
    offered = {"fit": counts_lines, "adapt": counts_lines}
    with TestClient(application(Service(Synthesizer(folder), Recognizer.load(), jobs=offered))) as client:
        yield client


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDWRITING_HOME", str(tmp_path))
    return tmp_path


def events(answer):
    assert answer.headers["content-type"] == "application/x-ndjson", answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_the_server_says_what_it_can_do(client, service):
    assert client.get("/api/abilities").json() == {"fit": True, "adapt": True, "readers": []}
    with TestClient(application(service)) as plain:
        assert plain.get("/api/abilities").json() == {"fit": False, "adapt": False, "readers": []}
        answer = plain.post("/api/adapt", json={"lines": [LINE]})
        assert answer.status_code == 422 and "torch" in answer.json()["reason"]


def test_lines_are_learned_from_with_progress(client):
    found = events(client.post("/api/adapt", json={"name": "anna", "lines": [LINE, LINE]}))
    assert {"type": "progress", "done": 1, "total": 2} in found
    said = [LINE["text"]] * 2
    assert found[-1] == {"type": "done", "name": "anna", "said": said, "folder": "recognizer"}
    found = events(client.post("/api/styles/fit", json={"name": "Anna", "samples": [LINE]}))
    assert found[-1]["said"] == said[:1]


def test_what_cannot_be_learned_is_said(client):
    assert client.post("/api/adapt", json={"lines": []}).status_code == 422
    with pytest.raises(InkError, match="too few lines"):
        list(jobs.run(refuses))
    with pytest.raises(InkError, match=r"a defect in handwriting \(ZeroDivisionError: oh\)"):
        list(jobs.run(breaks))


def test_closing_ends_the_process(tmp_path):
    beat = tmp_path / "beat"
    running = jobs.run(goes_on, beat)
    while not beat.exists():
        assert next(running)["type"] == "progress"
    running.close()
    before = beat.read_text()
    time.sleep(0.3)
    assert beat.read_text() == before


def test_ink_is_read_with_an_adapted_recognizer_by_its_name(client, home):
    answer = client.post("/api/transcribe", json={"strokes": LINE["strokes"], "reader": "anna"})
    assert answer.status_code == 422 and "no adapted recognizer 'anna'" in answer.json()["reason"]
    own("x").parent.mkdir(parents=True)
    own("anna").symlink_to(shipped("recognizer"))
    assert client.get("/api/abilities").json()["readers"] == ["anna"]
    answer = client.post("/api/transcribe", json={"strokes": LINE["strokes"], "reader": "anna"})
    assert answer.json()["predictions"][0]["text"] == LINE["text"]
    outside = client.post("/api/transcribe", json={"strokes": LINE["strokes"], "reader": "../anna"})
    assert outside.status_code == 422


def test_a_style_of_copied_lines_has_a_code_if_the_network_has_hands(client, service):
    made = client.post("/api/styles", json={"name": "mine", "samples": [LINE]}).json()
    assert made["version"] == 2 and len(made["code"]["numbers"]) == 8
