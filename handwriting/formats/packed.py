"""Unpack compressed files, gzip and zip, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import cached_property

from handwriting.errors import InkError, TooLargeError
from handwriting.formats import deflate
from handwriting.formats.deflate import inflate
from handwriting.formats.zip_damage import UNSUPPORTED, Member, find_members
from handwriting.limits import MAX_MEMBERS, MAX_UNPACKED
from handwriting.notes import Notes

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"


def gunzip(data: bytes, file: str, notes: Notes | None = None) -> bytes:
    """Unpack a gzip file, which may consist of several members in sequence.

    Raises :class:`InkError` if it is damaged or cut short; with ``notes``, the damage is noted instead, and what comes
    before it is returned. Raises :class:`TooLargeError` if it unpacks to more than ``MAX_UNPACKED`` bytes.
    """
    parts: list[bytes] = []
    with (notes or Notes(file, strict=True)).part("the rest of the file"):
        size = members = 0
        while data.startswith(GZIP):
            found = inflate(data, deflate.GZIP, MAX_UNPACKED - size)
            size += len(found.data)
            _check_unpacked(size, file)
            parts.append(found.data)
            if found.damage is not None:
                raise InkError(f"{file}: its gzip data is {found.damage}; copy or export the file again")
            members += 1
            if members > MAX_MEMBERS:
                raise TooLargeError(f"{file}: more than {MAX_MEMBERS:,} gzip members; save it again")
            data = found.rest
    return b"".join(parts)


class Archive:
    """A zip archive whose members are read one at a time, within the limits.

    ``names`` are its files, without those that macOS and Windows add (``__MACOSX/``, ``._name``, ``Thumbs.db``). If the
    directory at the end of the archive is lost, they are found by the headers of the members, and this is noted.
    """

    def __init__(self, data: bytes, file: str, notes: Notes | None = None) -> None:
        self.file = file
        self.bytes_left = MAX_UNPACKED
        self._data = data
        # Count the entries before parsing the directory, because each of them takes a kilobyte of memory.
        if data.count(b"PK\x01\x02") > MAX_MEMBERS:
            raise TooLargeError(f"{file}: an archive with more than {MAX_MEMBERS:,} members; a notebook has fewer")
        self._zip: zipfile.ZipFile | None = None
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            names = self._zip.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError) as error:
            names = list(self._members)
            damage = InkError(f"{file}: a damaged zip archive ({error}); copy or export the file again")
            if not names:
                raise damage from None
            with (notes or Notes(file)).part("the rest of the archive"):
                raise damage from None
        self.names = [name for name in names if not _is_system_file(name)]

    @property
    def is_truncated(self) -> bool:
        """Whether the directory is lost, so that members may be missing."""
        return self._zip is None

    def read(self, name: str, notes: Notes | None = None) -> bytes:
        """Read a member.

        Raises :class:`InkError` if it is damaged; with ``notes``, the damage is noted instead, and what can be unpacked
        is returned. Raises :class:`TooLargeError` if the limit is exceeded.
        """
        data, damage = self._by_directory(name)
        is_mismatched = False
        if damage not in (None, UNSUPPORTED) and (member := self._members.get(name)) is not None:
            data, damage = member.unpack(self._data, self.bytes_left)
            is_mismatched = damage is None and not member.matches(data)
        self.bytes_left -= len(data)
        _check_unpacked(MAX_UNPACKED - self.bytes_left, self.file)
        if is_mismatched and notes is not None and not notes.strict:
            reason = "the contents do not match it, so some of them may be wrong; copy or export the file again"
            notes.drop(f"the checksum of {name[:80]!r}", reason, "lost")
        elif is_mismatched or damage is not None:
            readable = notes if notes is not None and damage != UNSUPPORTED else Notes(self.file, strict=True)
            with readable.part(f"a part of {name[:80]!r}"):
                problem = damage or "damaged (wrong checksum)"
                raise InkError(f"{self.file}: {name[:80]!r} in it is {problem}; copy or export the file again")
        return data

    def attachment(self, name: str, notes: Notes) -> bytes:
        """Read a member that is not ink, such as a picture. A damaged one is noted, and the result is empty."""
        try:
            return self.read(name)
        except TooLargeError:
            raise
        except InkError as error:
            notes.drop(f"the file {name[:80]!r}", str(error).removeprefix(f"{self.file}: "), "lost")
            return b""

    @cached_property
    def _members(self) -> dict[str, Member]:
        """The members, as found by the headers in front of their data."""
        return find_members(self._data)

    def _by_directory(self, name: str) -> tuple[bytes, str | None]:
        """Return the bytes of a member that the directory lists, and a description of the damage, if any."""
        if self._zip is None:
            return b"", "not in its directory"
        info = self._zip.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            return b"", UNSUPPORTED
        _check_unpacked(MAX_UNPACKED - self.bytes_left + info.file_size, self.file)
        try:
            with self._zip.open(info) as member:
                return member.read(self.bytes_left + 1), None
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as e:
            return b"", f"damaged ({str(e)[:80]})"


def _is_system_file(name: str) -> bool:
    first, last = name.split("/", 1)[0], name.rsplit("/", 1)[-1]
    return first == "__MACOSX" or last.startswith("._") or last in ("", ".DS_Store", "Thumbs.db", "desktop.ini")


def _check_unpacked(size: int, file: str) -> None:
    if size > MAX_UNPACKED:
        raise TooLargeError(f"{file}: it unpacks to more than {MAX_UNPACKED:,} bytes; split it into pages")
