"""Learning from a person in a real browser: a fitted hand, and a recognizer that is taught by corrections."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import draw, serving
from open_page import needs_browser, opened, reload
from pretended_jobs import adapts, fits, learns_nothing

from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
NOTES = Path(__file__).parents[2] / "datasets" / "samples" / "notes.xopp"
WAIT = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


@pytest.fixture
def open_learning(browser, tmp_path, monkeypatch):
    """Opens the page of a server that learns, for its part only pretending."""
    monkeypatch.setenv("HANDWRITING_HOME", str(tmp_path))
    jobs = {"fit": fits, "adapt": adapts}
    with serving(jobs) as address, opened(browser, address) as opening:
        opening.jobs = jobs
        yield opening


def copy_lines(page):
    for i, text in enumerate(t.inner_text() for t in page.locator("#samples .say").all()):
        draw(page, f"#samples li:nth-child({i + 1}) canvas", load("printed").samples[0].ink, 420, top=30)
        page.get_by_label("What you wrote").nth(i).wait_for(timeout=WAIT)
        page.get_by_label("What you wrote").nth(i).fill(f"{text} {i}")


def fit_closely(page):
    """Press the button by key: the page still grows while the instant hand is drawn, and moves away under a pointer."""
    button = page.get_by_role("button", name="Fit it more closely")
    button.wait_for(timeout=WAIT)
    button.press("Enter")


def test_a_hand_is_fitted_beside_the_instant_one_and_the_real_line(open_learning):
    page = open_learning("hand")
    assert not page.locator("#hand-fit").is_visible()
    copy_lines(page)
    page.get_by_role("button", name="Make the hand").click()
    fit_closely(page)
    page.locator("#hand-fitted .stroke path").first.wait_for(state="attached", timeout=WAIT)
    assert page.locator("#hand-real path").count() == 1 and page.locator("#hand-paper .stroke path").count() > 3
    assert page.locator("#own strong").all_inner_texts() == ["My hand", "My hand, fitted"]
    for name in ("hand-progress", "hand-fit", "hand-fit-stop"):
        api.expect(page.locator(f"#{name}")).to_be_hidden(timeout=WAIT)


def test_a_fit_is_stopped(open_learning, tmp_path):
    page = open_learning("hand")
    copy_lines(page)
    page.get_by_role("button", name="Make the hand").click()
    page.route("**/api/styles/fit", lambda route: None)  # never answered
    fit_closely(page)
    page.locator("#hand-fit-stop").click()
    api.expect(page.locator("#hand-fit-state")).to_have_text("Stopped.")
    api.expect(page.get_by_role("button", name="Fit it more closely")).to_be_enabled()
    assert page.locator("#own strong").all_inner_texts() == ["My hand"]


def correct_all(page):
    for i in range(6):
        page.locator("#lines > li").nth(i).locator(".word").first.click()
        page.get_by_label("What it says").fill(f"word{i}")
        page.keyboard.press("Enter")
        page.locator("#lines > li").nth(i).locator(".word.corrected").wait_for()


def test_corrections_of_all_pages_teach_once_asked(open_learning):
    page = open_learning()
    assert not page.locator("#reader").is_visible()
    page.set_input_files("#open", NOTES)
    api.expect(page.locator("#lines > li")).to_have_count(6, timeout=WAIT)
    correct_all(page)
    page.get_by_role("button", name="Teach").click()
    dialog = page.get_by_role("dialog", name="Teach it your writing")
    api.expect(dialog).to_contain_text("6 lines are corrected. Correct at least 8")
    assert dialog.get_by_role("button", name="Learn from these lines").is_disabled()
    page.keyboard.press("Escape")
    page.set_input_files("#open", NOTES)
    api.expect(page.locator("#lines .corrected")).to_have_count(0, timeout=WAIT)
    api.expect(page.locator("#lines > li")).to_have_count(6, timeout=WAIT)
    correct_all(page)
    page.get_by_role("button", name="Teach").click()
    api.expect(dialog).to_contain_text("12 lines are corrected.")
    with page.expect_request("**/api/transcribe", timeout=WAIT) as read, page.expect_request("**/api/adapt") as asked:
        dialog.get_by_role("button", name="Learn from these lines").click()
    lines = asked.value.post_data_json["lines"]
    assert len(lines) == 12 and {line["text"].split()[0] for line in lines} == {f"word{i}" for i in range(6)}
    api.expect(dialog).to_contain_text("went from 25 to 12.5 %", timeout=WAIT)
    assert read.value.post_data_json["reader"] == "mine"  # the page is read anew
    dialog.get_by_role("button", name="Close").click()
    api.expect(page.locator("#lines .corrected")).to_have_count(6)  # corrections stay
    page.locator("#settings summary").click()
    assert page.locator("#reader").input_value() == "mine"
    reload(page)
    page.locator("#settings summary").click()
    assert page.locator("#reader").input_value() == "mine"
    with page.expect_request("**/api/transcribe", timeout=WAIT) as read:
        page.locator("#reader").select_option(label="As shipped")
    assert "reader" not in read.value.post_data_json


def test_what_does_not_read_better_is_not_used(open_learning):
    open_learning.jobs["adapt"] = learns_nothing
    page = open_learning()
    for _ in range(2):
        page.set_input_files("#open", NOTES)
        api.expect(page.locator("#lines .corrected")).to_have_count(0, timeout=WAIT)
        api.expect(page.locator("#lines > li")).to_have_count(6, timeout=WAIT)
        correct_all(page)
    page.get_by_role("button", name="Teach").click()
    dialog = page.get_by_role("dialog", name="Teach it your writing")
    dialog.get_by_role("button", name="Learn from these lines").click()
    api.expect(dialog).to_contain_text("so nothing has changed", timeout=WAIT)
    dialog.get_by_role("button", name="Close").click()
    page.locator("#settings summary").click()
    assert not page.locator("#reader").is_visible()


def test_a_server_that_does_not_learn_offers_nothing(open_page):
    page = open_page()
    assert not page.get_by_role("button", name="Teach").is_visible()
