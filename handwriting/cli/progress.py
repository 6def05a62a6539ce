"""What a command says on stderr while it works: a bar, and notes."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from handwriting.progress import Progress, no_progress


@contextmanager
def bar(label: str, unit: str = "lines") -> Iterator[Progress]:
    """A bar on stderr that appears after a second; the body gets a function of what is done and the total."""
    if not sys.stderr.isatty():  # the bar's import takes longer than reading a line
        yield no_progress
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=f" {unit}", delay=1, leave=False) as shown:

        def show(done: float, total: float) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield show


def called() -> str:
    """What was called, for the card: absolute paths by their names alone, which is all they say elsewhere."""
    return shlex.join(["python", *(os.path.basename(a) if os.path.isabs(a) else a for a in sys.argv)])


def say(message: str) -> None:
    """To stderr; of several processes that train together only the first speaks."""
    if os.environ.get("RANK", "0") == "0":
        print(message, file=sys.stderr)
