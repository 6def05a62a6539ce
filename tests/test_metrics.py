"""Error rates, their interval, and confusions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scorer import scorer

from handwriting.errors import InkError
from handwriting.metrics import Confusion, alignment, cer, cer_interval, confusions, distance, edits, score, wer

texts = st.text(alphabet="ab c.'-", max_size=12)
pairs = st.lists(st.tuples(texts, texts), max_size=6)


def naive(a, b):
    """The definition, one cell after the other."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("ab", "ba", 2),
        ("a" * 300, "a" * 299 + "b", 1),
    ],
)
def test_distance(a, b, expected):
    assert distance(a, b) == expected


@given(st.text(alphabet="abc"), st.text(alphabet="abc"))
def test_distance_is_the_naive_one(a, b):
    assert distance(a, b) == naive(a, b)


@given(st.text(alphabet="abc"), st.text(alphabet="abc"))
def test_alignment_spells_both_texts_and_costs_the_distance(a, b):
    aligned = alignment(a, b)
    assert "".join(x for x, _ in aligned) == a
    assert "".join(y for _, y in aligned) == b
    assert sum(x != y for x, y in aligned) == distance(a, b)


def test_rates_are_micro_averages_over_canonical_texts():
    lines = [("abcdefgh", "abcdefgx"), ("ab", "")]
    assert cer(lines) == 3 / 10  # the mean of the lines' rates would be 0.56
    assert cer([("Mr . Foot 's", "Mr. Foot's")]) == 0
    assert wer([("Mr . Foot 's line", "Mr. Foot's lime")]) == 1 / 6  # Mr . Foot ' s line


def test_raw_rates_see_the_spaces():
    result = score([("Mr . Foot", "Mr. Foot")])
    assert (result.lines, result.cer, result.wer) == (1, 0, 0)
    assert (result.cer_raw, result.wer_raw) == (1 / 9, 2 / 3)


def test_no_lines_and_empty_references():
    assert score([]).cer == 0
    assert cer([("", "abc")]) == 3


@given(pairs)
def test_score_agrees_with_the_independent_scorer(lines):
    reference = {str(i): r for i, (r, _) in enumerate(lines)}
    output = {str(i): o for i, (_, o) in enumerate(lines)}
    expected = scorer().score(reference, output)
    result = score(lines)
    for rate in ("cer", "wer", "cer_raw", "wer_raw"):
        assert getattr(result, rate) == pytest.approx(expected[rate], abs=1e-12)


def test_interval_resamples_whole_forms():
    wrong, lengths = edits([("abcd", "abcd"), ("abcd", "xbcd"), ("abcd", "xxcd"), ("abcd", "xxxx")])
    low, high = cer_interval(wrong, lengths, ["a", "a", "b", "b"], seed=3)
    assert (low, high) == cer_interval(wrong, lengths, ["a", "a", "b", "b"], seed=3)
    assert (low, high) == (1 / 8, 6 / 8)  # only form a, only form b
    assert cer_interval(wrong, lengths, ["a"] * 4) == (7 / 16, 7 / 16)


def test_interval_covers_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    covered = 0
    for seed in range(100):
        rates = random.beta(2, 18, size=60)  # a form each, mean 0.1
        low, high = cer_interval(random.binomial(200, rates), np.full(60, 200), range(60), seed=seed, n=300)
        covered += low <= 0.1 <= high
    assert 85 <= covered <= 100


def test_interval_refuses_what_does_not_belong_together():
    with pytest.raises(InkError, match="2 edits, 1 lengths and 2 groups"):
        cer_interval([1, 2], [3], ["a", "b"])
    with pytest.raises(InkError, match="at least one line"):
        cer_interval([], [], [])


def test_confusions_most_frequent_first():
    lines = [("cat", "cut"), ("can", "cun"), ("tool", "tol"), ("on", "one"), ("Mr . A", "Mr. A")]
    assert confusions(lines) == [Confusion("a", "u", 2), Confusion("", "e", 1), Confusion("o", "", 1)]
    assert confusions(lines, n=1) == [Confusion("a", "u", 2)]
