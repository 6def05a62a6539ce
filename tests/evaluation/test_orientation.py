"""The table of lines that lie otherwise."""

from __future__ import annotations

import pytest

import handwriting
from handwriting.corpora import open_corpus
from handwriting.corpora.iamondb import IamOndb
from handwriting.errors import InkError
from handwriting.evaluation.orientation import CHANGES, OrientationReport, OrientationRow, evaluate
from handwriting.recognition.recognizer import Recognizer

TEXTS = ("a line of handwriting", "the quick brown fox", "over the lazy dogs")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    for k, text in enumerate(TEXTS):
        handwriting.save(handwriting.generate(text, seed=k, bias=2), folder / f"{k}.json")
        (folder / f"{k}.txt").write_text(text)
    return open_corpus(folder)


def test_lines_are_found_whichever_way_they_lie(corpus):
    names = ("upright", "turned-90", "y-up-backward")
    report = evaluate(Recognizer.load(), corpus, "all", names)
    assert (report.inks, report.decoder) == (3, "greedy")
    assert report.milliseconds > 0
    assert [row.name for row in report.rows] == list(names)
    for row in report.rows:
        assert (row.found, row.cer) == (1, report.cer_as_is)


def test_pages_need_forms(corpus):
    with pytest.raises(InkError, match="pages need the forms of IAM-OnDB"):
        evaluate(Recognizer.load(), corpus, "all", ("upright",), pages=True)


def test_pages_are_read_line_by_line_in_every_orientation(real_iamondb):
    report = evaluate(Recognizer.load(), IamOndb(real_iamondb), "testset_v", ("y-up", "turned-90"), pages=True, step=96)
    assert (report.inks, report.pages) == (2, True)
    assert report.render().startswith("testset_v, 2 pages, decoder greedy; ")
    for row in report.rows:
        assert (row.found, row.cer) == (1, report.cer_as_is)
    assert report.cer_as_is < 0.1


def test_costs_are_shown_beside_the_lines_as_they_are():
    rows = (OrientationRow("y-up", 0.055, 0.98, 1.5),)
    shown = OrientationReport("own", 50, "greedy", 0.05, 10.0, rows).render().splitlines()
    assert shown[0] == "own, 50 lines, decoder greedy; 5.00 % CER and 10.0 ms a line as they are, without looking"
    assert shown[2].split() == ["y-up", "5.50", "+10.0", "98.00", "1.50", "+15.0"]


def test_an_unknown_orientation_is_named(corpus):
    with pytest.raises(InkError, match=f"names: 'up' is not an orientation; choose from {', '.join(CHANGES)}"):
        evaluate(Recognizer.load(), corpus, "all", ("up",))
