"""Watch files and folders, and read what is new or has changed.

The folders are listed repeatedly, because notifications of the operating system do not reach network drives and the
folders of synchronising services, where notes often are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from handwriting.documents.append import append
from handwriting.documents.inputs import FileState, InputFile
from handwriting.documents.recognise import TranscribeOptions
from handwriting.documents.results import Results
from handwriting.documents.summary import Summary, Tally
from handwriting.errors import printable

INTERVAL = 1.0
"""Seconds between two listings."""
MIN_REST_RATIO = 10
"""Minimum number of seconds to rest for each second that a listing takes."""


def watch(
    find: Callable[[], Sequence[InputFile]],
    results: Results,
    options: TranscribeOptions,
    scheduler: str | None,
    tally: Tally,
    wait: Callable[[float], bool],
) -> Summary:
    """Append the records of files that are new or have changed, until ``wait`` returns False.

    ``find`` lists the files. A file is read when two listings find it in the same state, so that none is read while it
    is being saved. Returns the summary of the files that exist at the end.
    """
    listed: dict[str, FileState | None] = {}
    rest = INTERVAL
    while wait(rest):
        begin = time.monotonic()
        files = [file for file in find() if not file.is_folder]
        states = {file.name: file.state() for file in files}
        rest = max(INTERVAL, MIN_REST_RATIO * (time.monotonic() - begin))
        results.follow()
        new = [
            file
            for file in files
            if listed.get(file.name) is not None
            and listed[file.name] == states[file.name]
            and results.earlier(file) is None
        ]
        listed = states
        for file in new:
            tally.note(printable(f"reading {file.name}"))
        append(new, results, options, scheduler, tally)
    final = Tally(lambda text: None, lambda text: None)
    results.follow()
    found = [record for file in find() if (record := results.earlier(file)) is not None]
    for record in found:
        final.add(record)
    return Summary(len(found), final.failed, final.partial)
