"""What a command shows on stderr while it works: a progress bar and notes."""

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
    """A bar on stderr that appears after a second; the body reports its progress to what it is given."""
    if not sys.stderr.isatty():  # the bar's import takes longer than reading a line
        yield no_progress
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=f" {unit}", delay=1, leave=False) as shown:

        def show(done: float, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield show


def say(message: str) -> None:
    """Print a note on stderr; of several processes that train together, only the first one does."""
    if os.environ.get("RANK", "0") == "0":
        print(message, file=sys.stderr)


def say_notes(source: object, notes: Iterable[Note]) -> None:
    """Print what was left out when the file ``source`` was read."""
    for note in notes:
        say(printable(f"{'error' if note.severity == 'lost' else 'note'}: {source}: {note.text}"))
