"""Run the server: open its socket and a browser, and shut down cleanly."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import uvicorn

from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web.api import application
from handwriting.web.guard import Guard
from handwriting.web.service import Service

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHUTDOWN_SECONDS = 60
"""Time that running requests have to finish after a request to stop."""


def serve(
    synthesizer: Synthesizer,
    recognizer: Recognizer,
    host: str = "127.0.0.1",
    port: int = 8377,
    *,
    browser: bool = True,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    jobs: Mapping[str, Callable[..., dict[str, Any]]] = {},
    say: Callable[[str], object] = print,
) -> None:
    """Serve until SIGINT or SIGTERM, then let running requests finish. Raises :class:`InkError` if the port is taken.

    ``jobs`` are available only if the server listens on the loopback interface.
    """
    listener = _listen(host, port)
    name = "localhost" if host in ("0.0.0.0", "::", *LOOPBACK) else host
    offered = jobs if host in LOOPBACK else {}
    address = f"http://{name}:{listener.getsockname()[1]}/"
    app = Guard(
        application(Service(synthesizer, recognizer, jobs=offered)), frozenset({host, *hosts}), frozenset(origins)
    )
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS, timeout_keep_alive=30,
    )  # fmt: skip
    say(f"{address}  (stop with Ctrl-C)")
    if browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again after its shutdown
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
