"""The Letters view in a real browser: the first line while typing, a letter page by page, and its download."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import draw
from open_page import needs_browser, reload

from handwriting import formats
from handwriting.rendering.hershey import write as hershey
from handwriting.rendering.pens import PENS
from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
WAIT = 90_000
"""Milliseconds: a watchdog, for machines that are busy."""


def write(page, text, **choices):
    """Write a letter on small paper with one try for each word, and wait until it is there; what is said of it."""
    page.locator("#text").fill(text)
    if not page.locator("#best").is_visible():
        page.locator(".more summary").click()
    page.locator("#best").fill("1")
    for name, value in {"letter-size": "a6", **choices}.items():
        page.locator(f"#{name}").select_option(value)
    page.get_by_role("button", name="Write it").click()
    state = page.locator("#letters-state")
    api.expect(state).to_contain_text("word", timeout=WAIT)
    return state.inner_text()


def downloaded(page, kind):
    page.locator("#letters-download summary").click()
    with page.expect_download(timeout=WAIT) as download:
        page.locator("#letters-formats").get_by_role("button", name=kind).click()
    return Path(download.value.path()).read_bytes()


def test_the_first_line_follows_the_typing(open_page):
    page = open_page("letters")
    preview = page.locator("#preview")
    api.expect(preview).to_have_attribute("aria-label", "Dear reader,", timeout=WAIT)
    page.locator("#text").fill("\nfirst words\nsecond line")
    api.expect(preview).to_have_attribute("aria-label", "first words", timeout=WAIT)
    preview.locator(".stroke path").nth(5).wait_for(state="attached")
    page.wait_for_timeout(1000)
    first = preview.locator(".stroke path").first.get_attribute("d")
    page.get_by_role("radio", name="Cursive").check(force=True)
    api.expect(preview.locator(f'.stroke path[d="{first}"]')).to_have_count(0, timeout=WAIT)


def preview_of(page, text="Dear reader,"):
    """The paths of the preview, once it is whole."""
    api.expect(page.locator("#preview")).to_have_attribute("aria-label", text, timeout=WAIT)
    paths, before = page.locator("#preview .stroke path"), None
    while (now := [path.get_attribute("d") for path in paths.all()]) != before or not now:
        before = now
        page.wait_for_timeout(700)
    return now


def test_the_preview_is_as_lively_as_the_letter_and_its_pen_as_wide(open_page):
    page = open_page("letters")
    still = preview_of(page)
    page.locator(".more summary").click()
    with page.expect_request("**/api/generate") as request:
        page.locator("#lively").fill("1.5")
    assert request.value.post_data_json["lively"] == 1.5
    page.wait_for_timeout(300)
    assert preview_of(page) != still
    with page.expect_request("**/api/generate") as request:
        page.locator("#letter-paper").select_option("ruled")  # there the letter has no liveliness either
    assert request.value.post_data_json["lively"] == 0
    page.wait_for_timeout(300)
    assert preview_of(page) == still
    assert page.locator("#letter-pen option").evaluate_all("all => all.map(({ value }) => value)") == list(PENS)
    for name in ("ballpoint", "marker"):
        page.locator("#letter-pen").select_option(name)
        api.expect(page.locator(f'#preview .stroke[stroke-width="{PENS[name].mean_width:g}"]')).to_have_count(1)


def test_the_preview_has_one_line_however_long_the_words_and_large_the_writing(open_page):
    page = open_page("letters")
    page.locator("#text").fill("Donaudampfschifffahrtsgesellschaft and more")
    preview = page.locator("#preview")
    for size, text in (("1", "Donaudampfschifffah and more"), ("1.5", "Donaudampfsc and")):
        page.locator("#size").fill(size)
        preview_of(page, text)
        assert preview.evaluate("image => image.viewBox.baseVal.height") == 20  # millimetres: a line, and its edges


def test_a_letter_fills_pages_and_is_downloaded_as_it_is_seen(open_page):
    page = open_page("letters")
    asked = []
    page.on("request", lambda request: "api/letter" in request.url and asked.append(request.post_data_json))
    said = write(page, "ink and pen\n\fa second page", **{"letter-paper": "ruled"})
    assert said.startswith("2 pages, 6 words.")
    images = page.locator("#letter-pages img")
    assert images.count() == 2
    api.expect(images.first).to_have_js_property("complete", True)
    assert images.first.evaluate("image => image.naturalWidth") > 0
    page.locator("#text").fill("something else")  # the download is what is seen, not what is typed
    assert "ink and pen" in downloaded(page, "SVG").decode()
    ink = formats.read_pages(downloaded(page, "Xournal"))
    assert [one.number for one in ink] == [1, 2]
    assert asked[0] == asked[1]
    assert downloaded(page, "PDF").startswith(b"%PDF")


def test_two_hands_are_blended(open_page):
    page = open_page("letters")
    assert not page.get_by_label("Blend with").is_visible()  # any hand is none to blend
    page.get_by_role("radio", name="Narrow").check(force=True)
    page.get_by_label("Blend with").select_option(label="Wide")
    api.expect(page.locator("#blend-value")).to_have_text("50 %")
    page.get_by_label("Share of the other hand").fill("30")
    api.expect(page.locator("#blend-value")).to_have_text("30 %")
    with page.expect_request("**/api/letter*") as request:
        assert write(page, "ink and pen").startswith("1 page, 3 words.")
    styles = {name: load(name) for name in ("narrow", "wide")}
    sent = request.value.post_data_json["style"]
    numbers = [0.7 * a + 0.3 * b for a, b in zip(*(s.code.numbers for s in styles.values()), strict=True)]
    assert sent["name"] == "narrow and wide" and sent["code"]["numbers"] == pytest.approx(numbers, abs=1e-4)
    assert sent["size"] == pytest.approx(0.7 * styles["narrow"].size + 0.3 * styles["wide"].size)
    page.locator("#preview .stroke path").nth(3).wait_for(state="attached", timeout=WAIT)
    page.get_by_role("radio", name="Any hand").check(force=True)
    assert not page.get_by_label("Blend with").is_visible()


def test_nothing_lies_over_the_choices_and_the_buttons_are_in_reach(open_page):
    page = open_page("letters")
    for name in ("letter-pen", "letter-color", "letter-paper", "bias"):
        box = page.locator(f"#{name}")
        box.scroll_into_view_if_needed()
        assert box.evaluate(
            """element => { const { left, top, width, height } = element.getBoundingClientRect();
                return element.contains(document.elementFromPoint(left + width / 2, top + height / 2)) }"""
        )
        api.expect(page.get_by_role("button", name="Write it")).to_be_in_viewport(ratio=1)


def test_what_cannot_be_written_is_marked_and_replaced_with_one_click(open_page):
    page = open_page("letters")
    page.locator("#text").fill("an ink 你 “quoted” café")
    assert page.locator("#text-marks mark").all_inner_texts() == ["你"]
    assert page.locator("#text").get_attribute("aria-invalid") == "true"
    assert "你" in page.locator("#text-fault").inner_text()
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#text")).to_be_focused()
    assert page.locator("#toast.shown").count() == 0  # it is said once, below the text
    page.get_by_role("button", name="Replace").click()
    api.expect(page.locator("#text-marks mark")).to_have_count(0)
    api.expect(page.locator("#text")).not_to_have_value("an ink 你 “quoted” café")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(page.locator("#text")).to_have_value("an ink 你 “quoted” café")
    page.locator("#text").fill("")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("nothing to write")
    assert page.locator("#text").evaluate("e => e === document.activeElement")


def test_a_text_in_another_alphabet_is_not_replaced_by_its_commas(open_page):
    page = open_page("letters")
    page.locator("#text").fill("Привет, мир")
    page.get_by_role("button", name="Replace").click()
    api.expect(page.get_by_role("alert")).to_contain_text("no similar one")
    api.expect(page.locator("#text")).to_have_value("Привет, мир")


def test_the_preview_shows_the_pen_and_nothing_for_an_empty_text(open_page):
    page = open_page("letters")
    strokes = page.locator("#preview .stroke")
    strokes.locator("path").first.wait_for(state="attached", timeout=WAIT)
    page.locator("#letter-color").select_option(label="Red")
    page.locator("#letter-pen").select_option(label="Marker")
    api.expect(strokes).to_have_css("stroke", "rgb(179, 38, 30)")
    api.expect(strokes).to_have_attribute("stroke-width", str(PENS["marker"].mean_width))
    page.locator("#text").fill("# A heading\n\nand a line")
    page.locator(".more summary").click()
    page.locator("#letter-markdown").check()
    api.expect(page.locator("#preview")).to_have_attribute("aria-label", "A heading", timeout=WAIT)
    page.locator("#text").fill("")
    api.expect(strokes.locator("path")).to_have_count(0)


def test_on_a_phone_the_pages_come_into_view(open_page):
    page = open_page("letters", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("#text").fill("ink")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#letter-pages img")).to_be_in_viewport(ratio=0.5, timeout=WAIT)


def test_a_field_that_is_out_of_range_is_shown(open_page):
    page = open_page("letters")
    page.locator(".more summary").click()
    page.locator("#best").fill("99")
    page.locator(".more summary").click()
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#best")).to_be_focused()


def test_the_text_stays_after_a_reload_and_comes_back_after_another_was_brought_in(open_page):
    page = open_page("letters")
    page.locator("#text").fill("my own words")
    reload(page)
    api.expect(page.locator("#text")).to_have_value("my own words")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(["other words"], "a.txt"));
            const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.body.dispatchEvent(drop) }"""
    )
    api.expect(page.locator("#text")).to_have_value("other words")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(page.locator("#text")).to_have_value("my own words")


def test_a_letter_that_is_stopped_or_fails_leaves_the_one_before(open_page):
    page = open_page("letters")
    write(page, "the first one")
    page.route("**/api/letter*", lambda route: route.fulfill(body='{"type": "error", "reason": "it took too long"}\n'))
    page.locator("#text").fill("another one")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.get_by_role("alert")).to_contain_text("It took too long")
    api.expect(page.locator("#letters-state")).to_have_text("The letter was not written.")
    assert page.locator("#letter-pages img").count() == 1
    page.unroute("**/api/letter*")
    assert b"the first one" in downloaded(page, "SVG")
    page.route("**/api/letter*", lambda route: None)  # never answered
    page.get_by_role("button", name="Write it").click()
    page.get_by_role("button", name="Stop").click()
    api.expect(page.locator("#letters-state")).to_have_text("Stopped.")
    assert page.locator("#letter-pages img").count() == 1


def test_errors_of_the_server_are_in_the_language_of_the_page(open_page):
    page = open_page("letters", locale="de")
    page.locator("#text").fill("ink")
    page.locator(".more summary").click()
    page.locator("#letter-header").fill("你 2026")
    page.get_by_role("button", name="Schreiben", exact=True).click()
    api.expect(page.get_by_role("alert")).to_have_text("Kann nicht geschrieben werden: 你", timeout=WAIT)
    picture = {"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
    page.goto(page.url.replace("letters", "notebook"))
    page.set_input_files("#open", picture)
    api.expect(page.get_by_role("alert")).to_have_text("„cat.png“: Das ist keine bekannte Art von Tintendatei.")
    page.evaluate("localStorage.setItem('handwriting.reader', JSON.stringify('gone'))")
    page.route("**/api/abilities", lambda route: route.fulfill(json={"readers": ["gone"]}))
    page.reload()  # the worker has the text read, and does not know the language that was chosen
    page.wait_for_selector("html[data-ready]")
    draw(page, "#pad", hershey("ink", seed=1), 100)
    api.expect(page.locator("#text-state")).to_contain_text("Der Server hat diese Erkennung nicht mehr.")
    page.evaluate("localStorage.setItem('handwriting.language', JSON.stringify('en'))")
    page.reload()
    api.expect(page.locator("#text-state")).to_contain_text("There is no adapted recognizer 'gone'")
