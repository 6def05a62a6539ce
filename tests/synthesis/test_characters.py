"""What is typography is mapped; everything else is refused at once, with a spelling that can be written."""

import string
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.errors import InkError
from handwriting.synthesis.characters import MAX_LISTED, MAX_SUGGESTION, MIN_COUNT, learned, replaced, writable

PLAIN = frozenset(set(string.ascii_letters + string.digits + " .,;:!?\"'()-") - set("QXZ"))
"""What the lines of IAM-OnDB teach, about."""

anything = st.text(st.characters() | st.sampled_from("—…“”é&Ł½ \n\r\t\u00a0\u00ad€%QXZ#"), max_size=20)


def refusal(text, characters=PLAIN):
    with pytest.raises(InkError) as error:
        writable(text, characters)
    return str(error.value)


def suggestion(text, characters=PLAIN):
    return refusal(text, characters).rpartition(": ")[2]


def test_characters_seen_often_enough_are_learned():
    assert learned(Counter({"a": MIN_COUNT, "b": MIN_COUNT - 1, "c": 10**6})) == {"a", "c"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It’s", "It's"),
        ("‘a’ ‚b‛ ‹c› 5′ `d´", "'a' 'b' 'c' 5' 'd'"),
        ("“a” „b‟ «c» 6″", '"a" "b" "c" 6"'),
        ("1914–18 a‐b c‑d −4 ― e", "1914-18 a-b c-d -4 - e"),
        ("so—well—no", "so - well - no"),
        ("he said,—“no”", 'he said, - "no"'),
        ("“but—”", '"but-"'),
        ("well… ‥", "well... .."),
        ("ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ", "fi fl ff ffi ffl st st"),
        ("a\u00a0b\u2009c\u202fd\u3000e\tf", "a b c d e f"),
        ("soft\u00adly\u200b a\ufeff \u200eb", "softly a b"),
        ("Ｆｕｌｌ！　＂ｗｉｄｅ＂", 'Full! "wide"'),
        ("  a   b ", "a b"),
        ("a\r\nb\rc\u2028d\n\n e", "a\nb\nc\nd\n\ne"),
    ],
)
def test_typography_is_mapped(text, written):
    assert writable(text, PLAIN) == written


def test_letters_are_composed_first():
    assert writable("e\u0301", PLAIN | {"é"}) == "é"


def test_what_can_be_written_is_not_mapped():
    marks = "’“—…\u00ad"
    assert writable(f"a{marks}b—c", PLAIN | set(marks)) == f"a{marks}b—c"


def test_what_stands_in_must_itself_be_known():
    assert refusal("“a”", PLAIN - {'"'}).endswith("“ -> ', ” -> '; write instead: 'a'")
    assert "…" in refusal("a…", PLAIN - {"."})
    assert refusal("a—b", PLAIN - {"-"}).endswith("— -> a space; write instead: a b")
    assert "U+0020" in refusal("a b", PLAIN - {" "})


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("café", "cafe"),
        ("Łódź", "Lodz"),
        ("Ærø, Ørsted, Đorđe", "Aero, Orsted, Dorde"),
        ("Straße; cœur; þing", "Strasse; coeur; thing"),
        ("Queen Zoë, Xerxes", "queen zoe, xerxes"),
        ("salt & pepper, R&D", "salt and pepper, R and D"),
        ("50% of €20 and £3", "50 percent of EUR 20 and GBP 3"),
        ("me@home.org", "me(at)home.org"),
        ("and/or [sic]", "and-or (sic)"),
        ("x² at 21°", "x2 at 21 degrees"),
        ("½ ¾", "half three quarters"),
        ("№ 5 ™ ① ٣", "No. 5 (TM) 1 3"),
        ("e\u0301\u0302 x\u0302", "e x"),
        ("漢字 and 😀 words", "and words"),
    ],
)
def test_a_spelling_is_suggested(text, instead):
    assert suggestion(text) == instead
    assert writable(instead, PLAIN) == instead


def test_digits_become_words_where_none_can_be_written():
    assert suggestion("route 66, 7th", PLAIN - set(string.digits)) == "route six six, seven th"


def test_every_offender_is_named_once():
    message = refusal("é & é\u0007 漢")
    assert message == (
        "cannot be written: é (2 times) -> e, & -> and, U+0007, 漢; "
        "write instead, leaving out what has no arrow: e and e"
    )


def test_characters_that_would_not_be_seen_are_named_by_code():
    message = refusal("a \u0301b\u0000\ue000\udcff c")
    for code in ("U+0301", "U+0000", "U+E000", "U+DCFF"):
        assert code in message


def test_many_offenders_are_counted():
    greek = "αβγδεζηθικλμνξοπ"
    message = refusal("a" + greek)
    assert f"{greek[MAX_LISTED - 1]} and {len(greek) - MAX_LISTED} more;" in message
    assert greek[MAX_LISTED] not in message


def test_a_page_is_not_respelled_in_an_error():
    for text in ("é\nb", "é" + "b" * MAX_SUGGESTION):
        assert refusal(text).endswith("é -> e; replace each")


def test_nothing_near_says_what_can_be_written():
    assert refusal("漢字", "ab ").endswith("use Latin letters, digits and punctuation")


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u00ad", "\u3000"])
def test_nothing_to_write(text):
    assert "nothing to write" in refusal(text)


@given(anything)
def test_a_text_is_written_with_known_characters_or_refused_with_a_text_that_is(text):
    try:
        written = writable(text, PLAIN)
    except InkError as error:
        message = str(error)
        assert "\n" not in message
        if "write instead" in message:
            instead = message.rpartition("no arrow: " if "no arrow: " in message else "instead: ")[2]
            assert writable(instead, PLAIN) == instead
        return
    assert set(written) <= PLAIN | {"\n"}
    assert writable(written, PLAIN) == written


@pytest.mark.parametrize("known", [PLAIN, PLAIN - set("'-\"")])
def test_replaced_characters_are_exactly_those_that_are_accepted_though_unknown(known):
    accepted = set(replaced(known))
    assert not accepted & known
    for code in [*range(0x3100), *range(0xFB00, 0xFB10), *range(0xFE00, 0x10000)]:
        character = chr(code)
        if character in known or unicodedata.normalize("NFC", f"a{character}a") != f"a{character}a":
            continue
        try:
            writable(f"a{character}a", known)
        except InkError:
            assert character not in accepted, hex(code)
        else:
            assert character in accepted, hex(code)
