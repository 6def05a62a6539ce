"""The My hand view in a real browser: a hand of copied lines or of a page, kept, renamed, shared and deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from browser import draw
from open_page import needs_browser, reload

from handwriting import formats
from handwriting.rendering.hershey import write
from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"
WAIT = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


def test_a_hand_is_made_kept_used_and_works_on_the_command_line(open_page, run, tmp_path):
    page = open_page("hand")
    page.get_by_role("button", name="Make the hand").click()
    api.expect(page.get_by_role("alert")).to_contain_text("Line 1 is empty")
    texts = [t.inner_text() for t in page.locator("#samples .say").all()]
    hand = load("upright").samples[0].ink
    for i, text in enumerate(texts):
        ink = write(text, seed=5) if i else hand  # the first says something else
        draw(page, f"#samples li:nth-child({i + 1}) canvas", ink, 420, top=30)
    bad = page.locator("#samples .verdict").first
    api.expect(bad).to_contain_text("Read as “", timeout=WAIT)
    actual = page.get_by_label("What you wrote").first
    assert "quick brown fox" in actual.input_value()
    actual.fill("The quick brown fox jumps")
    page.get_by_label("Name of the hand").fill("Tester's hand")
    with page.expect_request("**/api/styles") as request:
        page.get_by_role("button", name="Make the hand").click()
    said = [sample["text"] for sample in request.value.post_data_json["samples"]]
    assert said == ["The quick brown fox jumps", *texts[1:]]  # what was written, not what was asked for
    api.expect(page.locator("#hand-state")).to_contain_text("stored in this browser", timeout=WAIT)
    page.locator("#hand-paper .stroke path").first.wait_for(state="attached")
    assert page.locator("#hand-real path").count() == 1  # the real line beside it
    with page.expect_download() as download:
        page.get_by_role("button", name="Download “Tester's hand”").click()
    file = tmp_path / "style.json"
    shutil.copy(download.value.path(), file)
    assert json.loads(file.read_text())["name"] == "Tester's hand"
    code, out, _ = run("generate", "some words", "-o", tmp_path / "mine.svg", "--style", file)
    assert code == 0 and "1 line" in out
    reload(page)
    page.get_by_role("button", name="Use “Tester's hand”").click()
    assert page.get_by_role("radio", name="Tester's hand").is_checked()
    with page.expect_request("**/api/letter*") as request:
        page.get_by_role("button", name="Write it").click()
    assert request.value.post_data_json["style"]["name"] == "Tester's hand"
    page.get_by_role("button", name="Stop").click()
    page.locator("nav a", has_text="My hand").click()
    page.set_input_files("#upload", file)  # a second one of that name replaces nothing
    names = page.locator("#own strong")
    api.expect(names).to_have_text(["Tester's hand", "Tester's hand 2"], timeout=WAIT)  # once written with
    api.expect(page.locator("#hand-state")).to_contain_text("“Tester's hand” already exists")
    page.get_by_role("button", name="Rename “Tester's hand 2”").click()
    page.keyboard.type("Another")
    page.keyboard.press("Enter")
    api.expect(names).to_have_text(["Tester's hand", "Another"])
    page.get_by_role("button", name="Delete “Tester's hand”", exact=True).click()
    api.expect(names).to_have_text(["Another"])
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(names).to_have_text(["Tester's hand", "Another"])
    page.set_input_files("#upload", SAMPLE)
    api.expect(page.get_by_role("alert")).to_contain_text("is not a style file")


def test_a_line_that_nothing_is_known_of_makes_no_hand(open_page):
    page = open_page("hand")
    page.route("**/api/styles/check", lambda route: route.fulfill(json={"read": "", "cer": 1.0}))
    for i in range(3):
        draw(page, f"#samples li:nth-child({i + 1}) canvas", write("ink", seed=5), 100)
    page.get_by_role("button", name="Make the hand").click()
    api.expect(page.get_by_role("alert")).to_contain_text("Line 1 cannot be read")
    assert page.evaluate("document.activeElement.closest('.actual') !== null")
    assert page.locator("#own li").count() == 0


def test_a_page_of_the_notebook_makes_a_hand_with_its_corrections(open_page):
    page = open_page("hand")
    page.get_by_role("button", name="Use the open page").click()
    api.expect(page.get_by_role("alert")).to_contain_text("no line with two words")
    page.locator("nav a", has_text="Notebook").click()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines .word", has_text="line").click()
    page.get_by_label("What it says").fill("lime")
    page.keyboard.press("Enter")
    page.locator("nav a", has_text="My hand").click()
    with page.expect_request("**/api/styles") as request:
        page.get_by_role("button", name="Use the open page").click()
    (sample,) = request.value.post_data_json["samples"]
    assert sample["text"] == "a lime of handwriting"
    api.expect(page.locator("#own strong")).to_have_text(["My hand"], timeout=WAIT)
