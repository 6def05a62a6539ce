"""The My hand view in a real browser: a hand of copied lines or of a page, kept, renamed, shared and deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from browser import draw
from open_page import dark_pixels, needs_browser, reload

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


def test_lines_outlast_a_reload_until_the_hand_is_stored_or_they_are_cleared(open_page):
    page = open_page("hand")
    lines = [f"#samples li:nth-child({number}) canvas" for number in (1, 2, 3)]
    texts = page.locator("#samples .say").all_inner_texts()
    draw(page, lines[0], load("upright").samples[0].ink, 420, top=30)
    page.get_by_label("What you wrote").first.fill("The quick brown fox jumps")
    draw(page, lines[1], write(texts[1], seed=5), 420, top=30)
    draw(page, lines[2], write(texts[2], seed=5), 420, top=30)
    page.locator("#samples li:nth-child(3)").get_by_role("button", name="Clear").click()
    ink = [dark_pixels(page, line) for line in lines]
    assert ink[0] and ink[1] and not ink[2]
    page.wait_for_timeout(300)
    reload(page)
    api.expect(page.get_by_label("What you wrote").first).to_have_value("The quick brown fox jumps")
    assert [dark_pixels(page, line) for line in lines] == pytest.approx(ink, rel=0.01)
    page.get_by_role("button", name="Undo on line 2").click()
    assert 0 < dark_pixels(page, lines[1]) < ink[1]
    page.get_by_role("button", name="Clear line 2").click()
    for line, text in zip(lines[1:], texts[1:], strict=True):
        draw(page, line, write(text, seed=5), 420, top=30)
    with page.expect_request("**/api/styles") as request:
        page.get_by_role("button", name="Make the hand").click()
    samples = request.value.post_data_json["samples"]
    assert [sample["text"] for sample in samples] == ["The quick brown fox jumps", *texts[1:]]
    times = [point["t"] for stroke in samples[1]["strokes"] for point in stroke]
    assert times == sorted(times)
    api.expect(page.locator("#hand-state")).to_contain_text("stored in this browser", timeout=WAIT)
    page.locator("#hand-paper .stroke path").first.wait_for(state="attached")
    page.wait_for_timeout(2000)
    reload(page)
    assert [dark_pixels(page, line) for line in lines] == [0, 0, 0]


def test_no_scrolling_is_smooth_for_who_prefers_less_motion(open_page):
    for motion, behavior in (("reduce", "auto"), ("no-preference", "smooth")):
        page = open_page("hand", reduced_motion=motion)
        page.evaluate(
            """() => { window.scrolls = [];
                Element.prototype.scrollIntoView = ({ behavior }) => window.scrolls.push(behavior) }"""
        )
        style = {"name": "s.json", "mimeType": "application/json", "buffer": json.dumps(load("wide").record()).encode()}
        page.set_input_files("#upload", style)
        page.wait_for_function("() => window.scrolls.length", timeout=WAIT)
        assert page.evaluate("window.scrolls") == [behavior]


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


def copied(page, number, read, cer):
    """Write a line, and have it read as ``read``, whatever the ink says."""
    page.unroute("**/api/styles/check")
    page.route("**/api/styles/check", lambda route: route.fulfill(json={"read": read, "cer": cer}))
    draw(page, f"#samples li:nth-child({number}) canvas", write("ink and more ink", seed=5), 300)
    return page.locator("#samples .verdict").nth(number - 1), page.locator("#samples .actual").nth(number - 1)


def made_of(page):
    """The texts that a hand is made of."""
    with page.expect_request("**/api/styles") as request:
        page.get_by_role("button", name="Make the hand").click()
    return [sample["text"] for sample in request.value.post_data_json["samples"]]


@pytest.mark.parametrize(
    ("read", "cer"),
    [("jumps over the lazy dog", 0.14), ("jumps over lazy dog", 0.1), ("jumps over a very lazy dog", 0.2)],
)
def test_other_words_than_asked_are_shown_to_be_confirmed(open_page, read, cer):
    page = open_page("hand")
    copied(page, 1, "the quick brown fox", 0)
    api.expect(page.locator("#samples .verdict").first).to_contain_text("Read correctly")
    verdict, actual = copied(page, 2, read, cer)
    api.expect(verdict).to_contain_text(f"Read as “{read}”. Write it again, or correct the text below.")
    field = actual.get_by_label("What you wrote")
    assert field.input_value() == read
    actual.get_by_role("button", name="I wrote “jumps over a lazy dog”").click()
    api.expect(verdict).to_have_text("✓ The text below the line is used.")
    assert field.input_value() == "jumps over a lazy dog"
    field.fill("jumps over the lazy dog")
    copied(page, 3, "while we sit and wotch", 0.05)
    third = page.locator("#samples .verdict").nth(2)
    api.expect(third).to_contain_text("Close enough: read as “while we sit and wotch”")
    api.expect(page.locator("#samples .actual").nth(2)).to_be_hidden()
    assert made_of(page) == ["the quick brown fox", "jumps over the lazy dog", "while we sit and watch"]


def test_no_text_is_taken_that_the_person_has_not_seen(open_page):
    page = open_page("hand")
    for number in (1, 2):
        verdict, _ = copied(page, number, "right", 0)
        api.expect(verdict).to_contain_text("Read correctly")
    copied(page, 3, "while she sat and watched", 0.3)
    page.get_by_role("button", name="Make the hand").click()  # before the line has been read
    api.expect(page.get_by_role("alert")).to_contain_text("Line 3 is read as “while she sat and watched”.")
    assert page.locator("#own li").count() == 0
    assert made_of(page)[2] == "while she sat and watched"


def test_a_line_is_undone_by_strokes_and_after_it_was_cleared(open_page):
    page = open_page("hand")
    undo = page.get_by_role("button", name="Undo on line 1")
    api.expect(undo).to_be_disabled()
    verdict, _ = copied(page, 1, "the quick brown fox", 0)
    api.expect(verdict).to_contain_text("Read correctly")
    canvas = "#samples li:first-child canvas"
    ink = dark_pixels(page, canvas)
    page.get_by_role("button", name="Clear line 1").click()
    assert dark_pixels(page, canvas) == 0
    api.expect(verdict).to_be_empty()
    undo.click()
    assert dark_pixels(page, canvas) == ink
    api.expect(verdict).to_contain_text("Read correctly")
    undo.click()
    assert 0 < dark_pixels(page, canvas) < ink


def test_two_clicks_make_one_hand(open_page):
    page = open_page("hand")
    for number in (1, 2, 3):
        verdict, _ = copied(page, number, "right", 0)
        api.expect(verdict).to_contain_text("Read correctly")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/styles") else None)
    make = page.get_by_role("button", name="Make the hand")
    make.dblclick()
    api.expect(page.locator("#hand-state")).to_contain_text("stored in this browser", timeout=WAIT)
    api.expect(make).to_be_enabled(timeout=WAIT)
    assert len(asked) == 1
    assert page.locator("#own strong").all_inner_texts() == ["My hand"]


def test_another_button_is_pressed_while_a_name_is_being_typed(open_page):
    page = open_page("hand")
    style = json.dumps(load("cursive").record()).encode()
    page.set_input_files("#open", {"name": "hand.json", "mimeType": "", "buffer": style})
    page.get_by_role("button", name="Rename “cursive”").click()
    page.get_by_role("button", name="Delete “cursive”").click()
    api.expect(page.locator("#own li")).to_have_count(0)
