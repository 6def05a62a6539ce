"""The exported site in a real browser: reading, working offline, and what it says of what is missing."""

from __future__ import annotations

import pytest
from browser import draw
from open_page import needs_browser, read_lines

from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser


def test_ink_is_read_in_the_browser(open_site):
    page = open_site()
    draw(page, "#pad", load("upright").samples[0].ink)
    api.expect(page.locator("#lines > li")).to_have_count(1)
    assert read_lines(page) == ["The quick brown fox jumps over a dogs"]
