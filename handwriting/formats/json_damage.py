"""Repair JSON that breaks its rules, and read JSON that is damaged or cut short.

Of damaged JSON, what comes before the damage is kept, and the open lists and objects are closed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

OPENING, CLOSING = b"[{", b"]}"
_TOKEN = re.compile(
    r"""
    (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)
    | (?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)
    | (?P<name>(?<![\w.])[A-Za-z_$][\w$]*+(?=\s*+:))
    | (?P<word>(?<![\w.])[A-Za-z_]\w*+)
    | (?P<fraction>(?<![0-9])\.(?=[0-9]))
    | (?P<point>(?<=[0-9])\.(?![0-9]))
    """,
    re.DOTALL | re.VERBOSE,
)
"""What may need repair, and strings, in which nothing else is repaired."""
_STRING_OR_LAST_COMMA = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+"?)|,(?=\s*+[\]}])', re.DOTALL)
_ESCAPE = re.compile(r"""\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(.))""", re.DOTALL)
_BEGIN = re.compile(
    r"""
    [\ufeff\s]*+
    (?:\)\]\}',? | (?:while|for)\s?\([1;]{1,2}\); | ```\w*+ | (?:(?:const|let|var)\s)?[\w$.]{1,60}\s?[=(])?
    \s*+(?=[\[{])
    """,
    re.VERBOSE,
)
"""What a program writes before a document: a guard, a code fence, a variable or a callback."""
_END = " \t\r\n\0;`)"
"""Characters after a document that mean nothing."""
WORDS = {
    "nan": "NaN", "undefined": "null", "none": "null", "null": "null", "true": "true", "false": "false",
    "inf": "Infinity", "infinity": "Infinity",
}  # fmt: skip
"""Words of JavaScript and Python, in lower case, as JSON has them."""


def repair(text: str) -> str:
    """Return a document without its frame, in which what JSON forbids but programs write is as JSON has it.

    See :mod:`~handwriting.formats.json_text` for what that is. Real damage remains, and nothing before it is changed.
    """
    text = _TOKEN.sub(_repair_token, text).rstrip(_END)
    begin = _BEGIN.match(text)
    return _STRING_OR_LAST_COMMA.sub(lambda match: match[1] or "", text[begin.end() if begin else 0 :])


def is_framed(head: bytes) -> bool:
    """Return whether a file begins with a comment or another frame, and then with a list or an object."""
    head = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not re.match(rb"[/)`\w$]", head):
        return False
    text = _TOKEN.sub(_repair_token, head.decode(errors="replace")).lstrip()
    begin = _BEGIN.match(text)
    return begin is not None and (begin.end() > 0 or head[:1] == b"/")


def _repair_token(match: re.Match[str]) -> str:
    token = match[0]
    kind = match.lastgroup
    if kind == "string":
        return _ESCAPE.sub(_repair_escape, token) if "\\" in token else token
    if kind == "name":
        return f'"{token}"'
    if kind == "word":
        return WORDS.get(token.lower(), token)
    return {"comment": " ", "fraction": "0."}.get(str(kind), ".0")


def _repair_escape(match: re.Match[str]) -> str:
    """Return a valid escape as it is, and any other as the characters that it shows, such as those of a path."""
    if match[1] is None:
        return match[0]
    return "'" if match[1] == "'" else f"\\\\{match[1]}"


def parse_before_damage(data: bytes) -> Any:
    """Return what a damaged JSON document contains before the damage, or None if that is nothing.

    The damaged element is left out, but not the lists and objects around it.
    """
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        text = data[: error.start].decode(encoding, "ignore")
    try:
        try:
            return json.loads(text, strict=False)
        except json.JSONDecodeError as error:
            before = _close(text[: error.pos].encode(errors="surrogatepass"))
            return json.loads(before, strict=False) if before else None
    except (ValueError, RecursionError):  # a number with too many digits, or lists in lists that are too deep
        return None


def _close(text: bytes) -> bytes:
    """Cut a document after its last complete element and close the lists and objects that are open.

    An open object of plain values, such as half a point, is not a complete element.
    """
    characters = np.frombuffer(re.sub(rb"\\.", b"__", text, flags=re.DOTALL), dtype=np.uint8)
    inside = np.logical_xor.accumulate(characters == ord('"'))
    marks = np.flatnonzero(np.isin(characters, list(OPENING + CLOSING + b",")) & ~inside)
    kinds = characters[marks]
    begins = np.flatnonzero(np.isin(kinds, list(OPENING)))
    if len(begins) and kinds[begins[-1]] == ord("{") and (kinds[begins[-1] + 1 :] == ord(",")).all():
        marks, kinds = marks[: begins[-1]], kinds[: begins[-1]]
    if not len(marks):
        return b""
    opens = np.isin(kinds, list(OPENING))
    depth = np.cumsum(opens.astype(np.int64) - np.isin(kinds, list(CLOSING)))
    lowest_after = np.minimum.accumulate(depth[::-1])[::-1]
    left_open = kinds[opens & (depth <= lowest_after)]
    end = int(marks[-1]) + (kinds[-1] != ord(","))
    return text[:end] + bytes(CLOSING[OPENING.index(kind)] for kind in left_open[::-1].tolist())
