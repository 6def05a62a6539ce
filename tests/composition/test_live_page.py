"""A page that is written while someone watches."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.composition import runs, words
from handwriting.composition.live_page import LineEvent, LivePage, PointsEvent, SheetEvent
from handwriting.composition.reading import ReadWord
from handwriting.composition.runs import WordWriter
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout, baseline
from handwriting.synthesis import sampler
from handwriting.synthesis import synthesizer as line_synthesis
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

TEXT = "a page of several words, all of them short.\n\nand a second paragraph"
LAYOUT = PageLayout(width_mm=120, margin_mm=15, paper="ruled")


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def watched(model, recognizer, hand=Hand(), text=TEXT, n=1, layout=LAYOUT):
    """All events, in their order."""
    events = []
    for event in LivePage(WordWriter(model, recognizer, n), text, layout, hand, events.append):
        events.append(event)
    return events


def never_lost(monkeypatch):
    """Let a line wander for as long as it likes, so that what is begun is what is finished."""
    monkeypatch.setattr(sampler._Draft, "_lost", lambda self, t: np.zeros(len(self.lines), bool))


def own_style(model) -> Style:
    return Style("mine", (Sample("a hand", model.write(["a hand"])[0].ink),))


@pytest.mark.parametrize("styled", [False, True])
def test_ink_is_shown_before_its_line_is_finished_and_is_the_line(model, recognizer, styled, monkeypatch):
    never_lost(monkeypatch)
    monkeypatch.setattr(line_synthesis, "own_points", lambda ink, *_: slice(0, len(ink)))
    monkeypatch.setattr(words, "_without_strays", lambda ink, strokes, *_: strokes)
    events = watched(model, recognizer, Hand(style=own_style(model) if styled else None), "words", 1)
    shown = [event for event in events if isinstance(event, PointsEvent)]
    (line,) = [event for event in events if isinstance(event, LineEvent)]
    assert [type(event) for event in events] == [SheetEvent, *[PointsEvent] * len(shown), LineEvent]
    assert shown
    assert line.as_shown
    points = np.concatenate([event.points for event in shown])
    strokes = np.concatenate(line.strokes)
    assert 0 <= len(strokes) - len(points) < sampler.WATCH_POINTS  # all but the last few points were shown
    ends = np.cumsum([len(stroke) for stroke in line.strokes])
    seen = np.flatnonzero(points[:, 2] > 0.5) + 1
    assert set(seen.tolist()) <= set(ends.tolist())
    # The way from point to point is nearly the same: the line is turned and straightened when it is known.
    steps, final = np.diff(points[:, :2], axis=0), np.diff(strokes[: len(points)], axis=0)
    assert np.corrcoef(steps[:, 0], final[:, 0])[0, 1] > 0.9


def test_a_line_whose_first_strokes_are_taken_away_is_not_as_shown(model, recognizer, monkeypatch):
    """The scribbler starts a primed line before its text, with strokes that belong to no character."""
    never_lost(monkeypatch)
    events = watched(model, recognizer, Hand(style=own_style(model)), "words", 1)
    (line,) = [event for event in events if isinstance(event, LineEvent)]
    assert sum(len(event.points) for event in events if isinstance(event, PointsEvent)) > len(line.composed.ink)
    assert not line.as_shown


def test_a_better_candidate_replaces_what_was_shown(model, recognizer, monkeypatch):
    never_lost(monkeypatch)
    errors = iter([2, 1, 1])  # as drawn at first, drawn again, and the line with that
    monkeypatch.setattr(runs, "read_words", lambda recognizer, lines: [[ReadWord("", next(errors))] for _ in lines])
    (line,) = [e for e in watched(model, recognizer, text="words", n=2) if isinstance(e, LineEvent)]
    assert line.composed.words[0].drawn.changed
    assert not line.as_shown


def test_all_lines_come_in_order_on_their_rulings_within_the_margins(model, recognizer):
    events = watched(model, recognizer)
    lines = [event for event in events if isinstance(event, LineEvent)]
    assert " ".join(line.composed.text for line in lines) == " ".join(TEXT.split())
    assert [line.line for line in lines] == sorted({line.line for line in lines})
    sheets = [event for event in events if isinstance(event, SheetEvent)]
    assert sheets[-1].lines == max(line.line for line in lines) + 1
    assert sheets[-1].height == pytest.approx(30 + 10 * sheets[-1].lines)
    rulings = {y for group in sheets[-1].printed for _, y, _, _ in group.lines}
    for line in lines:
        xy = np.concatenate(line.strokes)
        assert xy[:, 0].min() == pytest.approx(15, abs=0.01)
        assert xy[:, 0].max() <= 105.01
        assert any(abs(baseline(line.line, LAYOUT) - y) < 1e-6 for y in rulings)


def test_the_drawing_has_the_same_lines_on_the_last_sheet(model, recognizer):
    events = watched(model, recognizer)
    lines = [event for event in events if isinstance(event, LineEvent)]
    sheet = [event for event in events if isinstance(event, SheetEvent)][-1]
    drawing = LivePage(WordWriter(model, recognizer, 1), TEXT, LAYOUT).drawing()
    assert (drawing.width, drawing.height, drawing.printed) == (sheet.width, sheet.height, sheet.printed)
    assert [ink.source.text for ink in drawing.inks] == [line.composed.text for line in lines]
    assert all(
        np.array_equal(ink.xy, np.concatenate(line.strokes)) for ink, line in zip(drawing.inks, lines, strict=True)
    )
    assert (drawing.title, drawing.desc) == (lines[0].composed.text, TEXT)


def test_the_paper_grows_when_lines_are_broken_again(model, recognizer, monkeypatch):
    monkeypatch.setattr(model, "advance", model.advance / 8)  # so many more characters seem to fit
    events = watched(model, recognizer, layout=PageLayout(width_mm=50, margin_mm=15))
    heights = [event.height for event in events if isinstance(event, SheetEvent)]
    assert len(heights) > 1
    assert heights == sorted(heights)
    texts = [event.composed.text for event in events if isinstance(event, LineEvent)]
    assert " ".join(texts).replace("- ", "") == " ".join(TEXT.split())


def test_raising_in_the_callback_ends_the_writing(model, recognizer):
    def enough(event):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        list(LivePage(WordWriter(model, recognizer, 2), TEXT, LAYOUT, show=enough))


def test_what_cannot_be_written_is_refused_at_once(model, recognizer):
    with pytest.raises(InkError, match="你"):
        LivePage(WordWriter(model, recognizer), "caf你", LAYOUT)
    style = Style("unknown", (Sample("é", model.write(["a hand"])[0].ink),))
    with pytest.raises(InkError, match="é"):
        LivePage(WordWriter(model, recognizer), "cafe", LAYOUT, Hand(style=style))


def test_size_and_slant_change_the_writing(model, recognizer):
    def lines(**hand):
        return next(e for e in watched(model, recognizer, Hand(**hand), "ink", 1) if isinstance(e, LineEvent)).strokes

    plain, small, leaning = lines(), lines(size=0.5), lines(slant=30)
    assert np.ptp(np.concatenate(small)[:, 1]) == pytest.approx(0.5 * np.ptp(np.concatenate(plain)[:, 1]), rel=0.02)
    for upright, sheared in zip(plain, leaning, strict=True):
        steps, moved = np.diff(upright, axis=0), np.diff(sheared, axis=0)
        assert moved[:, 0] == pytest.approx(steps[:, 0] - np.tan(np.pi / 6) * steps[:, 1], abs=0.02)
