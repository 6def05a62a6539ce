"""What the page is told about the inside of the networks."""

from __future__ import annotations

import pytest

from handwriting import formats
from handwriting.checkpoint import shipped

SAMPLE = "datasets/samples/line.xml"
SIGNALS = ("input", "forget", "output", "cell", "hidden")


@pytest.fixture(scope="module")
def strokes():
    ink = formats.read_ink(shipped("recognizer").parents[1] / SAMPLE)
    return [[], *([{"x": x, "y": y} for x, y in stroke.tolist()] for stroke in ink.strokes)]


def test_a_line_that_is_read_is_told_step_by_step(client, strokes):
    answer = client.post("/api/inside", json={"strokes": strokes, "letter": "n"}).json()
    T = len(answer["steps"])
    assert answer["lines"] == ["a line of handwriting"]
    assert len(answer["path"]) == T
    assert all(len(values) == T for values in answer["probabilities"].values())
    assert "".join(c["text"] for c in answer["characters"]) == answer["text"] == "a line of handwriting"
    for c in answer["characters"]:
        assert c["first"] <= c["step"] < c["last"]
        assert answer["path"][c["step"]] == c["text"]
    covered = set()
    for step in answer["steps"]:
        assert 1 <= step["stroke"] < len(strokes)  # the empty stroke keeps its number
        assert 0 <= step["begin"] <= step["end"] <= len(strokes[step["stroke"]])
        assert step["up"] == (step["begin"] == step["end"])
        covered |= {(step["stroke"], i) for i in range(step["begin"], step["end"])}
    assert len(covered) == sum(map(len, strokes))
    assert set(answer["events"]) == {"pen-up", "word gap", "loop", "letter n"}
    assert all(len(unit[signal]) == T for unit in answer["units"] for signal in SIGNALS)


def test_a_line_is_looked_into_with_the_line_above_as_context(client, service, strokes, monkeypatch):
    lstm, contexts = service.recognizer.language.lstm, []
    real = lstm.log_probabilities
    monkeypatch.setattr(
        lstm, "log_probabilities", lambda texts, context: contexts.append(context) or real(texts, context)
    )
    height = max(point["y"] for stroke in strokes for point in stroke) - min(p["y"] for s in strokes for p in s)
    page = [[{"x": p["x"], "y": p["y"] + 2 * height * line} for p in s] for line in range(2) for s in strokes]
    answer = client.post("/api/inside", json={"strokes": page, "line": 1}).json()
    assert answer["lines"] == ["a line of handwriting"] * 2
    assert contexts[-1] == answer["lines"][0]


def test_a_line_that_is_written_is_told_point_by_point(client):
    answer = client.post("/api/inside/writing", json={"text": "ab", "seed": 1}).json()
    T = sum(map(len, answer["strokes"]))
    assert len(answer["window"]) == len(answer["mixture"]) == len(answer["end"]) == len(answer["bias"]) == T
    assert all(len(row) == 3 for row in answer["window"])
    assert all(len(part) == 6 for row in answer["mixture"] for part in row)
    assert all(len(unit["cell"]) == T and unit["direction"] == "forward" for unit in answer["units"])


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("", {"strokes": []}, "no ink"),
        ("", {"strokes": [[{"x": 1, "y": 1}]], "line": 7}, "there is no line 7"),
        ("", {"strokes": [[{"x": 1, "y": 1}]], "letter": "ab"}, "letter"),
        ("/writing", {"text": ""}, "text"),
        ("/writing", {"text": "a" * 61}, "text"),
        ("/writing", {"text": "a\nb"}, "one"),
        ("/writing", {"text": "\u4e2d"}, "\u4e2d"),
        ("/writing", {"text": "a", "style": "nobody"}, "no style"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_reason(client, path, body, part):
    answer = client.post(f"/api/inside{path}", json=body)
    assert answer.status_code == 422
    assert part in answer.json()["reason"]
