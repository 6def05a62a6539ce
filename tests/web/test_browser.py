"""What all views of the page share, in a real browser: header, keyboard, languages, colours, and accessibility."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import draw
from open_page import needs_browser, reload

from handwriting import formats
from handwriting.synthesis.styles import load
from handwriting.web.api import PAGE

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLE = Path(__file__).parents[2] / "datasets" / "samples" / "line.xml"
VIEWS = ["notebook", "letters", "hand", "inside"]


@pytest.mark.parametrize("view", [*VIEWS, "write", "generate"])
def test_a_link_to_a_view_shows_the_header_and_the_view(open_page, view):
    page = open_page(view, viewport={"width": 640, "height": 400})  # as 1280 x 800 at 200 %
    page.wait_for_timeout(200)
    assert page.locator("header").bounding_box()["y"] >= 0
    shown = {"write": "notebook", "generate": "letters"}.get(view, view)  # the former names still lead there
    assert page.locator(f"#{shown}").is_visible()
    page.locator("nav a", has_text="My hand").click()
    page.wait_for_timeout(200)
    assert page.locator("header").bounding_box()["y"] >= 0


def test_the_keyboard_reaches_everything(open_page):
    page = open_page()
    page.goto(page.url.replace("#notebook", "?"))
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Tab")  # begins at the top
    api.expect(page.locator(".skip")).to_be_focused()
    api.expect(page.locator(".skip")).to_be_in_viewport(ratio=1)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.value || document.activeElement.textContent.trim()"
            )
        )
    for wanted in (
        "Notebook",
        "Letters",
        "My hand",
        "Inside",
        "new-page",
        "search",
        "open",
        "export-notebook",
        "pages-toggle",
        "pen",
        "blue",
        "medium",
        "zoom-fit",
        "pad",
    ):
        assert wanted in reached, reached
    page.locator("nav a", has_text="My hand").focus()
    page.keyboard.press("Enter")
    api.expect(page.locator("#hand-title")).to_be_focused()
    assert page.title() == "My hand – Handwriting"
    assert page.locator("nav [aria-current]").inner_text() == "My hand"
    page.locator("nav a", has_text="Notebook").click()
    page.locator("#pad").focus()
    page.keyboard.press("e")
    assert page.get_by_role("radio", name="Eraser").is_checked()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_are_no_serious_accessibility_findings(open_page, view, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python: make installs it"
    )
    page = open_page("notebook", color_scheme=scheme)
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines .word").first.wait_for()
    if view == "notebook":
        page.locator("#search").fill("line")
        page.locator("#hit-list li").wait_for()
        page.locator("#lines .word").first.click()
    elif view == "hand":
        page.evaluate(
            "style => localStorage.setItem('handwriting.styles', JSON.stringify([style]))", load("cursive").record()
        )
        reload(page)
    if view != "notebook":
        page.goto(page.url.split("#")[0] + f"#{view}")
    if view == "letters":
        page.locator("#text").fill("你")
        page.locator(".more summary").click()
    elif view == "inside":
        page.locator("#inside-player").wait_for()
    page.evaluate(axe.Axe().axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [
        (f["id"], f["impact"], [node["target"] for node in f["nodes"]])
        for f in found
        if f["impact"] in ("serious", "critical")
    ]
    assert not serious


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_everything_without_scrolling_sideways(open_page, view):
    page = open_page(view, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    if view == "inside":
        page.goto(page.url.replace("inside", "notebook"))
        draw(page, "#pad", formats.read(SAMPLE), 300, left=10)
        page.locator("#lines .word").first.wait_for()
        page.goto(page.url.replace("notebook", "inside"))
        page.locator("#inside-player").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.locator(f"#{view} button:visible, nav a, #{view} summary.button:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 36 and box["x"] >= 0 and box["x"] + box["width"] <= 360, button.inner_text()
    if view == "notebook":
        sheet = page.locator("#pad").bounding_box()
        draw(page, "#pad", formats.read(SAMPLE), 300, left=10)
        page.locator("#lines .word").first.wait_for()
        assert page.locator("#pad").bounding_box() == sheet
        page.locator("#pages-toggle").click()
        api.expect(page.locator("#page-list .open")).to_be_in_viewport()


def test_colours_follow_the_system_or_a_choice(open_page):
    page = open_page(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.locator("#settings summary").click()
    page.get_by_label("Colours").select_option("light")
    assert page.evaluate(background) != dark
    reload(page)
    assert page.evaluate(background) != dark
    assert page.locator("#theme").input_value() == "light"


def test_the_page_speaks_german_if_the_browser_or_the_person_does(open_page):
    page = open_page(locale="de-DE")
    api.expect(page.locator("nav a")).to_have_text(["Notizbuch", "Briefe", "Meine Hand", "Innen"])
    assert page.locator("html").get_attribute("lang") == "de"
    page.locator("#settings summary").click()
    with page.expect_navigation():
        page.get_by_label("Sprache").select_option("en")
    page.wait_for_selector("html[data-ready]")
    api.expect(page.locator("nav a").first).to_have_text("Notebook")


@pytest.mark.parametrize("width", [320, 390])
def test_no_choice_is_cut_off_on_a_phone(open_page, width):
    page = open_page(viewport={"width": width, "height": 740}, locale="de")
    page.locator("#settings summary").click()
    for name in ("theme", "language", "side"):
        needed, there, left = page.locator(f"#{name}").evaluate(
            """select => { const alone = select.cloneNode(true), style = getComputedStyle(select);
                alone.style.cssText = `position: absolute; width: max-content; font: ${style.font}`;
                select.after(alone);
                const needed = alone.offsetWidth;
                alone.remove();
                return [needed, select.offsetWidth, select.getBoundingClientRect().left] }"""
        )
        assert needed <= there and left >= 0


@pytest.mark.parametrize("width", [320, 360, 660, 740, 820])
def test_the_header_fits_in_german_too(open_page, width):
    page = open_page(viewport={"width": width, "height": 740}, locale="de")
    brand, gear = page.locator(".brand").bounding_box(), page.locator("#settings").bounding_box()
    assert brand["x"] + brand["width"] <= gear["x"] and gear["y"] < brand["y"] + brand["height"]  # in one row
    last = page.locator("nav a").last.bounding_box()
    assert last["x"] + last["width"] <= page.evaluate("document.documentElement.clientWidth")
    page.locator("#settings summary").click()
    api.expect(page.locator("#theme")).to_be_in_viewport(ratio=1)


def test_left_handed_people_have_the_text_on_the_left(open_page):
    page = open_page()
    assert page.locator(".reading").bounding_box()["x"] > page.locator("#sheet").bounding_box()["x"]
    page.locator("#settings summary").click()
    page.get_by_label("Writing hand").select_option("left")
    assert page.locator(".reading").bounding_box()["x"] < page.locator("#sheet").bounding_box()["x"]
    reload(page)
    assert page.locator(".reading").bounding_box()["x"] < page.locator("#sheet").bounding_box()["x"]


def texts(language):
    """The texts of a language, by key; those with plural forms as their source."""
    source = (PAGE / "strings" / f"{language}.js").read_text(encoding="utf-8")
    return dict(re.findall(r'^  "?([\w.-]+)"?: (.+),$', source, re.M))


def test_every_language_has_the_same_texts_with_the_same_values():
    english, german = texts("en"), texts("de")
    assert english.keys() == {key for key in german if not key.startswith("server.")}  # the server speaks English
    assert len(english) > 200
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", german[key])), key


def test_every_text_that_the_page_uses_exists():
    english = texts("en")
    for file in [*PAGE.rglob("*.js"), PAGE / "index.html"]:
        source = file.read_text(encoding="utf-8")
        used = re.findall(r'\bt\("([\w.]+)"[,)]', source) + re.findall(r'data-t(?:-\w+)?="([\w.]+)"', source)
        missing = [key for key in used if key not in english]
        assert not missing, f"{file.name}: {missing}"


def test_a_busy_server_is_asked_again(open_page):
    page = open_page()
    answers = [429, 429]

    def busy(route):
        route.fulfill(status=answers.pop(), json={"reason": "busy"}) if answers else route.continue_()

    page.route("**/api/transcribe", busy)
    draw(page, "#pad", formats.read(SAMPLE), 500)
    page.locator("#lines .word").first.wait_for()
    assert not answers
    assert not page.locator("#toast.shown").count()
    page.route("**/api/transcribe", lambda route: route.fulfill(status=429, json={"reason": "busy"}))
    draw(page, "#pad", formats.read(SAMPLE), 300, top=300)
    api.expect(page.get_by_role("alert")).to_contain_text(
        "busy with other requests", timeout=60_000
    )  # after some retries
