"""The exported site, served as any web host would, and opened in a real browser."""

from __future__ import annotations

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
    host = Host(site)
    try:
        with opened(browser, host.address, ("Content Security Policy", "ERR_CONNECTION_REFUSED")) as opening:
            opening.host = host
            yield opening
    finally:
        host.stop()
