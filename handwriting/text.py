"""Transcripts: unescaped, made canonical for scoring, made natural for people and for training.

Transcripts of IAM-OnDB mix two conventions, the tokenised ``Mr . Smith`` and ``It 's`` beside ``Mr. Smith``
and ``It's``. :func:`canonical` is what scores compare: both conventions give the same text. :func:`natural` is what
networks learn from and what people see: ordinary typography. The two agree: a text and its natural form are
canonically the same.
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
_LONE_QUOTE = re.compile(r"([(\[]*)([\"'])([.,;:!?)\]]*)")
_SPEAKERS = frozenset(("he", "she", "they", "said", "asked", "replied", "cried"))


def unescape(text: str) -> str:
    """``text`` with HTML character references resolved until none is left (IAM's are escaped twice: ``&amp;quot;``)."""
    while (plain := html.unescape(text)) != text:
        text = plain
    return text


def raw(text: str) -> str:
    """``text`` unescaped, runs of white space made one space, none at the ends."""
    return " ".join(unescape(text).split())


def canonical(text: str) -> str:
    """The form in which reference and output are compared.

    Unescaped, ``#`` (IAM's mark for an error of the writer) deleted, white space collapsed, no space before any of
    ``. , ; : ! ? ) ]``, none after ``( [`` and none on either side of ``" ' -``.
    """
    text = _without_error_marks(raw(text))
    text = _AFTER_OPENING.sub("", _BEFORE_CLOSING.sub("", text))
    return _AROUND_MARKS.sub(r"\1", text).strip()


def tokens(text: str) -> list[str]:
    """What a word error rate counts: maximal runs of letters and digits, and each other symbol by itself."""
    return _TOKEN.findall(text)


def natural(text: str, error_mark: str = "#") -> str:
    """``text`` in ordinary typography: what networks are trained on and people are shown.

    1. Unescaped, white space collapsed, ``error_mark`` deleted (empty: nothing is).
    2. Spaces before ``. , ; : ! ? ) ]`` and after ``( [`` removed: ``Mr . Foot`` becomes ``Mr. Foot``. The two commas
       of ``the ,,Prestige"`` are an opening quotation mark and keep theirs.
    3. Contractions and genitives joined: ``it 's``, ``don ' t`` become ``it's``, ``don't``.
    4. ``yes. "" No`` between two speakers becomes ``yes." "No``.
    5. A quotation mark that stands by itself is attached: to what follows if it opens, to what precedes if it closes
       (see :func:`_attach_quotes`). A mark that touches a word stays as it is, even where the transcript attached it
       to the wrong one: a line may begin inside a quotation, so its own marks cannot tell.

    Hyphens and dashes stay as they are: in the transcripts ``-`` between spaces is nearly always a dash, and one
    without spaces, or at the end of a word that ends the line, a hyphen. Only ``#`` and spaces that :func:`canonical`
    ignores are added or removed, so that ``canonical(natural(text)) == canonical(text)``; a second pass changes
    nothing.
    """
    clean = _without_error_marks(raw(text), error_mark)
    clean = _AFTER_OPENING.sub("", _BEFORE_CLOSING_NATURAL.sub("", clean))
    clean = _TWO_SPEAKERS.sub('" "', _CONTRACTION.sub("'", clean))
    clean = _attach_quotes(clean)
    # "&hearts ;" and "&#lt;" would turn into character references and be read as other symbols the next time
    return clean if unescape(clean) == clean else raw(text)


def _without_error_marks(text: str, mark: str = "#") -> str:
    return " ".join((text.replace(mark, "") if mark else text).split())


def _attach_quotes(text: str) -> str:
    """Attach each ``"`` or ``'`` that stands between spaces (with closing punctuation or an opening bracket, if any).

    The first thing that applies decides: with a bracket a mark opens, with punctuation it closes; at the start of a
    line it opens, at the end it closes; in an open quotation it closes; before another mark, or as
    :func:`_closes_between` says, it closes; else it opens.
    """
    words = text.split(" ")
    spaces = [" "] * (len(words) - 1) + [""]  # what follows each word
    opened = {'"': False, "'": False}
    for i, word in enumerate(words):
        lone = _LONE_QUOTE.fullmatch(word)
        if lone is None:
            for mark in opened:
                starts, ends = word.lstrip("([").startswith(mark), word.rstrip(".,;:!?)]-").endswith(mark)
                if starts or ends:
                    opened[mark] = not ends
            continue
        bracket, mark, punctuation = lone.groups()
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
    """Whether a lone mark between two words closes.

    It does before another mark, before who spoke (``right, " he said``) and as a plural's apostrophe (``neutrals '
    conference``).
    """
    spoken = before[-1] in ",?!" and after in _SPEAKERS
    plural = mark == "'" and before[-1] == "s" and after[0].islower()
    return after[0] == mark or spoken or plural
