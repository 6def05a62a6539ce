"""The exported site, served as any web host would, and opened in a real browser."""

from __future__ import annotations

import pytest
from open_page import PATIENCE
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
    host, contexts, faults = Host(site), [], []
    expected = ("Content Security Policy", "ERR_CONNECTION_REFUSED")

    def opening(view="notebook", **options):
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", "locale": "en", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type == "error" and not any(e in message.text for e in expected) and faults.append(message.text)
            ),
        )
        page.on(
            "request", lambda request: request.url.startswith((host.address, "blob:")) or faults.append(request.url)
        )
        page.goto(f"{host.address}#{view}")
        page.wait_for_selector("html[data-ready]")
        return page

    opening.host = host
    yield opening
    for context in contexts:
        context.close()
    host.stop()
    assert not faults
