"""The user's own corpus: lines of ink in any readable format, each with its text.

It is a folder of ink files, one line of writing each, with a ``.txt`` file (UTF-8) of the same name beside each::

    mine/anna/01.svg       id "anna/01"; the subfolder is the writer's name, unless the ink names one
    mine/anna/01.txt       one line: the transcript
    mine/splits/train.txt  ids, one per line; the name of a subfolder means everything in it
    mine/splits/test.txt

or a JSONL file with one object per line: ``{"ink": ..., "text": "what it says"}`` with the ink in any form that
``formats/json.py`` reads (``{"strokes": ..., "text": ...}`` works as well), or ``{"file": "a/01.svg", "text": ...}``
with a path below the folder of the JSONL file. The keys ``"id"`` (by default the path or the line number), ``"writer"``
and ``"split"`` are optional.

Splits are defined by the lists or the ``"split"`` keys. Without them there is one split, ``all``; nothing is split at
random. Items without readable ink or without text are in no split; :meth:`OwnCorpus.problems` gives the reasons.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from handwriting.corpora.corpus import Line
from handwriting.corpora.own_items import Inventory, Item, folder_items, has_pairs, jsonl_items
from handwriting.errors import InkError
from handwriting.formats import load

__all__ = ["OwnCorpus", "has_pairs"]

OWN_TERMS = "a corpus of one's own: its lines belong to those who wrote them"
ONLY_SPLIT = "all"
"""Name of the only split of a corpus without lists."""
SPLIT_NAME = re.compile(r"[\w.-]+")
"""Valid names of splits: those that training options can refer to."""


class OwnCorpus:
    """The corpus in a folder or a JSONL file, whose ink is read on demand.

    ``lists`` are files of ids to use besides those in ``splits/``, named after their files. Raises :class:`InkError` if
    the corpus has no usable line, if a list is missing, or if the name of a split contains characters other than
    letters, digits, ``_``, ``.`` and ``-``.
    """

    def __init__(self, root: str | os.PathLike[str], lists: Sequence[str | os.PathLike[str]] = ()) -> None:
        self.root = Path(root)
        found: Inventory = folder_items(self.root) if self.root.is_dir() else jsonl_items(self.root)
        self._items, self._bad = found
        if not self._items:
            first = next((f"; the first of {len(self._bad)} problems: {n}: {r}" for n, r in self._bad.items()), "")
            raise InkError(f"{self.root}: no ink with a text; put a .txt of the same name beside each ink file{first}")
        self._lists: dict[str, Path] = {}
        for path in [*sorted((self.root / "splits").glob("*.txt")), *map(Path, lists)]:
            if not path.is_file():
                raise InkError(f"{path}: no such list; give a file of ids, one per line")
            self._lists[path.stem] = path
        own = dict.fromkeys(item.split for item in self._items.values() if item.split is not None)
        self._default = None if own or self._lists else ONLY_SPLIT
        self._splits = tuple(dict.fromkeys([*own, *self._lists])) or (ONLY_SPLIT,)
        for name in self._splits:
            if not SPLIT_NAME.fullmatch(name) or name == "none":
                raise InkError(f"{self.root}: a split cannot be named {name[:40]!r}; use letters, digits, _ . and -")
        self._verdicts: dict[str, str | None] = {}

    @property
    def terms(self) -> str:
        return OWN_TERMS

    @property
    def splits(self) -> tuple[str, ...]:
        return self._splits

    @property
    def known_bad(self) -> Mapping[str, str]:
        """Always empty: unusable lines are in no split."""
        return {}

    def ids(self, split: str) -> list[str]:
        """Return the usable lines of a split, which reads their ink. Raises :class:`InkError` if there is none."""
        listed = self.listed(split)
        ids = [id for id in listed if self.problem(id) is None]
        if not ids:
            why = next((f"; {id}: {self.problem(id)}" for id in listed), "")
            raise InkError(f"{self.root}: split {split!r} has no line that can be used{why}")
        return ids

    def listed(self, split: str) -> list[str]:
        """Return all ids of a split that have a text, whether or not their ink can be read."""
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
        """Return the reason why the ink of a line cannot be used, or None if it can."""
        if id not in self._verdicts:
            try:
                self._item(id).ink()
                self._verdicts[id] = None
            except InkError as error:
                self._verdicts[id] = str(error).removeprefix(f"{self._item(id).path}: ")
        return self._verdicts[id]

    def problems(self) -> dict[str, str]:
        """Return everything that cannot be used, by file or id, with the reason."""
        return self._bad | {id: reason for id in self._items if (reason := self.problem(id)) is not None}

    def unlisted(self) -> list[str]:
        """Return the usable ids that are in no split."""
        listed: set[str] = set()
        for split in self._splits:
            with suppress(InkError):  # a damaged list is reported when it is used
                listed |= set(self.listed(split))
        return [id for id in self._items if id not in listed and self.problem(id) is None]

    def note(self) -> str | None:
        """Return a message if parts of the corpus cannot be used, otherwise None."""
        problems = self.problems()
        if not problems:
            return None
        (name, reason), *_ = problems.items()
        return (
            f"note: {self.root}: {len(problems)} of {len(self._items) + len(self._bad)} items cannot be used and are "
            f"left out; {name}: {reason} ('corpus' lists all)"
        )

    def _item(self, id: str) -> Item:
        try:
            return self._items[id]
        except KeyError:
            raise InkError(f"{self.root}: there is no line {id!r}; ids look like {next(iter(self._items))}") from None

    def _named(self, path: Path) -> list[str]:
        """Return the ids that a list names, without those that have a known problem."""
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
                raise InkError(f"{path}: {self.root} has no line {name[:80]!r}; remove it from the list")
            ids += inside
        return ids
