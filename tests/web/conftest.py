"""A server with a tiny synthesizer, which scribbles, and the shipped recognizer."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the page needs fastapi: pip install 'handwriting[web]'")

from open_page import address, open_page  # noqa: F401  fixtures of the tests in a browser
from starlette.testclient import TestClient
from tiny import synthesizer

from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web.api import application
from handwriting.web.guard import Guard
from handwriting.web.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Service:
    folder = synthesizer(tmp_path_factory.mktemp("synthesizer"))
    return Service(Synthesizer(folder), Recognizer.load())


@pytest.fixture(scope="module")
def client(service):
    with TestClient(Guard(application(service)), "http://localhost:8377") as client:
        yield client
