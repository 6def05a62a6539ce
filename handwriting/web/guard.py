"""Control access before a request is processed: by the host that it addresses and the site that it comes from.

A server on the loopback interface can be reached by every page that is open in a browser. So a request must address a
name of this computer (a foreign name that resolves to 127.0.0.1 is DNS rebinding), and a request from another site is
refused unless that site is allowed.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_API_REQUESTS = 256
"""Maximum number of API requests in progress; further ones are refused before their body is read."""

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"content-security-policy": b"default-src 'self'; img-src 'self' blob: data:; style-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass
class Guard:
    """ASGI middleware that refuses requests for other hosts, from other sites, or too many at once.

    ``hosts``: names of this server besides those of the loopback interface; ``origins``: sites that may use the API.
    """

    app: Callable[[Scope, Receive, Send], Awaitable[None]]
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    _count: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        send = _with_headers(send, origin if origin in self.origins else None)
        refusal = self._refusal(scope, headers)
        if refusal:
            await _answer(send, 403, refusal)
        elif scope["method"] == "OPTIONS":
            await _answer(send, 200, "allowed" if origin in self.origins else "same origin only")
        elif not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._count >= MAX_API_REQUESTS:
            await _answer(send, 429, "too many requests at once; try again in a second")
            return
        self._count += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._count -= 1

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> str | None:
        host = headers.get(b"host", "")
        name = _name(host)
        if not (name in _LOOPBACK or name in self.hosts or _is_address(name)):
            return f"this server is not {name[:80]!r}; if that is its name, start it with --allow-host {name[:80]}"
        origin = headers.get(b"origin")
        if origin is not None:
            if origin in self.origins or origin == f"{scope.get('scheme', 'http')}://{host}":
                return None
            shown = origin[:80]
            return f"requests from {shown!r} are refused; to allow them, start the server with --allow-origin {shown}"
        if headers.get(b"sec-fetch-site") == "cross-site" and scope["path"].startswith("/api/"):
            return "requests from other sites are refused; to allow one, start the server with --allow-origin"
        return None


def _name(host: str) -> str:
    """Return the name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    """Return whether ``name`` is an IP address, which is not resolved, so that DNS rebinding is impossible."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send, origin: str | None) -> Send:
    added = list(HEADERS.items())
    if origin is not None:
        added = [(name, value) for name, value in added if name != b"cross-origin-resource-policy"]
        added += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-headers", b"content-type"),
            (b"access-control-allow-methods", b"GET, POST"),
            (b"vary", b"origin"),
        ]

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *added]
        await send(message)

    return sending


async def _answer(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"reason": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", b"1")] if status == 429 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
