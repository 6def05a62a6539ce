"""The Inside view in a real browser: gates along the ink, and the window along the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import draw
from open_page import needs_browser

from handwriting import formats

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"
WAIT = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


def test_a_line_of_the_notebook_is_played_with_its_gates(open_page):
    page = open_page("inside")
    api.expect(page.locator("#inside-state")).to_contain_text("no line yet")
    page.locator("nav a", has_text="Notebook").click()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines > li").first.wait_for()
    page.locator("nav a", has_text="Inside").click()
    page.locator("#inside-player").wait_for(timeout=WAIT)
    assert page.locator("#inside-line option").all_inner_texts() == ["a line of handwriting"]
    steps = page.locator(".inside-ink path")
    ahead = page.locator(".inside-ink path.ahead")
    assert ahead.count() == 0
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("Home")
    assert ahead.count() == steps.count() - 1
    page.keyboard.press("ArrowRight")
    assert ahead.count() == steps.count() - 2
    assert slider.get_attribute("aria-valuetext") == f"Step 2 of {steps.count()}"
    assert "AUC" in page.locator("#inside-gates .muted").inner_text()
    assert page.locator("#inside-gates .legend span").all_inner_texts() == ["input gate", "forget gate", "output gate"]
    path = page.get_by_role("group", name="Probability of each character").locator("text.decided")
    assert path.all_text_contents() == ["␣" if c == " " else c for c in "a line of handwriting"]
    widths = "paths => new Set(paths.map(path => path.style.strokeWidth)).size"
    assert steps.evaluate_all(widths) > 5  # the chosen unit's signal
    page.locator("#inside-unit").select_option("")
    assert steps.evaluate_all(widths) == 1
    page.get_by_role("button", name="Play").click()
    api.expect(ahead).to_have_count(0, timeout=WAIT)
    api.expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_text_is_written_with_its_window(open_page):
    page = open_page("inside")
    page.get_by_role("radio", name="Writing").check()
    page.locator(".window").wait_for(timeout=WAIT)
    page.locator("#inside-text").fill("tea")
    page.get_by_role("button", name="Write and show").click()
    api.expect(page.locator(".inside-text")).to_have_attribute("aria-label", "tea", timeout=WAIT)
    assert page.locator(".window text").all_text_contents() == ["t", "e", "a", "·"]
    page.get_by_role("slider", name="Step").fill("5")
    assert page.locator(".cloud ellipse").count() >= 1
    page.locator("#inside-text").fill(" ")
    page.get_by_role("button", name="Write and show").click()
    api.expect(page.get_by_role("alert")).to_contain_text("nothing to write")


def test_units_are_named_in_the_language_of_the_page(open_page):
    page = open_page("inside", locale="de")
    page.get_by_role("radio", name="Schreiben").check()
    page.locator("#inside-unit option").nth(1).wait_for(state="attached", timeout=WAIT)
    names = {text.split(":")[0] for text in page.locator("#inside-unit option").all_inner_texts()[1:]}
    assert "Absetzen" in names or "Wortlücke" in names
    assert names <= {"Absetzen", "Wortlücke", "Schleife"} | {f"Buchstabe {c}" for c in "inkadpe"}
