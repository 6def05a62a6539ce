"""A text as a page: one hand, lines that fit, each on its ruling."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.composition import page
from handwriting.composition.page import write_page
from handwriting.errors import InkError
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.observer import Observer
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

TEXT = "a page of several words, all of them short.\n\nand a second paragraph"


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


def test_all_words_stand_on_the_page_in_order_and_within_its_margins(model):
    layout = PageLayout(width_mm=120, margin_mm=15)
    written = write_page(model, TEXT, layout)
    assert " ".join(line.text for line in written.lines) == " ".join(TEXT.split())
    assert written.drawing.width == 120
    for ink in written.drawing.inks:
        left, _, right, _ = ink.bounds
        assert left == pytest.approx(15, abs=1e-6)
        assert right <= 105 + 1e-6


def test_the_same_request_gives_the_same_page(model):
    layout = PageLayout(width_mm=100)
    first, again, other = (write_page(model, TEXT, layout, Hand(seed=seed)).drawing for seed in (2, 2, 3))
    assert first == again
    assert first != other


def test_the_first_line_primes_the_others_with_whole_words(model, monkeypatch):
    primed, prime = [], Synthesizer.prime
    monkeypatch.setattr(Synthesizer, "prime", lambda self, ink, text: primed.append(text) or prime(self, ink, text))
    written = write_page(model, "one of some longer lines\ntwo\nthree", PageLayout(width_mm=None))
    assert primed == ["one of some"]
    assert [line.text for line in written.lines] == ["one of some longer lines", "two", "three"]


def test_a_given_primer_is_the_hand_of_all_lines(model, monkeypatch):
    style = Style("mine", (Sample("a hand", model.write(["a hand"])[0].ink),))
    used, write = [], Synthesizer.write
    monkeypatch.setattr(
        Synthesizer,
        "write",
        lambda self, texts, hand, **given: used.append(hand.style) or write(self, texts, hand, **given),
    )
    assert len(write_page(model, "one\ntwo", PageLayout(width_mm=None), Hand(style=style)).lines) == 2
    assert used == [style]  # both lines in one batch


def test_without_a_page_the_drawing_is_as_large_as_the_writing(model):
    drawing = write_page(model, "ink", PageLayout(width_mm=None, margin_mm=3, stroke_mm=0.4)).drawing
    left, top, right, bottom = drawing.inks[0].bounds
    assert (left, top) == (pytest.approx(3.2), pytest.approx(3.2))
    assert (drawing.width, drawing.height) == (pytest.approx(right + 3.2), pytest.approx(bottom + 3.2))


def test_what_comes_out_wider_than_expected_is_broken_again(model, monkeypatch):
    monkeypatch.setattr(model, "advance", model.advance / 4)  # four times as many characters seem to fit
    written = write_page(model, TEXT, PageLayout(width_mm=100, margin_mm=10))
    assert " ".join(line.text for line in written.lines) == " ".join(TEXT.split())
    assert all(np.ptp(ink.x) <= 80 + 1e-6 for ink in written.drawing.inks)


def test_what_cannot_be_written_is_refused_before_anything_is(model, monkeypatch):
    monkeypatch.setattr(Synthesizer, "write", None)
    with pytest.raises(InkError, match=r"é .* -> e"):
        write_page(model, "a café\n" * 3)


def test_progress_stays_within_the_text(model):
    told = []
    write_page(model, TEXT, PageLayout(width_mm=80), observer=Observer(lambda done, total: told.append((done, total))))
    assert told
    assert all(0 <= done <= total == len(TEXT) for done, total in told)


def test_the_writing_height_follows_the_line_height(model):
    heights = [
        np.ptp(write_page(model, "ink", PageLayout(width_mm=None, line_height_mm=mm)).drawing.inks[0].y)
        for mm in (8.0, 16.0)
    ]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.02)
    assert page.HEIGHT_PER_LINE_HEIGHT < 0.7  # what PageLayout leaves above a writing line
