"""Find the only ink file in a zip archive that is not a file of a format that uses zip itself.

An archive may have other files beside the ink, whose names look like ink as well: metadata in JSON, the XML of an
office document, a preview in SVG. So if several names look like ink, the contents decide, and if none does, files whose
extension says nothing are tried.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np

from handwriting.errors import InkError, NoInkError
from handwriting.formats import packed
from handwriting.formats.format import Format
from handwriting.notes import Notes

NAMELESS = ("", ".txt", ".bin")
"""Extensions of files that may be of any format."""
GENERIC = ("JSON", "JSON lines", "CSV")
"""Formats that recognise files that have nothing to do with ink."""

Find = Callable[[bytes, str], Format]
"""Returns the format of a file, given its bytes and its name; raises :class:`InkError` if it has no known format."""


def find_member(
    data: bytes, file: str, notes: Notes, has_ending: Callable[[str], bool], find: Find
) -> tuple[str, bytes] | None:
    """Return the name and the contents of the only file with ink in an archive, or None if no file looks like ink.

    Other files whose names look like ink are counted in a note. Raises :class:`InkError` if several files have ink, or
    if none of several that look like it has any.
    """
    archive = packed.Archive(data, file)
    names = [name for name in archive.names if has_ending(name.lower().removesuffix(".gz"))]
    if len(names) == 1:
        return names[0], archive.read(names[0], notes)
    candidates = names or [name for name in archive.names if PurePosixPath(name).suffix.lower() in NAMELESS]
    inked: list[str] = []
    for name in candidates:
        # An extension that says nothing must not decide the format.
        if _has_ink(archive.read(name, Notes(file)), name if names else "", find):
            inked.append(name)
        if len(inked) > 1:
            both = " and ".join(repr(one[:80]) for one in inked)
            raise InkError(f"{file}: an archive of several ink files, {both}; unpack it, and give the folder")
    if inked:
        notes.count("other file", max(len(names) - 1, 0))
        return inked[0], packed.Archive(data, file).read(inked[0], notes)
    if names:
        raise InkError(
            f"{file}: an archive without ink; {len(names):,} files in it have names of ink files, but none has strokes"
        )
    return None


def _has_ink(data: bytes, name: str, find: Find) -> bool:
    """Return whether a file has ink, or is ink that is damaged or too large. Without a name, its content decides."""
    notes = Notes(name)
    try:
        data = packed.gunzip(data, name, notes) if data.startswith(packed.GZIP) else data
        known = find(data, name)
    except InkError:
        return False
    is_certain = known.name not in GENERIC and known.recognises(data[:16384])
    if not name and not is_certain:
        return False
    if len(data) > known.most:
        return is_certain
    try:
        with np.errstate(all="ignore"):
            return bool(known.read(data, name, notes)) or notes.first_loss is not None
    except NoInkError:
        return False
    except Exception as error:  # it is read again, and then the reason is reported
        return is_certain and getattr(error, "key", "") != "unknown-file"
