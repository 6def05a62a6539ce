"""The folder of IAM-OnDB: layouts, pairing of ink and text, lists, writers, known-bad lines."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from iamondb_fixture import HIDDEN_BREAK, ON_NO_LIST, SPLITS, TEXTS, WITHOUT_FORM_FILE, make_iamondb, write

from handwriting.corpora import open_corpus
from handwriting.corpora.iamondb import FORM_PATTERN, LINE_PATTERN, known_bad_entries, transcript
from handwriting.corpora.report import survey
from handwriting.errors import InkError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A corpus that a test may break."""
    return make_iamondb(tmp_path / "corpus")


@pytest.mark.parametrize("archive_level", [False, True])
def test_lines_by_split(tmp_path: Path, archive_level: bool):
    corpus = open_corpus(make_iamondb(tmp_path, archive_level=archive_level))
    assert corpus.splits == ("trainset", "testset_v", "testset_t")
    for split, forms in SPLITS.items():
        lines = list(corpus.lines(split))
        assert [line.id for line in lines] == corpus.ids(split)
        assert [line.text for line in lines] == [text for form in forms for text in TEXTS[form]]
        assert [line.form for line in lines] == [form for form in forms for _ in TEXTS[form]]


def test_a_line(iamondb_dir: Path):
    line = open_corpus(iamondb_dir).line("b01-100-03")
    assert line.id == "b01-100-03"
    assert line.form == "b01-100"
    assert line.text == line.ink.source.text == "It 's a neat tent"
    assert line.writer == line.ink.source.writer == "10000"
    assert line.ink.source.file == "b01-100-03.xml"
    assert line.ink.t is not None
    assert line.ink.t[0] == 0


def test_a_row_of_percent_signs_is_a_line_break(iamondb_dir: Path):
    corpus = open_corpus(iamondb_dir)
    assert [corpus.line(f"{HIDDEN_BREAK}-{n:02d}").text for n in (3, 4)] == ["nine & ten", "mice eat"]


def test_the_ocr_part_and_blank_lines_are_no_text():
    assert transcript("OCR:\n\nwrong\n\nCSR:\n\n\n one  two \n   \n&amp;quot;three\n", "") == ("one two", '"three')
    assert transcript("CSR:\n50% of it", "") == ("50% of it",)
    with pytest.raises(InkError, match="no 'CSR:'"):
        transcript("OCR:\n\nwrong", "a.txt")


def test_no_form_file_no_writer(iamondb_dir: Path):
    assert open_corpus(iamondb_dir).line(f"{WITHOUT_FORM_FILE}-01").writer is None


def test_original_may_be_absent(own: Path):
    shutil.rmtree(own / "original")
    assert all(line.writer is None for line in open_corpus(own).lines("trainset"))


def test_known_bad_lines_are_left_out_of_training_only(iamondb_dir: Path):
    corpus = open_corpus(iamondb_dir)
    assert set(corpus.known_bad) == {"h04-141z-03"}
    assert set(corpus.ids("trainset")) - set(corpus.training_ids("trainset")) == {"h04-141z-03"}
    assert corpus.line("h04-141z-03").text == "a line known to be bad"


def test_a_line_without_text_stays_in_figures_and_leaves_training(own: Path):
    corpus = open_corpus(own)
    source = own / "lineStrokes/b01/b01-100/b01-100-03.xml"
    shutil.copy(source, source.with_name("b01-100-04.xml"))
    assert "b01-100-04" in corpus.ids("trainset")
    assert "b01-100-04" not in corpus.training_ids("trainset")
    assert corpus.line("b01-100-04").text == ""


def test_a_missing_line_does_not_shift_the_texts(own: Path):
    (own / "lineStrokes/b01/b01-100/b01-100-02.xml").unlink()
    corpus = open_corpus(own)
    assert corpus.ids("trainset")[:2] == ["b01-100-01", "b01-100-03"]
    assert corpus.line("b01-100-03").text == TEXTS["b01-100"][2]


def test_lines_go_by_number_beyond_nine(own: Path):
    folder = own / "lineStrokes/d05/d05-024"
    for number in (2, 10, 11):
        shutil.copy(folder / "d05-024z-01.xml", folder / f"d05-024z-{number:02d}.xml")
    assert open_corpus(own).ids("testset_v")[2:] == [f"d05-024z-{n:02d}" for n in (1, 2, 10, 11)]


def test_lines_are_read_when_their_turn_comes(own: Path):
    lines = open_corpus(own).lines("trainset")
    assert next(lines).id == "b01-100-01"
    write(own / "lineStrokes/b01/b01-100/b01-100-02.xml", "broken")
    with pytest.raises(InkError, match=r"b01-100-02\.xml"):
        next(lines)


def test_lists_of_ones_own(own: Path):
    mine = write(own.parent / "mine.txt", "d05-024z\nb01-100-02 d05-024z\n")
    corpus = open_corpus(own, [mine])
    assert corpus.splits[-1] == "mine"
    assert corpus.ids("mine") == ["d05-024z-01", "b01-100-02"]


def test_one_clear_line_each(own: Path):
    with pytest.raises(InkError, match="lineStrokes/ is missing; give the folder with lineStrokes/"):
        open_corpus(own.parent)
    with pytest.raises(InkError, match="no such file or folder; unpack IAM-OnDB there"):
        open_corpus(own / "nowhere")
    corpus = open_corpus(own)
    with pytest.raises(InkError, match=r"no list testset_f.txt \(found: trainset, testset_v, testset_t\)"):
        corpus.ids("testset_f")
    with pytest.raises(InkError, match=r"absent\.txt: no such list"):
        open_corpus(own, [own / "absent.txt"])
    for name in ("../../x", "a01-000u-01.xml", "b01-100\0"):
        with pytest.raises(InkError, match="is not a form of IAM-OnDB"):
            open_corpus(own, [write(own / "junk.txt", name)]).ids("junk")
    with pytest.raises(InkError, match="'x' is not a line"):
        corpus.line("x")
    with pytest.raises(InkError, match="no such file"):
        corpus.line("b01-100-77")


def test_a_list_that_names_a_missing_form(own: Path):
    shutil.rmtree(own / "lineStrokes/d05/d05-024")
    corpus = open_corpus(own)
    assert corpus.ids("trainset")
    with pytest.raises(InkError, match=r"testset_v.txt: .* has no ink of d05-024z; .*remove it from the list"):
        corpus.ids("testset_v")


def test_a_missing_transcript_is_an_error_and_no_empty_text(own: Path):
    (own / "ascii/b01/b01-100/b01-100.txt").unlink()
    with pytest.raises(InkError, match=r"b01-100.txt: no such file"):
        open_corpus(own).line("b01-100-01")


@pytest.mark.parametrize("junk", ["", "junk", '<!DOCTYPE x [<!ENTITY a "b">]><WhiteboardCaptureSession/>'])
def test_a_damaged_form_file_costs_the_writer_and_is_reported(own: Path, junk: str):
    write(own / "original/b01/b01-100/strokes.xml", junk)
    line = open_corpus(own).line("b01-100-01")
    assert (line.writer, line.text) == (None, "a tame cat ate")
    assert any(p.file == "b01-100" and "strokes.xml" in p.reason for p in survey(own).problems)


def test_the_known_bad_list():
    entries = known_bad_entries()
    names = Counter(name for entry in entries for name in entry["ids"])
    assert max(names.values()) == 1, "each stands there once"
    assert all(LINE_PATTERN.fullmatch(name) or FORM_PATTERN.fullmatch(name) for name in names)
    assert not [name for name in names if LINE_PATTERN.fullmatch(name) and name.rpartition("-")[0] in names]
    assert all(entry["reason"] and set(entry) == {"ids", "reason"} for entry in entries)
    assert len({entry["reason"] for entry in entries}) == len(entries)


def test_ink_on_no_list_can_still_be_read(iamondb_dir: Path):
    corpus = open_corpus(iamondb_dir)
    assert f"{ON_NO_LIST}-01" not in {id for split in corpus.splits for id in corpus.ids(split)}


REAL = {"trainset": (775, 5364, 39), "testset_v": (192, 1438, 32), "testset_t": (216, 1518, 56)}


@pytest.mark.parametrize("split", REAL)
def test_real_counts(real_iamondb: Path, split: str):
    corpus = open_corpus(real_iamondb)
    forms, lines, _ = REAL[split]
    ids = corpus.ids(split)
    assert len(ids) == len(set(ids)) == lines
    assert len({id.rpartition("-")[0] for id in ids}) == forms
    left_out = set(ids) - set(corpus.training_ids(split))
    assert left_out <= set(corpus.known_bad), "no line of the official splits is without text"
    assert len(left_out) < 0.02 * lines


@pytest.mark.parametrize("split", REAL)
def test_real_lines(real_iamondb: Path, split: str):
    corpus = open_corpus(real_iamondb)
    for id in corpus.ids(split)[::40]:
        line = corpus.line(id)
        left, _, right, _ = line.ink.bounds
        assert len(line.ink) > 10
        assert 40 < (right - left) / len(line.text) < 900, "ink and text belong together"


def test_real_writers(real_iamondb: Path):
    corpus = open_corpus(real_iamondb)
    for split, (_, _, without) in REAL.items():
        firsts = [id for id in corpus.ids(split) if id.endswith("-01")]
        writers = [corpus.line(id).writer for id in firsts[:40]]
        assert writers.count(None) <= without
