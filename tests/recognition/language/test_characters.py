"""The character model."""

import numpy as np
import pytest
from recognition.language.sample import TEXT, model

from handwriting.errors import InkError
from handwriting.recognition.language.characters import COST_NATS, LETTERS, CharacterModel, train
from handwriting.recognition.language.scorer import codes


def test_every_state_s_probabilities_sum_to_one():
    m = model().characters
    for state in range(0, len(m.counts), 7):
        assert np.exp(m.row(state)).sum() == pytest.approx(1, abs=0.04)  # costs are rounded to a sixteenth


def test_every_state_knows_how_probable_a_letter_is():
    m = model().characters
    for state in range(0, len(m.counts), 7):
        row = np.exp(m.row(state))
        letters = row[LETTERS[: m.size]].sum()
        assert np.exp(-COST_NATS * m.letter[state]) == pytest.approx(letters, abs=0.05)
        assert np.exp(-COST_NATS * m.other[state]) == pytest.approx(1 - letters, abs=0.05)


def test_a_text_of_the_language_is_more_probable_than_its_letters_shuffled():
    text = codes("the old man")
    shuffled = np.random.default_rng(0).permutation(text)
    probability, state = model().characters.walk(np.array(text))
    assert probability.sum() > model().characters.walk(shuffled)[0].sum() + 5
    assert state > 0


def test_states_are_suffixes():
    m = model().characters
    _, long = m.walk(np.array(codes(TEXT[:200])))
    _, short = m.walk(np.array(codes(TEXT[196:200])))
    assert long == short  # of order 4 only three characters are remembered


def test_kneser_ney_by_hand():
    """The text "abab".

    Unigrams count contexts, 1 each, so n1 = 2, Y = 1/2 and D1 = 1/2; half of the probability is left and shared, and
    P(a) = P(b) = 1/2. The bigrams ab (2) and ba (1) have n1 = n2 = 1 (n3 counts as 1), Y = 1/3 and D2 = 1. After a,
    (2 - 1) / 2 goes to b, and the other half backs off: P(b | a) = 1/2 + 1/2 · 1/2.
    """
    m = train([(np.array([0, 1, 0, 1], dtype=np.uint8), 1)], 2, (1, 1))
    row = np.exp(m.row(int(m.following[0])))
    assert row == pytest.approx([0.25, 0.75], rel=0.04)  # costs are rounded to a sixteenth


def test_states_are_linked_by_their_contexts():
    m = model().characters
    contexts = {0: ""}
    for state in range(len(m.counts)):  # a state's number is above that of its context's state
        for character, after, extended in n_grams(m, state):
            if extended:
                contexts[after] = contexts[state] + character
    number = {context: state for state, context in contexts.items()}
    assert sorted(contexts) == list(range(len(m.counts)))
    for state, context in contexts.items():
        assert m.shorter[state] == longest(number, context[1:])
        for character, after, _ in n_grams(m, state):
            assert after == longest(number, context + character)


def n_grams(m, state):
    """Yield the last character of each n-gram of a state, the state after it, and whether it is a context."""
    first, count = int(m.counts[:state].sum()), int(m.counts[state])
    for n in range(first, first + count):
        yield chr(m.characters[n] + 32), int(m.following[n]), bool(m.extended[n])


def longest(number, text):
    """Return the state of the longest suffix of a text that is a context."""
    return next(number[text[start:]] for start in range(len(text) + 1) if text[start:] in number)


def test_arrays_give_the_model_back():
    m = model().characters
    arrays = m.arrays()
    older = {**arrays, "following": m.following, "shorter": m.shorter}
    del older["extended"]
    for stored in (arrays, older):
        again = CharacterModel.stored(stored)
        assert again.row(3).tolist() == m.row(3).tolist()
        assert (again.extended == m.extended).all()
    with pytest.raises(ValueError, match="contradict"):
        CharacterModel.stored({**arrays, "counts": arrays["counts"][:-1]})


def test_cutoffs_may_not_fall():
    with pytest.raises(InkError, match="cutoffs 1,3,2: they must not fall"):
        train([(np.zeros(9, dtype=np.uint8), 1)], 2, (1, 3, 2))
