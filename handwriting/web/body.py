"""Read request bodies, with limits on their size and time."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 16 * 2**20
"""Maximum size of a request body, which is that of an ink file."""

MAX_BODY_SECONDS = 30.0
"""Timeout for receiving a body."""


async def read_body(request: Request) -> bytes:
    """Read the whole body of ``request``.

    Raises :class:`HTTPException` with status 413 if it is too large and 408 if it does not arrive in time, and
    :class:`starlette.requests.ClientDisconnect` if the client disconnects before the end.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    parts, size = [], 0
    try:
        async with asyncio.timeout(MAX_BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MAX_BODY_BYTES:
                    raise _too_large()
                parts.append(part)
    except TimeoutError:
        reason = f"the request did not arrive within {MAX_BODY_SECONDS:g} seconds; send it again"
        raise HTTPException(408, reason) from None
    return b"".join(parts)


def _too_large() -> HTTPException:
    return HTTPException(413, f"a request of more than {MAX_BODY_BYTES:,} bytes; send the ink in parts")
