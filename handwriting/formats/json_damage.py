"""Read JSON that is damaged or cut short: keep what comes before the damage and close the open lists and objects."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

OPENING, CLOSING = b"[{", b"]}"


_STRING_OR_TRAILING_COMMA = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+"?)|,(?=\s*+[\]}])', re.DOTALL)


def remove_trailing_commas(data: bytes) -> bytes:
    """Remove the commas after the last elements of lists and objects, which JavaScript permits.

    The document is in UTF-8.
    """
    return _STRING_OR_TRAILING_COMMA.sub(lambda match: match[1] or b"", data)


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
            return json.loads(text)
        except json.JSONDecodeError as error:
            before = _close(text[: error.pos].encode(errors="surrogatepass"))
            return json.loads(before) if before else None
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
