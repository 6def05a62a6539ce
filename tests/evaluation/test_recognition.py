"""Error rates of a recognizer on a split."""

from types import SimpleNamespace

import pytest

from handwriting.corpora import Line
from handwriting.evaluation import recognition
from handwriting.ink import Ink


class Echo:
    """Reads every line as "a", and remembers which lines it was told to continue."""

    checkpoint = SimpleNamespace(card={})

    def __init__(self):
        self.calls = []

    def transcribe_all(self, inks, decoder, alternatives, continues):
        assert len(continues) == len(inks)
        self.calls.append(list(continues))
        return [SimpleNamespace(text="a") for _ in inks]


def lines(*forms):
    return [Line(f"{form}-{n}", Ink([0, 1], [0, 1], [0]), "a", None, form) for n, form in enumerate(forms)]


@pytest.mark.parametrize(
    ("in_order", "calls"),
    [(True, [[False, True, True], [False], [False, True]]), (False, [[False] * 2, [False] * 2, [False] * 2])],
)
def test_lines_of_a_form_are_continued_and_never_divided(monkeypatch, in_order, calls):
    monkeypatch.setattr(recognition, "CHUNK_LINES", 1 if in_order else 2)
    recognizer = Echo()
    report = recognition.evaluate_lines(recognizer, lines("a", "a", "a", "b", "c", "c"), "some", in_order=in_order)
    assert recognizer.calls == calls
    assert (report.score.lines, report.score.cer) == (6, 0)
