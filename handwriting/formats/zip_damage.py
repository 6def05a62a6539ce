"""Zip archives that are damaged or cut short: the members that can still be found, and what can be unpacked of them.

A zip archive has its directory at the end, which a cut takes away. Each member also has a header of its own in front of
its data, with the same name, so the members are found by these headers instead.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass

from handwriting.formats.deflate import RAW, inflate
from handwriting.limits import MAX_MEMBERS

HEADER = struct.Struct("<4s5H3I2H")
"""Signature, version, flags, method, time, date, checksum, packed and unpacked size, lengths of name and extra."""
SIGNATURE = b"PK\x03\x04"
ENDS = (SIGNATURE, b"PK\x01\x02", b"PK\x07\x08", b"PK\x05\x06")
"""What may follow the data of a member."""
ENCRYPTED, SIZES_FOLLOW, UTF8 = 1, 8, 0x800
"""Flags of a member."""
LOCKED = "encrypted or compressed in an unknown way"
"""What a member is that is not damaged, but cannot be unpacked."""


@dataclass(frozen=True)
class Member:
    """A member of an archive, as the header in front of its data describes it."""

    name: str
    method: int
    start: int
    """Where its data begins."""
    end: int | None
    """Where its data ends; None where the header does not tell."""
    checksum: int | None
    encrypted: bool

    def unpack(self, archive: bytes, most: int) -> tuple[bytes, str | None]:
        """The data as far as it can be unpacked, at most ``most`` + 1 bytes, and what it is, if not whole."""
        if self.encrypted or self.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b"", LOCKED
        if self.method == zipfile.ZIP_STORED:
            return self._stored(archive, most)
        found = inflate(archive[self.start : self.end], RAW, most)
        return found.data, found.damage

    def matches(self, data: bytes) -> bool:
        """Whether these can be its data, by the checksum."""
        return self.checksum is None or self.checksum == zlib.crc32(data)

    def _stored(self, archive: bytes, most: int) -> tuple[bytes, str | None]:
        following = (archive.find(mark, self.start) for mark in ENDS)
        end = min((at for at in following if at >= 0), default=len(archive) + 1) if self.end is None else self.end
        return archive[self.start : min(end, self.start + most + 1)], None if end <= len(archive) else "cut short"


def members(archive: bytes) -> dict[str, Member]:
    """The members of an archive by name, found by their headers alone."""
    found: dict[str, Member] = {}
    at = archive.find(SIGNATURE)
    for _ in range(MAX_MEMBERS):
        if at < 0 or (member := _member(archive, at)) is None:
            break
        found[member.name] = member
        at = archive.find(SIGNATURE, max(member.start, min(member.end or 0, len(archive))))
    return found


def _member(archive: bytes, at: int) -> Member | None:
    """The member whose header begins at ``at``; None if the header is cut short."""
    if at + HEADER.size > len(archive):
        return None
    _, _, flags, method, _, _, checksum, packed, _, name, extra = HEADER.unpack_from(archive, at)
    begin = at + HEADER.size
    start = begin + name + extra
    text = archive[begin : begin + name].decode("utf-8" if flags & UTF8 else "cp437", "replace")
    known = not flags & SIZES_FOLLOW and packed != 0xFFFFFFFF
    return Member(
        text, method, start, start + packed if known else None, checksum if known else None, bool(flags & ENCRYPTED)
    )
