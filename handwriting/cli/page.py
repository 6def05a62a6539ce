"""``page``: export the page, to be used without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Checkpoint, RecognizerCheckpoint

app = typer.Typer(help="Export the page of 'serve' as a static site.", **PLAIN)


@app.command("export", cls=Command)
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder to write; an earlier export in it is replaced.")
    ],
    checkpoint: Checkpoint = None,
    recognizer: RecognizerCheckpoint = None,
) -> None:
    """Export the page as static files for any web host.

    The page reads and writes in the browser, without a server of its own and, after the first visit, offline.
    To view it on this machine, run 'python -m http.server --directory FOLDER'.
    """
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.site.export import export_site
    from handwriting.synthesis.synthesizer import Synthesizer

    sizes = export_site(folder, Recognizer.load(recognizer), Synthesizer.load(checkpoint))
    print(f"{folder}: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB")
