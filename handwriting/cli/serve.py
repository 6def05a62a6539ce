"""``serve``: serve the page and its HTTP API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.options import RecognizerCheckpoint
from handwriting.cli.progress import say


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 listens on all network interfaces.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 chooses a free one.")] = 8377,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Additional host name of this server; repeatable.", show_default=False),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Website that may use the API, such as https://example.org; repeatable.", show_default=False),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Folder of the synthesizer that writes.  [default: the shipped one]", show_default=False),
    ] = None,
    recognizer: RecognizerCheckpoint = None,
) -> None:
    """Serve a page to write on in the browser, and an HTTP API.

    What you write is read when you lift the pen, and what you type is written as handwriting. Nothing leaves this
    machine. Ctrl-C stops the server.
    """
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer
    from handwriting.training import jobs
    from handwriting.web.server import serve as run

    run(
        Synthesizer.load(checkpoint),
        Recognizer.load(recognizer),
        host,
        port,
        browser=browser,
        hosts=allow_host or (),
        origins=allow_origin or (),
        jobs={"fit": jobs.fit_style, "adapt": jobs.adapt_recognizer} if jobs.available() else {},
        say=say,
    )
