"""Words as the network writes them: spelled, hyphenated, with slips."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting.composition.blocks import plain, respelled_blocks, spelled
from handwriting.composition.slips import slip, with_slips
from handwriting.errors import InkError
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Synthesizer:
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("synthesizer")))


def words(model: Synthesizer, text: str, longest: int = 20) -> list[tuple[str, str, dict]]:
    return [
        (w.word.text, w.spelling.base, w.spelling.marks) for row in spelled(plain(text), model, longest) for w in row
    ]


def test_a_word_keeps_its_text_and_is_written_by_base_and_mark(model):
    assert words(model, "café æon") == [("café", "cafe", {3: ("acute",)}), ("æon", "aeon", {})]


def test_a_long_word_is_cut_at_its_own_hyphen_or_gets_one(model):
    assert [(text, base) for text, base, _ in words(model, "well-known", 6)] == [("well-", "well-"), ("known", "known")]
    parts = words(model, "unbréakable", 6)
    assert [text for text, _, _ in parts] == ["unbré-", "akable"]
    assert [marks for _, _, marks in parts] == [{4: ("acute",)}, {}]
    (row,) = spelled(plain("a well-known word"), model, 6)
    assert [word.cut for word in row] == [False, True, False, False]


def test_a_dash_between_words_becomes_words_of_its_own(model):
    assert [text for text, _, _ in words(model, "well—then")] == ["well", "—", "then"]


def test_what_cannot_be_written_is_named_as_it_was_given(model):
    with pytest.raises(InkError, match="É"):
        words(model, "an É")  # its capital is not known


def test_slips_are_struck_out_before_the_word_and_seeded():
    text = "several reasonable words and more of them " * 20
    slipped = with_slips(plain(text), 0.2, seed=1)
    struck = [word for word in slipped[0].words if word.struck]
    assert slipped == with_slips(plain(text), 0.2, seed=1) != with_slips(plain(text), 0.2, seed=2)
    assert [word.text for word in slipped[0].words if not word.struck] == text.split()
    long = [word for word in text.split() if len(word) >= 4]
    assert 0.1 * len(long) < len(struck) < 0.3 * len(long)
    for here, after in zip(slipped[0].words, slipped[0].words[1:], strict=False):
        if here.struck:
            assert here.text != after.text and here.text[0] == after.text[0]


def test_a_slip_is_one_letter_away():
    random = np.random.default_rng(0)
    assert {slip("that", random) for _ in range(60)} == {"tat", "tht", "thhat", "thaat", "th", "tha", "taht", "thta"}
    assert with_slips(plain("to be or not, 1984"), 1.0, 0) == plain("to be or not, 1984")  # too short, or no letters


def test_the_nearest_spelling_of_a_word_may_be_several_or_none(model):
    (block,) = respelled_blocks(plain("salt & 你 café"), model)
    assert [word.text for word in block.words] == ["salt", "and", "café"]
