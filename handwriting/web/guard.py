"""What every request must pass before anything looks at it: whom it is for, whence it comes, how large it is.

A server on the loopback is reached by every page that a browser has open. So a request must be for a name of this
machine (a stranger's name that resolves to 127.0.0.1 is "DNS rebinding"), and one that another site caused is refused
unless that site is allowed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 16 * 2**20
"""Of a request's body: the largest ink file."""

SLOWEST = 30.0
"""Seconds in which a request must have arrived."""

MOST_AT_ONCE = 256
"""Requests to the API that are inside; of more not even the body is kept."""

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"content-security-policy": b"default-src 'self'; img-src 'self' blob: data:; style-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
}
_OWN = {"localhost", "127.0.0.1", "::1"}


@dataclass
class Guard:
    """An ASGI application around another one.

    ``hosts``: names beside this machine's own that requests may be for; ``origins``: sites that may use the API.
    """

    inside: Callable[[Scope, Receive, Send], Awaitable[None]]
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    _count: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.inside(scope, receive, send)
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
            await self.inside(scope, receive, send)
        else:
            await self._admit(scope, receive, send, headers)

    async def _admit(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, str]) -> None:
        full = self._count >= MOST_AT_ONCE
        self._count += 1
        try:
            body, status = await _body(receive, headers.get(b"content-length"), keep=not full)
            if status == 413:
                await _answer(send, 413, f"a request of more than {MOST_BYTES:,} bytes; send the ink in parts")
            elif status == 408:
                await _answer(send, 408, f"the request did not arrive within {SLOWEST:g} seconds; send it again")
            elif full:
                await _answer(send, 429, "too many requests at once; try again in a second")
            else:
                await self.inside(scope, _replayed(body, receive), send)
        finally:
            self._count -= 1

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> str | None:
        host = headers.get(b"host", "")
        name = _name(host)
        if not (name in _OWN or name in self.hosts or _is_address(name)):
            return f"this server is not {name[:80]!r}; if it should be, start it with --allow-host {name[:80]}"
        origin = headers.get(b"origin")
        if origin is not None:
            if origin in self.origins or origin == f"{scope.get('scheme', 'http')}://{host}":
                return None
            return f"no use from {origin[:80]!r}; if it should be, start the server with --allow-origin {origin[:80]}"
        if headers.get(b"sec-fetch-site") == "cross-site" and scope["path"].startswith("/api/"):
            return "no use from another site; start the server with --allow-origin to allow one"
        return None


def _name(host: str) -> str:
    """Of a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    """An address is not resolved, so nobody can rebind it."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _body(receive: Receive, announced: str | None, keep: bool) -> tuple[bytes, int]:
    """The whole body and 200, or why not: 413, 408."""
    if announced is not None and (not announced.isdigit() or int(announced) > MOST_BYTES):
        return b"", 413
    parts, size = [], 0
    try:
        async with asyncio.timeout(SLOWEST):
            while True:
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                if size > MOST_BYTES:
                    return b"", 413
                if keep:
                    parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts), 200
    except TimeoutError:
        return b"", 408


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()  # that the client has gone
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


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
