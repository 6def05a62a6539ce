"""Jobs that stand for fitting and adapting, in a module that another process can import."""

from __future__ import annotations

import time

from handwriting.errors import InkError


def counts_lines(progress, folder, name, lines):
    """A job that stands for the real ones."""
    progress(1, 2)
    return {"name": name, "said": [getattr(line, "text", None) for line in lines], "folder": folder.name}


def refuses(progress, *arguments):
    raise InkError("too few lines; write more")


def breaks(progress, *arguments):
    raise ZeroDivisionError("oh")


def goes_on(progress, path):
    while True:
        path.write_text(str(time.monotonic()))
        time.sleep(0.05)
