"""A line read while it is written."""

from pathlib import Path

import numpy as np
import pytest

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.streaming import Stream

SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


def test_the_text_grows_and_ends_as_that_of_the_whole_line(recognizer):
    ink = formats.read(SAMPLE)
    stream = Stream(recognizer)
    texts = [stream.add(stroke) for stroke in ink.strokes]
    assert len(texts[0]) < len(texts[len(texts) // 2]) < len(texts[-1])
    whole = recognizer.transcribe(ink, "language", alternatives=3)
    end = stream.finish(alternatives=3)
    assert [r.text for r in end.readings] == [r.text for r in whole.readings]
    assert end.text == "a line of handwriting"


def test_a_stroke_can_be_taken_back(recognizer):
    ink = formats.read(SAMPLE)
    stream = Stream(recognizer)
    for stroke in ink.strokes[:6]:
        before = stream.add(stroke)
    stream.add(ink.strokes[6])
    stream.undo()
    stream.undo()
    assert stream.add(ink.strokes[5]) == before


def test_what_is_no_stroke_changes_nothing(recognizer):
    stream = Stream(recognizer)
    with pytest.raises(InkError, match="no points"):
        stream.finish()
    with pytest.raises(InkError, match="no stroke to remove"):
        stream.undo()
    stream.add([(0, 0), (3, 9)])
    with pytest.raises(InkError, match="shape"):
        stream.add([(1, 2, 3)])
    stream.add(np.empty((0, 2)))
    assert len(stream.ink.starts) == 1


def test_words_long_past_are_settled_and_the_end_is_read_anew(recognizer):
    """A long line: each update searches the last words only, and still shows all of them."""
    ink = formats.read(SAMPLE)
    width = ink.bounds[2] - ink.bounds[0]
    strokes = [s + (i * 1.1 * width, 0) for i in range(4) for s in ink.strokes]
    stream = Stream(recognizer)
    for stroke in strokes:
        text = stream.add(stroke)
    assert stream._settled.startswith("a line of handwriting a line of")
    assert text.startswith(stream._settled)
    whole = recognizer.transcribe(Ink.from_strokes(strokes), "language").text
    assert stream.finish().text == whole
