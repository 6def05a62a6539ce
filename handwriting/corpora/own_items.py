"""Find the lines of the user's own corpus in a folder or a JSONL file; see ``own`` for the layout."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from handwriting.errors import InkError, NoInkError
from handwriting.formats import has_ending, json, load, read_ink
from handwriting.ink import Ink
from handwriting.limits import MAX_BYTES
from handwriting.notes import Notes

BOM = b"\xef\xbb\xbf"
"""Byte order mark that some editors put at the beginning of a file."""
MAX_TEXT_BYTES = 64 * 2**10
"""Maximum size, in bytes, of a text file, which contains one line."""
MAX_LINE_CHARACTERS = 1000
"""Maximum length of a text, in characters: ten times what fits on a line."""


@dataclass(frozen=True)
class Item:
    """A line with a text, whose ink is read on demand."""

    text: str
    path: Path
    """File that contains the ink; error messages begin with it."""
    ink: Callable[[], Ink]
    """Reads the ink; raises :class:`InkError`."""
    writer: str | None = None
    split: str | None = None
    folder: str | None = None
    """Subfolder that contains the ink."""

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name


Inventory: TypeAlias = tuple[dict[str, Item], dict[str, str]]
"""Usable items by id, and the rejected ones by name with the reason."""


def has_pairs(root: Path) -> bool:
    """Return whether any file below ``root`` has the file name extension of ink and a ``.txt`` file beside it."""
    inks = (path for path in _files(root) if has_ending(path))
    return any(path.with_suffix(".txt").is_file() for path in inks)


def folder_items(root: Path) -> Inventory:
    """Find the ink files below a folder that have their text beside them, sorted by name."""
    items: dict[str, Item] = {}
    bad: dict[str, str] = {}
    inks: dict[str, list[Path]] = {}
    texts: dict[str, Path] = {}
    for path in _files(root):
        id = path.relative_to(root).with_suffix("").as_posix()
        if path.suffix.lower() == ".txt":
            texts[id] = path
        elif has_ending(path):
            inks.setdefault(id, []).append(path)
    for id, paths in inks.items():
        first, *others = paths
        try:
            _check_id(id)
            if others:
                raise InkError(f"several ink files share this name: {', '.join(path.name for path in paths)}; keep one")
            if id not in texts:
                raise InkError(f"ink without text; write the text to {first.stem}.txt beside it")
            folder = PurePosixPath(id).parts[0] if "/" in id else None
            items[id] = Item(_read_text(texts[id]), first, _reader(first), folder=folder)
        except InkError as error:
            bad[id] = str(error)
    bad |= {f"{id}.txt": "text without ink" for id in texts if id not in inks}
    return items, bad


def jsonl_items(path: Path) -> Inventory:
    """Find the lines of a JSONL file that have ink and text."""
    items: dict[str, Item] = {}
    bad: dict[str, str] = {}
    for number, position, data in _rows(path):
        name = f"line {number}"
        try:
            if len(data) > MAX_BYTES:
                raise InkError(f"over {MAX_BYTES:,} bytes, the limit for one line of ink; split it")
            row = json.parse(data, name)
            if not isinstance(row, dict):
                raise InkError('not an object; a line looks like {"ink": ..., "text": "what it says"}')
            id, item = _item(row, number, path, position, len(data))
            if id in items:
                raise InkError(f"the id {id[:80]!r} occurs twice; give each line its own")
            items[id] = item
        except InkError as error:
            bad[name] = str(error).removeprefix(f"{name}: ")
    return items, bad


def _item(row: dict[str, Any], number: int, path: Path, position: int, size: int) -> tuple[str, Item]:
    writer, split, file = (_string(row, key) for key in ("writer", "split", "file"))
    text = _checked_text(row.get("text"))
    id = row.get("id", str(number) if file is None else PurePosixPath(file).with_suffix("").as_posix())
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise InkError("its id is neither a string nor a whole number")
    id = _check_id(str(id))
    if file is None:
        return id, Item(text, path, lambda: _inline(path, position, size, id), writer, split)
    if os.path.isabs(file) or ".." in Path(file).parts or "\0" in file:
        raise InkError(f"the path {file[:80]!r} leads outside the corpus folder; use a path inside it")
    ink = path.parent / file
    if ink.exists() and not ink.is_file():
        raise InkError(f"{file[:80]!r} is not a regular file")  # reading a pipe would never end
    return id, Item(text, ink, _reader(ink), writer, split)


def _inline(path: Path, position: int, size: int, id: str) -> Ink:
    """Read the ink from the line of a JSONL file at ``position``."""
    with path.open("rb") as file:
        file.seek(position)
        row = json.parse(file.read(size), f"{path}: {id}")
    pages = json.page_of(row.get("ink", row), str(path), Notes(str(path), strict=True))
    if not pages:
        raise NoInkError(f"{path}: {id}: the line has no strokes; give at least one point of ink")
    return pages[0].ink


def _reader(path: Path) -> Callable[[], Ink]:
    return lambda: _whole(read_ink(path))


def _whole(ink: Ink) -> Ink:
    """Return ``ink``. Raises :class:`InkError` if strokes of its file are lost, because the text would not fit it."""
    for note in ink.source.notes:
        if note.severity == "lost":
            raise InkError(f"{ink.source.file}: {note.text}")
    return ink


def _rows(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield number, position and bytes of each non-blank line; of one over the limit only the first bytes."""
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
    """Yield the files below a folder, sorted, without hidden ones, pipes, and those in ``splits``."""
    for folder, folders, names in os.walk(root):
        top = Path(folder) == root
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (top and name == "splits"))
        paths = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _read_text(path: Path) -> str:
    if path.is_file() and path.stat().st_size == 0:
        raise InkError("its text is empty")
    data = load(path, MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise InkError(f"{path.name} has over {MAX_TEXT_BYTES:,} bytes; it should contain one line")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InkError(f"{path.name} is not UTF-8; save it as UTF-8") from None
    return _checked_text(text)


def _checked_text(text: Any) -> str:
    """Return the text of a line with white space collapsed, in Unicode normal form C."""
    if not isinstance(text, str):
        raise InkError("no text; add the text of the ink")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise InkError("its text is empty" if not lines else f"{len(lines)} lines of text; give one for a line of ink")
    result = unicodedata.normalize("NFC", " ".join(lines[0].split()))
    if len(result) > MAX_LINE_CHARACTERS:
        raise InkError(f"the text has {len(result):,} characters; a line has at most {MAX_LINE_CHARACTERS:,}")
    _check_characters(result, "its text")
    return result


def _check_id(id: str) -> str:
    _check_characters(id, "its name")
    if not id or len(id) > 500:
        raise InkError(f"its name has {len(id)} characters; give one of 1 to 500")
    return id


def _check_characters(text: str, what: str) -> None:
    """Refuse control characters and others that cannot be seen."""
    for character in text:
        if unicodedata.category(character).startswith("C"):
            raise InkError(f"{what} has the character U+{ord(character):04X}, which cannot be written; remove it")


def _string(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InkError(f"its {key} is not a non-empty string")
    _check_characters(value, f"its {key}")
    return value
