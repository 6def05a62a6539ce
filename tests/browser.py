"""What the browser tests and ``tests/screenshots.py`` share: a server, a browser, and ink that is drawn on the page."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@contextmanager
def serving(jobs: Mapping[str, Callable[..., dict[str, Any]]] = {}) -> Iterator[str]:
    """The address of a server in this process, as ``handwriting serve`` runs it; ``jobs`` stand for long work."""
    import uvicorn

    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer
    from handwriting.web.api import application
    from handwriting.web.guard import Guard
    from handwriting.web.service import Service

    listener = socket.create_server(("127.0.0.1", 0))
    app = Guard(application(Service(Synthesizer.load(), Recognizer.load(), jobs=jobs)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(30)


def launch(playwright):
    """Debian's Chromium, headless."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())


def draw(page, selector, ink, width=None, left=30, top=30, pointer="pen"):
    """Write ``ink`` on a canvas with pointer events, each stroke's points as a browser would send them."""
    box = page.locator(selector).bounding_box()
    scale = (width or 0.6 * box["width"]) / (ink.bounds[2] - ink.bounds[0])
    strokes = [
        [[(x - ink.bounds[0]) * scale + left, (y - ink.bounds[1]) * scale + top] for x, y in stroke.tolist()]
        for stroke in ink.strokes
    ]
    page.evaluate(
        """([selector, strokes, pointerType]) => {
            const canvas = document.querySelector(selector), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            const send = (kind, [x, y]) => canvas.dispatchEvent(new PointerEvent(kind, {
                pointerId: 7, pointerType, isPrimary: true, bubbles: true, cancelable: true, pressure: 0.6,
                clientX: box.left + x, clientY: box.top + y, button: 0, buttons: 1 }));
            for (const stroke of strokes) {
                send("pointerdown", stroke[0]);
                for (const point of stroke.slice(1)) send("pointermove", point);
                send("pointerup", stroke.at(-1));
            }
        }""",
        [selector, strokes, pointer],
    )
