"""The characters that can be written, and substitutes for the others.

A network can draw only characters that it was trained on. The card of a synthesizer counts them; a character that was
seen at least :data:`MIN_COUNT` times can be written. A text is made writable in two steps, both before anything is
drawn:

1. Characters that differ only typographically are mapped to writable ones: curly quotes, dashes, ellipses, ligatures,
   special and invisible spaces, fullwidth letters. Nothing that a reader would miss is lost.
2. Everything else is refused at once, with each unwritable character named and a respelling suggested (``é`` as ``e``,
   ``&`` as ``and``), because changing the spelling is the user's decision.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from handwriting.errors import InkError

MIN_COUNT = 20
"""Minimum count of a character in the training texts; rarer ones often come out as another character."""

MAX_LISTED = 12
"""Largest number of unwritable characters that an error names; the rest are counted."""

MAX_SUGGESTION = 500
"""Longest text that an error respells as a whole: a line to paste, not a page."""

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Characters without a shape: soft hyphens, zero-width spaces and joiners, directional marks, variation selectors."""

_TYPOGRAPHY: dict[str, str] = {
    **dict.fromkeys("‘’‚‛‹›′‵ʹʻʼʽˈ`´", "'"),
    **dict.fromkeys("“”„‟«»″‶〝〞〟ʺ", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣", "-"),
    "‥": "..",
    "…": "...",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\t": " ",
}
_DASH_BETWEEN_WORDS = re.compile(r"(?<=[\w.,;:!?)’”])[—―](?=[\w(‘“])")
"""Transcripts write a dash as ``-`` between spaces; without them it would read as a hyphen."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "ß": ("ss",),
    "ẞ": ("SS",),
    "þ": ("th",),
    "Þ": ("Th",),
    "ð": ("d",),
    "Ð": ("D",),
    "ŋ": ("ng",),
    "ı": ("i",),
    "ə": ("e",),
    "€": ("EUR", "euro"),
    "£": ("GBP", "pounds"),
    "$": ("USD", "dollars"),
    "¥": ("JPY", "yen"),
    "¢": ("cents",),
    "&": ("and",),
    "@": ("(at)", "at"),
    "%": ("percent",),
    "‰": ("per thousand",),
    "+": ("plus",),
    "±": ("plus or minus",),
    "=": ("equals",),
    "<": ("less than",),
    ">": ("more than",),
    "~": ("about",),
    "×": ("x", "times"),
    "÷": (":",),
    "°": ("degrees",),
    "§": ("section",),
    "©": ("(c)",),
    "®": ("(R)", "(r)"),
    "™": ("(TM)", "(tm)"),
    "№": ("No.",),
    "#": ("No.",),
    "½": ("1/2", "half"),
    "¼": ("1/4", "quarter"),
    "¾": ("3/4", "three quarters"),
    "⁄": ("/",),
    **dict.fromkeys("/\\|_•*", ("-",)),
    "·": (".",),
    **dict.fromkeys("[{", ("(",)),
    **dict.fromkeys("]}", (")",)),
    **dict.fromkeys("!?", (".",)),
    ";": (",",),
    ":": (";", "."),
    '"': ("'",),
    "-": (" ",),
    **dict(zip("01234", (("zero",), ("one",), ("two",), ("three",), ("four",)), strict=True)),
    **dict(zip("56789", (("five",), ("six",), ("seven",), ("eight",), ("nine",)), strict=True)),
}
"""Closest spellings of refused characters, best first; accented letters need no entry (see :func:`_candidates`)."""

_LATIN = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .*)?")
_EDGE = "\0"
"""Placeholder around a symbol's name in a suggestion: becomes a space next to a word, nothing elsewhere."""


def learned(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the writable characters, from their ``counts`` in training texts (a card's ``trained_on.characters``)."""
    return frozenset(character for character, count in counts.items() if count >= MIN_COUNT)


def writable(text: str, characters: Collection[str]) -> str:
    """Return ``text`` as it will be written, using only ``characters`` (see :func:`learned`) and ``\\n`` line ends.

    The result is composed (NFC), with typography mapped, runs of spaces collapsed and no spaces at the ends of a line,
    as in the training texts. Line ends are kept for the composition of pages. A second pass changes
    nothing. Raises one :class:`InkError` that names every unwritable character and suggests a spelling, or says that
    there is nothing to write.
    """
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = "".join(c for c in text if c in characters or not _INVISIBLE.match(c))
    if "-" in characters and " " in characters:
        text = _DASH_BETWEEN_WORDS.sub(lambda dash: dash[0] if dash[0] in characters else " - ", text)
    mapped = _spaced("".join(c if c in characters else _mapped(c, characters) for c in text))
    if not mapped.strip():
        raise InkError("there is nothing to write: the text has no visible character", key="no-text")
    offenders = Counter(c for c in mapped if c not in characters and c != "\n")
    if offenders:
        raise InkError(_refusal(mapped, offenders, characters), key="unwritable", characters=" ".join(offenders))
    return mapped


def replaced(characters: Collection[str]) -> str:
    """Return the characters of Unicode's basic plane that :func:`writable` accepts but replaces or drops.

    Spaces and line ends are among them; an editor need not mark these characters as unwritable.
    """
    every = (chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    return "".join(
        c
        for c in every
        if c not in characters
        and (c == "\n" or _LINE_ENDS.match(c) or _INVISIBLE.match(c) or _mapped(c, characters) != c)
    )


def respelled(text: str, characters: Collection[str]) -> str:
    """Return ``text`` with the closest spelling of every character that is not in ``characters``; line ends stay.

    Characters without a similar spelling are left out.
    """
    kept = []
    for character in unicodedata.normalize("NFC", text):
        known = character in characters or character in "\n\f\r" or _mapped(character, characters) in characters
        kept.append(character if known else _spelling(character, characters))
    return _spaced(_without_edges("".join(kept)))


def _mapped(character: str, characters: Collection[str]) -> str:
    """Return the typographic equivalent that can be written, or the character itself."""
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    narrow = chr(int(code, 16)) if kind in ("<wide>", "<narrow>") else character
    plain = " " if unicodedata.category(narrow) == "Zs" else _TYPOGRAPHY.get(narrow, narrow)
    return plain if all(c in characters for c in plain) else character


def _spaced(text: str) -> str:
    return "\n".join(" ".join(word for word in line.split(" ") if word) for line in text.split("\n"))


def _refusal(text: str, offenders: Counter[str], characters: Collection[str]) -> str:
    spellings = {c: _spelling(c, characters) for c in offenders}
    named = []
    for character, count in offenders.items():
        arrow = f" -> {_without_edges(spellings[character]).strip() or 'a space'}" if spellings[character] else ""
        named.append(f"{_shown(character)}{f' ({count} times)' if count > 1 else ''}{arrow}")
    more = f" and {len(named) - MAX_LISTED} more" if len(named) > MAX_LISTED else ""
    message = f"cannot be written: {', '.join(named[:MAX_LISTED])}{more}"
    suggestion = _spaced(_without_edges("".join(spellings.get(c, c) for c in text)))
    left_out = "" if all(spellings.values()) else ", leaving out what has no arrow"
    if not suggestion.strip():
        return f"{message}; they have no similar characters, so use Latin letters, digits and punctuation"
    if "\n" in text or len(suggestion) > MAX_SUGGESTION:
        return f"{message}; replace each{left_out}"
    return f"{message}; write instead{left_out}: {suggestion}"


def _shown(character: str) -> str:
    """Return the character, or its code if it would be invisible: control and combining characters, spaces."""
    visible = character.isprintable() and not character.isspace() and not unicodedata.combining(character)
    return character if visible else f"U+{ord(character):04X}"


def _without_edges(text: str) -> str:
    return re.sub(rf"(?<=\w){_EDGE}+(?=\w)", " ", text).replace(_EDGE, "")


def _spelling(character: str, characters: Collection[str], depth: int = 4) -> str:
    """Return the closest writable spelling, or "" if there is none. Words for a symbol are put between edges."""
    if character in characters:
        return character
    candidates = list(_candidates(character)) if depth else []
    # A fully writable "half" comes before "1-2".
    candidates.sort(key=lambda candidate: any(c not in characters for c in candidate))
    for candidate in candidates:
        spelled = [_spelling(c, characters, depth - 1) for c in candidate]
        if all(spelled):
            word = candidate[0].isalpha() and candidate[-1].isalpha() and not character.isalpha()
            return f"{_EDGE}{''.join(spelled)}{_EDGE}" if word else "".join(spelled)
    return ""


def _candidates(character: str) -> Iterator[str]:
    """Yield spellings, closest first, which may themselves contain unwritable characters."""
    if character in _TYPOGRAPHY:
        yield _TYPOGRAPHY[character]
    yield from _SPELLINGS.get(character, ())
    digit = unicodedata.digit(character, None)
    if digit is not None:
        yield str(digit)
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if plain and plain != character:
        yield plain
    latin = _LATIN.fullmatch(unicodedata.name(character, ""))
    if latin:
        yield latin[2].lower() if latin[1] == "SMALL" else latin[2].capitalize()
    if character.swapcase() != character:
        yield character.swapcase()
