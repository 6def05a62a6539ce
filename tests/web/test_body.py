"""Bodies of requests: whole, or refused."""

from __future__ import annotations

import asyncio
import json

import pytest
from coroutines import run
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from handwriting.web import body
from handwriting.web.body import read_body
from handwriting.web.guard import Guard

DISCONNECTED = object()


def request(parts, path="/api/x", **headers):
    """Scope and receive of a request whose body comes in ``parts``; None never comes."""
    parts = list(parts)
    raw = {"host": "localhost:8377", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": b"", "headers": [(k.encode(), v.encode()) for k, v in raw.items()],
    }  # fmt: skip

    async def receive():
        part = parts.pop(0) if parts else DISCONNECTED
        if part is None:
            await asyncio.sleep(60)
        if part is DISCONNECTED:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    return scope, receive


def read(parts, **headers):
    return run(read_body(Request(*request(parts, **headers))))


def test_a_body_arrives_whole():
    assert read([b"abc", b"de", b""]) == b"abcde"
    assert read([b""]) == b""


@pytest.mark.parametrize(
    ("parts", "headers"),
    [
        ([b"x" * 60, b"x" * 60], {}),
        ([b"x" * 60, b"x" * 60], {"content_length": "50"}),
        ([b""], {"content_length": "101"}),
        ([b""], {"content_length": "many"}),
        ([b""], {"content_length": "-1"}),
    ],
)
def test_a_body_that_is_too_large_is_refused(monkeypatch, parts, headers):
    monkeypatch.setattr(body, "MAX_BODY_BYTES", 100)
    with pytest.raises(HTTPException, match="100 bytes") as caught:
        read(parts, **headers)
    assert caught.value.status_code == 413


def test_a_body_of_the_largest_size_is_taken(monkeypatch):
    monkeypatch.setattr(body, "MAX_BODY_BYTES", 100)
    assert read([b"x" * 60, b"x" * 40], content_length="100") == b"x" * 100


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(body, "MAX_BODY_SECONDS", 0.05)
    with pytest.raises(HTTPException) as caught:
        read([b"x", None])
    assert caught.value.status_code == 408


def test_a_disconnect_is_not_the_end_of_a_body():
    with pytest.raises(ClientDisconnect):
        read([b'{"strokes": []}', DISCONNECTED])


def test_the_work_of_a_client_that_has_gone_is_not_begun(service, client, monkeypatch):
    begun = []
    monkeypatch.setattr(service, "transcribe", begun.append)
    whole = json.dumps({"strokes": [[{"x": 1, "y": 1}]]}).encode()

    def post(parts):
        statuses = []

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        run(Guard(client.app.app)(*request(parts, "/api/transcribe"), send))
        return statuses

    assert post([whole, DISCONNECTED]) == [499]
    assert begun == []
    post([whole])
    assert begun == [whole]
