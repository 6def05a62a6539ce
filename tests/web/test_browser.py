"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from browser import CHROMIUM, draw, launch, serving

from handwriting import formats
from handwriting.checkpoint import shipped
from handwriting.rendering.hershey import write
from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome here; install one to see the page"),
    pytest.mark.skipif(not (shipped("synthesizer") / "card.json").is_file(), reason="no shipped synthesizer here"),
]
SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"
PATIENCE = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


@pytest.fixture(scope="module")
def address():
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Opens the page; every error on it, and every question to another server, fails the test."""
    contexts, faults = [], []

    def opening(view="write", **options):
        options = {"viewport": {"width": 1100, "height": 800}, "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: request.url.startswith((address, "blob:")) or faults.append(request.url))
        page.goto(f"{address}#{view}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opening
    for context in contexts:
        context.close()
    assert not faults


def read_lines(page):
    return [" ".join(item.locator(".word").all_inner_texts()) for item in page.locator("#lines > li").all()]


def written(page):
    """Wait until a page is written; what is said of it."""
    state = page.locator("#generate-state", has_text="best of")
    state.wait_for()
    return state.inner_text()


def dark_pixels(page, selector):
    """Of a canvas: how many pixels have ink."""
    return page.evaluate(
        """(selector) => { const c = document.querySelector(selector);
            const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
            return data.filter((v, i) => i % 4 === 3 && v > 60).length }""",
        selector,
    )


def test_ink_is_read_line_by_line_and_its_words_are_shown_on_it(open_page):
    page = open_page()
    ink = formats.read(SAMPLE)
    draw(page, "#pad", ink, 500)
    draw(page, "#pad", ink, 500, top=190)
    page.locator("#lines > li").nth(1).wait_for()
    api.expect(page.locator("#write-state")).to_contain_text("2 lines")
    assert read_lines(page) == ["a line of handwriting"] * 2
    page.locator("#lines .word", has_text="line").first.hover()
    box = page.locator("#boxes rect").bounding_box()
    sheet = page.locator("#pad").bounding_box()
    assert 0 < box["x"] - sheet["x"] < 250 and 0 < box["width"] < 250
    page.locator("#lines .word").last.focus()
    assert page.locator("#boxes rect").bounding_box()["y"] > box["y"]
    assert page.get_by_role("img", name="Sheet with ink that says: a line of handwriting").is_visible()


def test_real_pointer_input_makes_ink_of_varying_width(open_page):
    page = open_page()
    page.mouse.move(150, 330)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(150 + 6 * i, 330 + 40 * np.sin(i / 5))
    page.mouse.up()
    assert dark_pixels(page, "#pad") > 500
    assert page.get_by_role("button", name="Undo").is_enabled()


def test_undo_takes_back_every_change_and_redo_repeats_it(open_page):
    page = open_page()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page, "#pad")
    page.get_by_role("button", name="Clear").click()
    assert dark_pixels(page, "#pad") == 0
    api.expect(page.locator("#lines > li")).to_have_count(0)
    assert page.get_by_role("button", name="Redo").is_disabled()
    page.keyboard.press("Control+Z")  # takes back the clearing
    assert abs(dark_pixels(page, "#pad") - full) < 0.02 * full
    page.keyboard.press("Control+Shift+Z")
    assert dark_pixels(page, "#pad") == 0
    draw(page, "#pad", write("l", seed=1), 30)  # the ink from before the clearing is not lost for it
    page.get_by_role("button", name="Undo").click()
    assert dark_pixels(page, "#pad") == 0
    page.get_by_role("button", name="Undo").click()
    assert abs(dark_pixels(page, "#pad") - full) < 0.02 * full
    page.get_by_role("button", name="Undo").click()
    assert 0 < dark_pixels(page, "#pad") < 0.999 * full


def test_ink_survives_a_reload(open_page):
    page = open_page()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page, "#pad")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.locator("#lines > li").first.wait_for()
    assert read_lines(page) == ["a line of handwriting"]
    assert abs(dark_pixels(page, "#pad") - full) < 0.02 * full
    page.get_by_role("button", name="Undo").click()
    assert 0 < dark_pixels(page, "#pad") < 0.999 * full
    page.get_by_role("button", name="Clear").click()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert dark_pixels(page, "#pad") == 0


def test_a_pen_writes_while_the_palm_rests_on_the_screen(open_page):
    page = open_page()
    page.evaluate(
        """() => { const canvas = document.querySelector("#pad"), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            const send = (kind, pointerId, pointerType, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
                pointerId, pointerType, bubbles: true, cancelable: true, button: 0,
                clientX: box.left + x, clientY: box.top + y }));
            send("pointerdown", 1, "touch", 400, 200); send("pointermove", 1, "touch", 410, 205);
            send("pointerdown", 2, "pen", 50, 50); send("pointermove", 2, "pen", 90, 60);
            send("pointermove", 1, "touch", 420, 210); send("pointerup", 1, "touch", 420, 210);
            send("pointermove", 2, "pen", 120, 50); send("pointerup", 2, "pen", 120, 50); }"""
    )
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")  # as when the page is left: stored at once
    (stroke,) = json.loads(page.evaluate("localStorage.getItem('handwriting.ink')"))
    assert [point[:2] for point in stroke] == [[50, 50], [90, 60], [120, 50]]


def test_an_ink_file_is_opened_with_the_keyboard_and_read(open_page):
    page = open_page()
    choosers: list = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    for _ in range(40):  # a busy browser ignores a key now and then
        page.get_by_label("Open an ink file").focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(250)
        if choosers:
            break
    choosers[0].set_files(SAMPLE)
    page.locator("#lines > li").first.wait_for()
    assert read_lines(page) == ["a line of handwriting"]
    page.set_input_files("#open", SAMPLE)  # a second one comes below the first
    api.expect(page.locator("#lines > li")).to_have_count(2)
    page.keyboard.press("Control+Z")
    api.expect(page.locator("#lines > li")).to_have_count(1)
    page.set_input_files("#open", {"name": "no.ink", "mimeType": "text/plain", "buffer": b"no ink"})
    page.locator("#toast.shown").wait_for()
    api.expect(page.locator("#lines > li")).to_have_count(1)


@pytest.mark.parametrize("view", ["write", "generate", "hand"])
def test_a_link_to_a_view_shows_the_header(open_page, view):
    page = open_page(view, viewport={"width": 640, "height": 400})  # as 1280 x 800 at 200 %
    page.wait_for_timeout(200)
    assert page.locator("header").bounding_box()["y"] >= 0
    page.locator("nav a", has_text="My hand").click()
    page.wait_for_timeout(200)
    assert page.locator("header").bounding_box()["y"] >= 0


def test_ink_is_read_when_the_server_is_back(open_page):
    page = open_page()
    page.route("**/api/transcribe", lambda route: route.abort())
    draw(page, "#pad", formats.read(SAMPLE), 500)
    api.expect(page.locator("#write-state")).to_contain_text("Not read yet")
    page.unroute("**/api/transcribe")
    page.locator("#lines > li").first.wait_for()
    assert read_lines(page) == ["a line of handwriting"]


def test_another_reading_can_be_picked_with_the_keyboard(open_page):
    page = open_page()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    word = page.locator("#lines .word").first
    word.wait_for()
    word.focus()
    page.keyboard.press("Enter")
    other = page.locator(".readings button").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert read_lines(page) == [other] != ["a line of handwriting"]
    page.locator("#lines .word").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(".readings").count() == 0


@pytest.mark.parametrize("view", ["write", "generate"])
def test_what_is_on_the_page_is_downloaded(open_page, view):
    page = open_page(view)
    if view == "write":
        draw(page, "#pad", formats.read(SAMPLE), 500)
        page.locator("#lines > li").first.wait_for()
    else:
        written(page)
    page.locator(f"#{view}-download summary").click()
    with page.expect_download() as download:
        page.locator(f"#{view}-formats").get_by_role("button", name="SVG").click()
    markup = Path(download.value.path()).read_text(encoding="utf-8")
    assert markup.count("<path") > 10
    assert "a line of handwriting" in markup or "Dear reader" in markup


def downloaded(page):
    """The SVG of the Generate view."""
    page.locator("#generate-download summary").click()
    with page.expect_download() as download:
        page.locator("#generate-formats").get_by_role("button", name="SVG").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_the_download_is_what_is_shown(open_page):
    page = open_page("generate")
    page.locator("#text").fill("the first page")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#paper")).to_have_attribute("aria-label", "Handwriting that says: the first page")
    written(page)
    strokes = page.locator("#paper .stroke path").count()
    page.locator("#text").fill("a café")  # refused: the page stays, and is what is downloaded
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("write instead")
    assert page.locator("#paper .stroke path").count() == strokes
    markup = downloaded(page)
    assert "the first page" in markup and markup.count("<path") == strokes + 1  # and the rulings
    event = {"type": "sheet", "width": 190, "height": 134, "lines": 1, "rulings": []}
    line = {"type": "line", "line": 0, "text": "cut", "read": "cut", "says": True, "drawn": 4, "same": True}
    line["strokes"] = [[[20, 20], [30, 25]], [[40, 20], [50, 25]]]
    failure = {"type": "error", "reason": "it took too long"}
    body = "".join(json.dumps(record) + "\n" for record in (event, line, failure))
    page.route("**/api/generate", lambda route: route.fulfill(body=body))
    page.locator("#text").fill("cut off by an error")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("It took too long")
    assert page.locator("#paper .stroke path:not(.gone)").count() == 2
    markup = downloaded(page)
    assert ">cut<" in markup and "the first page" not in markup


def test_what_is_stopped_keeps_its_finished_lines(open_page):
    page = open_page("generate", reduced_motion="no-preference")
    text = "one\ntwo\nthree\nfour\nfive\nsix\nseven"
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#paper")).to_have_attribute("aria-label", f"Handwriting that says: {text}")
    page.locator("#paper .stroke path").nth(4).wait_for(state="attached")
    page.get_by_role("button", name="Stop").click()
    api.expect(page.locator("#generate-state")).to_have_text("Stopped.")
    shown = page.locator("#paper .stroke path:not(.gone)").count()
    if shown:
        assert downloaded(page).count("<path") == shown + 1
    else:
        page.locator("#generate-download summary").click()
        page.locator("#generate-formats").get_by_role("button", name="SVG").click()
        api.expect(page.get_by_role("alert")).to_contain_text("no page to download yet")


def test_a_burst_of_changes_is_written_once_and_never_answered_busy(open_page):
    page = open_page("generate")
    written(page)
    asked = []
    page.on("request", lambda request: "api/generate" in request.url and asked.append(request.post_data_json["seed"]))
    page.evaluate("for (let i = 0; i < 20; i++) document.getElementById('reroll').click()")
    api.expect(page.locator("#generate-state")).to_have_text("Writing …")
    written(page)
    assert asked == [int(page.get_by_label("Seed", exact=True).input_value())]
    for _ in range(20):  # and slower ones, each of which abandons the page before it
        page.get_by_role("button", name="New seed").click()
    api.expect(page.locator("#generate-state")).to_have_text("Writing …")
    written(page)
    assert asked[-1] == int(page.get_by_label("Seed", exact=True).input_value())
    assert not page.locator("#toast.shown").count()


def test_a_busy_server_is_asked_again(open_page):
    page = open_page("generate")
    written(page)
    answers = [429, 429]

    def busy(route):
        route.fulfill(status=answers.pop(), json={"reason": "busy"}) if answers else route.continue_()

    page.route("**/api/generate", busy)
    page.get_by_role("button", name="New seed").click()
    api.expect(page.locator("#generate-state")).to_have_text("Writing …")
    written(page)
    assert not answers
    assert not page.locator("#toast.shown").count()


def test_a_page_is_drawn_while_it_is_sampled(open_page):
    page = open_page("generate", reduced_motion="no-preference")
    paths = page.locator("#paper .stroke path:not(.gone)")
    paths.first.wait_for(state="attached")
    seen = []
    while "Writing" in page.locator("#generate-state").inner_text():
        seen.append(
            page.evaluate("[...document.querySelectorAll('#paper .stroke path')].map(p => p.getAttribute('d').length)")
        )
        time.sleep(0.15)
    assert "best of 4" in written(page)
    assert len(seen) > 3
    assert sum(seen[0]) < 0.5 * sum(seen[-1])
    assert len(seen[0]) < len(seen[-1]) <= paths.count() + 40


def test_options_change_what_is_written(open_page):
    page = open_page("generate")
    page.locator("#text").fill("a few words")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#paper")).to_have_attribute("aria-label", "Handwriting that says: a few words")

    def ink(selector="#paper .stroke"):
        written(page)
        return page.locator(selector).evaluate("e => [...e.children].map(p => p.getAttribute('d')).join('')")

    first = ink()
    page.get_by_label("Seed").fill("77")
    page.get_by_label("Seed").press("Tab")
    page.locator("#generate-state", has_text="Writing").wait_for(timeout=5000)
    second = ink()
    assert first != second
    rulings = page.locator("#paper .rulings").get_attribute("d")
    page.get_by_role("radio", name="Squared").check()
    api.expect(page.locator("#paper .rulings")).not_to_have_attribute("d", rulings)
    ink()
    page.get_by_role("radio", name="Cursive").check(force=True)
    page.locator("#generate-state", has_text="Writing").wait_for(timeout=5000)
    assert ink() != second


def test_what_cannot_be_written_is_marked_while_typing_and_refused_with_a_remedy(open_page):
    page = open_page("generate")
    written(page)
    page.locator("#text").fill("a café – “quoted”")
    assert page.locator("#text-marks mark").all_inner_texts() == ["é"]
    assert page.locator("#text").get_attribute("aria-invalid") == "true"
    assert "é" in page.locator("#text-fault").inner_text()
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("write instead: a cafe")
    page.locator("#text").fill("")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("nothing to write")
    assert page.locator("#text").evaluate("e => e === document.activeElement")


def test_failures_say_what_to_do(open_page):
    page = open_page()
    page.route("**/api/transcribe", lambda route: route.abort())
    draw(page, "#pad", write("ink", seed=1), 200)
    api.expect(page.get_by_role("alert")).to_contain_text("start it again: handwriting serve")
    page.unroute("**/api/transcribe")
    busy = {"status": 429, "json": {"reason": "busy"}}
    page.route("**/api/transcribe", lambda route: route.fulfill(**busy))
    draw(page, "#pad", write("ink", seed=1), 200, left=300)
    api.expect(page.get_by_role("alert")).to_contain_text("busy", timeout=PATIENCE)  # after some retries


def test_a_style_is_made_kept_used_and_works_on_the_command_line(open_page, run, tmp_path):
    page = open_page("hand")
    page.get_by_role("button", name="Make the style").click()
    api.expect(page.get_by_role("alert")).to_contain_text("Line 1 is empty")
    texts = [t.inner_text() for t in page.locator("#samples .say").all()]
    hand = load("upright").samples[0].ink
    for i, text in enumerate(texts):
        ink = write(text, seed=5) if i else hand  # the first says something else
        draw(page, f"#samples li:nth-child({i + 1}) canvas", ink, 420, top=30)
    bad = page.locator("#samples .verdict").first
    api.expect(bad).to_contain_text("Read as “")
    assert "bad" in bad.get_attribute("class")
    actual = page.get_by_label("What you wrote").first
    assert "quick brown fox" in actual.input_value()
    actual.fill("The quick brown fox jumps")
    page.get_by_label("Name of the style").fill("Tester's hand")
    with page.expect_request("**/api/styles") as request:
        page.get_by_role("button", name="Make the style").click()
    said = [sample["text"] for sample in request.value.post_data_json["samples"]]
    assert said == ["The quick brown fox jumps", *texts[1:]]  # what was written, not what was asked for
    page.locator("#hand-paper .stroke path").first.wait_for(state="attached")
    api.expect(page.locator("#hand-state")).to_contain_text("kept in this browser")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download “Tester's hand”").click()
    file = tmp_path / "style.json"
    shutil.copy(download.value.path(), file)
    assert json.loads(file.read_text())["name"] == "Tester's hand"
    code, out, _ = run("generate", "some words", "-o", tmp_path / "mine.svg", "--style", file)
    assert code == 0 and "1 line" in out
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Use “Tester's hand”").click()
    assert page.get_by_role("radio", name="Tester's hand").is_checked()
    with page.expect_request("**/api/generate") as request:
        page.get_by_role("button", name="Write it").click()
    assert request.value.post_data_json["style"]["name"] == "Tester's hand"
    page.goto(page.url.replace("#generate", "#hand"))
    page.set_input_files("#upload", file)  # a second one of that name replaces nothing
    names = page.locator("#own strong")
    api.expect(names).to_have_text(["Tester's hand", "Tester's hand 2"], timeout=PATIENCE)  # once written with
    api.expect(page.locator("#hand-state")).to_contain_text("“Tester's hand” exists already")
    page.get_by_role("button", name="Delete “Tester's hand”", exact=True).click()
    api.expect(page.locator("#own strong")).to_have_text(["Tester's hand 2"])
    page.get_by_role("button", name="Undo").last.click()
    api.expect(page.locator("#own strong")).to_have_text(["Tester's hand", "Tester's hand 2"])
    page.set_input_files("#upload", SAMPLE)
    api.expect(page.get_by_role("alert")).to_contain_text("is not a style file")


def test_a_line_that_nothing_is_known_of_makes_no_style(open_page):
    page = open_page("hand")
    page.route("**/api/styles/check", lambda route: route.fulfill(json={"read": "", "cer": 1.0}))
    for i in range(3):
        draw(page, f"#samples li:nth-child({i + 1}) canvas", write("ink", seed=5), 100)
    page.get_by_role("button", name="Make the style").click()
    api.expect(page.get_by_role("alert")).to_contain_text("Line 1 cannot be read")
    assert page.evaluate("document.activeElement.closest('.actual') !== null")
    assert page.locator("#own li").count() == 0


def test_the_keyboard_reaches_everything(open_page):
    page = open_page("generate")
    written(page)
    page.locator(".skip").focus()
    api.expect(page.locator(".skip")).to_be_in_viewport(ratio=1)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    for wanted in ("Write", "Generate", "My hand", "theme", "text", "bias", "slant", "seed", "reroll", "best", "go"):
        assert wanted in reached, reached
    page.locator("nav a", has_text="My hand").focus()
    page.keyboard.press("Enter")
    api.expect(page.locator("#hand-title")).to_be_focused()
    assert page.title() == "My hand – Handwriting"
    assert page.locator("nav [aria-current]").inner_text() == "My hand"


@pytest.mark.parametrize("view", ["write", "generate", "hand"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_are_no_serious_accessibility_findings(open_page, view, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python: make installs it"
    )
    page = open_page(view, color_scheme=scheme)
    if view == "write":
        draw(page, "#pad", formats.read(SAMPLE), 500)
        page.locator("#lines .word").first.wait_for()
        page.locator("#lines .word").first.click()
    elif view == "generate":
        page.locator("#text").fill("café")
    else:
        page.evaluate(
            "style => localStorage.setItem('handwriting.styles', JSON.stringify([style]))", load("cursive").record()
        )
        page.reload()
        page.locator("#own li").wait_for()
    page.evaluate(axe.Axe().axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [
        (f["id"], f["impact"], [node["target"] for node in f["nodes"]])
        for f in found
        if f["impact"] in ("serious", "critical")
    ]
    assert not serious


@pytest.mark.parametrize("view", ["write", "generate", "hand"])
def test_a_phone_shows_everything_without_scrolling_sideways(open_page, view):
    page = open_page(view, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.locator(f"#{view} button:visible, nav a, #{view} summary:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 36 and box["x"] >= 0 and box["x"] + box["width"] <= 360, button.inner_text()
    if view == "write":
        before = page.locator("footer").bounding_box()["y"]
        draw(page, "#pad", formats.read(SAMPLE), 300, left=10)
        page.locator("#lines .word").first.wait_for()
        assert page.locator("footer").bounding_box()["y"] == pytest.approx(before, abs=8)


def test_colours_follow_the_system_or_a_choice(open_page):
    page = open_page(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.locator("#theme").click()
    assert page.evaluate(background) != dark
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.get_by_role("button", name="Colour theme: light").is_visible()
