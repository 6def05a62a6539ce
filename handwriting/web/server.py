"""The server as a process: its socket, its browser, its end."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence

import uvicorn

from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web.api import application
from handwriting.web.guard import Guard
from handwriting.web.service import Service

PATIENCE = 60
"""Seconds that requests may still take after the server was told to end."""


def serve(
    synthesizer: Synthesizer,
    recognizer: Recognizer,
    host: str = "127.0.0.1",
    port: int = 8377,
    *,
    browser: bool = True,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    say: Callable[[str], object] = print,
) -> None:
    """Serve until SIGINT or SIGTERM, which let what runs come to its end. Raises :class:`InkError` for a taken port."""
    listener = _listen(host, port)
    name = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else host
    address = f"http://{name}:{listener.getsockname()[1]}/"
    app = Guard(application(Service(synthesizer, recognizer)), frozenset({host, *hosts}), frozenset(origins))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_graceful_shutdown=PATIENCE, timeout_keep_alive=30,
    )  # fmt: skip
    say(f"{address}  (end with Ctrl-C)")
    if browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has ended
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        raise InkError(
            f"{host}:{port}: {getattr(error, 'strerror', None) or error}; give another --host or --port"
        ) from None
    return listener
