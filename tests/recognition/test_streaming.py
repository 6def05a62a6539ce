"""A line read while it is written."""

from pathlib import Path

import numpy as np
import pytest

from handwriting import formats
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.streaming import Stream

SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


def test_the_text_grows_and_ends_as_that_of_the_whole_line(recognizer):
    ink = formats.read(SAMPLE)
    stream = Stream(recognizer)
    texts = [stream.add(stroke).text for stroke in ink.strokes]
    assert len(texts[0]) < len(texts[len(texts) // 2]) < len(texts[-1])
    whole = recognizer.transcribe(ink, "language", alternatives=3)
    end = stream.finish(alternatives=3)
    assert [r.text for r in end.readings] == [r.text for r in whole.readings]
    assert end.text == "a line of handwriting"


def test_a_stroke_can_be_taken_back(recognizer):
    ink = formats.read(SAMPLE)
    stream = Stream(recognizer, "greedy")
    for stroke in ink.strokes[:6]:
        before = stream.add(stroke).text
    stream.add(ink.strokes[6])
    stream.undo()
    assert stream.finish().text == before


def test_what_is_no_stroke_changes_nothing(recognizer):
    stream = Stream(recognizer, "greedy")
    with pytest.raises(InkError, match="no points"):
        stream.finish()
    with pytest.raises(InkError, match="no stroke to take back"):
        stream.undo()
    stream.add([(0, 0), (3, 9)])
    with pytest.raises(InkError, match="shape"):
        stream.add([(1, 2, 3)])
    stream.add(np.empty((0, 2)))
    assert len(stream.ink.starts) == 1
