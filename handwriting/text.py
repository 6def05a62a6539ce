"""Transcript cleaning: a canonical form for comparing texts, and a natural form for training and display.

Transcripts of IAM-OnDB mix two conventions: tokenised text such as ``Mr . Smith`` and ``It 's``, and ``Mr. Smith`` and
``It's``. Error rates compare :func:`canonical` texts, which are the same for both conventions. Networks are trained on
:func:`natural` texts, which have ordinary typography, and people are shown them. A text and its natural form have the
same canonical form.
"""

import html
import re

_BEFORE_CLOSING = re.compile(r" (?=[.,;:!?)\]])")
_BEFORE_CLOSING_NATURAL = re.compile(r" (?=[.,;:!?)\]])(?!,,\w)")
_AFTER_OPENING = re.compile(r"(?<=[(\[]) ")
_AROUND_MARKS = re.compile(r" ?([\"'-]) ?")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_CONTRACTION = re.compile(r"(?<=[^\W\d_]) ?' ?(?=(?:s|t|d|m|ll|re|ve)\b)")
_TWO_SPEAKERS = re.compile(r"(?<=[^ \"(\[]) ?\"\" ?(?=[^ \".,;:!?)\]])")
_DETACHED_QUOTE = re.compile(r"([(\[]*)([\"'])([.,;:!?)\]]*)")
_SPEAKERS = frozenset(("he", "she", "they", "said", "asked", "replied", "cried"))


def unescape(text: str) -> str:
    """Resolve HTML character references until none is left; IAM-OnDB escapes some twice (``&amp;quot;``)."""
    while (plain := html.unescape(text)) != text:
        text = plain
    return text


def raw(text: str) -> str:
    """Unescape ``text``, collapse white space to single spaces, and strip the ends."""
    return " ".join(unescape(text).split())


def canonical(text: str) -> str:
    """Return the canonical form of ``text``, in which references and outputs are compared.

    The text is unescaped, ``#`` (which marks writing errors in IAM-OnDB) is deleted, white space is collapsed, and
    spaces are removed before ``. , ; : ! ? ) ]``, after ``( [`` and on both sides of ``" ' -``.
    """
    text = _without_error_marks(raw(text))
    text = _AFTER_OPENING.sub("", _BEFORE_CLOSING.sub("", text))
    return _AROUND_MARKS.sub(r"\1", text).strip()


def tokens(text: str) -> list[str]:
    """Return the tokens that word error rates count: maximal runs of letters and digits, and every other symbol."""
    return _TOKEN.findall(text)


def natural(text: str, error_mark: str = "#") -> str:
    """Return ``text`` in ordinary typography.

    1. Unescape the text, collapse white space, delete ``error_mark`` (nothing if it is empty).
    2. Remove spaces before ``. , ; : ! ? ) ]`` and after ``( [``: ``Mr . Foot`` becomes ``Mr. Foot``. The two commas of
       ``the ,,Prestige"`` are an opening quotation mark and keep their space.
    3. Join contractions and genitives: ``it 's`` and ``don ' t`` become ``it's`` and ``don't``.
    4. Between two speakers, ``yes. "" No`` becomes ``yes." "No``.
    5. Attach quotation marks that stand alone to what follows if they open, and to what precedes if they close; see
       :func:`_attach_quotes`. A mark that touches a word is left alone, even if the transcript attached it to the
       wrong word: a line may begin inside a quotation, so its own marks cannot tell.

    Hyphens and dashes are unchanged: in the transcripts a ``-`` between spaces is nearly always a dash, and one without
    spaces, or at the end of the last word of a line, is a hyphen. Only ``#`` and spaces that :func:`canonical` ignores
    are added or removed, so ``canonical(natural(text)) == canonical(text)``. A second pass changes nothing.
    """
    clean = _without_error_marks(raw(text), error_mark)
    clean = _AFTER_OPENING.sub("", _BEFORE_CLOSING_NATURAL.sub("", clean))
    clean = _TWO_SPEAKERS.sub('" "', _CONTRACTION.sub("'", clean))
    clean = _attach_quotes(clean)
    # "&hearts ;" and "&#lt;" would become character references, which a second pass would resolve.
    return clean if unescape(clean) == clean else raw(text)


def _without_error_marks(text: str, mark: str = "#") -> str:
    return " ".join((text.replace(mark, "") if mark else text).split())


def _attach_quotes(text: str) -> str:
    """Attach each ``"`` or ``'`` that stands between spaces, alone or with closing punctuation or an opening bracket.

    The first rule that applies decides. A mark opens with a bracket and closes with punctuation; it opens at the start
    of a line and closes at the end; it closes inside an open quotation; it closes if :func:`_closes_between` says so;
    otherwise it opens.
    """
    words = text.split(" ")
    spaces = [" "] * (len(words) - 1) + [""]  # separator after each word
    opened = {'"': False, "'": False}
    for i, word in enumerate(words):
        detached = _DETACHED_QUOTE.fullmatch(word)
        if detached is None:
            for mark in opened:
                starts, ends = word.lstrip("([").startswith(mark), word.rstrip(".,;:!?)]-").endswith(mark)
                if starts or ends:
                    opened[mark] = not ends
            continue
        bracket, mark, punctuation = detached.groups()
        if bracket or punctuation:
            opens = bool(bracket)
        elif i in (0, len(words) - 1):
            opens = i == 0
        else:
            opens = not opened[mark] and not _closes_between(words[i - 1], mark, words[i + 1])
        opened[mark] = opens
        if opens and not punctuation:
            spaces[i] = ""
        elif not opens and i > 0:
            spaces[i - 1] = ""
    return "".join(word + space for word, space in zip(words, spaces, strict=True))


def _closes_between(before: str, mark: str, after: str) -> bool:
    """Return whether a detached mark between two words closes a quotation.

    It does so before another mark, before the speaker (``right, " he said``), and as the apostrophe of a plural
    (``neutrals ' conference``).
    """
    spoken = before[-1] in ",?!" and after in _SPEAKERS
    plural = mark == "'" and before[-1] == "s" and after[0].islower()
    return after[0] == mark or spoken or plural
