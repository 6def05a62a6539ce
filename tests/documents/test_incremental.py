"""A page of ink that is read while it grows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from handwriting.documents import incremental
from handwriting.documents.incremental import IncrementalPageReader
from handwriting.ink import Ink
from handwriting.recognition.language.model import Hints
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.hershey import write

LINES = ("some ink on a page", "a few words or more", "this is the last line")


@pytest.fixture
def reader() -> IncrementalPageReader:
    return IncrementalPageReader(Recognizer.load())


def page(texts=LINES):
    """Lines below one another, each with its strokes."""
    strokes = []
    for i, text in enumerate(texts):
        ink = write(text, seed=3 + i)
        height = np.ptp(ink.y)
        strokes += [stroke + (0, 2.4 * i * height) for stroke in ink.strokes]
    return Ink.from_strokes(strokes)


def test_lines_are_read_from_top_to_bottom(reader):
    ink = page()
    lines = reader.read(ink, 3)
    assert len(lines) == 3
    assert sorted(k for line in lines for k in line.strokes) == list(range(len(ink.starts)))
    assert all(1 <= len(line.readings) <= 3 for line in lines)
    tops = [line.box[1] for line in lines]
    assert tops == sorted(tops)


def test_words_have_boxes_around_their_ink(reader):
    (line,) = reader.read(page(LINES[1:2]))
    assert [w.text for w in line.words] == line.text.split(" ")
    left, top, right, bottom = line.box
    boxes = [word.box(line.ink) for word in line.words]
    for word, box in zip(line.words, boxes, strict=True):
        assert line.text[word.begin : word.end] == word.text
        assert left <= box[0] < box[2] <= right
        assert top <= box[1] < box[3] <= bottom
    assert all(a[2] < b[0] + 0.3 * (b[2] - b[0]) for a, b in pairwise(boxes))


def test_pieces_of_characters_cover_the_strokes_once(reader):
    ink = page(LINES[:2])
    owned = np.zeros(len(ink), dtype=int)
    for line in reader.read(ink):
        for character in line.readings[0].characters:
            for stroke, begin, end in line.pieces(character):
                assert 0 <= begin < end <= ink.ends[stroke] - ink.starts[stroke]
                owned[ink.starts[stroke] + begin : ink.starts[stroke] + end] += 1
    assert (owned == 1).all()


def test_only_what_changed_is_read_again(reader, monkeypatch):
    read, real = [], Recognizer.transcribe
    monkeypatch.setattr(
        Recognizer,
        "transcribe",
        lambda self, ink, *given, **named: read.append(named["hints"]) or real(self, ink, *given, **named),
    )
    first = reader.read(page(LINES[:2]), context="Once")
    assert read == [Hints(context="Once"), Hints(above=first[0].text)]
    second = reader.read(page(LINES), context="Once")
    assert read[2:] == [Hints(above=first[1].text)]
    assert [line.text for line in second[:2]] == [line.text for line in first]
    reader.read(page(LINES), 3, context="Once")  # other readings are asked for
    assert len(read) == 6


def test_the_cache_is_bounded(reader, monkeypatch):
    monkeypatch.setattr(incremental, "CACHED_LINES", 2)
    reader.read(page(LINES))
    assert len(reader._cache) == 2


def test_a_dot_is_no_line_of_text_that_breaks_anything(reader):
    for line in reader.read(Ink([1.0], [1.0], [0])):
        assert len(line.text) == 1
