"""Lines break where they should, and nothing of the text is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.composition.wrap import shorten, wrap
from handwriting.errors import InkError

texts = st.text(alphabet="ab - \n", max_size=60)
limits = st.integers(1, 12)


def lines(text, limit, **options):
    return [line.text for line in wrap(text, limit, 1, **options)]


def consumed(wrapped):
    """What each line took of its paragraph: where a hyphen was added or a space dropped, the text as it was."""
    for line, after in zip(wrapped, [*wrapped[1:], None], strict=True):
        follows = after.rest if after and after.paragraph == line.paragraph else ""
        yield line.text, line.rest[: len(line.rest) - len(follows)]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("one two", 7, ["one two"]),
        ("one  two ", 7, ["one two"]),
        ("one\n\ntwo\nthree", 20, ["one", "", "two", "three"]),
        ("", 5, [""]),
        ("a handwriting b", 6, ["a", "handw-", "riting", "b"]),
        ("to mother-in-law", 8, ["to", "mother-", "in-law"]),
        ("abc", 1, ["a", "b", "c"]),
        ("-abcd", 3, ["-a-", "bcd"]),
    ],
)
def test_lines(text, limit, expected):
    assert lines(text, limit) == expected


def test_without_a_hyphen_a_word_is_broken_bare():
    assert lines("handwriting", 6, hyphen=False) == ["handwr", "iting"]


def test_the_width_is_counted_in_advances():
    assert [line.text for line in wrap("abc abc", 0.3, 0.1)] == ["abc", "abc"]
    assert [line.text for line in wrap("abc abc", 70, 10)] == ["abc abc"]


@given(texts, limits, st.booleans())
def test_nothing_is_lost_and_no_line_is_too_long(text, limit, hyphen):
    wrapped = wrap(text, limit, 1, hyphen)
    assert all(len(line.text) <= limit for line in wrapped)
    paragraphs = text.split("\n")
    assert sorted({line.paragraph for line in wrapped}) == list(range(len(paragraphs)))
    for number, paragraph in enumerate(paragraphs):
        mine = [line for line in wrapped if line.paragraph == number]
        assert mine[0].rest == " ".join(paragraph.split())
        assert "".join(part for _, part in consumed(mine)) == mine[0].rest
    for written, part in consumed(wrapped):
        assert written in (part, part + "-") or written + " " == part


@given(texts, limits, st.booleans())
def test_lines_are_as_long_as_they_can_be(text, limit, hyphen):
    wrapped = wrap(text, limit, 1, hyphen)
    for written, after in pairwise(wrapped):
        if after.paragraph == written.paragraph and written.rest.startswith(written.text + " "):
            assert len(written.text) + 1 + len(after.rest.split()[0]) > limit


def test_shorten_moves_the_overflow_within_its_paragraph():
    wrapped = wrap("wide wide text\nnext", 9, 1)
    assert [line.text for line in wrapped] == ["wide wide", "text", "next"]
    shorter = shorten(wrapped, 0, drawn=10.5, width=9, advance=1)
    assert [line.text for line in shorter] == ["wide", "wide text", "next"]
    assert [line.paragraph for line in shorter] == [0, 0, 1]


def test_shorten_cuts_to_the_lines_own_advance():
    wrapped = wrap("a b c d e f g h", 15, 1)
    assert [line.text for line in shorten(wrapped, 0, drawn=30, width=15, advance=1)] == ["a b c d", "e f g h"]


def test_a_broken_word_is_joined_again_before_it_is_broken_anew():
    wrapped = wrap("handwriting", 7, 1)
    assert [line.text for line in wrapped] == ["handwr-", "iting"]
    assert [line.text for line in shorten(wrapped, 0, drawn=8, width=7, advance=1)] == ["handw-", "riting"]


def test_what_fits_or_cannot_be_shortened_stays():
    wrapped = wrap("ab\nc", 2, 1)
    assert shorten(wrapped, 0, drawn=2, width=2, advance=1) == wrapped
    assert shorten(wrapped, 1, drawn=9, width=2, advance=1) == wrapped


@given(texts, limits, st.floats(0.3, 3))
def test_drawing_and_shortening_comes_to_an_end(text, limit, stretch):
    """Every line comes out ``stretch`` times as wide as thought."""
    wrapped, i = wrap(text, limit, 1), 0
    while i < len(wrapped):
        shorter = shorten(wrapped, i, len(wrapped[i].text) * stretch, limit, 1)
        if shorter == wrapped:
            i += 1
        else:
            assert len(wrapped[i].text) * stretch > limit
            assert len(shorter[i].text) < len(wrapped[i].text)
            assert shorter[:i] == wrapped[:i]
            wrapped = shorter
    assert all(len(line.text) * stretch <= limit or len(line.text) == 1 for line in wrapped)
    for number, paragraph in enumerate(text.split("\n")):
        mine = [line for line in wrapped if line.paragraph == number]
        assert "".join(part for _, part in consumed(mine)) == " ".join(paragraph.split())


@pytest.mark.parametrize(("width", "advance"), [(0, 1), (5, 0), (-1, 1), (float("nan"), 1), (float("inf"), 1)])
def test_widths_must_be_positive(width, advance):
    with pytest.raises(InkError, match="give widths above 0"):
        wrap("text", width, advance)
