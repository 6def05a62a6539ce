"""Prefix beam search."""

import numpy as np
import pytest
from ctc_by_hand import all_texts, any_frames, frames
from hypothesis import given
from hypothesis import strategies as st

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.decode import GreedyDecoder, align, log_probability

A, AB = Alphabet("a"), Alphabet("ab")


def exhaustive(alphabet, **options):
    return BeamSearchDecoder(alphabet, beam=2000, n_best=2000, threshold=-np.inf, margin=np.inf, **options)


def test_the_best_text_need_not_be_the_best_path_s():
    log_probs = frames([[0.6, 0.4], [0.6, 0.4]])
    # best path: two blanks, .36; but "a" sums a-, -a and aa: .24 + .24 + .16
    assert GreedyDecoder(A).decode(log_probs).text == ""
    best, second = BeamSearchDecoder(A).decode(log_probs)
    assert (best.text, second.text) == ("a", "")
    assert best.log_probability == best.score == pytest.approx(np.log(0.64))
    assert second.log_probability == pytest.approx(np.log(0.36))
    assert best.steps in (((0, 1),), ((1, 2),))
    assert second.steps == ()


def test_a_double_letter_needs_a_blank_between():
    found = {h.text: h for h in exhaustive(A).decode(frames([[0.5, 0.5]] * 3))}
    assert set(found) == {"", "a", "aa"}
    assert np.exp(found["aa"].log_probability) == pytest.approx(1 / 8)  # a-a alone
    assert np.exp(found["a"].log_probability) == pytest.approx(6 / 8)
    assert found["aa"].steps == ((0, 1), (2, 3))


@given(any_frames())
def test_a_wide_beam_without_pruning_is_exact(log_probs):
    alphabet = Alphabet("abc"[: log_probs.shape[1] - 1])
    expected = all_texts(log_probs)
    found = exhaustive(alphabet).decode(log_probs)
    assert {tuple(alphabet.encode(h.text)) for h in found} == set(expected)
    assert len(found) == len(expected)
    for hypothesis in found:
        labels = tuple(alphabet.encode(hypothesis.text))
        assert hypothesis.log_probability == pytest.approx(expected[labels], abs=1e-12)
        assert hypothesis.steps == align(log_probs, labels)
    scores = [h.log_probability for h in found]
    assert scores == sorted(scores, reverse=True)
    assert scores == pytest.approx(sorted(expected.values(), reverse=True), abs=1e-12)


@given(any_frames(), st.integers(1, 4))
def test_a_narrow_beam_never_claims_more_than_there_is(log_probs, beam):
    alphabet = Alphabet("abc"[: log_probs.shape[1] - 1])
    found = BeamSearchDecoder(alphabet, beam=beam, n_best=beam).decode(log_probs)
    assert 1 <= len(found) <= beam
    assert len({h.text for h in found}) == len(found)
    for h in found:
        assert h.log_probability <= log_probability(log_probs, alphabet.encode(h.text)) + 1e-12


def line(seed, steps=120, size=60, characters=18):
    """A made-up line: peaks over noise as a network gives them; log-probabilities with shape (T, V)."""
    random = np.random.default_rng(seed)
    raw = random.normal(0, 1, (steps, size))
    raw[:, 0] += 12
    for t in random.choice(steps, characters, replace=False):
        raw[t, random.integers(1, size, 2)] += random.uniform(10, 14, 2)
    return raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(5))
def test_pruning_and_the_beam_lose_next_to_nothing(seed):
    log_probs = line(seed)
    alphabet = Alphabet("".join(chr(0x4E00 + i) for i in range(59)))
    found = BeamSearchDecoder(alphabet).decode(log_probs)
    assert len(found) == 5
    unpruned = BeamSearchDecoder(alphabet, beam=200, threshold=-np.inf, margin=np.inf)
    assert found[0].text == unpruned.decode(log_probs)[0].text
    exact = log_probability(log_probs, alphabet.encode(found[0].text))
    assert exact - 0.1 <= found[0].log_probability <= exact + 1e-9
    assert exact >= log_probability(log_probs, alphabet.encode(GreedyDecoder(alphabet).decode(log_probs).text)) - 1e-9


def test_no_steps_at_all():
    (found,) = BeamSearchDecoder(AB).decode(np.zeros((0, 3)))
    assert (found.text, found.log_probability, found.steps, found.score) == ("", 0.0, (), 0.0)


def test_steps_that_forbid_the_blank():
    (found,) = exhaustive(A).decode(frames([[0, 1], [0, 1]]))
    assert (found.text, found.log_probability, found.steps) == ("a", 0.0, ((0, 2),))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_log_probability_is_refused(value):
    with pytest.raises(InkError, match="highest of step 0"):
        BeamSearchDecoder(AB).decode([[-1.0, value, -2.0]])


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(InkError, match="n_best is 9; it must be at least 1 and at most the beam, 4"):
        BeamSearchDecoder(AB, beam=4, n_best=9)
    with pytest.raises(InkError, match="threshold is 2"):
        BeamSearchDecoder(AB, threshold=2)
    with pytest.raises(InkError, match="margin is -1"):
        BeamSearchDecoder(AB, margin=-1)


def test_prefixes_far_below_the_best_are_pruned():
    log_probs = line(0)
    alphabet = Alphabet("".join(chr(0x4E00 + i) for i in range(59)))
    found = [BeamSearchDecoder(alphabet, margin=margin).search(log_probs) for margin in (0.3, 1.0, np.inf)]
    assert len(found[0]) < len(found[1]) < len(found[2])
    assert len({results[0].text for results in found}) == 1


class Bigrams:
    """A scorer whose state is the last index: ``table[state, index]`` when extending, ``end[state]`` at the end."""

    def __init__(self, table, end):
        self.table, self.end = np.asarray(table, dtype=float), end

    @property
    def max_score(self):
        return self.table.max()

    def start(self):
        return np.array([0])

    def extend(self, states, characters):
        return self.table[states, characters], characters

    def finish(self, states):
        return np.asarray(self.end, dtype=float)[states]

    def judge(self, labels):
        return sum(self.table[a, b] for a, b in zip([0, *labels], labels, strict=False)) + self.end[[0, *labels][-1]]


@given(any_frames(), st.integers(0, 99))
def test_a_scorer_is_added_to_each_text(log_probs, seed):
    random, size = np.random.default_rng(seed), log_probs.shape[1]
    table = random.normal(size=(size, size))
    table[random.random(table.shape) < 0.2] = -np.inf
    bigrams = Bigrams(table, random.normal(size=size))
    expected = {labels: p + bigrams.judge(labels) for labels, p in all_texts(log_probs).items()}
    expected = {labels: score for labels, score in expected.items() if score > -np.inf}
    alphabet = Alphabet("abc"[: size - 1])
    found = exhaustive(alphabet, scorer=bigrams).decode(log_probs)
    assert {tuple(alphabet.encode(h.text)): pytest.approx(h.score) for h in found} == expected
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    for h in found:
        assert h.log_probability == pytest.approx(log_probability(log_probs, alphabet.encode(h.text)))


def test_a_scorer_may_turn_the_choice_or_forbid_everything():
    log_probs = frames([[0.1, 0.6, 0.3]])
    likes_b = Bigrams([[0, 0, 2], [0, 0, 0], [0, 0, 0]], [0, 0, 0])
    assert BeamSearchDecoder(AB, scorer=likes_b).decode(log_probs)[0].text == "b"
    assert BeamSearchDecoder(AB, scorer=Bigrams(np.zeros((3, 3)), [-np.inf] * 3)).decode(log_probs) == []
