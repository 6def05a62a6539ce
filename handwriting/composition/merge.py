"""Mail merge: one letter for each row of a table, from a template with column names in braces."""

from __future__ import annotations

import csv
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from handwriting.composition.letter import Letter, LetterStyle, write_letter
from handwriting.composition.letter_files import check, files_of, save_letter
from handwriting.composition.runs import WordWriter
from handwriting.errors import InkError
from handwriting.progress import Progress, no_progress
from handwriting.rendering.machine import MACHINES, Machine
from handwriting.synthesis.hand import Hand

MAX_ROWS = 10_000


@dataclass(frozen=True)
class MergeResult:
    """Numbers of rows written, skipped and failed."""

    written: int
    skipped: int
    """Rows whose files already existed from an earlier run."""
    failed: int


def read_table(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file (UTF-8), keyed by its first row. Raises :class:`InkError` for a damaged table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="")
            rows = [row for _, row in zip(range(MAX_ROWS + 1), reader, strict=False)]
            names = reader.fieldnames or []
    except OSError as error:
        raise InkError(f"{path}: {error.strerror or error}; give a CSV file") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InkError(f"{path}: not a CSV file in UTF-8 ({error}); save the table as CSV") from None
    if not rows or not all(names):
        raise InkError(f"{path}: the table needs a first row with the column names and at least one more row")
    if len(rows) > MAX_ROWS:
        raise InkError(f"{path}: more than {MAX_ROWS:,} rows; split the table")
    return [{name: (row.get(name) or "").strip() for name in names} for row in rows]


def fill(template: str, row: dict[str, str]) -> str:
    """Fill ``template`` with the values of ``row`` for the column names in braces; ``{{`` stands for a brace.

    Raises :class:`InkError` for a name that is not a column.

    >>> fill("Dear {name},", {"name": "Ann"})
    'Dear Ann,'
    """
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise InkError(f"the template has an unmatched brace ({error}); write {{{{ for a brace") from None
    unknown = sorted(fields - row.keys())
    if unknown:
        raise InkError(f"the table has no column {unknown[0]!r}; its columns are {', '.join(row)}")
    return template.format_map(row)


def merge(
    writer: WordWriter,
    rows: Sequence[dict[str, str]],
    template: str,
    output: str,
    style: LetterStyle = LetterStyle(),
    hand: Hand = Hand(),
    *,
    dpi: float = 200,
    machine: Machine = MACHINES["servo"],
    report: Callable[[str], object] = lambda message: None,
    progress: Progress = no_progress,
) -> MergeResult:
    """Write a letter for each of ``rows``, incrementing the seed from row to row.

    ``output`` is the path with column names in braces. A row whose file exists is skipped, so that an interrupted run
    can be repeated; a row that cannot be written is reported to ``report`` and the others are written. Raises
    :class:`InkError` before anything is drawn when two rows share an output or a column is unknown.
    """
    paths = [Path(fill(output, {name: _file_part(value) for name, value in row.items()})) for row in rows]
    texts = [fill(template, row) for row in rows]
    seen: dict[Path, int] = {}
    for number, path in enumerate(paths, 2):
        check(path)
        if path in seen:
            raise InkError(
                f"rows {seen[path]} and {number} are both written to {path}; use more columns in the name of the output"
            )
        seen[path] = number
    written = skipped = failed = 0
    for number, (path, text) in enumerate(zip(paths, texts, strict=True)):
        progress(number, len(rows))
        if path.exists() or files_of(path, 2)[0].exists():
            skipped += 1
            continue
        try:
            own = replace(hand, seed=hand.seed + number)
            letter: Letter = write_letter(writer, text, style, own)
            save_letter(letter.pages, path, dpi=dpi, machine=machine)
            written += 1
        except InkError as error:
            report(f"row {number + 2}: {error}")
            failed += 1
    progress(len(rows), len(rows))
    return MergeResult(written, skipped, failed)


def _file_part(value: str) -> str:
    """Return ``value`` without anything that would lead to another folder."""
    return value.replace("/", "-").replace("\\", "-").replace("\0", "").strip(". ") or "-"
