"""Styles: files of a hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.errors import InkError
from handwriting.geometry.normalise import writing_height
from handwriting.ink import Ink
from handwriting.rendering.hershey import write
from handwriting.synthesis import styles
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import SHIPPED, Sample, Style, load, parse
from handwriting.synthesis.synthesizer import Synthesizer


def style(**changed) -> Style:
    ink = write("some ink", seed=2)
    return Style(**{"name": "mine", "samples": (Sample("some ink", ink),), "size": 0.8, **changed})


def test_a_file_holds_the_style(tmp_path):
    made = style()
    made.save(tmp_path / "mine.json")
    read = load(str(tmp_path / "mine.json"))
    assert (read.name, read.size, read.samples[0].text) == ("mine", 0.8, "some ink")
    height = writing_height(made.samples[0].ink)
    assert np.abs(read.samples[0].ink.xy - made.samples[0].ink.xy).max() < 1e-3 * height
    assert np.array_equal(read.samples[0].ink.starts, made.samples[0].ink.starts)
    assert read.record() == made.record()


def test_samples_become_one_line_on_one_baseline():
    first, second = write("some ink", seed=2), write("more", seed=3)
    second = second.moved_to(5 * second.x + 700, 5 * second.y - 90)
    joined = style(samples=(Sample("some ink", first), Sample("more", second))).joined()
    assert joined.text == "some ink more"
    assert len(joined.ink.starts) == len(first.starts) + len(second.starts)
    part = joined.ink.keep(joined.ink.stroke_index >= len(first.starts))
    assert writing_height(part) == pytest.approx(writing_height(first), rel=0.1)
    assert part.x.min() > joined.ink.x[: len(first)].max()


def test_times_go_on_from_sample_to_sample():
    def timed(seed):
        ink = write("ink", seed=seed)
        return Ink(ink.x, ink.y, ink.starts, np.arange(len(ink)) / 60.0)

    joined = style(samples=(Sample("ink", timed(1)), Sample("ink", timed(2)))).joined()
    assert (np.diff(joined.ink.t) > 0).all()


def test_a_style_changes_what_is_written(tmp_path):
    model = Synthesizer(synthesizer(tmp_path))
    plain, primed = (model.write(["ink"], Hand(style=s))[0].ink for s in (None, style()))
    assert plain != primed


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_ones_can_be_written_in(name):
    shipped = load(name)
    assert shipped.name == name
    model = Synthesizer.load()
    assert model.writable(shipped.joined().text)
    assert len(shipped.samples[0].ink.starts) > 5


def test_the_shipped_ones_differ():
    sizes = {name: load(name).size for name in SHIPPED}
    assert sizes["small"] < sizes["large"]
    assert len({json.dumps(load(name).record()["samples"]) for name in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"name": " "}, "name of 1"),
        ({"name": "x" * 61}, "name of 1"),
        ({"name": "a\nb"}, "visible"),
        ({"samples": ()}, "0 lines"),
        ({"samples": style().samples * 9}, "9 lines"),
        ({"size": 5}, "size of 5"),
        ({"samples": (Sample("a", Ink(np.arange(20001.0), np.zeros(20001), [0])),)}, "20,001 points"),
    ],
)
def test_what_no_style_can_be_is_refused(change, part):
    with pytest.raises(InkError, match=part):
        style(**change)


RECORD = style().record()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b"{}",
        b"\xff\xfe",
        json.dumps({**RECORD, "format": "other"}).encode(),
        json.dumps({**RECORD, "version": 3}).encode(),
        json.dumps({**RECORD, "samples": None}).encode(),
        json.dumps({**RECORD, "samples": [{}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": 1, "strokes": []}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": []}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": [[["x", 1]]]}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": [[[1, 2], [1]]]}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": [[[1e400, 2]]]}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": "abc"}]}).encode(),
        json.dumps({**RECORD, "samples": [{"text": "a", "strokes": [1, 2]}]}).encode(),
        json.dumps({**RECORD, "size": "wide"}).encode(),
        json.dumps({**RECORD, "name": 5}).encode(),
        b" " * (styles.MAX_BYTES + 1),
    ],
)
def test_damaged_files_are_one_line(data):
    with pytest.raises(InkError) as caught:
        parse(data, "mine.json")
    assert str(caught.value).startswith("mine.json: ")
    assert "\n" not in str(caught.value)


def test_an_unknown_name_names_the_known_ones():
    with pytest.raises(InkError, match=r"nobody: there is no style or file.*upright, slanted"):
        load("nobody")
