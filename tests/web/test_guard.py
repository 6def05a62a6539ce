"""Who may use the server."""

from __future__ import annotations

import json

import pytest
from coroutines import run

from handwriting.web import guard
from handwriting.web.guard import Guard

ORIGIN = "https://notes.example"


async def inside(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def ask(app, method="POST", path="/api/x", **headers):
    """Status, headers and body of the reply to a request without a body."""
    raw = {"host": "localhost:8377", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": path, "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in raw.items()],
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:])


@pytest.mark.parametrize("host", ["localhost", "localhost:8377", "127.0.0.1:1", "[::1]:8377", "192.168.1.7:8377"])
def test_names_of_this_machine_and_addresses_are_served(host):
    assert ask(Guard(inside), host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8377", "localhost.evil.example", "", "[", "127.0.0.1.x"]
)
def test_other_names_are_refused_and_the_remedy_said(host):
    status, _, body = ask(Guard(inside), method="GET", path="/", host=host)
    assert status == 403
    assert "--allow-host" in json.loads(body)["reason"]


def test_a_name_can_be_allowed():
    assert ask(Guard(inside, frozenset({"desk.example"})), host="desk.example:80")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"origin": "https://localhost:8377"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_other_sites_are_refused(headers):
    status, answered, body = ask(Guard(inside), **headers)
    assert status == 403
    assert "--allow-origin" in json.loads(body)["reason"]
    assert b"access-control-allow-origin" not in answered


def test_the_page_itself_may():
    assert ask(Guard(inside), origin="http://localhost:8377", sec_fetch_site="same-origin")[0] == 200


def test_a_link_from_elsewhere_opens_the_page():
    assert ask(Guard(inside), method="GET", path="/", sec_fetch_site="cross-site")[0] == 200


def test_a_site_can_be_allowed():
    app = Guard(inside, origins=frozenset({ORIGIN}))
    status, headers, _ = ask(app, origin=ORIGIN, sec_fetch_site="cross-site")
    assert status == 200
    assert headers[b"access-control-allow-origin"] == ORIGIN.encode()
    status, headers, _ = ask(app, method="OPTIONS", origin=ORIGIN)
    assert status == 200
    assert b"content-type" in headers[b"access-control-allow-headers"]
    assert ask(app, origin="https://other.example")[0] == 403


def test_every_answer_has_the_headers_that_protect_it():
    for arguments in ({}, {"host": "evil.example"}):
        headers = ask(Guard(inside), **arguments)[1]
        assert b"default-src 'self'" in headers[b"content-security-policy"]
        assert headers[b"x-content-type-options"] == b"nosniff"


def test_too_many_at_once_are_refused_unread_and_counted_out(monkeypatch):
    app = Guard(inside)
    monkeypatch.setattr(guard, "MAX_API_REQUESTS", 0)
    status, headers, _ = ask(app)
    assert status == 429
    assert headers[b"retry-after"] == b"1"
    monkeypatch.setattr(guard, "MAX_API_REQUESTS", 1)
    assert ask(app)[0] == ask(app)[0] == 200


def test_a_failure_inside_is_counted_out(monkeypatch):
    async def failing(scope, receive, send):
        raise KeyError("failed")

    monkeypatch.setattr(guard, "MAX_API_REQUESTS", 1)
    app = Guard(failing)
    for _ in range(2):
        with pytest.raises(KeyError):
            ask(app)


def test_sockets_are_closed():
    sent = []

    async def send(message):
        sent.append(message)

    run(Guard(inside)({"type": "websocket", "headers": []}, None, send))
    assert sent[0]["type"] == "websocket.close"
