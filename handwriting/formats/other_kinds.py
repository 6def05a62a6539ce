"""Names of common kinds of files from which ink is not read, so that messages can name them.

They are recognised by the first bytes or, in a zip archive, by the names of the members.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNATURES = (
    (re.compile(rb"GIF8"), "a GIF picture in which no ink is stored"),
    (re.compile(rb"\xff\xd8\xff"), "a JPEG picture"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"RIFF....WILL", re.DOTALL), "a Wacom WILL file"),
    (re.compile(rb"reMarkable lines with"), "a reMarkable notebook of before 2018"),
    (re.compile(rb"(?:note|mark)?SN_FILE_VER_"), "a Supernote notebook"),
    (re.compile(rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"), "a OneNote section"),
)
"""The start of a file, and what it is."""
MEMBERS = (
    (re.compile(r"index\.notes\.pb"), "a GoodNotes document"),
    (re.compile(r"(?:.*/)?Session\.plist"), "a Notability note"),
)
"""The name of a member that only these packages have, and what the package is."""


def name_file(data: bytes) -> str | None:
    """Return what a file is, judging by its first bytes, or None if it is not one of these kinds."""
    return next((kind for start, kind in SIGNATURES if start.match(data)), None)


def name_package(members: Sequence[str]) -> str | None:
    """Return what a zip archive with these members is, or None if it is not one of these kinds."""
    return next((kind for name, kind in MEMBERS if any(name.fullmatch(member) for member in members)), None)
