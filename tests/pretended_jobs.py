"""Jobs that stand for fitting and adapting, in a module that another process can import."""

from __future__ import annotations

import time

from handwriting.checkpoint import own
from handwriting.errors import InkError
from handwriting.synthesis.styles import Style


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


def fits(progress, folder, name, samples):
    """A style of the samples, without a fit."""
    progress(1, 2)
    return {"style": Style(name, tuple(samples)).record(), "before": 1.0, "after": 0.5}


def learns_nothing(progress, folder, name, lines):
    """The held-out lines are read worse, so that nothing is kept."""
    return {"name": name, "lines": len(lines), "heldOut": 2, "before": 0.25, "after": 0.25, "share": 0, "leftOut": 0}


def adapts(progress, folder, name, lines):
    """Nothing is learned, but the recognizer is there under its name."""
    progress(1, 2)
    own(name).parent.mkdir(parents=True, exist_ok=True)
    own(name).symlink_to(folder)
    return {"name": name, "lines": len(lines), "heldOut": 2, "before": 0.25, "after": 0.125, "share": 0.5, "leftOut": 0}
