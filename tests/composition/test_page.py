"""A text as a page: one hand, lines that fit, each on its ruling."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.composition import finish
from handwriting.composition.page import write_page as write
from handwriting.composition.runs import WordWriter
from handwriting.errors import InkError
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer


def write_page(model, *given, **options):
    """A page without a recognizer."""
    return write(WordWriter(model, best_of=1), *given, **options)


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


def test_the_first_run_primes_the_others(model, monkeypatch):
    primed, prime = [], Synthesizer.prime
    monkeypatch.setattr(Synthesizer, "prime", lambda self, ink, text: primed.append(text) or prime(self, ink, text))
    written = write_page(model, "one of some long lines of words\ntwo\nthree", PageLayout(width_mm=None))
    assert primed == ["one of some long lines"]  # no more than FIRST_CHARACTERS
    assert [line.text for line in written.lines] == ["one of some long lines of words", "two", "three"]


def test_a_given_primer_is_the_hand_of_all_lines(model, monkeypatch):
    style = Style("mine", (Sample("a hand", model.write(["a hand"])[0].ink),))
    used, draw = [], Synthesizer.write
    monkeypatch.setattr(
        Synthesizer,
        "write",
        lambda self, texts, hand, **given: used.append((hand.style, len(texts))) or draw(self, texts, hand, **given),
    )
    assert len(write_page(model, "one\ntwo", PageLayout(width_mm=None), Hand(style=style)).lines) == 2
    assert used[0] == (style, 2)  # both lines in one batch
    assert all(one == style for one, _ in used)


def test_without_a_page_the_drawing_is_as_large_as_the_writing(model):
    drawing = write_page(model, "ink", PageLayout(width_mm=None, margin_mm=3, stroke_mm=0.4)).drawing
    left, top, right, bottom = drawing.inks[0].bounds
    assert (left, top) == (pytest.approx(3.2), pytest.approx(3.2))
    assert (drawing.width, drawing.height) == (pytest.approx(right + 3.2), pytest.approx(bottom + 3.2))


def test_a_word_that_comes_out_wider_than_the_line_is_drawn_narrower(model, monkeypatch):
    monkeypatch.setattr(model, "advance", model.advance / 40)  # so many more characters seem to fit
    written = write_page(model, "unbreakable " * 3, PageLayout(width_mm=40, margin_mm=10))
    assert [line.text for line in written.lines] == ["unbreakable"] * 3
    assert max(np.ptp(ink.x) for ink in written.drawing.inks) == pytest.approx(20, abs=1e-6)


def test_what_cannot_be_written_is_refused_before_anything_is(model, monkeypatch):
    monkeypatch.setattr(Synthesizer, "write", None)
    with pytest.raises(InkError, match=r"你"):
        write_page(model, "a 你\n" * 3)


def test_progress_stays_within_the_text(model):
    told = []
    write_page(model, TEXT, PageLayout(width_mm=80), progress=lambda done, total: told.append((done, total)))
    assert told
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] >= 0 and told[-1][0] == told[-1][1]


def test_the_writing_height_follows_the_line_height(model):
    heights = [
        np.ptp(write_page(model, "ink", PageLayout(width_mm=None, line_height_mm=mm)).drawing.inks[0].y)
        for mm in (8.0, 16.0)
    ]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.02)
    assert finish.HEIGHT_PER_LINE_HEIGHT < 0.7  # what PageLayout leaves above a writing line
