"""The text of an InkML trace: points parted by commas, in each a value for every channel (3.2.1).

A prefix changes how a channel's numbers are meant, from this value on: ``!`` as they stand, ``'`` as the difference to
the point before, ``"`` as the difference of that difference. ``*`` stands for a value, a difference or a second
difference that stays as it was, ``?`` for one that is not known. Numbers may follow each other without a space where a
prefix or a sign parts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from handwriting.errors import InkError
from handwriting.ink import Floats
from handwriting.limits import MAX_SEGMENTS

_TOKEN = re.compile(r"""[!'"]|[*?TF]|#[0-9A-Fa-f]{1,12}|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[^\s]""")
_PREFIXES = {"!": 0, "'": 1, '"': 2}


def values(texts: Sequence[str], names: list[str], regular: int, file: str) -> list[Floats]:
    """The points of each trace, shape (n, channels); NaN where a value is not known.

    ``names``: all channels, of which those after the first ``regular`` may be missing at a point's end. Raises
    :class:`InkError` for values too many or too few, and for what is no number.
    """
    texts = [text.strip().rstrip(",").rstrip() for text in texts]
    sizes = [text.count(",") + 1 if text else 0 for text in texts]
    plain = _plain(",".join(filter(None, texts)), len(names))
    if plain is not None:
        return np.split(plain, np.cumsum(sizes)[:-1])
    if sum(sizes) > MAX_SEGMENTS:
        raise InkError(
            f"{file}: {sum(sizes):,} points coded as differences, and there may be {MAX_SEGMENTS:,} at most; split it"
        )
    return [_coded(text, names, regular, file) for text in texts]


def _plain(text: str, channels: int) -> Floats | None:
    """Shape (n, channels): points in which every value is a number by itself, as almost always; else None."""
    if not text.isascii():
        return None
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    comma = data == ord(",")
    gap = comma | (data <= ord(" "))
    begins = ~gap & np.append(True, gap[:-1])
    before = np.append(np.cumsum(begins)[comma], begins.sum())
    if (np.diff(before, prepend=0) != channels).any() or np.isin(data, np.frombuffer(b"""!'"*?TF#_""", np.uint8)).any():
        return None
    try:
        found: Floats = np.array(text.replace(",", " ").split(), dtype=np.float64)
    except ValueError:
        return None
    return found.reshape(-1, channels)


def _coded(text: str, names: list[str], regular: int, file: str) -> Floats:
    state = [_Channel() for _ in names]
    points = [_point(point, state, names, regular, file) for point in text.split(",")] if text else []
    return np.array(points).reshape(-1, len(names))


class _Channel:
    """A channel's last value, its last differences, and how its next number is meant."""

    def __init__(self) -> None:
        self.order = 0
        self.value = self.speed = self.change = 0.0
        self.known = False

    def next(self, token: str) -> float:
        if token == "?":
            return np.nan
        if token == "*":
            number = (self.value, self.speed, self.change)[self.order]
        elif token in "TF":
            number = float(token == "T")
        else:
            number = float(int(token[1:], 16)) if token[0] == "#" else float(token)
        if self.order == 0:
            speed, value = number - self.value, number
        else:
            speed = number if self.order == 1 else self.speed + number
            value = self.value + speed
        self.change = speed - self.speed
        # Of the first point there is no difference.
        self.speed = speed if self.known or self.order else 0.0
        self.value, self.known = value, True
        return value


def _point(text: str, state: list[_Channel], names: list[str], regular: int, file: str) -> list[float]:
    row: list[float] = []
    for token in _TOKEN.findall(text):
        if len(row) == len(state):
            raise _wrong(text, names, file)
        if token in _PREFIXES:
            state[len(row)].order = _PREFIXES[token]
            continue
        try:
            row.append(state[len(row)].next(token))
        except ValueError:
            raise InkError(f"{file}: {text.strip()[:40]!r} in a trace is no point: {token!r} is not a number") from None
    if len(row) < regular:
        raise _wrong(text, names, file)
    return row + [np.nan] * (len(names) - len(row))


def _wrong(text: str, names: list[str], file: str) -> InkError:
    channels = ", ".join(name[:20] for name in names[:8])
    return InkError(
        f"{file}: {text.strip()[:40]!r} in a trace does not have a value for each channel ({channels}); "
        "check its trace format"
    )
