"""Read zip archives that are damaged or cut short: find the members that are left, and unpack what is possible.

A zip archive has its directory at the end, which is lost if the archive is cut short. Each member also has a header
with its name in front of its data, so the members are found by these headers instead.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass

from handwriting.formats.deflate import RAW, inflate
from handwriting.limits import MAX_MEMBERS

HEADER = struct.Struct("<4s5H3I2H")
"""Signature, version, flags, method, time, date, checksum, packed and unpacked size, lengths of name and extra
field."""
SIGNATURE = b"PK\x03\x04"
END_SIGNATURES = (SIGNATURE, b"PK\x01\x02", b"PK\x07\x08", b"PK\x05\x06")
"""Signatures of what may follow the data of a member."""
ENCRYPTED, SIZES_FOLLOW, UTF8 = 1, 8, 0x800
"""Flags of a member."""
UNSUPPORTED = "encrypted or compressed in an unknown way"
"""Describes a member that is not damaged, but cannot be unpacked."""


@dataclass(frozen=True)
class Member:
    """A member of an archive, as described by the header in front of its data."""

    name: str
    method: int
    start: int
    """Position at which its data begins."""
    end: int | None
    """Position at which its data ends; None if the header does not state it."""
    checksum: int | None
    encrypted: bool

    def unpack(self, archive: bytes, max_size: int) -> tuple[bytes, str | None]:
        """Unpack the data as far as possible, stopping after ``max_size`` + 1 bytes.

        Returns the data and, if it is not complete, a description of the damage.
        """
        if self.encrypted or self.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b"", UNSUPPORTED
        if self.method == zipfile.ZIP_STORED:
            return self._read_stored(archive, max_size)
        found = inflate(archive[self.start : self.end], RAW, max_size)
        return found.data, found.damage

    def matches(self, data: bytes) -> bool:
        """Return whether ``data`` can be its data, according to the checksum."""
        return self.checksum is None or self.checksum == zlib.crc32(data)

    def _read_stored(self, archive: bytes, max_size: int) -> tuple[bytes, str | None]:
        end = self.end
        if end is None:
            following = (archive.find(signature, self.start) for signature in END_SIGNATURES)
            end = min((position for position in following if position >= 0), default=len(archive) + 1)
        return archive[self.start : min(end, self.start + max_size + 1)], None if end <= len(archive) else "cut short"


def find_members(archive: bytes) -> dict[str, Member]:
    """Find the members of an archive by their headers alone, and return them by name."""
    found: dict[str, Member] = {}
    position = archive.find(SIGNATURE)
    for _ in range(MAX_MEMBERS):
        if position < 0 or (member := _read_header(archive, position)) is None:
            break
        found[member.name] = member
        position = archive.find(SIGNATURE, max(member.start, min(member.end or 0, len(archive))))
    return found


def _read_header(archive: bytes, position: int) -> Member | None:
    """Read the header at ``position``; return None if it is cut short."""
    if position + HEADER.size > len(archive):
        return None
    _, _, flags, method, _, _, checksum, packed, _, name, extra = HEADER.unpack_from(archive, position)
    begin = position + HEADER.size
    start = begin + name + extra
    text = archive[begin : begin + name].decode("utf-8" if flags & UTF8 else "cp437", "replace")
    known = not flags & SIZES_FOLLOW and packed != 0xFFFFFFFF
    return Member(
        text, method, start, start + packed if known else None, checksum if known else None, bool(flags & ENCRYPTED)
    )
