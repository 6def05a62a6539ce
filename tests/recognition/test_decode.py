"""Best path, probability of a text and its alignment."""

import numpy as np
import pytest
from ctc_by_hand import all_paths, all_texts, any_frames, collapse, frames
from hypothesis import given
from hypothesis import strategies as st

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.recognition.decode import GreedyDecoder, align, checked, log_probability

AB = Alphabet("ab")


def test_best_path_collapses_repeats_and_drops_blanks():
    path = [1, 1, 0, 1, 2, 2, 0]
    log_probs = frames([[0.8 if i == index else 0.1 for i in range(3)] for index in path])
    found = GreedyDecoder(AB).decode(log_probs)
    assert found.text == "aab"
    assert found.steps == ((0, 2), (3, 4), (4, 6))
    assert found.log_probability == found.score == pytest.approx(7 * np.log(0.8))


@given(any_frames())
def test_best_path_is_the_most_probable_one(log_probs):
    found = GreedyDecoder(Alphabet("abc"[: log_probs.shape[1] - 1])).decode(log_probs)
    assert found.log_probability == pytest.approx(max(p for _, p in all_paths(log_probs)))
    assert len(found.steps) == len(found.text)


@given(any_frames())
def test_log_probability_is_the_sum_over_all_paths(log_probs):
    texts = all_texts(log_probs)
    for labels, expected in texts.items():
        assert log_probability(log_probs, labels) == pytest.approx(expected, abs=1e-12)
    assert np.exp(list(texts.values())).sum() == pytest.approx(1)


def test_an_impossible_text_has_no_probability():
    even = frames([[1, 1, 1]] * 2)
    assert log_probability(even, [1, 1]) == -np.inf  # needs a blank between
    assert log_probability(even, [1, 2, 1]) == -np.inf
    assert log_probability(frames([[1, 1, 0]]), [2]) == -np.inf


@pytest.mark.parametrize(("steps", "characters"), [(12, 0), (12, 1), (40, 9), (200, 50)])
def test_log_probability_is_torch_s(steps, characters):
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(steps + characters)
    log_probs = torch.log_softmax(torch.from_numpy(random.normal(size=(steps, 8))), dim=1)
    labels = random.integers(1, 8, characters)
    loss = torch.nn.functional.ctc_loss(log_probs, torch.from_numpy(labels), [steps], [characters], reduction="sum")
    assert log_probability(log_probs.numpy(), labels) == pytest.approx(-loss.item(), rel=1e-12)


@given(any_frames())
def test_alignment_is_the_best_path_of_its_text(log_probs):
    best = {}
    for path, probability in all_paths(log_probs):
        best[collapse(path)] = max(best.get(collapse(path), -np.inf), probability)
    for labels, expected in best.items():
        if expected == -np.inf:
            with pytest.raises(InkError, match="cannot produce this text"):
                align(log_probs, labels)
            continue
        path = [0] * len(log_probs)
        end = 0
        for label, (first, last) in zip(labels, align(log_probs, labels), strict=True):
            assert end <= first < last <= len(path)
            path[first:last] = [label] * (last - first)
            end = last
        assert collapse(path) == labels
        assert sum(log_probs[t, i] for t, i in enumerate(path)) == pytest.approx(expected, abs=1e-12)


def test_alignment_by_hand():
    log_probs = frames([[1, 8, 1], [8, 1, 1], [1, 8, 1], [1, 8, 1], [1, 1, 8], [8, 1, 1]])
    assert align(log_probs, [1, 1, 2]) == ((0, 1), (2, 4), (4, 5))
    assert align(log_probs, [1, 2]) == ((0, 4), (4, 5)) or align(log_probs, [1, 2]) == ((2, 4), (4, 5))
    assert align(log_probs, []) == ()


def test_alignment_says_why_a_text_does_not_fit():
    with pytest.raises(InkError, match="2 steps cannot produce this text of 2 characters, which needs 3 of"):
        align(frames([[1, 1, 1]] * 2), [1, 1])


def test_no_steps_at_all():
    nothing = np.zeros((0, 3))
    found = GreedyDecoder(AB).decode(nothing)
    assert (found.text, found.log_probability, found.steps) == ("", 0.0, ())
    assert log_probability(nothing, []) == 0.0
    assert log_probability(nothing, [1]) == -np.inf
    assert align(nothing, []) == ()
    with pytest.raises(InkError, match="0 steps cannot produce"):
        align(nothing, [1])


@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        ([[-1.0, np.nan, -1.0]], "highest of step 0 is nan"),
        ([[0.0, -1.0, -1.0], [-np.inf] * 3], "highest of step 1 is -inf"),
        ([[3.0, 1.0, -1.0]], "highest of step 0 is 3.0; .*log-softmax"),
        ([[np.inf, 1.0, -1.0]], "highest of step 0 is inf"),
        ([[-1.0, -1.0]], r"shape \(1, 2\); expected \(T, 3\)"),
        ([-1.0, -1.0, -1.0], r"shape \(3,\)"),
        ([], r"shape \(0,\)"),
    ],
)
def test_what_is_no_log_probability_is_refused(log_probs, message):
    with pytest.raises(InkError, match=message):
        GreedyDecoder(AB).decode(log_probs)


def test_float32_rounding_above_zero_is_not_refused():
    assert checked(np.array([[1e-7, -20]], dtype=np.float32)).dtype == np.float64


@given(any_frames(), st.sampled_from([0, -1, 9]))
def test_a_label_that_is_no_character_is_refused(log_probs, index):
    for function in (align, log_probability):
        with pytest.raises(InkError, match=f"{index} is not the index of a character"):
            function(log_probs, [index])
