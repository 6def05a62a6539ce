"""Both halves of the language model in one scorer of the beam."""

from dataclasses import replace

import numpy as np
import pytest
from recognition.language.sample import model

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.recognition.beam import BeamSearchDecoder
from handwriting.recognition.language.model import Hints
from handwriting.recognition.language.scorer import Weights

ALPHABET = Alphabet(" !\"',-.012ADEHTabcdefhiklmnoprstuvwyxzé")
PLAIN = Weights(language=1.0, character=0.0, word=0.0)


def scorer(**hints):
    return model().scorer(ALPHABET, Hints(**hints), PLAIN)


@pytest.mark.parametrize("text", ["", "The", "The ", "The old man ", "dog'", "qqq", "12", "sea. ", "ma"])
@pytest.mark.parametrize("words", [(), ("Bartholomew", "manx")])
def test_what_may_come_next_is_certain_together(text, words):
    s = scorer(words=words)
    state = s.start()
    for code in (ord(c) - 32 for c in text):
        _, state, _ = s._step(state, np.array([code]))
    added, _, _ = s._step(np.repeat(state, 95), np.arange(95))
    assert np.exp(added).sum() == pytest.approx(1, abs=0.12)  # rounded costs; an apostrophe may be in a word or end it


def test_sentences_of_the_language_are_preferred_and_nothing_is_forbidden():
    s = scorer()
    assert s.log_probability("the old man") > s.log_probability("the old mna") + 4
    assert s.log_probability("the old man") > s.log_probability("man the old") + 1
    for strange in ("Zbigniew", "x2;;9", "'''", "élan", ""):
        assert s.log_probability(strange) > -np.inf


@pytest.mark.parametrize("name", ["language", "lexicon", "hint"])
def test_a_weight_of_zero_gives_numbers(name):
    s = model().scorer(ALPHABET, Hints(words=("zaxby",)), replace(PLAIN, **{name: 0.0}))
    for text in ("the old man", "xxx", "zaxby!", ""):
        states = s.start()
        for index in ALPHABET.encode(text):
            added, states = s.extend(states, np.array([index]))
            assert np.isfinite(added).all()
        assert np.isfinite(s.finish(states)).all()
        assert -100 < s.log_probability(text) <= 0


def test_the_language_weight_does_not_change_a_text_s_probability():
    one, none, three = (model().scorer(ALPHABET, weights=Weights(language=w)) for w in (1.0, 0.0, 3.0))
    for text in ("the old man", "the ", "12"):
        assert one.log_probability(text) == none.log_probability(text) == three.log_probability(text)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"language": -1.0}, "language weight is -1.0; give 0 or more"),
        ({"lexicon": 1.0}, "lexicon weight is 1.0; give a probability of at least 0 and below 1"),
        ({"hint": 1.5}, "hint weight is 1.5; give"),
        ({"hint": float("nan")}, "hint weight is nan; give"),
    ],
)
def test_weights_out_of_range_are_refused(weights, message):
    with pytest.raises(InkError, match=message):
        Weights(**weights)


def test_a_user_s_word_is_expected():
    assert scorer(words=("zaxby",)).log_probability("zaxby") > scorer().log_probability("zaxby") + 8
    assert scorer(words=("zaxby",)).log_probability("the old man") > scorer().log_probability("the old man") - 2


def test_context_is_heard():
    assert scorer(context="by the").log_probability("sea") > scorer(context="the old").log_probability("sea") + 0.5


def test_scores_of_many_prefixes_are_those_of_each():
    s = scorer()
    states, more = s.extend(np.repeat(s.start(), 3), np.array([5, 15, 21]))[1], np.array([20, 20, 1])
    together = s.extend(states, more)
    for i in range(3):
        alone = s.extend(states[i : i + 1], more[i : i + 1])
        assert alone[0][0] == pytest.approx(together[0][i])
        assert alone[1][0] == together[1][i]


def frames(text, doubt):
    """Frames that say ``text``, with equal doubt at each of the pairs ``doubt``."""
    rows = np.full((2 * len(text), ALPHABET.size), 1e-9)
    for i, c in enumerate(text):
        row = rows[2 * i]
        for other in doubt.get(i, c):
            row[ALPHABET.encode(other)] = 0.4
        rows[2 * i + 1, 0] = 1
    return np.log(rows / rows.sum(axis=1, keepdims=True))


def test_the_beam_reads_the_likelier_word():
    log_probs = frames("the sca", {5: "ce"})
    decoder = BeamSearchDecoder(ALPHABET, margin=np.inf, scorer=model().scorer(ALPHABET))
    assert decoder.decode(log_probs)[0].text == "the sea"
    assert {h.text for h in decoder.decode(log_probs)} >= {"the sea", "the sca"}


def test_the_beam_still_reads_what_is_certain():
    for text in ("xkrid 2,1-0", "Eeehn'", "élan"):
        assert BeamSearchDecoder(ALPHABET, scorer=model().scorer(ALPHABET)).decode(frames(text, {}))[0].text == text
