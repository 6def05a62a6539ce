"""Trie, lexicon and word trigrams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recognition.language.sample import model

from handwriting.recognition.language.lexicon import tokens
from handwriting.recognition.language.trie import NOWHERE, ROOT_NODE, Trie
from handwriting.recognition.language.words import WordModel


def walk(trie, text):
    node = np.array([ROOT_NODE])
    for c in text:
        node = trie.child(node, np.array([ord(c) - 32]))
    return node


@given(st.lists(st.text("abc'", min_size=1, max_size=5), min_size=1, unique=True), st.text("abc'", max_size=6))
def test_a_beginning_is_the_range_of_the_words_that_have_it(words, beginning):
    words = sorted(words)
    trie = Trie.of(words)
    node = walk(trie, beginning)
    found = [i for i, word in enumerate(words) if word.startswith(beginning)]
    assert (node[0] == NOWHERE) == (not found)
    if found:
        assert found == list(range(trie.low[node[0]], trie.low[node[0]] + trie.extent[node[0]]))
        assert trie.whole(node)[0] == (beginning in words)
        assert trie.share(node)[0] == pytest.approx(len(found) / len(words))


def probability(m, word, before="", last=""):
    def token(text):
        node = walk(m.trie, text)
        return m.trie.first(node) if text and m.trie.whole(node)[0] else np.array([m.unknown])

    low = m.trie.first(walk(m.trie, word))
    return m.mass(low, low + 1, m.context(token(before), token(last)))[0]


def test_all_words_together_are_certain():
    m = model().words
    every = (np.array([0]), np.array([m.size]))
    for before in (m.unknown, 0, 3, m.size + 14):
        for last in (m.unknown, *range(m.size), m.size + 14):
            assert m.mass(*every, m.context(np.array([before]), np.array([last])))[0] == pytest.approx(1, abs=1e-9)


def test_neighbours_count():
    m = model().words
    assert probability(m, "man", last="old") > 3 * probability(m, "man", last="sea")
    assert probability(m, "sea", before="by", last="the") > probability(m, "sea", last="the") > 0
    assert probability(m, "seal") > 0  # from the list alone
    assert probability(m, "seal", last="sea") > probability(m, "seal", last="old")


def test_after_a_full_stop_words_are_capitalised():
    m = model().words
    stop = np.array([m.size + ord(".") - 32])
    low = m.trie.first(walk(m.trie, "The"))
    after = m.mass(low, low + 1, m.context(np.array([m.unknown]), stop))[0]
    assert after > 2 * probability(m, "The", last="old")


def test_numbers_are_one_token_and_marks_are_each_one():
    assert tokens("It's 1,200 men-at-arms.") == ["It's", "0", ",", "0", "men", "-", "at", "-", "arms", "."]


def test_arrays_give_the_model_back():
    m = model().words
    own = ("costs", "heads", "head_counts", "seconds", "second_costs", "pairs", "pair_counts", "thirds", "third_costs")
    rests = {name: getattr(m, name) for name in ("head_rests", "pair_rests", "starters")}
    older = {name: getattr(m, name) for name in own} | rests | m.trie.arrays()
    for stored in (m.arrays(), older):
        again = WordModel.stored(stored)
        for name in own:
            value, expected = getattr(again, name), getattr(m, name)
            assert (value == expected).all() and value.dtype == expected.dtype
        assert probability(again, "man", last="old") == probability(m, "man", last="old")


def test_large_numbers_are_stored_whole():
    few = WordModel(
        Trie.of(["a", "b"]),
        np.array([[9, 3], [9, 3]], dtype=np.uint8),
        np.array([5, 70000], dtype=np.uint32),
        np.array([2, 0], dtype=np.uint32),
        np.zeros(2, dtype=np.uint8),
        np.array([0, 1], dtype=np.uint32),
        np.array([7, 8], dtype=np.uint8),
        np.array([[1, 1], [2, 16_000_000]], dtype=np.uint32),
        np.array([0, 1], dtype=np.uint32),
        np.zeros(2, dtype=np.uint8),
        np.array([1], dtype=np.uint32),
        np.array([6], dtype=np.uint8),
        np.array([3], dtype=np.uint32),
    )
    again = WordModel.stored(few.arrays())
    for name in ("heads", "head_counts", "seconds", "second_costs", "pairs", "pair_counts", "thirds", "third_costs"):
        assert getattr(again, name).tolist() == getattr(few, name).tolist()
