"""A text as a file, and styles made of ink files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import synthesizer

from handwriting import formats
from handwriting.composition import best_of
from handwriting.composition.best_of import BestOf
from handwriting.composition.generate import generate, line_writer
from handwriting.composition.style import style_from_file
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

LAYOUT = PageLayout(width_mm=None, margin_mm=4)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


@pytest.fixture
def complete(monkeypatch):
    """Every line that is drawn comes to its end."""
    draw = Synthesizer.write
    monkeypatch.setattr(
        Synthesizer,
        "write",
        lambda self, *given, **options: [replace(line, complete=True) for line in draw(self, *given, **options)],
    )


def test_incomplete_and_misread_lines_are_named(model, tmp_path, monkeypatch, complete):
    monkeypatch.setattr(
        best_of, "judge", lambda recognizer, inks, texts: [(text, int(text == "pen"), -1.0) for text in texts]
    )
    done = generate(BestOf(model, Recognizer.load(), 2), "ink\npen", tmp_path / "a.svg", LAYOUT)
    assert [(line.text, line.read) for line in done.misread] == [("pen", "pen")]
    assert done.incomplete == []
    cut_off = replace(done.page.lines[0], complete=False)
    assert replace(done, page=replace(done.page, lines=[cut_off])).incomplete == ["ink"]
    assert done.summary.startswith(f"{tmp_path / 'a.svg'}: 2 lines, ")


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("a.jpg", {}, "give a name with"),
        ("a.png", {"plotter": True}, "only an SVG"),
        ("a.inkml", {"animation_speed": 1.0}, "only an SVG"),
        ("a.svg", {"animation_speed": 1.0, "plotter": True}, "give one of them"),
        ("nowhere/a.svg", {}, "there is no folder"),
    ],
)
def test_a_bad_request_is_refused_before_anything_is_drawn(model, tmp_path, monkeypatch, name, options, reason):
    monkeypatch.setattr(Synthesizer, "write", None)
    with pytest.raises(InkError, match=reason):
        generate(model, "ink", tmp_path / name, LAYOUT, **options)
    assert not list(tmp_path.iterdir())


def test_the_hand_is_used_as_a_whole(model, tmp_path):
    def ink(hand):
        generate(model, "ink", tmp_path / "a.json", LAYOUT, hand)
        return formats.read_ink(tmp_path / "a.json")

    plain = ink(Hand())
    height = plain.bounds[3] - plain.bounds[1]
    small = ink(Hand(size=0.5))
    assert small.bounds[3] - small.bounds[1] == pytest.approx(0.5 * height, rel=0.02)
    for other in (Hand(seed=1), Hand(bias=3.0), Hand(slant=20), Hand(style=style_of(tmp_path))):
        assert ink(other) != plain


def style_of(folder, **options):
    formats.save(write("some ink", seed=2), folder / "mine.inkml")
    return style_from_file(folder / "mine.inkml", **options)


def test_a_style_is_made_of_the_ink_and_the_text_of_a_file(tmp_path):
    style = style_of(tmp_path, name="mine", size=0.8)
    assert (style.name, style.size, style.samples[0].text) == ("mine", 0.8, "some ink")
    assert style_of(tmp_path, text="other words").samples[0].text == "other words"


def test_an_ink_file_without_text_needs_one(tmp_path):
    ink = write("some ink", seed=2)
    formats.save(replace(ink, source=replace(ink.source, text=None)), tmp_path / "mine.inkml")
    with pytest.raises(InkError, match=r"does not tell what its ink says; give --text"):
        style_from_file(tmp_path / "mine.inkml", text_option="--text")


def test_one_candidate_needs_no_recognizer(model, monkeypatch):
    monkeypatch.setattr(Recognizer, "load", None)
    assert line_writer(model, 1) is model
