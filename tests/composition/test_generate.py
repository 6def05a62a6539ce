"""A text as a file, and styles made of ink files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import synthesizer

from handwriting import formats
from handwriting.composition import runs
from handwriting.composition.blocks import respelled
from handwriting.composition.generate import generate
from handwriting.composition.reading import ReadWord
from handwriting.composition.runs import WordWriter
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


@pytest.fixture(scope="module")
def writer(model) -> WordWriter:
    return WordWriter(model, best_of=1)


def test_words_that_stay_misread_are_named(model, tmp_path, monkeypatch):
    monkeypatch.setattr(
        runs,
        "read_words",
        lambda recognizer, lines: [
            [ReadWord("hen" if word == "pen" else word, int(word == "pen")) for word in line.text.split()]
            for line in lines
        ],
    )
    done = generate(WordWriter(model, Recognizer.load(), 2), "ink\npen", tmp_path / "a.svg", LAYOUT)
    assert done.page.doubtful == [("pen", "hen")]
    assert [line.read for line in done.page.lines] == ["ink", "hen"]
    assert done.summary.startswith(f"{tmp_path / 'a.svg'}: 2 lines, ")


def test_the_nearest_spelling_keeps_what_can_be_drawn(model):
    assert respelled("café 你 & go", model) == "café and go"


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
def test_a_bad_request_is_refused_before_anything_is_drawn(writer, tmp_path, monkeypatch, name, options, reason):
    monkeypatch.setattr(Synthesizer, "write", None)
    with pytest.raises(InkError, match=reason):
        generate(writer, "ink", tmp_path / name, LAYOUT, **options)
    assert not list(tmp_path.iterdir())


def test_the_hand_is_used_as_a_whole(writer, tmp_path):
    def ink(hand):
        generate(writer, "ink", tmp_path / "a.json", LAYOUT, hand)
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
    with pytest.raises(InkError, match=r"has no transcript of its ink; give --text"):
        style_from_file(tmp_path / "mine.inkml", text_option="--text")
