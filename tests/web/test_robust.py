"""What may happen to the page in a real browser: a crash, a reload in the middle, two tabs, and large zoom."""

from __future__ import annotations

from contextlib import suppress

import pytest
from browser import draw
from open_page import dark_pixels, needs_browser, read_lines, reload

from handwriting import formats

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
WAIT = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


@pytest.fixture
def sample():
    return formats.read("datasets/samples/line.xml")


@pytest.mark.parametrize("view", ["notebook", "letters", "hand", "inside"])
def test_everything_is_in_reach_at_200_percent(open_page, view):
    """A window of 1280 x 800 at 200 % is one of 640 x 400 to the page."""
    page = open_page(view, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """(view) => [...document.querySelectorAll(
                ["header a", "header summary", ...["button", "select", "input"].map((one) => `#${view} ${one}`)])]
            .filter((element) => element.checkVisibility() && !element.closest(".unseen, #styles, [hidden]"))
            .filter((element) => !element.matches(".unseen, [type=radio]"))
            .filter((element) => { element.scrollIntoView({ block: "center" });
                const { left, right, top, bottom } = element.getBoundingClientRect();
                const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                return left < -1 || right > innerWidth + 1 || !at || !(element.contains(at) || at.contains(element)) })
            .map((element) => element.id || element.textContent)""",
        view,
    )
    assert cut == []


def test_ink_survives_a_crash_of_its_tab(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page)
    page.wait_for_timeout(300)
    context, address = page.context, page.url
    with page.expect_event("crash"), suppress(api.Error):  # what the tab ends with
        page.goto("chrome://crash", timeout=5000)
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector("html[data-ready]")
    api.expect(again.locator("#lines > li")).to_have_count(1, timeout=WAIT)
    assert dark_pixels(again) == full and read_lines(again) == ["a line of handwriting"]
    again.locator("#undo").click()
    assert dark_pixels(again) < full


def test_a_reload_in_the_middle_of_a_stroke_loses_that_stroke_alone(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    full = dark_pixels(page)
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 320, steps=5)
    reload(page)
    page.mouse.up()
    assert dark_pixels(page) == full
    api.expect(page.locator("#lines > li")).to_have_count(1, timeout=WAIT)


def test_a_reload_while_a_letter_is_written_leaves_a_page_that_works(open_page):
    page = open_page("letters")
    page.locator("#text").fill("some words " * 200)
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#letters-state")).to_have_text("Writing …")
    reload(page)
    page.locator("#text").fill("ink")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#letters-state")).to_contain_text("1 word", timeout=WAIT)


def test_two_tabs_write_on_one_page_and_both_keep_everything(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 400)
    page.locator("#lines > li").first.wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    draw(page, "#pad", sample, 400, top=150)
    draw(other, "#pad", sample, 400, top=290)
    for tab in (page, other):
        api.expect(tab.locator("#lines > li")).to_have_count(3, timeout=WAIT)
    full = dark_pixels(other)  # a tab that is not in front draws nothing
    page.bring_to_front()
    reload(page)
    api.expect(page.locator("#lines > li")).to_have_count(3, timeout=WAIT)
    assert dark_pixels(page) == full


def test_the_page_answers_head(client):
    page = client.get("/")
    head = client.head("/")
    assert head.status_code == 200 and head.headers["content-length"] == page.headers["content-length"]
    assert client.head("/nothing").status_code == 404
