"""The survey: figures that can be counted by hand, and every problem by file and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from iamondb_fixture import ON_NO_LIST, SPLITS, TEXTS, WITHOUT_FORM_FILE, form_xml, line_strokes, make_iamondb, write

from handwriting.corpora import open_corpus
from handwriting.corpora.packed import pack
from handwriting.corpora.report import Problem, render, survey
from handwriting.errors import InkError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A corpus that a test may break."""
    return make_iamondb(tmp_path / "corpus")


def test_figures(iamondb_dir: Path):
    found = survey(iamondb_dir)
    train = found.splits[0]
    texts = [text for form in SPLITS["trainset"] for text in TEXTS[form]]
    letters = [sum(character != " " for character in text) for text in texts]
    assert [split.name for split in found.splits] == list(SPLITS)
    assert (train.forms, train.lines, train.training_lines) == (4, len(texts), len(texts) - 1)
    assert (train.writers, train.forms_without_writer) == (3, 1)
    assert train.characters == "".join(sorted(set("".join(texts))))
    assert train.strokes == 2 * sum(letters)
    assert train.dots == sum(letters)
    assert train.points == 13 * sum(letters) + 4 * len(texts)
    assert train.still_steps == 2 * len(texts)
    assert train.backward_steps == len(texts)
    assert train.jumps == 2 * len(texts)


def test_a_sound_corpus_has_but_these_problems(iamondb_dir: Path):
    found = survey(iamondb_dir)
    assert {problem.file for problem in found.left_out} == {"h04-141z-03"}
    assert set(found.problems) == {
        Problem(f"{ON_NO_LIST}-01", "ink on no list"),
        Problem(WITHOUT_FORM_FILE, "no form file in original/, so the writer is unknown"),
    }


def test_every_problem_is_found(own: Path):
    strokes, texts, forms = own / "lineStrokes", own / "ascii", own / "original"
    shutil.copy(strokes / "b01/b01-100/b01-100-03.xml", strokes / "b01/b01-100/b01-100-04.xml")
    (strokes / "b01/b01-100/b01-100-02.xml").unlink()
    write(strokes / "c02/c02-003/c02-003z-01.xml", "<Whiteboard")
    write(strokes / "c02/c02-003/notes.xml", "")
    write(texts / "h04/h04-141/h04-141z.txt", "OCR: one tea")
    write(forms / "d05/d05-021/strokesu.xml", "junk")
    write(forms / "d05/d05-024/strokesz.xml", form_xml("d05-024z", "1", ["meet me at nine"], line_strokes("me")))
    write(own / "testset_t.txt", " e06-010w\n f07-000\n")
    problems = survey(own, [write(own.parent / "mine.txt", "../x")]).problems
    reasons = {problem.file: problem.reason for problem in problems}
    assert reasons["b01-100-04"] == "ink without text"
    assert reasons["b01-100-02"] == "text without ink"
    assert "damaged XML" in reasons["c02-003z-01"]
    assert "not the file name of a line of IAM-OnDB" in reasons["notes"]
    assert "no 'CSR:'" in reasons["h04-141z"]
    assert "no 'CSR:'" in reasons["h04-141z-01"]
    assert "not an XML" in reasons["d05-021u"] or "damaged XML" in reasons["d05-021u"]
    assert reasons["d05-024z-01"] == "its text differs between ascii/ and original/ by more than spaces"
    assert reasons["f07-000"] == "listed in testset_t.txt, but without ink"
    assert "is not a form" in reasons["mine.txt"]


def test_rendered(iamondb_dir: Path):
    text = render(survey(iamondb_dir))
    row = next(line for line in text.splitlines() if line.startswith("trainset"))
    assert row.split()[1:6] == ["4", "13", "12", "3", "1"]
    assert f"no form file in original/, so the writer is unknown (1)\n    {WITHOUT_FORM_FILE}" in text
    assert max(map(len, text.splitlines()[1:])) <= 120


def test_a_packed_corpus(iamondb_dir: Path, tmp_path: Path):
    pack(open_corpus(iamondb_dir), tmp_path / "p")
    calls: list[tuple[int, int]] = []
    found = survey(tmp_path / "p", progress=lambda done, total: calls.append((done, total)))
    assert found.splits == survey(iamondb_dir).splits
    assert found.left_out == survey(iamondb_dir).left_out
    assert found.problems == ()
    assert calls[-1][0] == calls[-1][1] == len(calls)


def test_no_corpus(tmp_path: Path):
    with pytest.raises(InkError, match="no IAM-OnDB here"):
        survey(tmp_path)
