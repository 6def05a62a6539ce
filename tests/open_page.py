"""What the tests of the page in a real browser share; Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from browser import CHROMIUM, launch, serving

from handwriting.checkpoint import shipped

needs_browser = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome here; install one to see the page"),
    pytest.mark.skipif(not (shipped("synthesizer") / "card.json").is_file(), reason="no shipped synthesizer here"),
]
PATIENCE = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


@pytest.fixture(scope="session")
def address():
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    api = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright, which drives the browser: make installs it"
    )
    api.expect.set_options(timeout=PATIENCE)
    with api.sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Opens the page; every error on it, and every question to another server, fails the test."""
    with opened(browser, address) as opening:
        yield opening


@contextmanager
def opened(browser, address, expected=None):
    """A function that opens the page at ``address``; see :func:`open_page`.

    With ``expected``, errors on the console fail the test as well, except for those that have one of these texts.
    """
    contexts, faults = [], []

    def complain(message):
        if message.type == "error" and not any(text in message.text for text in expected):
            faults.append(message.text)

    def opening(view="notebook", **options):
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", "locale": "en", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        if expected is not None:
            page.on("console", complain)
        page.on("request", lambda request: request.url.startswith((address, "blob:")) or faults.append(request.url))
        page.goto(f"{address}#{view}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opening
    for context in contexts:
        context.close()
    assert not faults


def read_lines(page):
    """The recognized lines, as they are shown."""
    return [" ".join(item.locator(".word").all_inner_texts()) for item in page.locator("#lines > li").all()]


def reload(page):
    """Load the page again, and wait until it is ready."""
    page.reload()
    page.wait_for_selector("html[data-ready]")


def dark_pixels(page, selector="#ink-layer"):
    """The number of pixels of a canvas that have ink, once it has settled."""
    count = """(selector) => { const c = document.querySelector(selector);
        const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
        return data.filter((v, i) => i % 4 === 3 && v > 60).length }"""
    before = None
    while (now := page.evaluate(count, selector)) != before:
        before = now
        page.wait_for_timeout(150)
    return now


def wait_until(page, holds, seconds=20.0):
    """Wait until ``holds()`` is true: a busy machine takes longer to draw and to store than an idle one."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(100)
    assert holds()
