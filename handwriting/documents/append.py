"""Read the files that are new or have changed, and append their records to the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handwriting.documents.inputs import InputFile
from handwriting.documents.loading import load
from handwriting.documents.recognise import TranscribeOptions, recognise
from handwriting.documents.record import Record, record
from handwriting.documents.results import Results
from handwriting.documents.summary import Tally
from handwriting.progress import Progress, no_progress


def append(
    files: Sequence[InputFile],
    results: Results,
    options: TranscribeOptions,
    scheduler: str | None,
    tally: Tally,
    progress: Progress = no_progress,
) -> int:
    """Append a record for each of ``files`` that is new, has changed or was read with other options or models.

    Returns the number of the other files.
    """
    earlier = [found for file in files if (found := results.earlier(file)) is not None]
    for one in earlier:
        tally.add(one)
    done = {one["file"] for one in earlier}
    new = {file.name: file for file in files if file.name not in done}
    again = sum(results.read_differently(file) for file in new.values())
    if again:
        tally.note(
            f"{again:,} of the files {'was' if again == 1 else 'were'} read with other options or models; reading again"
        )
    states = {name: file.state() for name, file in new.items()}
    if scheduler is None:
        records: Iterator[Record] = map(record, recognise(load(new.values()), options))
    else:
        from handwriting.documents.cluster import recognise_on_cluster

        records = recognise_on_cluster(list(new.values()), options, scheduler)
    for count, one in enumerate(records, len(earlier) + 1):
        results.add(one, states[one["file"]])
        tally.add(one)
        progress(count, len(earlier) + len(new))
    return len(earlier)
