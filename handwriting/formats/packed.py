"""Compressed files: gzip and zip, unpacked within limits."""

from __future__ import annotations

import io
import zipfile
import zlib

from handwriting.errors import InkError, TooLargeError
from handwriting.limits import MAX_MEMBERS, MAX_UNPACKED
from handwriting.notes import Notes

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
PIECE = 65536
"""Bytes that are unpacked at once."""


def gunzip(data: bytes, file: str, notes: Notes | None = None) -> bytes:
    """The content of a gzip file, which may consist of several members in sequence.

    Raises :class:`InkError` when it is damaged or cut short; with ``notes``, this is noted instead, and what comes
    before the damage is returned. Raises :class:`TooLargeError` when it unpacks to more than ``MAX_UNPACKED`` bytes.
    """
    parts: list[bytes] = []
    with (notes or Notes(file, strict=True)).part("the rest of the file"):
        size = members = 0
        while data.startswith(GZIP):
            unpacker = zlib.decompressobj(wbits=31)
            at = 0
            while at < len(data) and not unpacker.eof:
                try:
                    part = unpacker.decompress(data[at : at + PIECE], MAX_UNPACKED + 1 - size)
                except zlib.error as error:
                    raise InkError(f"{file}: damaged gzip data ({error}); copy or export the file again") from None
                at += PIECE
                size += len(part)
                _check(size, file)
                parts.append(part)
            if not unpacker.eof:
                raise InkError(f"{file}: its gzip data is cut short; copy or export the file again")
            members += 1
            if members > MAX_MEMBERS:
                raise TooLargeError(f"{file}: more than {MAX_MEMBERS:,} gzip members; save it again")
            data = unpacker.unused_data + data[at:]
    return b"".join(parts)


class Archive:
    """A zip archive whose members are read one at a time, within the limits.

    ``names``: its files, without the ones that macOS and Windows add (``__MACOSX/``, ``._name``, ``Thumbs.db``).
    """

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.left = MAX_UNPACKED
        # Counted before the directory is parsed, because each of its entries takes a kilobyte of memory.
        if data.count(b"PK\x01\x02") > MAX_MEMBERS:
            raise TooLargeError(f"{file}: an archive of more than {MAX_MEMBERS:,} members is not a notebook")
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = [name for name in self.zip.namelist() if not _is_litter(name)]
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError) as error:
            raise InkError(f"{file}: a damaged zip archive ({error}); copy or export the file again") from None

    def read(self, name: str) -> bytes:
        """The bytes of a member; :class:`InkError` when it is damaged, encrypted, or the limit is passed."""
        info = self.zip.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise InkError(
                f"{self.file}: {name[:80]!r} in it is encrypted or compressed in an unknown way; export it again"
            )
        _check(MAX_UNPACKED - self.left + info.file_size, self.file)
        try:
            with self.zip.open(info) as member:
                data = member.read(self.left + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as e:
            raise InkError(
                f"{self.file}: {name[:80]!r} in it is damaged ({str(e)[:80]}); copy or export the file again"
            ) from None
        self.left -= len(data)
        _check(MAX_UNPACKED - self.left, self.file)
        return data


def _is_litter(name: str) -> bool:
    first, last = name.split("/", 1)[0], name.rsplit("/", 1)[-1]
    return first == "__MACOSX" or last.startswith("._") or last in ("", ".DS_Store", "Thumbs.db", "desktop.ini")


def _check(size: int, file: str) -> None:
    if size > MAX_UNPACKED:
        raise TooLargeError(f"{file}: it unpacks to more than {MAX_UNPACKED:,} bytes; split it into pages")
