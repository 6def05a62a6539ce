"""The text of an InkML trace: points separated by commas, each with a value for every channel (3.2.1).

A prefix changes the meaning of a channel's numbers from this value on: ``!`` for plain values, ``'`` for differences
from the previous point, ``"`` for differences of differences. ``*`` repeats the last value, difference or second
difference; ``?`` stands for an unknown value. Numbers may follow each other without a space where a prefix or a sign
separates them. Words, such as ``undefined``, are unknown values too, but not in X and Y.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from handwriting.errors import InkError, TooLargeError
from handwriting.ink import Floats
from handwriting.limits import MAX_SEGMENTS
from handwriting.notes import Notes

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(rf"""[!'"]|[*?TF]|#[0-9A-Fa-f]{{1,12}}|{_NUMBER}|[^\s]""")
MAX_CHANNELS = 64
_PREFIXES = {"!": 0, "'": 1, '"': 2}
_VALUE = re.compile(rf"""[!'"]?(?:[*?TF]|#[0-9A-Fa-f]{{1,12}}|{_NUMBER})""")
_WORDS = {"true": "T", "false": "F"}
_EMPTY_POINT = re.compile(r"(?:^|,)\s*(?=,)")


def parse_traces(
    texts: Sequence[str], names: list[str], regular: int, file: str, notes: Notes
) -> list[Floats | InkError]:
    """Parse the points of each trace, with shape (n, channels) and NaN for unknown values.

    A trace that cannot be read yields the error instead. ``names`` are all channels, of which those after the first
    ``regular`` may be missing at the end of a point. A trace is damaged if a point has no value for X or Y, or one that
    is not a number. Values of channels that the format does not name are dropped; but if no trace has a comma, too many
    values are damage.
    """
    texts = [_without_empty_points(text.strip().rstrip(",").rstrip(), notes) for text in texts]
    sizes = [text.count(",") + 1 if text else 0 for text in texts]
    width = values_per_point(texts, len(names))
    if width > len(names):
        notes.drop("the values of additional channels", "the trace format does not name them")
        names = [*names, *[""] * (width - len(names))]
    plain = _parse_plain(",".join(filter(None, texts)), len(names))
    if plain is not None:
        return list(np.split(plain, np.cumsum(sizes)[:-1]))
    found: list[Floats | InkError] = []
    coded = 0
    for text, size in zip(texts, sizes, strict=True):
        points = _parse_plain(text, len(names)) if text else np.empty((0, len(names)))
        if points is None:
            coded += size
            if coded > MAX_SEGMENTS:
                raise TooLargeError(f"{file}: more than {MAX_SEGMENTS:,} points coded as differences; split it")
        try:
            found.append(_parse_coded(text, names, regular, file, notes) if points is None else points)
        except InkError as error:
            found.append(error)
    return found


def _without_empty_points(text: str, notes: Notes) -> str:
    if not _EMPTY_POINT.search(text):
        return text
    points = [point for point in text.split(",") if point.strip()]
    notes.count("empty point", text.count(",") + 1 - len(points))
    return ",".join(points)


def values_per_point(texts: Sequence[str], channels: int) -> int:
    """Return the number of values per point, judging by the first trace of several points.

    The result is at least ``channels``.
    """
    first = next((text for text in texts if "," in text), "").strip().rstrip(",")
    counts = {len(point.split()) for point in first.split(",")}
    return max(counts) if len(counts) == 1 and channels < max(counts) <= MAX_CHANNELS else channels


def _parse_plain(text: str, channels: int) -> Floats | None:
    """Parse points of plain numbers only, the usual case, with shape (n, channels); return None for any other text."""
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


def _parse_coded(text: str, names: list[str], regular: int, file: str, notes: Notes) -> Floats:
    try:
        return _parse_points(text.split(","), names, regular, file)
    except InkError:
        points = [_without_words(point, names, regular, notes) for point in text.split(",")]
        return _parse_points(points, names, regular, file)


def _parse_points(points: Sequence[str], names: list[str], regular: int, file: str) -> Floats:
    state = [_Channel() for _ in names]
    return np.array([_parse_point(point, state, names, regular, file) for point in points])


def _without_words(point: str, names: list[str], regular: int, notes: Notes) -> str:
    """Return a point where each value that is not a number, in a channel other than X and Y, is marked as unknown.

    Truth values become those of the standard. A point that does not have one value for each channel is unchanged.
    """
    fields = point.split()
    if not regular <= len(fields) <= len(names):
        return point
    for i, (name, field) in enumerate(zip(names, fields, strict=False)):
        if name not in ("X", "Y") and not _VALUE.fullmatch(field):
            fields[i] = _WORDS.get(field.lower(), "?")
            if name and fields[i] == "?":
                notes.drop(f"a value of channel {name[:20]}", f"{field[:40]!r} is not a number")
    return " ".join(fields)


def tip_switch(values: Floats) -> Floats:
    """Return the values of a tip switch, where an unknown one stands for the one before it, and on if it is first."""
    known = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
    return np.where(known < 0, 1.0, values[known])


def ranges_down(down: Floats) -> list[tuple[int, int]]:
    """Return the ranges of consecutive points at which the pen is down."""
    edges = np.flatnonzero(np.diff(down != 0, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


class _Channel:
    """Converts the numbers of one channel to values; it keeps the last value and its first and second differences."""

    def __init__(self) -> None:
        self.order = 0
        self.value = self.difference = self.second_difference = 0.0
        self.has_value = False

    def next(self, token: str) -> float:
        if token == "?":
            return np.nan
        if token == "*":
            number = (self.value, self.difference, self.second_difference)[self.order]
        elif token in "TF":
            number = float(token == "T")
        else:
            number = float(int(token[1:], 16)) if token[0] == "#" else float(token)
        if self.order == 0:
            difference, value = number - self.value, number
        else:
            difference = number if self.order == 1 else self.difference + number
            value = self.value + difference
        self.second_difference = difference - self.difference
        # The first point has no difference.
        self.difference = difference if self.has_value or self.order else 0.0
        self.value, self.has_value = value, True
        return value


def _parse_point(text: str, state: list[_Channel], names: list[str], regular: int, file: str) -> list[float]:
    row: list[float] = []
    for token in _TOKEN.findall(text):
        if len(row) == len(state):
            raise _channel_count_error(text, names, file)
        if token in _PREFIXES:
            state[len(row)].order = _PREFIXES[token]
            continue
        try:
            row.append(state[len(row)].next(token))
        except ValueError:
            raise InkError(
                f"{file}: {text.strip()[:40]!r} in a trace is not a point: {token!r} is not a number"
            ) from None
    if len(row) < regular and not {"X", "Y"} <= set(names[: len(row)]):
        raise _channel_count_error(text, names, file)
    return row + [np.nan] * (len(names) - len(row))


def _channel_count_error(text: str, names: list[str], file: str) -> InkError:
    channels = ", ".join(name[:20] for name in names[:8])
    return InkError(
        f"{file}: {text.strip()[:40]!r} in a trace does not have a value for each channel ({channels}); "
        "check its trace format"
    )
