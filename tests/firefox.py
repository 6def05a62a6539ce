"""Debian's Firefox, driven over WebDriver BiDi, which it speaks itself; Playwright cannot drive it.

https://w3c.github.io/webdriver-bidi
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WATCHDOG_SECONDS = 120
FIREFOX = next((p for p in map(shutil.which, ("firefox-esr", "firefox")) if p), None)


class Firefox:
    """One tab of a running Firefox."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()  # in a thread of its own, because Playwright's runs in this one
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._socket = self._run(self._connect(f"{address}/session"))
        self._number = 0
        self.errors: list[str] = []
        """What was logged as an error."""
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self._tab = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of a command; raises :class:`RuntimeError` when it fails."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        return self._run(self._answer(json.dumps(message)))

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WATCHDOG_SECONDS)

    @staticmethod
    async def _connect(address: str) -> Any:
        from tornado.websocket import websocket_connect

        return await websocket_connect(address)

    async def _answer(self, message: str) -> Any:
        await self._socket.write_message(message)
        while True:
            text = await self._socket.read_message()
            if text is None:
                raise RuntimeError("Firefox has ended")
            answer = json.loads(text)
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.errors.append(answer["params"]["text"])
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{answer['error']}: {answer['message']}")
                return answer["result"]

    def open(self, address: str) -> None:
        """Load a page, and wait until it is ready."""
        self.call("browsingContext.navigate", context=self._tab, url=address, wait="complete")
        self.wait("document.documentElement.dataset.ready")

    def reload(self) -> None:
        self.call("browsingContext.reload", context=self._tab, wait="complete")
        self.wait("document.documentElement.dataset.ready")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, which must be JSON."""
        target = {"context": self._tab}
        answer = self.call(
            "script.evaluate", expression=f"JSON.stringify({expression})", target=target, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"]) if "value" in answer["result"] else None

    def wait(self, expression: str, seconds: float = 90) -> Any:
        """Wait until an expression in the page is true; its value."""
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise TimeoutError(f"{expression} is {value!r} after {seconds} seconds")
            time.sleep(0.1)
        return value

    def drag(self, *points: tuple[float, float]) -> None:
        """Move the mouse, pressed, along points of the window."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 8 * bool(k)}
            for k, (x, y) in enumerate(points)
        ]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        source = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.call("input.performActions", context=self._tab, actions=[source])

    def picture(self, path: Path) -> None:
        """Store what is seen as a PNG file."""
        import base64

        answer = self.call("browsingContext.captureScreenshot", context=self._tab)
        path.write_bytes(base64.b64decode(answer["data"]))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._socket.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WATCHDOG_SECONDS)


@contextmanager
def firefox() -> Iterator[Firefox]:
    """A Firefox of its own, with an empty profile."""
    assert FIREFOX is not None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "user.js").write_text('user_pref("intl.accept_languages", "en");\n')
        command = [FIREFOX, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        try:
            assert process.stderr is not None
            found = None
            for line in process.stderr:
                if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                    break
            assert found, "Firefox ended before it listened"
            tab = Firefox(found[1])
            try:
                yield tab
            finally:
                tab.close()
        finally:
            process.terminate()
            process.communicate(timeout=WATCHDOG_SECONDS)
