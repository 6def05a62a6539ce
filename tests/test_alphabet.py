"""Characters to indices and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.alphabet import BLANK, Alphabet
from handwriting.errors import InkError


def test_indices_follow_the_characters_after_the_blank():
    alphabet = Alphabet(" ab")
    assert alphabet.size == 4
    assert alphabet.encode("b a").tolist() == [3, 1, 2]
    assert alphabet.encode("b a").dtype == np.int64
    assert alphabet.decode([3, 1, 2]) == "b a"
    assert BLANK == 0


def test_of_texts_is_sorted_and_may_leave_out_rare_characters():
    assert Alphabet.of(["ba", "ab c"]).characters == " abc"
    assert Alphabet.of(["ba", "ab c"], minimum=2).characters == "ab"


@given(st.text(min_size=1))
def test_encode_and_decode_are_inverse(text):
    alphabet = Alphabet.of([text])
    indices = alphabet.encode(text)
    assert alphabet.decode(indices) == text
    assert ((indices > BLANK) & (indices < alphabet.size)).all()
    assert indices.shape == (len(text),)
    assert Alphabet(alphabet.characters) == alphabet


def test_every_unknown_character_is_named_once():
    alphabet = Alphabet("ab")
    assert alphabet.unknown("aéb€é") == ["é", "€"]
    with pytest.raises(InkError, match=r"'aéb€é' contains 'é', '€'.*replace or leave out.*2 characters: ab"):
        alphabet.encode("aéb€é")


@pytest.mark.parametrize("indices", [[0], [1, 3], [-1]])
def test_an_index_that_is_no_character_is_refused(indices):
    with pytest.raises(InkError, match=r"is not the index of a character.*1 to 2"):
        Alphabet("ab").decode(indices)


def test_empty_texts():
    assert Alphabet("a").encode("").shape == (0,)
    assert Alphabet("a").decode([]) == ""
    with pytest.raises(InkError, match="no characters"):
        Alphabet.of([""])


def test_a_character_that_stands_twice_is_refused():
    with pytest.raises(InkError, match="'a' occurs more than once"):
        Alphabet("aba")
