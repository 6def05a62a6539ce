"""The exported site, served as any web host would, and opened in a real browser."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from open_page import opened
from static_host import Host

from handwriting.recognition.recognizer import Recognizer
from handwriting.site.export import export_site
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("export") / "site"
    export_site(folder, Recognizer.load(), Synthesizer.load())
    return folder


@pytest.fixture
def open_site(browser, site):
    """Opens the site in a browser without service workers of earlier tests; every error on it fails the test."""
    with hosted(browser, site) as opening:
        yield opening


@pytest.fixture
def open_site_for_open_data(browser, tmp_path):
    """The same for the recognizer trained on open data, whose language model has no character LSTM."""
    export_site(tmp_path / "site", Recognizer.load("recognizer-open"), Synthesizer.load())
    with hosted(browser, tmp_path / "site") as opening:
        yield opening


@contextmanager
def hosted(browser, folder):
    """A function that opens the site in ``folder``; its ``host`` can be switched off."""
    host = Host(folder)
    try:
        with opened(browser, host.address, ("Content Security Policy", "ERR_CONNECTION_REFUSED")) as opening:
            opening.host = host
            yield opening
    finally:
        host.stop()
