"""The lines of a corpus of one's own, found in a folder or in a JSONL file: see ``own``."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from handwriting.errors import InkError, NoInkError
from handwriting.formats import endings, json, load, read_ink
from handwriting.ink import Ink
from handwriting.limits import MAX_BYTES
from handwriting.notes import Notes

BOM = b"\xef\xbb\xbf"
"""Byte order mark with which some editors begin a file."""
MAX_TEXT = 64 * 2**10
"""Bytes of the text of one line."""
MAX_CHARACTERS = 1000
"""Of one line: ten times what fits on paper."""


@dataclass(frozen=True)
class Item:
    """A line that has a text; its ink is read when asked for."""

    text: str
    path: Path
    """The file that has the ink; what errors begin with."""
    ink: Callable[[], Ink]
    """Raises :class:`InkError`."""
    writer: str | None = None
    split: str | None = None
    folder: str | None = None
    """The subfolder that it is in."""

    @property
    def name(self) -> str:
        return self.path.name


Found: TypeAlias = tuple[dict[str, Item], dict[str, str]]
"""Items by id, and what is none: a name and the reason."""


def has_pairs(root: Path) -> bool:
    """Whether any file below ``root`` has a name as those of ink and a ``.txt`` beside it."""
    inks = (path for path in _files(root) if path.suffix.lower() in endings())
    return any(path.with_suffix(".txt").is_file() for path in inks)


def folder_items(root: Path) -> Found:
    """Every ink file below a folder that has its text beside it, in order of their names."""
    items: dict[str, Item] = {}
    bad: dict[str, str] = {}
    inks: dict[str, list[Path]] = {}
    texts: dict[str, Path] = {}
    for path in _files(root):
        id = path.relative_to(root).with_suffix("").as_posix()
        if path.suffix.lower() == ".txt":
            texts[id] = path
        elif path.suffix.lower() in endings():
            inks.setdefault(id, []).append(path)
    for id, paths in inks.items():
        first, *others = paths
        try:
            _check_id(id)
            if others:
                raise InkError(f"several ink files have this name: {', '.join(path.name for path in paths)}; keep one")
            if id not in texts:
                raise InkError(f"ink without text; write what it says to {first.stem}.txt beside it")
            folder = PurePosixPath(id).parts[0] if "/" in id else None
            items[id] = Item(_read_text(texts[id]), first, _reader(first), folder=folder)
        except InkError as error:
            bad[id] = str(error)
    bad |= {f"{id}.txt": "text without ink" for id in texts if id not in inks}
    return items, bad


def jsonl_items(path: Path) -> Found:
    """Every line of a JSONL file that has ink and text."""
    items: dict[str, Item] = {}
    bad: dict[str, str] = {}
    for number, position, data in _rows(path):
        name = f"line {number}"
        try:
            if len(data) > MAX_BYTES:
                raise InkError(f"over {MAX_BYTES:,} bytes, more than an ink may have; split it")
            row = json.parse(data, name)
            if not isinstance(row, dict):
                raise InkError('no object; a line is {"ink": ..., "text": "what it says"}')
            id, item = _item(row, number, path, position, len(data))
            if id in items:
                raise InkError(f"the id {id[:80]!r} stands there twice; give each line its own")
            items[id] = item
        except InkError as error:
            bad[name] = str(error).removeprefix(f"{name}: ")
    return items, bad


def _item(row: dict[str, Any], number: int, path: Path, position: int, size: int) -> tuple[str, Item]:
    writer, split, file = (_string(row, key) for key in ("writer", "split", "file"))
    text = _checked_text(row.get("text"))
    id = row.get("id", str(number) if file is None else PurePosixPath(file).with_suffix("").as_posix())
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise InkError("its id is neither text nor a whole number")
    id = _check_id(str(id))
    if file is None:
        return id, Item(text, path, lambda: _inline(path, position, size, id), writer, split)
    if os.path.isabs(file) or ".." in Path(file).parts or "\0" in file:
        raise InkError(f"the path {file[:80]!r} leaves the folder of the corpus; give one below it")
    ink = path.parent / file
    if ink.exists() and not ink.is_file():
        raise InkError(f"{file[:80]!r} is no file of ink")  # a pipe would never end
    return id, Item(text, ink, _reader(ink), writer, split)


def _inline(path: Path, position: int, size: int, id: str) -> Ink:
    """The ink that stands in the line of a JSONL file at ``position``."""
    with path.open("rb") as file:
        file.seek(position)
        row = json.parse(file.read(size), f"{path}: {id}")
    pages = json.page_of(row.get("ink", row), str(path), Notes(str(path), strict=True))
    if not pages:
        raise NoInkError(f"{path}: {id}: no strokes in it; there must be at least one point of ink")
    return pages[0].ink


def _reader(path: Path) -> Callable[[], Ink]:
    return lambda: _whole(read_ink(path))


def _whole(ink: Ink) -> Ink:
    """``ink`` unless strokes of its file are lost: then it would not say what its text says."""
    for note in ink.source.notes:
        if note.severity == "lost":
            raise InkError(f"{ink.source.file}: {note.text}")
    return ink


def _rows(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Number, position and bytes of every line that is not blank; of one that is too long, more than it may have."""
    try:
        with path.open("rb") as file:
            number, position = 0, 0
            while data := file.readline(MAX_BYTES + 1):
                number, begin = number + 1, position
                position += len(data)
                rest = data
                while not rest.endswith(b"\n") and (rest := file.readline(MAX_BYTES)):
                    position += len(rest)
                mark = len(BOM) if data.startswith(BOM) else 0
                if data[mark:].strip():
                    yield number, begin + mark, data[mark:]
    except OSError as error:
        raise InkError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from None


def _files(root: Path) -> Iterator[Path]:
    """The files below a folder in order; hidden ones, pipes and those in ``splits`` are none."""
    for folder, folders, names in os.walk(root):
        top = Path(folder) == root
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (top and name == "splits"))
        paths = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _read_text(path: Path) -> str:
    if path.is_file() and path.stat().st_size == 0:
        raise InkError("its text is empty")
    data = load(path, MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise InkError(f"{path.name} has over {MAX_TEXT:,} bytes; it is to hold one line")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InkError(f"{path.name} is not UTF-8; save it as UTF-8") from None
    return _checked_text(text)


def _checked_text(text: Any) -> str:
    """A line's text, white space collapsed and characters composed (NFC)."""
    if not isinstance(text, str):
        raise InkError("no text; a line of a corpus says what its ink says")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise InkError("its text is empty" if not lines else f"{len(lines)} lines of text; one line of ink has one")
    result = unicodedata.normalize("NFC", " ".join(lines[0].split()))
    if len(result) > MAX_CHARACTERS:
        raise InkError(f"{len(result):,} characters of text, and a line has {MAX_CHARACTERS:,} at most")
    _check_characters(result, "its text")
    return result


def _check_id(id: str) -> str:
    _check_characters(id, "its name")
    if not id or len(id) > 500:
        raise InkError(f"its name has {len(id)} characters; give one of 1 to 500")
    return id


def _check_characters(text: str, what: str) -> None:
    """Nothing that cannot be seen or stored."""
    for character in text:
        if unicodedata.category(character).startswith("C"):
            raise InkError(f"{what} has the character U+{ord(character):04X}, which cannot be written; delete it")


def _string(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InkError(f"its {key} is no text")
    _check_characters(value, f"its {key}")
    return value
