"""A server with a tiny synthesizer, which scribbles, and the shipped recognizer."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the page needs fastapi: pip install 'handwriting[web]'")

from starlette.testclient import TestClient
from tiny import synthesizer

from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web.api import application
from handwriting.web.desk import Desk
from handwriting.web.guard import Guard


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    folder = synthesizer(tmp_path_factory.mktemp("synthesizer"))
    return Desk(Synthesizer(folder), Recognizer.load())


@pytest.fixture(scope="module")
def client(desk):
    with TestClient(Guard(application(desk)), "http://localhost:8377") as client:
        yield client
