"""A corpus of one's own: both layouts, splits, and whatever may be wrong with them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_fixture import LISTS, TEXTS, make_own

from handwriting import read, save
from handwriting.corpora import open_corpus
from handwriting.corpora.own import OwnCorpus
from handwriting.corpora.packed import pack
from handwriting.corpora.report import report
from handwriting.errors import InkError
from handwriting.ink import Page
from handwriting.rendering.hershey import write


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder that a test may break."""
    return make_own(tmp_path / "mine")


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def strokes(text: str = "ink", seed: int = 0) -> list:
    return [[{"x": x, "y": y} for x, y in stroke.tolist()] for stroke in write(text, seed=seed).strokes]


def test_a_folder_is_opened_with_its_lists(own: Path):
    corpus = open_corpus(own)
    assert isinstance(corpus, OwnCorpus)
    assert set(corpus.splits) == set(LISTS)
    for split, ids in LISTS.items():
        assert corpus.ids(split) == corpus.training_ids(split) == list(ids)
        for line in corpus.lines(split):
            assert line.text == line.ink.source.text == corpus.text(line.id) == TEXTS[line.id]
            assert line.writer == line.id.split("/")[0] and line.form == line.id
    ink = read(own / "anna/02.inkml")
    ink = ink.ink if isinstance(ink, Page) else ink
    assert np.array_equal(corpus.line("anna/02").ink.xy, ink.xy)
    assert corpus.problems() == {} and corpus.note() is None and corpus.unlisted() == []


def test_without_lists_all_is_the_only_split(tmp_path: Path):
    corpus = open_corpus(make_own(tmp_path / "mine", lists=False))
    assert corpus.splits == ("all",)
    assert corpus.ids("all") == list(TEXTS)
    with pytest.raises(InkError, match="there is no split 'train'; it has: all"):
        corpus.ids("train")


def test_a_list_takes_folders_and_may_lie_elsewhere(own: Path, tmp_path: Path):
    (tmp_path / "annas.txt").write_text("\ufeffanna\r\n\r\nben/02\r\n", "utf-8")
    corpus = open_corpus(own, [tmp_path / "annas.txt"])
    assert corpus.ids("annas") == ["anna/01", "anna/02", "anna/03", "ben/02"]
    with pytest.raises(InkError, match=r"no\.txt: no such list"):
        open_corpus(own, [tmp_path / "no.txt"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("train.txt", b"anna/09\n", "has no line 'anna/09'"),
        ("train.txt", b"\xff\xfe", "not UTF-8"),
        ("a=b.txt", b"anna/01\n", "a split cannot be named 'a=b'"),
        ("none.txt", b"anna/01\n", "a split cannot be named 'none'"),
    ],
)
def test_lists_that_are_wrong_are_refused(own: Path, name, data, reason):
    (own / "splits" / name).write_bytes(data)
    with pytest.raises(InkError, match=reason):
        open_corpus(own).ids("train")


def test_what_cannot_be_used_is_named_and_skipped(own: Path):
    (own / "anna/02.inkml").write_text("<ink", "utf-8")
    (own / "anna/03.txt").write_bytes("caf\xe9".encode("latin-1"))
    (own / "ben/01.txt").write_text("two\nlines", "utf-8")
    (own / "ben/02.txt").unlink()
    save(write("twice"), own / "ben/03.json")
    (own / "notes.txt").write_text("not of ink", "utf-8")
    corpus = open_corpus(own)
    problems = corpus.problems()
    for name, reason in {
        "anna/02": "damaged XML",
        "anna/03": "03.txt is not UTF-8",
        "ben/01": "2 lines of text",
        "ben/02": "ink without text; write the text to 02.txt",
        "ben/03": "several ink files share this name: 03.json, 03.svg",
        "notes.txt": "text without ink",
    }.items():
        assert reason in problems.pop(name)
    assert not problems
    assert corpus.ids("train") == ["anna/01"]
    with pytest.raises(InkError, match="split 'test' has no line that can be used"):
        corpus.ids("test")
    note = corpus.note()
    assert note and "6 of 7 items cannot be used" in note and "\n" not in note
    text = report(own)
    assert "ink without text; write the text to 02.txt beside it (1)\n    ben/02" in text
    assert "split 'test' has no line that can be used" in text


def test_lines_on_no_list_are_reported(own: Path):
    (own / "splits/test.txt").write_text("ben/03", "utf-8")
    assert "in no split (1)\n    anna/03" in report(own)


def test_texts_are_composed_and_of_one_line(own: Path):
    (own / "anna/01.txt").write_text("\ufeff\n  cafe\u0301 \t au  lait\r\n\n", "utf-8")
    assert open_corpus(own).text("anna/01") == "caf\u00e9 au lait"


@pytest.mark.parametrize("text", ["", " \n", "a\x00b", "zero\u200bwidth", "x" * 1001, "x" * 70_000])
def test_odd_texts_are_problems(own: Path, text):
    (own / "anna/01.txt").write_text(text, "utf-8")
    assert list(open_corpus(own).problems()) == ["anna/01"]


def test_jsonl_in_every_shape(own: Path):
    rows = [
        {"ink": {"strokes": [{"points": s} for s in strokes()]}, "text": "ink", "writer": "anna", "split": "train"},
        {"ink": strokes(), "text": "ink", "id": "second", "split": "train"},
        {"strokes": [{"points": s} for s in strokes()], "text": "ink", "id": 3, "split": "test"},
        {"file": "anna/01.svg", "text": "ten pens", "split": "test"},
        {"file": "anna/02.inkml", "text": "nine net"},
    ]
    corpus = open_corpus(jsonl(own / "lines.jsonl", *rows, ""))
    assert isinstance(corpus, OwnCorpus) and corpus.problems() == {}
    assert corpus.splits == ("train", "test")
    assert corpus.ids("train") == ["1", "second"] and corpus.ids("test") == ["3", "anna/01"]
    assert corpus.unlisted() == ["anna/02"]
    first, second, third = (corpus.line(id) for id in ("1", "second", "3"))
    assert first.writer == "anna" and second.writer is None
    assert np.array_equal(first.ink.xy, second.ink.xy) and np.array_equal(first.ink.xy, third.ink.xy)
    assert np.array_equal(corpus.line("anna/01").ink.xy, open_corpus(own).line("anna/01").ink.xy)
    (own / "mine.txt").write_text("anna/02\n3\n", "utf-8")
    assert open_corpus(own / "lines.jsonl", [own / "mine.txt"]).ids("mine") == ["anna/02", "3"]


def test_jsonl_without_splits_is_all(own: Path):
    corpus = open_corpus(jsonl(own / "lines.data", {"ink": strokes(), "text": "ink"}))
    assert (corpus.splits, corpus.ids("all")) == (("all",), ["1"])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "damaged JSON"),
        ("[1]", "not an object"),
        ("\udcff", "damaged JSON"),
        ('{"ink": ' + "[" * 5000 + "}", "damaged JSON"),
        ({"ink": [[{"x": 1, "y": 1}]]}, "no text"),
        ({"ink": [[{"x": 1, "y": 1}]], "text": ["a"]}, "no text"),
        ({"ink": [[{"x": 1, "y": 1}]], "text": "\ud800"}, "U\\+D800"),
        ({"text": "a"}, "JSON without strokes"),
        ({"ink": "words", "text": "a"}, "JSON without strokes"),
        ({"ink": [], "text": "a"}, "at least one point"),
        ('{"ink": [[{"x": NaN, "y": 1}]], "text": "a"}', "must be a number"),
        ('{"ink": [[{"x": 1e400, "y": 1}]], "text": "a"}', "must be a number"),
        ({"file": "/etc/hostname", "text": "a"}, "leads outside the corpus folder"),
        ({"file": "../own.svg", "text": "a"}, "leads outside the corpus folder"),
        ({"file": "anna", "text": "a"}, "'anna' is not a regular file"),
        ({"file": "no.svg", "text": "a"}, "no such file"),
        ({"file": 7, "text": "a"}, "its file is not a non-empty string"),
        ({"ink": [[{"x": 1, "y": 1}]], "text": "a", "id": "x"}, "occurs twice"),
        ({"ink": [[{"x": 1, "y": 1}]], "text": "a", "id": ["x"]}, "neither a string nor a whole number"),
        ({"ink": [[{"x": 1, "y": 1}]], "text": "a", "id": "x\ty"}, "U\\+0009"),
    ],
)
def test_bad_rows_are_problems_and_the_rest_is_used(own: Path, row, reason):
    path = own / "lines.jsonl"
    good = json.dumps({"ink": strokes(), "text": "ink", "id": "x"})
    bad = row if isinstance(row, str) else json.dumps(row)
    path.write_bytes(f"{good}\n{bad}\n".encode("utf-8", "surrogateescape"))
    corpus = open_corpus(path)
    (problem,) = corpus.problems().values()
    assert "\n" not in problem
    with pytest.raises(InkError, match=reason):
        raise InkError(problem)
    assert corpus.ids("all") == ["x"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_damaged_jsonl_gives_one_error_or_lines(tmp_path_factory, noise, at):
    path = tmp_path_factory.mktemp("damaged") / "lines.jsonl"
    data = json.dumps({"ink": [[{"x": 1, "y": 2}, {"x": 3, "y": 4}]], "text": "ink"}).encode() + b"\n"
    path.write_bytes(data * 3)
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + noise + whole[at:])
    try:
        corpus = open_corpus(path)
        for split in corpus.splits:
            assert all(len(line.ink) for line in corpus.lines(split))
    except InkError as error:
        assert "\n" not in str(error)


def test_a_folder_without_pairs_says_what_is_needed(tmp_path: Path):
    save(write("ink"), tmp_path / "a.svg")
    with pytest.raises(InkError, match=r"or a folder of ink files with a \.txt beside each"):
        open_corpus(tmp_path)
    (tmp_path / "a.txt").touch()
    with pytest.raises(InkError, match=r"no ink with a text; .*the first of 1 problems: a: its text is empty"):
        open_corpus(tmp_path)
    (tmp_path / "lineStrokes").mkdir()
    with pytest.raises(InkError, match="no IAM-OnDB here, ascii/ is missing"):
        open_corpus(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipes_are_not_waited_for(own: Path):
    os.mkfifo(own / "pipe.svg")
    (own / "pipe.txt").write_text("never", "utf-8")
    assert open_corpus(own).problems() == {"pipe.txt": "text without ink"}
    path = jsonl(own / "lines.jsonl", {"file": "pipe.svg", "text": "a"}, {"file": "anna/01.svg", "text": "a"})
    assert open_corpus(path).problems() == {"line 1": "'pipe.svg' is not a regular file"}


def test_packed_it_is_the_same(own: Path, tmp_path: Path):
    (own / "ben/01.txt").unlink()
    pack(open_corpus(own), tmp_path / "mine.pack")
    packed, folder = open_corpus(tmp_path / "mine.pack"), open_corpus(own)
    assert (packed.splits, packed.terms) == (folder.splits, folder.terms)
    for split in folder.splits:
        assert packed.ids(split) == folder.ids(split)
        assert list(packed.lines(split)) == list(folder.lines(split))


def test_a_byte_order_mark_before_a_corpus(tmp_path: Path):
    path = jsonl(tmp_path / "lines.jsonl", *({"ink": {"strokes": strokes(text)}, "text": text} for text in ("a", "b")))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    corpus = open_corpus(path)
    assert [line.text for line in corpus.lines("all")] == ["a", "b"]
    assert [len(line.ink) for line in corpus.lines("all")] == [len(write(text, seed=0)) for text in ("a", "b")]
    assert corpus.problems() == {}


def test_a_line_with_a_stroke_missing_is_not_trained_on(own: Path, tmp_path: Path):
    """A user's file is read without its damaged strokes; a line of a corpus would no longer say what its text says."""
    text = (own / "anna/02.inkml").read_text()
    (own / "anna/02.inkml").write_text(text.replace("</ink>", "<trace>1 zwei</trace></ink>"))
    with pytest.raises(InkError, match="was left out"):
        open_corpus(own).line("anna/02")
    damaged = [*strokes(), [{"x": "left", "y": 1}]]
    path = jsonl(tmp_path / "lines.jsonl", {"ink": {"strokes": damaged}, "text": "ink"})
    with pytest.raises(InkError, match='x="left"'):
        list(open_corpus(path).lines("all"))
