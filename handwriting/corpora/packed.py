"""Pack a whole corpus into one small file that opens quickly; lines are unpacked on demand.

Layout, little-endian: ``MAGIC``; version (u32); CRC-32 of the index (u32); position and size of the index (2 x u64);
the ink of each line, compressed separately; the index. As the index ends the file, a truncated file is noticed. The
index is zlib-compressed JSON with ``terms``, ``splits`` (names with row numbers) and ``lines`` (rows, see ``_row``).

Ink is restored bit for bit; see ``codec``.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from functools import cached_property
from pathlib import Path
from typing import Any

from handwriting.corpora.codec import decode, encode
from handwriting.corpora.corpus import Corpus, Line
from handwriting.errors import InkError
from handwriting.files import atomic, refuse_other
from handwriting.ink import Source
from handwriting.progress import Progress, no_progress

MAGIC = b"HWCORPUS"
VERSION = 1
PACKED_HEADER = struct.Struct("<8sIIQQ")


def pack(
    corpus: Corpus, path: str | os.PathLike[str], progress: Progress = no_progress, only: Sequence[str] = ()
) -> None:
    """Write the lines of ``corpus``, or of the splits ``only``, to one file, with splits and known-bad reasons.

    ``progress`` counts lines. The file is replaced only once the new one is complete. Raises :class:`InkError` if the
    corpus has no splits, or if ``path`` is a file of something else.
    """
    splits = {split: corpus.ids(split) for split in only or corpus.splits}
    rows = {id: row for row, id in enumerate(dict.fromkeys(id for ids in splits.values() for id in ids))}
    if not rows:
        raise InkError("nothing to pack: the corpus has no split list such as trainset.txt; add one or give lists")
    refuse_other(path, "a packed corpus", lambda head: head.startswith(MAGIC))
    with atomic(path) as temporary, temporary.open("wb") as file:
        file.write(bytes(PACKED_HEADER.size))
        lines: list[list[Any]] = []
        for id in rows:
            line = corpus.line(id)
            blob = encode(line.ink)
            lines.append(_row(line, corpus.known_bad.get(id), file.tell(), len(blob)))
            file.write(blob)
            progress(len(lines), len(rows))
        index: dict[str, Any] = {"terms": corpus.terms, "lines": lines}
        index["splits"] = {split: [rows[id] for id in ids] for split, ids in splits.items()}
        data = zlib.compress(json.dumps(index, separators=(",", ":"), allow_nan=False).encode(), 9)
        position = file.tell()
        file.write(data)
        file.seek(0)
        file.write(PACKED_HEADER.pack(MAGIC, VERSION, zlib.crc32(data), position, len(data)))


def _row(line: Line, bad: str | None, position: int, size: int) -> list[Any]:
    """Return the row of a line: id, form, writer, text, reason if known bad, position, size, points, source."""
    source = list(astuple(line.ink.source))
    return [line.id, line.form, line.writer, line.text, bad, position, size, len(line.ink), source]


class PackedCorpus:
    """A packed corpus. Raises :class:`InkError` if the file is something else, truncated or damaged."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            with self.path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InkError(f"{self.path}: {reason.lower()}; give a folder of IAM-OnDB or a packed corpus") from None
        if len(self._data) < PACKED_HEADER.size or self._data[: len(MAGIC)] != MAGIC:
            raise InkError(f"{self.path}: not a packed corpus; give a folder of IAM-OnDB or a packed corpus")
        _, version, checksum, position, size = PACKED_HEADER.unpack(self._data[: PACKED_HEADER.size])
        if version != VERSION:
            raise InkError(
                f"{self.path}: packed as version {version}, but this version of handwriting reads {VERSION}; pack "
                "it again"
            )
        if position + size != len(self._data):
            raise InkError(
                f"{self.path}: {len(self._data):,} bytes instead of {position + size:,}; copy or pack it again"
            )
        index = self._data[position:]
        if zlib.crc32(index) != checksum:
            raise self._damaged("its index")
        self._index: dict[str, Any] = json.loads(zlib.decompress(index))
        self._rows: dict[str, list[Any]] = {row[0]: row for row in self._index["lines"]}

    @property
    def terms(self) -> str:
        return self._index["terms"]

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(self._index["splits"])

    @cached_property
    def known_bad(self) -> Mapping[str, str]:
        return {row[0]: row[4] for row in self._index["lines"] if row[4] is not None}

    def ids(self, split: str) -> list[str]:
        if split not in self._index["splits"]:
            raise InkError(f"{self.path}: there is no split {split!r}; it has: {', '.join(self.splits)}")
        return [self._index["lines"][row][0] for row in self._index["splits"][split]]

    def training_ids(self, split: str) -> list[str]:
        return [id for id in self.ids(split) if id not in self.known_bad and self._row(id)[3]]

    def lines(self, split: str) -> Iterator[Line]:
        return (self.line(id) for id in self.ids(split))

    def points(self, id: str) -> int:
        """Return the number of points of a line without unpacking it."""
        return self._row(id)[7]

    def text(self, id: str) -> str:
        return self._row(id)[3]

    def line(self, id: str) -> Line:
        _, form, writer, text, _, position, size, _, source = self._row(id)
        try:
            ink = decode(self._data[position : position + size], Source(*source))
        except ValueError as error:
            raise self._damaged(f"line {id} ({error})") from None
        return Line(id, ink, text, writer, form)

    def _row(self, id: str) -> list[Any]:
        try:
            return self._rows[id]
        except KeyError:
            example = next(iter(self._rows), "none: it is empty")
            raise InkError(f"{self.path}: there is no line {id!r}; ids look like {example}") from None

    def _damaged(self, what: str) -> InkError:
        return InkError(f"{self.path}: {what} is damaged; copy the file or pack the corpus again")
