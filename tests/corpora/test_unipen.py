"""UNIPEN as a corpus: splits by donor, one id for a segment of several categories, what is left out and why."""

import os
from pathlib import Path

import pytest
from unipen_fixture import WORDS, make_unipen

from handwriting.corpora import open_corpus
from handwriting.corpora.packed import pack
from handwriting.corpora.unipen import Unipen
from handwriting.corpora.unipen_rules import Rule, Rules, has_several_lines, rules
from handwriting.errors import InkError
from handwriting.ink import Ink


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return make_unipen(tmp_path_factory.mktemp("unipen"))


@pytest.fixture
def corpus(root) -> Unipen:
    corpus = open_corpus(root)
    assert isinstance(corpus, Unipen)
    return corpus


def test_splits_are_by_donor_and_category(corpus):
    whats = ("characters", "letters", "tokens", "words", "texts")
    assert corpus.splits == tuple(f"{who}-{what}" for who in ("train", "valid") for what in whats)
    assert [line.text for line in corpus.lines("train-words")] == WORDS["sta"]
    assert [line.text for line in corpus.lines("valid-words")] == WORDS["kai"] + WORDS["pap"]
    assert [line.text for line in corpus.lines("valid-texts")] == ["nice tea", "mice"]


def test_a_segment_has_one_id_in_all_its_categories(corpus):
    assert set(corpus.ids("train-words")) < set(corpus.ids("train-tokens"))
    assert corpus.ids("train-letters") == corpus.ids("train-characters")


def test_a_line_knows_its_writer_and_form(corpus):
    line = corpus.line(corpus.ids("train-words")[0])
    assert (line.id, line.writer, line.form) == ("sta/one:W0-5", "sta/sta0", "sta/one")
    assert line.ink.source.units == "1/200 in"


def test_segments_without_ink_are_no_lines_and_have_a_reason(corpus):
    problems = corpus.problems("train-tokens")
    reasons = {id: reason for id, reason in problems.items() if reason}
    assert set(reasons) == {"lost/two:W0-3", "sta/one:W900-901"}
    assert "lost/data/two.dat" in reasons["lost/two:W0-3"]
    assert "outside" in reasons["sta/one:W900-901"]
    assert not set(reasons) & set(corpus.ids("train-tokens"))


def test_training_leaves_out_what_is_marked_bad_and_validation_nothing(corpus):
    left_out = set(corpus.ids("train-tokens")) - set(corpus.training_ids("train-tokens"))
    assert {corpus.line(id).text for id in left_out} == {"zz"}
    assert all("BAD" in corpus.known_bad[id] for id in left_out)


def test_unknown_splits_and_ids_are_refused(corpus, tmp_path):
    with pytest.raises(InkError, match=r"no split 'trainset'; it has: train-characters"):
        corpus.ids("trainset")
    with pytest.raises(InkError, match="no segment"):
        corpus.line("sta/one:W7-9")
    with pytest.raises(InkError, match="ids look like"):
        corpus.line("a01-000u-01")
    with pytest.raises(InkError, match="no UNIPEN here"):
        Unipen(tmp_path)


def test_packed_it_is_the_same(corpus, tmp_path):
    pack(corpus, tmp_path / "all.packed")
    packed = open_corpus(tmp_path / "all.packed")
    assert packed.splits == corpus.splits
    for split in corpus.splits:
        assert list(packed.lines(split)) == list(corpus.lines(split))
        assert packed.training_ids(split) == corpus.training_ids(split)


def test_some_splits_can_be_packed_alone(run, root, tmp_path):
    out = tmp_path / "some.packed"
    assert run("prepare", root, "-o", out, "--split", "train-words", "--split", "valid-words")[0] == 0
    assert open_corpus(out).splits == ("train-words", "valid-words")
    code, _, error = run("prepare", root, "-o", out, "--split", "trainset")
    assert code == 2 and "no split 'trainset'" in error


def test_the_report_counts_by_category_and_donor_with_reasons(run, root):
    code, out, _ = run("corpus", root)
    assert code == 0
    row = next(line.split() for line in out.splitlines() if line.startswith("train-tokens") and " sta " in line)
    assert row[:7] == ["train-tokens", "7", "sta", "1", "1", "6", "5"]
    assert row[-1] == "4"
    assert "lost/data/two.dat, which it includes, is missing (2): 7/lost 1, 6/lost 1" in out
    assert "marked BAD by its donor (1): 7/sta 1" in out


def test_a_rule_applies_when_all_its_conditions_do(corpus):
    line = corpus.line("sta/one:W0-5")
    assert Rule("r").applies("sta", "7", "OK", line)
    assert Rule("r", donors=("sta",), label="^ten$").applies("sta", "7", "OK", line)
    assert not Rule("r", donors=("lex",)).applies("sta", "7", "OK", line)
    assert not Rule("r", label="^tenn$").applies("sta", "7", "OK", line)
    assert not Rule("r", quality="BAD").applies("sta", "7", "OK", line)
    assert Rule("r", points_below=len(line.ink)).applies("sta", "7", "OK", line)
    assert not Rule("r", points_below=len(line.ink) / 3).applies("sta", "7", "OK", line)


def test_every_rule_of_the_data_file_has_a_reason_and_no_validation_donor():
    for rule in rules().bad:
        assert len(rule.reason) > 10
        assert not {rules().group(donor) for donor in rule.donors} - {"train"}


def test_labels_are_corrected_by_file_and_by_donor():
    corrected = Rules({}, {"kai": "@"}, frozenset({"pap/one"}))
    assert corrected.label("pap/one", "oxygen") == "OXYGEN"
    assert corrected.label("pap/two", "oxygen@") == "oxygen@"
    assert corrected.label("kai/one", "oxy@gen") == "oxygen"


def test_the_real_one():
    root = Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "unipen"
    if not root.is_dir():
        pytest.skip(f"needs UNIPEN, which is not in {root}; set HANDWRITING_DATA to the folder that holds unipen/")
    corpus = Unipen(root)
    assert len(list(corpus.members("6", "pap"))) > 2000
    stem = "pap/pap1/bmcaps"
    capitals = [corpus.text(id) for category in "67" for id in corpus.members(category, "pap") if id.startswith(stem)]
    assert len(capitals) > 20 and all(text.isupper() for text in capitals)
    lines = [corpus.line(id) for id in list(corpus.members("6", "rim"))[:30]]
    assert all(line.text.isalpha() and line.ink.bounds[2] > line.ink.bounds[0] for line in lines)
    assert all(corpus.problem(id) for id in list(corpus.members("7", "att")) if "41412304" in id)


def test_a_line_below_is_told_from_a_late_dot():
    line = [[(0, 0), (10, 10)], [(12, 0), (22, 10)], [(24, 0), (34, 10)], [(36, 0), (46, 10)]]
    dotted = [*line, [(2, -8), (3, -8)]]
    below = [*line, [(0, 25), (10, 35)]]
    assert [has_several_lines(Ink.from_strokes(strokes)) for strokes in (line, dotted, below)] == [False, False, True]
