"""Show progress bars and notes on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from handwriting.errors import printable
from handwriting.notes import Note
from handwriting.progress import Progress, no_progress


@contextmanager
def bar(label: str, unit: str = "lines") -> Iterator[Progress]:
    """Show a progress bar on stderr after a second; yields the callback to which progress is reported."""
    if not sys.stderr.isatty():  # importing tqdm takes longer than reading a line
        yield no_progress
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=f" {unit}", delay=1, leave=False) as shown:

        def show(done: float, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield show


def say(message: str) -> None:
    """Print a note on stderr; in distributed training, only the first process does."""
    if os.environ.get("RANK", "0") == "0":
        print(message, file=sys.stderr)


def say_notes(source: object, notes: Iterable[Note], details: bool = False) -> None:
    """Print the notes about what was omitted when the file ``source`` was read.

    ``details``: also what matters only for writing the file again.
    """
    for note in notes:
        if details or note.severity != "detail":
            say(printable(f"{'error' if note.severity == 'lost' else 'note'}: {source}: {note.text}"))
