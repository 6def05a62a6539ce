"""A corpus of one's own: lines of ink in any readable format, each with its text.

A folder holds ink files, one line of writing each, and beside each a ``.txt`` (UTF-8) of the same stem::

    mine/anna/01.svg     id "anna/01"; a subfolder's name is the writer's, where the ink does not name one
    mine/anna/01.txt     one line: what the ink says
    mine/splits/train.txt  ids, one a line; a subfolder's name stands for all that is in it
    mine/splits/test.txt

or all is in one JSONL file, an object a line: ``{"ink": ..., "text": "what it says"}`` with the ink in any shape that
``formats/json.py`` reads (``{"strokes": ..., "text": ...}`` is one as well), or ``{"file": "a/01.svg", "text": ...}``
with a path below the file's folder; ``"id"`` (else the path, or the line's number), ``"writer"`` and ``"split"`` are
optional.

Splits are what the lists or the ``"split"`` keys say. Without any there is one, ``all``: nothing is split at random.
What has no readable ink or no text is in no split and among :meth:`OwnCorpus.problems`, with its reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from handwriting.corpora.corpus import Line
from handwriting.corpora.own_items import Found, Item, folder_items, has_pairs, jsonl_items
from handwriting.errors import InkError
from handwriting.formats import load

__all__ = ["OwnCorpus", "has_pairs"]

TERMS = "a corpus of one's own: its lines belong to those who wrote them"
ALL = "all"
"""The one split of a corpus without lists."""
NAME = re.compile(r"[\w.-]+")
"""A split's name, as it can stand in ``--train``."""


class OwnCorpus:
    """The corpus in a folder, or in a JSONL file, read lazily: a line's ink when its turn comes.

    ``lists``: files of ids besides those in ``splits/``, named by their file names. Raises :class:`InkError` when there
    is no line in it at all, a list is missing, or a split has a name with other characters than letters, digits, ``_``,
    ``.`` and ``-``.
    """

    def __init__(self, root: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = ()) -> None:
        self.root = Path(root)
        found: Found = folder_items(self.root) if self.root.is_dir() else jsonl_items(self.root)
        self._items, self._bad = found
        if not self._items:
            first = next((f"; the first of {len(self._bad)} problems: {n}: {r}" for n, r in self._bad.items()), "")
            raise InkError(f"{self.root}: no ink with a text; put a .txt of the same name beside each ink file{first}")
        self._lists: dict[str, Path] = {}
        for path in [*sorted((self.root / "splits").glob("*.txt")), *map(Path, lists)]:
            if not path.is_file():
                raise InkError(f"{path}: there is no such list; give a file of ids, one a line")
            self._lists[path.stem] = path
        own = dict.fromkeys(item.split for item in self._items.values() if item.split is not None)
        self._default = None if own or self._lists else ALL
        self._splits = tuple(dict.fromkeys([*own, *self._lists])) or (ALL,)
        for name in self._splits:
            if not NAME.fullmatch(name) or name == "none":
                raise InkError(f"{self.root}: a split cannot be named {name[:40]!r}; use letters, digits, _ . and -")
        self._verdicts: dict[str, str | None] = {}

    @property
    def terms(self) -> str:
        return TERMS

    @property
    def splits(self) -> tuple[str, ...]:
        return self._splits

    @property
    def known_bad(self) -> Mapping[str, str]:
        """Nothing: what cannot be used is in no split."""
        return {}

    def ids(self, split: str) -> list[str]:
        """The lines of a split that can be used; their ink is read for that. Raises when there is none."""
        listed = self.listed(split)
        ids = [id for id in listed if self.problem(id) is None]
        if not ids:
            why = next((f"; {id}: {self.problem(id)}" for id in listed), "")
            raise InkError(f"{self.root}: split {split!r} has no line that can be used{why}")
        return ids

    def listed(self, split: str) -> list[str]:
        """Every id that belongs to a split and has a text, whether or not its ink can be read."""
        if split not in self._splits:
            raise InkError(f"{self.root}: there is no split {split!r}; it has: {', '.join(self._splits)}")
        own = [id for id, item in self._items.items() if (item.split or self._default) == split]
        if split in self._lists:
            own += self._named(self._lists[split])
        return list(dict.fromkeys(own))

    def training_ids(self, split: str) -> list[str]:
        return self.ids(split)

    def lines(self, split: str) -> Iterator[Line]:
        return (self.line(id) for id in self.ids(split))

    def line(self, id: str) -> Line:
        item = self._item(id)
        ink = item.ink()
        writer = item.writer or ink.source.writer or item.folder
        source = replace(ink.source, text=item.text, writer=writer, file=item.name)
        return Line(id, replace(ink, source=source), item.text, writer, id)

    def text(self, id: str) -> str:
        return self._item(id).text

    def problem(self, id: str) -> str | None:
        """Why a line's ink cannot be used; None when it can."""
        if id not in self._verdicts:
            try:
                self._item(id).ink()
                self._verdicts[id] = None
            except InkError as error:
                self._verdicts[id] = str(error).removeprefix(f"{self._item(id).path}: ")
        return self._verdicts[id]

    def problems(self) -> dict[str, str]:
        """File, or id, to the reason why it is in no split: everything that was found and cannot be used."""
        return self._bad | {id: reason for id in self._items if (reason := self.problem(id)) is not None}

    def unlisted(self) -> list[str]:
        """The ids that could be used and are in no split."""
        listed: set[str] = set()
        for split in self._splits:
            with suppress(InkError):  # a damaged list is reported by whom it is asked for
                listed |= set(self.listed(split))
        return [id for id in self._items if id not in listed and self.problem(id) is None]

    def note(self) -> str | None:
        """What to say when the corpus is used and not all of it can be."""
        problems = self.problems()
        if not problems:
            return None
        (name, reason), *_ = problems.items()
        return (
            f"note: {self.root}: {len(problems)} of {len(self._items) + len(self._bad)} cannot be used and are left "
            f"out; {name}: {reason} ('corpus' lists all)"
        )

    def _item(self, id: str) -> Item:
        try:
            return self._items[id]
        except KeyError:
            raise InkError(f"{self.root}: there is no line {id!r}; ids look like {next(iter(self._items))}") from None

    def _named(self, path: Path) -> list[str]:
        """The ids that a list means, without those that have a problem of their own."""
        try:
            names = [line.strip() for line in load(path).decode("utf-8-sig").splitlines()]
        except UnicodeDecodeError:
            raise InkError(f"{path}: not UTF-8; save the list as UTF-8") from None
        ids: list[str] = []
        for name in filter(None, names):
            if name in self._items:
                ids.append(name)
                continue
            inside = [id for id in self._items if id.startswith(f"{name}/")]
            if not inside and name not in self._bad:
                raise InkError(f"{path}: there is no line {name[:80]!r} in {self.root}; take it off the list")
            ids += inside
        return ids
