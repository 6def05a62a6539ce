"""A page that is written while someone watches."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.composition.live_page import Begun, Finished, Hands, Live, Sheet
from handwriting.composition.page import Hand
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.page import PageStyle, baseline
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

TEXT = "a page of several words, all of them short.\n\nand a second paragraph"
STYLE = PageStyle(width_mm=120, margin_mm=15, paper="ruled")


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def watched(model, recognizer, hand=Hand(), text=TEXT, n=1, style=STYLE):
    """What happened, in its order."""
    happened = []
    live = Live(model, recognizer, text, style, hand, n, happened.append)
    for event in live:
        happened.append(event)
    return happened


@pytest.mark.parametrize("primed", [False, True])
def test_ink_is_seen_before_its_line_is_finished_and_is_the_line(model, recognizer, primed):
    hand = Hand(primer=model.prime(model.write(["a hand"])[0].ink, "a hand") if primed else None)
    happened = watched(model, recognizer, hand, "some words", 1)
    assert isinstance(happened[0], Sheet)
    begun = [event for event in happened if isinstance(event, Begun)]
    (line,) = [event for event in happened if isinstance(event, Finished)]
    assert [type(event) for event in happened] == [Sheet, *[Begun] * len(begun), Finished]
    assert begun
    points = np.concatenate([event.points for event in begun])
    if line.same:  # a line that was begun anew is another one
        strokes = np.concatenate(line.strokes)
        points = points[: len(strokes)]  # what was begun after the text is taken away
        ends = np.cumsum([len(stroke) for stroke in line.strokes])
        seen = np.flatnonzero(points[:, 2] > 0.5) + 1
        assert set(seen.tolist()) <= set(ends.tolist())
        # The way from point to point is nearly the same: the line is turned and straightened when it is known.
        steps, final = np.diff(points[:, :2], axis=0), np.diff(strokes[: len(points)], axis=0)
        assert np.corrcoef(steps[:, 0], final[:, 0])[0, 1] > 0.9


def test_all_lines_come_in_order_on_their_rulings_within_the_margins(model, recognizer):
    happened = watched(model, recognizer)
    lines = [event for event in happened if isinstance(event, Finished)]
    assert " ".join(line.chosen.text for line in lines) == " ".join(TEXT.split())
    assert [line.line for line in lines] == sorted({line.line for line in lines})
    sheets = [event for event in happened if isinstance(event, Sheet)]
    assert sheets[-1].lines == max(line.line for line in lines) + 1
    assert sheets[-1].height == pytest.approx(30 + 10 * sheets[-1].lines)
    rulings = {y for _, y, _, _ in sheets[-1].rulings}
    for line in lines:
        xy = np.concatenate(line.strokes)
        assert xy[:, 0].min() == pytest.approx(15, abs=0.01)
        assert xy[:, 0].max() <= 105.01
        assert any(abs(baseline(line.line, STYLE) - y) < 1e-6 for y in rulings)


def test_the_paper_grows_when_lines_are_broken_again(model, recognizer, monkeypatch):
    monkeypatch.setattr(model, "advance", model.advance / 8)  # so many more characters seem to fit
    happened = watched(model, recognizer, style=PageStyle(width_mm=50, margin_mm=15))
    heights = [event.height for event in happened if isinstance(event, Sheet)]
    assert len(heights) > 1
    assert heights == sorted(heights)
    texts = [event.chosen.text for event in happened if isinstance(event, Finished)]
    assert " ".join(texts).replace("- ", "") == " ".join(TEXT.split())


def test_whoever_watches_can_end_it(model, recognizer):
    def enough(begun):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        list(Live(model, recognizer, TEXT, STYLE, Hand(), 2, enough))


def test_what_cannot_be_written_is_refused_at_once(model, recognizer):
    with pytest.raises(InkError, match="é"):
        Live(model, recognizer, "café", STYLE, Hand())


def test_size_and_slant_change_the_writing(model, recognizer):
    def lines(**hand):
        return next(e for e in watched(model, recognizer, Hand(**hand), "ink", 1) if isinstance(e, Finished)).strokes

    plain, small, leaning = lines(), lines(size=0.5), lines(slant=30)
    assert np.ptp(np.concatenate(small)[:, 1]) == pytest.approx(0.5 * np.ptp(np.concatenate(plain)[:, 1]), rel=0.02)
    for upright, sheared in zip(plain, leaning, strict=True):
        steps, moved = np.diff(upright, axis=0), np.diff(sheared, axis=0)
        assert moved[:, 0] == pytest.approx(steps[:, 0] - np.tan(np.pi / 6) * steps[:, 1], abs=0.02)


@pytest.mark.parametrize("bad", [{"size": 9}, {"slant": 60}, {"size": float("nan")}])
def test_what_no_hand_can_be_is_refused(bad):
    with pytest.raises(InkError, match="give one from"):
        Hand(**bad)


def test_a_primer_is_made_once(model, monkeypatch):
    style = Style("mine", (Sample("a hand", model.write(["a hand"])[0].ink),))
    hands, made = Hands(model), []
    prime = Synthesizer.prime
    monkeypatch.setattr(Synthesizer, "prime", lambda self, ink, text: made.append(text) or prime(self, ink, text))
    assert hands.primer(style) is hands.primer(Style("renamed", style.samples))
    assert made == ["a hand"]
