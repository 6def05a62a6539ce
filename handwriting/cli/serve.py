"""``serve``: the page and its HTTP API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handwriting.cli.progress import say


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8377,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name this server has; may be repeated.", show_default=False)
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            help="A site that may use the API, like https://example.org; may be repeated.", show_default=False
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Of the synthesizer; the default one when not given.", show_default=False)
    ] = None,
    recognizer: Annotated[
        Path | None,
        typer.Option(
            help="Of the recognizer, or a shipped one's name; the default one when not given.", show_default=False
        ),
    ] = None,
) -> None:
    """A page to write on, in the browser, and an HTTP API.

    What is written is read as the pen is lifted; what is typed is written in
    a hand of your own. Everything stays on this machine.
    """
    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer
    from handwriting.web.server import serve as run

    run(
        Synthesizer.load(checkpoint),
        Recognizer.load(recognizer),
        host,
        port,
        browser=browser,
        hosts=allow_host or (),
        origins=allow_origin or (),
        say=say,
    )
