"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from handwriting import formats
from handwriting.checkpoint import shipped
from handwriting.rendering.hershey import write
from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome here; install one to see the page"),
    pytest.mark.skipif(not (shipped("synthesizer") / "card.json").is_file(), reason="no shipped synthesizer here"),
]
ARGUMENTS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"
PATIENCE = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


@pytest.fixture(scope="module")
def address():
    """A server of this process, as `serve` runs it."""
    import uvicorn

    from handwriting.recognition.recognizer import Recognizer
    from handwriting.synthesis.synthesizer import Synthesizer
    from handwriting.web.api import application
    from handwriting.web.guard import Guard
    from handwriting.web.service import Service

    listener = socket.create_server(("127.0.0.1", 0))
    app = Guard(application(Service(Synthesizer.load(), Recognizer.load())))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        extra = ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split() + extra)
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


def draw(page, selector, ink, width=None, left=30, top=30):
    """Write ``ink`` on a canvas with pointer events, each stroke's points as a browser would send them."""
    box = page.locator(selector).bounding_box()
    scale = (width or 0.6 * box["width"]) / (ink.bounds[2] - ink.bounds[0])
    strokes = [
        [[(x - ink.bounds[0]) * scale + left, (y - ink.bounds[1]) * scale + top] for x, y in stroke.tolist()]
        for stroke in ink.strokes
    ]
    page.evaluate(
        """([selector, strokes]) => {
            const canvas = document.querySelector(selector), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            const send = (kind, [x, y]) => canvas.dispatchEvent(new PointerEvent(kind, {
                pointerId: 7, pointerType: "pen", isPrimary: true, bubbles: true, cancelable: true, pressure: 0.6,
                clientX: box.left + x, clientY: box.top + y, button: 0, buttons: 1 }));
            for (const stroke of strokes) {
                send("pointerdown", stroke[0]);
                for (const point of stroke.slice(1)) send("pointermove", point);
                send("pointerup", stroke.at(-1));
            }
        }""",
        [selector, strokes],
    )


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


def test_undo_redo_and_clear(open_page):
    page = open_page()
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page, "#pad")
    page.get_by_role("button", name="Clear").click()
    assert dark_pixels(page, "#pad") == 0
    api.expect(page.locator("#lines > li")).to_have_count(0)
    page.get_by_role("button", name="Redo").is_enabled()
    page.keyboard.press("Control+Shift+Z")
    assert abs(dark_pixels(page, "#pad") - full) < 0.02 * full
    page.get_by_role("button", name="Undo").click()
    assert 0 < dark_pixels(page, "#pad") < full


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
    api.expect(page.get_by_role("alert")).to_contain_text("Start it again: python app.py serve")
    page.unroute("**/api/transcribe")
    busy = {"status": 429, "json": {"reason": "busy"}}
    page.route("**/api/transcribe", lambda route: route.fulfill(**busy))
    draw(page, "#pad", write("ink", seed=1), 200, left=300)
    api.expect(page.get_by_role("alert")).to_contain_text("busy")


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
    assert "The quick brown fox" in bad.inner_text() or "bad" in bad.get_attribute("class")
    page.get_by_label("Name of the style").fill("Tester's hand")
    page.get_by_role("button", name="Make the style").click()
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
    page.get_by_role("button", name="Delete").click()
    assert page.locator("#own li").count() == 0
    page.set_input_files("#upload", file)
    api.expect(page.locator("#own li")).to_have_count(1)
    page.set_input_files("#upload", SAMPLE)
    api.expect(page.get_by_role("alert")).to_contain_text("is no style")


def test_the_keyboard_reaches_everything(open_page):
    page = open_page("generate")
    written(page)
    page.locator(".skip").focus()
    page.wait_for_function("document.querySelector('.skip').getBoundingClientRect().y >= 0")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    for wanted in ("Write", "Generate", "My hand", "theme", "text", "bias", "slant", "seed", "reroll", "best", "go"):
        assert wanted in reached, reached
    page.locator("nav a", has_text="My hand").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'hand-title'")
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
    assert page.get_by_role("button", name="Colours: light").is_visible()


@pytest.mark.skipif(
    "HANDWRITING_SCREENSHOTS" not in os.environ, reason="set HANDWRITING_SCREENSHOTS to a folder for them"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_screenshots(open_page, scheme, device):
    """Every view, to be looked at."""
    folder = Path(os.environ["HANDWRITING_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    size = {"width": 1280, "height": 860} if device == "desktop" else {"width": 390, "height": 844}
    page = open_page(viewport=size, color_scheme=scheme, device_scale_factor=1.5)
    wide = 0.62 * size["width"]
    lines = [load("upright").samples[0].ink, load("cursive").samples[0].ink]
    for i, ink in enumerate(lines):
        draw(page, "#pad", ink, wide, left=0.05 * size["width"], top=24 + i * 0.12 * size["width"])
    page.locator("#lines > li").nth(1).wait_for()
    page.locator("#lines .word").nth(2).hover()
    page.screenshot(path=folder / f"{device}-{scheme}-write.png", full_page=True)
    page.locator("nav a", has_text="Generate").click()
    written(page)
    page.screenshot(path=folder / f"{device}-{scheme}-generate.png", full_page=True)
    page.locator("nav a", has_text="My hand").click()
    for i, name in enumerate(("slanted", "printed", "upright")):
        draw(
            page,
            f"#samples li:nth-child({i + 1}) canvas",
            load(name).samples[0].ink,
            0.8 * size["width"] * (0.6 if device == "desktop" else 1),
        )
    page.locator("#samples .verdict:not(:empty)").nth(2).wait_for()
    page.get_by_role("button", name="Make the style").click()
    api.expect(page.locator("#hand-state")).to_contain_text("kept")
    page.locator("#hand-paper .stroke path").nth(10).wait_for(state="attached")
    page.wait_for_timeout(500)
    page.screenshot(path=folder / f"{device}-{scheme}-hand.png", full_page=True)
