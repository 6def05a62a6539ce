"""Many ink files transcribed into one result: text, JSON, hOCR or a searchable PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from handwriting.documents.record import json_lines, record
from handwriting.documents.results import growing
from handwriting.documents.task import Document, Input, Task, inputs
from handwriting.errors import InkError
from handwriting.files import atomic, has_place

KINDS = {
    "text": (".txt",), "json": (".json",), "jsonl": (".jsonl",), "hocr": (".hocr", ".html"), "pdf": (".pdf",)
}  # fmt: skip
"""What a transcript can be, and the endings of its files."""


@dataclass(frozen=True)
class Transcribed:
    """What became of many files."""

    files: int
    failed: int = 0
    before: int = 0
    """Of the files, done by an earlier run."""

    def __str__(self) -> str:
        parts = [f"{self.files:,} file" + "s" * (self.files != 1)]
        parts += [f"{self.before:,} of them done before"] * (self.before > 0)
        parts += [f"{self.failed:,} could not be read"] * (self.failed > 0)
        return ", ".join(parts)


def transcribe(
    task: Task,
    paths: Sequence[str],
    kind: str,
    output: Path | None,
    *,
    dask: str | None = None,
    show: Callable[[str], object],
    say: Callable[[str], object],
    tick: Callable[[float, int], object] = lambda done, total: None,
) -> Transcribed:
    """Read all files and folders, and write what they say to ``output``, or give it to ``show``.

    ``kind``: one of :data:`KINDS`. Text and JSON are shown as they are read; JSON lines are added to ``output`` one by
    one, those of an earlier run staying; everything else is written as a whole. ``say`` is given the reason for each
    file that cannot be read; ``dask``: the address of a scheduler that reads instead, for JSON lines.
    """
    found = inputs(paths)
    if kind == "jsonl" and output is not None:
        return _grow(task, found, output, dask, say, tick)
    if output is not None:
        has_place(output)
    documents = []
    for document in task.read(found, lambda done: tick(done, len(found))):
        documents.append(document)
        if document.error is not None:
            say(document.error)
        if output is None and kind in ("text", "json", "jsonl"):
            show(rendered([document], kind).decode())
            documents[-1] = replace(document, pages=())  # it is done with
    failed = sum(document.error is not None for document in documents)
    if failed < len(documents):
        if output is not None:
            data = rendered(documents, kind)
            with atomic(output) as temporary:
                temporary.write_bytes(data)
        elif kind == "hocr":
            show(rendered(documents, kind).decode())
    return Transcribed(len(found), failed)


def rendered(documents: Sequence[Document], kind: str) -> bytes:
    """What a file of ``kind`` holds."""
    match kind:
        case "text":
            return "".join(f"{document.text}\n" for document in documents if document.error is None).encode()
        case "hocr":
            from handwriting.documents.hocr import hocr

            return hocr(documents)
        case "pdf":
            from handwriting.documents.pdf import pdf

            return pdf(documents)
    return json_lines(map(record, documents))


def kind_of(format: str | None, output: Path | None) -> str:
    """The kind that was asked for, or that the ending of ``output`` tells."""
    if output is None:
        if format == "pdf":
            raise InkError("--format pdf needs a file to write; give -o NAME.pdf")
        return format or "text"
    known = {ending: kind for kind, endings in KINDS.items() for ending in endings}
    kind = format or known.get(output.suffix.lower())
    if kind is None:
        raise InkError(f"{output}: its ending does not tell what to write; give one of {', '.join(known)}, or --format")
    return kind


def _grow(
    task: Task,
    found: list[Input],
    output: Path,
    dask: str | None,
    say: Callable[[str], object],
    tick: Callable[[float, int], object],
) -> Transcribed:
    failed = 0
    with growing(output) as results:
        todo = [one for one in found if one[0] not in results.done]
        before = done = len(found) - len(todo)
        if dask is None:
            batches: Iterable[list[dict[str, Any]]] = ([record(d)] for d in task.read(todo))
        else:
            from handwriting.documents.cluster import read_on_cluster

            batches = read_on_cluster(task, todo, dask)
        for records in batches:
            results.add(records)
            for error in (one["error"] for one in records if "error" in one):
                say(error)
                failed += 1
            done += len(records)
            tick(done, len(found))
    return Transcribed(len(found), failed, before)
