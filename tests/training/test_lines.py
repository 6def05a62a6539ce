"""Prepared pieces, strings, and the lines that are composed of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from pieces import NONE, groups

from handwriting.training.items import HEIGHT, PLACES, PRINTABLE, Piece, Places, ink_of, load, save
from handwriting.training.lines import MAX_CHARACTERS, SHARES, Draw, Part, Pieces, assemble
from handwriting.training.strings import HARD, TEMPLATES, string
from handwriting.training.strings import LONGEST as LONGEST_STRING


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(groups(), seed=1)


def test_every_kind_of_string_is_printable_and_short():
    random = np.random.default_rng(0)
    texts = [string(random, ("apple", "tree")) for _ in range(4000)]
    assert {c for text in texts for c in text} == set(PRINTABLE) - set()
    assert all(0 < len(text) <= LONGEST_STRING and text == text.strip() for text in texts)
    share = Counter(c for text in texts for c in set(text))
    assert min(share[c] for c in HARD) > 0.02 * len(texts)


def test_templates_name_fillers_that_exist():
    random = np.random.default_rng(0)
    for weight, templates in TEMPLATES.values():
        assert weight > 0 and all("‹" in template for template in templates)
    assert "‹" not in "".join(string(random, ("a",)) for _ in range(2000))


def test_an_epoch_is_the_same_again_and_others_differ(pieces):
    assert pieces.draws(3, 50) == pieces.draws(3, 50)
    assert pieces.draws(3, 50) != pieces.draws(4, 50)
    assert {draw.place for draw in pieces.draws(3, 50)} == set(range(150, 200))


def test_shares_are_shares():
    assert sum(SHARES.values()) == pytest.approx(1)


def test_a_drawn_line_says_its_text_and_is_no_longer_than_a_line_may_be(pieces):
    for draw in pieces.draws(0, 300):
        xy, ends, text = assemble(pieces, draw, np.random.default_rng(draw.place))
        assert len(xy) == len(ends) and ends[-1] and 0 < len(text) <= MAX_CHARACTERS
        assert np.isfinite(xy).all()
        assert draw.writer in pieces.writers


def test_parts_stand_side_by_side_with_gaps(pieces):
    draw = Draw((Part(0, "tokens"), Part(1, "tokens")), "d/a", 0, 0)
    xy, _, text = assemble(pieces, draw, np.random.default_rng(0))
    first, second = (pieces.groups["tokens"][n] for n in (0, 1))
    assert text == "some words"
    gap = xy[len(first) :, 0].min() - xy[: len(first), 0].max()
    assert 0.2 * HEIGHT < gap < 2 * HEIGHT
    assert xy[len(first) :, 1] == pytest.approx(second.xy[:, 1])


def test_words_of_a_line_can_be_cut_out(pieces):
    line = pieces.groups["lines"][0]
    one, two = line.words(0, 1), line.words(1, 2)
    assert (one.text, two.text) == ("one", "two")
    assert len(one) + len(two) == len(line) and one.ends[-1] and two.ends[-1]
    assert one.xy[:, 0].max() < line.cuts[0] and two.xy[:, 0].min() == 0


def test_pieces_with_too_many_points_for_their_text_are_left_out():
    long = Piece(np.zeros((500, 2), np.float32), np.ones(500, bool), "ab", "d/a", "d1", NONE)
    given = groups()
    kept = Pieces({**given, "tokens": [*given["tokens"], long]}, 1)
    assert [i.text for i in kept.groups["tokens"]] == ["some", "words", "here"]


@pytest.mark.parametrize("character", ["A", "g", ",", "_", "^", "-", '"'])
def test_characters_stand_where_they_belong(character):
    shape = np.array([[5, 100], [55, 160]], np.float32)
    places = Places()
    put = places.put(shape, character)
    bottom, top = PLACES[character]
    middle = -(put[:, 1].min() + put[:, 1].max()) / 2 / places.capital
    high = np.ptp(put[:, 1]) / places.capital
    if bottom == 0 and character not in "-_":
        assert put[:, 1].max() == pytest.approx(0)
    else:
        assert middle == pytest.approx((bottom + top) / 2, abs=1e-3)
    assert put[:, 0].min() == 0
    assert high <= 1.4 * max(top - bottom, 0.7)


def test_pieces_survive_a_file(tmp_path):
    given = groups()
    save(tmp_path / "pieces.npz", given)
    read = load(tmp_path / "pieces.npz")
    assert list(read) == list(given)
    for mine, theirs in zip(given["lines"] + given["texts"], read["lines"] + read["texts"], strict=True):
        assert np.array_equal(mine.xy.astype(np.float32), theirs.xy) and np.array_equal(mine.ends, theirs.ends)
        assert (mine.text, mine.writer, mine.form, mine.lean) == (theirs.text, theirs.writer, theirs.form, theirs.lean)
        assert np.array_equal(mine.cuts, theirs.cuts)


def test_ink_of_points_has_their_strokes():
    ink = ink_of(np.zeros((4, 2)), np.array([False, True, True, True]))
    assert ink.starts.tolist() == [0, 2, 3]
