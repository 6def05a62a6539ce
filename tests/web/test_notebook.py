"""The notebook in a real browser: writing, erasing, selecting, undoing, and pages that stay."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from browser import draw
from open_page import dark_pixels, needs_browser, read_lines, reload, wait_until

from handwriting import formats
from handwriting.rendering.hershey import write

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLE = "datasets/samples/line.xml"

STORED_NAME = """(name) => new Promise(resolve => { const open = indexedDB.open("handwriting");
    open.onsuccess = () => { const all = open.result.transaction("pages").objectStore("pages").getAll();
        all.onsuccess = () => { open.result.close(); resolve(all.result.some(page => page.name === name)) } } })"""
"""Whether the database has a page of this name."""


@pytest.fixture
def sample():
    return formats.read(SAMPLE)


def items(page):
    """What is stored of all pages, as the database has it."""
    return page.evaluate(
        """() => new Promise(resolve => { const open = indexedDB.open("handwriting");
            open.onsuccess = () => { const all = open.result.transaction("items").objectStore("items").getAll();
                all.onsuccess = () => { open.result.close();
                    const flat = ({ page, value }) => ({ ...value, page, points: [...(value.points ?? [])] });
                    resolve(all.result.map(flat)) } } })"""
    )


def send_pointers(page, *events):
    """Dispatch pointer events (kind, id, type, x, y, buttons) on the sheet."""
    page.evaluate(
        """(events) => { const canvas = document.querySelector("#pad"), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            for (const [kind, pointerId, pointerType, x, y, buttons] of events) {
                const button = { 32: 5, 2: 2 }[buttons] ?? 0;
                canvas.dispatchEvent(new PointerEvent(kind, {
                    pointerId, pointerType, bubbles: true, cancelable: true, pressure: 0.5, button, buttons,
                    clientX: box.left + x, clientY: box.top + y })) } }""",
        [list(event) for event in events],
    )


def test_ink_is_read_line_by_line_and_its_words_are_shown_on_it(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    draw(page, "#pad", sample, 500, top=190)
    api.expect(page.locator("#text-state")).to_contain_text("2 lines")
    assert read_lines(page) == ["a line of handwriting"] * 2
    page.locator("#lines .word", has_text="line").first.hover()
    box = page.locator("#overlay .word rect").bounding_box()
    sheet = page.locator("#pad").bounding_box()
    assert 0 < box["x"] - sheet["x"] < 250 and 0 < box["width"] < 250
    page.locator("#lines .word").last.focus()
    assert page.locator("#overlay .word rect").bounding_box()["y"] > box["y"]
    api.expect(page.locator("#pad")).to_have_attribute(
        "aria-label", "Sheet that says: a line of handwriting / a line of handwriting"
    )


def test_only_the_part_of_the_page_that_changed_is_read_again(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    with page.expect_request("**/api/transcribe") as request:
        draw(page, "#pad", write("ink", seed=1), 100, top=300)
    assert len(request.value.post_data_json["strokes"]) < len(sample.starts)
    api.expect(page.locator("#lines > li")).to_have_count(2)


def test_real_pointer_input_makes_ink(open_page):
    page = open_page()
    page.mouse.move(450, 330)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(450 + 6 * i, 330 + 40 * np.sin(i / 5))
    page.mouse.up()
    assert dark_pixels(page) > 300
    assert page.locator("#undo").is_enabled()


def test_undo_has_no_end_and_goes_on_after_a_reload(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page)
    page.locator("#paper-menu summary").click()
    page.get_by_role("button", name="Clear the page").click()
    assert dark_pixels(page) == 0
    assert page.locator("#redo").is_disabled()
    page.keyboard.press("Control+Z")  # takes back the clearing
    assert dark_pixels(page) == full
    page.keyboard.press("Control+Shift+Z")
    assert dark_pixels(page) == 0
    reload(page)
    assert dark_pixels(page) == 0
    page.keyboard.press("Control+Z")
    assert dark_pixels(page) == full
    api.expect(page.locator("#text-state")).to_have_text(re.compile("^$|read in [1-9]"))  # not in 0 ms
    for _ in range(len(sample.starts)):
        page.locator("#undo").click()
    assert dark_pixels(page) == 0
    assert page.locator("#undo").is_disabled()
    draw(page, "#pad", write("l", seed=1), 30)  # a new stroke, after which there is nothing to repeat
    assert page.locator("#redo").is_disabled()


def test_changes_of_the_page_itself_are_undone_in_their_turn(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    full = dark_pixels(page)
    ruling, size, names = page.locator("#paper-ruling"), page.locator("#paper-size"), page.locator("#page-list .name")
    page.locator("#paper-menu summary").click()
    ruling.select_option("dotted")
    size.select_option("a5")
    page.get_by_role("button", name="Rename").click()
    page.keyboard.type("Notes")
    page.keyboard.press("Enter")
    api.expect(names).to_have_text(["Notes"])
    page.wait_for_function(STORED_NAME, arg="Notes")
    reload(page)
    page.keyboard.press("Control+z")
    api.expect(names).to_have_text(["a line of handwriting"])
    page.locator("#paper-menu summary").click()
    size.focus()
    page.keyboard.press("Control+z")  # right after the choice, the focus is still there
    api.expect(size).to_have_value("a4")
    api.expect(ruling).to_have_value("dotted")
    page.locator("#undo").click()
    api.expect(ruling).to_have_value("ruled")
    assert dark_pixels(page) == full  # no stroke was taken back
    for _ in range(3):
        page.locator("#redo").click()
    api.expect(names).to_have_text(["Notes"])
    api.expect(page.locator("#redo")).to_be_disabled()
    page.locator("#paper-menu summary").click()
    api.expect(size).to_have_value("a5")
    page.get_by_role("button", name="Rename").click()
    page.keyboard.press("Enter")  # the same name is no change
    for _ in range(4):
        page.locator("#undo").click()
    api.expect(names).to_have_text(["a line of handwriting"])
    assert dark_pixels(page) < full


def test_a_pen_writes_while_the_palm_rests_on_the_screen(open_page):
    page = open_page()
    send_pointers(
        page,
        ("pointerdown", 1, "touch", 400, 200, 1), ("pointermove", 1, "touch", 410, 205, 1),
        ("pointerdown", 2, "pen", 50, 50, 1), ("pointermove", 2, "pen", 90, 60, 1),
        ("pointermove", 1, "touch", 420, 210, 1), ("pointerup", 1, "touch", 420, 210, 0),
        ("pointermove", 2, "pen", 120, 50, 1), ("pointerup", 2, "pen", 120, 50, 0),
        ("pointerdown", 3, "touch", 300, 300, 1), ("pointermove", 3, "touch", 330, 300, 1),
        ("pointerup", 3, "touch", 330, 300, 0),
    )  # fmt: skip
    api.expect(page.locator("#undo")).to_be_enabled()
    page.wait_for_timeout(200)
    (stroke,) = items(page)
    assert len(stroke["points"]) == 3 * 4
    assert stroke["points"][3] == pytest.approx(0.5)  # the pressure


def test_the_eraser_and_that_of_the_pen_remove_strokes(open_page):
    page = open_page()
    lines = [
        ("pointerdown", 1, "pen", 60, 100, 1),
        ("pointermove", 1, "pen", 300, 100, 1),
        ("pointerup", 1, "pen", 300, 100, 0),
    ]
    send_pointers(page, *lines, *[(k, i, t, x, y + 80, b) for k, i, t, x, y, b in lines])
    both = dark_pixels(page)
    for buttons in (32, 2):  # the end of the pen, and the button at its side
        send_pointers(
            page,
            ("pointerdown", 4, "pen", 200, 60, buttons), ("pointermove", 4, "pen", 200, 130, buttons),
            ("pointerup", 4, "pen", 200, 130, 0),
        )  # fmt: skip
        assert dark_pixels(page) == pytest.approx(both / 2, rel=0.1)
        page.keyboard.press("Control+z")
        assert dark_pixels(page) == both
    page.get_by_label("Eraser").check(force=True)
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 70)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 200, steps=8)
    page.mouse.up()
    assert dark_pixels(page) == 0
    page.locator("#undo").click()  # one gesture is one change
    assert dark_pixels(page) == both


def test_parts_of_strokes_are_erased_and_come_back(open_page):
    page = open_page()
    for y in (100, 160):
        send_pointers(
            page, ("pointerdown", 1, "pen", 60, y, 1), ("pointermove", 1, "pen", 300, y, 1),
            ("pointerup", 1, "pen", 300, y, 0),
        )  # fmt: skip
    whole = dark_pixels(page)
    assert not page.get_by_label("Erase parts of strokes").is_visible()
    page.get_by_label("Eraser (E)").check(force=True)
    page.get_by_label("Erase parts of strokes").check(force=True)
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 180, box["y"] + 70)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 200, steps=12)
    page.mouse.up()
    assert 0.8 * whole < dark_pixels(page) < 0.95 * whole  # a gap in each line
    page.wait_for_timeout(300)
    pieces = sorted(items(page), key=lambda item: item["id"])
    assert len(pieces) == 4
    ends = [(piece["points"][0], piece["points"][-4]) for piece in pieces]  # x: left, right of the gap, line by line
    assert ends[0][1] < ends[1][0] and ends[2][1] < ends[3][0] and ends[0][0] < ends[0][1]
    assert pieces[0]["start"] <= pieces[1]["start"]
    page.keyboard.press("Control+z")
    assert dark_pixels(page) == whole
    page.keyboard.press("Control+y")
    page.mouse.move(box["x"] + 60, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 100, steps=12)
    page.mouse.up()
    page.wait_for_timeout(300)
    reload(page)
    assert len(items(page)) == 2  # what is left of the second line; the choice is remembered
    page.get_by_label("Eraser (E)").check(force=True)
    assert page.get_by_label("Erase parts of strokes").is_checked()


def test_ink_is_selected_moved_copied_and_deleted(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    page.get_by_label("Select (S)").check(force=True)
    box = page.locator("#pad").bounding_box()

    def drag(*points):
        page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
        page.mouse.up()

    drag((10, 5), (560, 5), (560, 120), (10, 120), (10, 5))
    assert page.locator("#selection-count").inner_text() == f"{len(sample.starts)} strokes"
    before = items(page)
    drag((200, 60), (200, 160))
    page.wait_for_timeout(300)
    moved = {item["id"]: item for item in items(page)}
    scale = page.evaluate(
        "document.getElementById('overlay').viewBox.baseVal.width / document.getElementById('pad').clientWidth"
    )
    for item in before:
        assert moved[item["id"]]["points"][1] - item["points"][1] == pytest.approx(100 * scale, abs=0.1)
    page.keyboard.press("Control+d")
    page.wait_for_timeout(300)
    assert len(items(page)) == 2 * len(before)
    page.keyboard.press("Delete")
    page.wait_for_timeout(300)
    assert {item["id"] for item in items(page)} == set(moved)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    assert sorted(items(page), key=lambda item: item["id"]) == sorted(before, key=lambda item: item["id"])
    page.get_by_role("button", name="line", exact=True).click()  # the keyboard's way: the menu of a word
    page.get_by_role("button", name="Select its ink").click()
    selected = int(page.locator("#selection-count").inner_text().split()[0])
    assert 1 < selected < len(before)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    right = {item["id"]: item for item in items(page)}
    assert sum(right[item["id"]]["points"][0] > item["points"][0] for item in before) == selected


def test_the_page_is_zoomed_and_moved_with_wheel_fingers_and_keys(open_page):
    page = open_page()

    def view():
        return [float(value) for value in page.locator("#overlay").get_attribute("viewBox").split()]

    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    _, y, width, _ = view()
    page.mouse.wheel(0, 100)
    page.wait_for_timeout(100)
    assert view()[1] - y == pytest.approx(100 * width / box["width"], rel=0.02)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert view()[2] == pytest.approx(width / math.exp(1 / 3), rel=0.01)
    page.locator("#pad").focus()
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    assert view()[2] == pytest.approx(width)
    send_pointers(
        page,
        ("pointerdown", 1, "touch", 200, 200, 1), ("pointermove", 1, "touch", 201, 200, 1),
        ("pointerdown", 2, "touch", 300, 200, 1), ("pointermove", 2, "touch", 401, 200, 1),
        ("pointerup", 2, "touch", 401, 200, 0), ("pointerup", 1, "touch", 201, 200, 0),
    )  # fmt: skip
    page.wait_for_timeout(100)
    assert view()[2] == pytest.approx(width * 99 / 200, rel=0.01)
    assert not items(page)  # the first finger's stroke was none


def test_pages_are_made_named_deleted_and_brought_back(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    names = page.locator("#page-list .name")
    api.expect(names).to_have_text(["a line of handwriting"])  # until it has a name of its own
    page.get_by_role("button", name="New page").click()
    api.expect(names).to_have_count(2)
    page.get_by_role("button", name="Rename").click()
    page.keyboard.type("Second")
    page.keyboard.press("Enter")
    api.expect(names).to_have_text(["a line of handwriting", "Second"])
    page.wait_for_function(STORED_NAME, arg="Second")  # a reload interrupts what is being stored
    reload(page)
    api.expect(names).to_have_text(["a line of handwriting", "Second"])
    assert page.locator("#page-list [aria-current]").inner_text().startswith("Second")
    names.first.click()
    api.expect(page.locator("#lines > li")).to_have_count(1)
    page.get_by_role("button", name="Delete “a line of handwriting”").click()
    api.expect(names).to_have_text(["Second"])
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(names).to_have_text(["a line of handwriting", "Second"])
    api.expect(page.locator("#lines > li")).to_have_count(1)


def test_pages_deleted_one_after_the_other_come_back_together(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    for _ in range(2):
        page.get_by_role("button", name="New page").click()
    api.expect(page.locator("#page-list li")).to_have_count(3)
    for left in (2, 1):
        page.get_by_role("button", name="Delete “Page from").click()
        api.expect(page.locator("#page-list li")).to_have_count(left)
    api.expect(page.get_by_role("alert")).to_contain_text("2 pages have been deleted.")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(page.locator("#page-list li")).to_have_count(3)


def test_a_second_press_on_delete_does_no_harm(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    page.get_by_role("button", name="New page").click()
    api.expect(page.locator("#page-list li")).to_have_count(2)
    page.locator("#page-list .page-actions button").nth(1).evaluate("button => { button.click(); button.click(); }")
    api.expect(page.locator("#page-list li")).to_have_count(1)
    api.expect(page.locator("#text-state")).not_to_contain_text("not saved")
    draw(page, "#pad", sample, 500, top=200)
    api.expect(page.locator("#lines > li")).to_have_count(2)
    reload(page)
    api.expect(page.locator("#lines > li")).to_have_count(2)


def test_on_a_phone_the_list_of_pages_closes_when_it_is_left(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    toggle, pages = page.locator("#pages-toggle"), page.locator("#pages")
    toggle.click()
    page.keyboard.press("Escape")
    api.expect(pages).to_be_visible()  # the focus is not in the list
    page.get_by_label("Search all pages").focus()
    page.keyboard.press("Escape")
    api.expect(pages).to_be_hidden()
    toggle.click()
    for key, name in (("Escape", "Page from"), ("Enter", "Named")):  # the keys end the naming, and nothing else
        page.get_by_role("button", name="Rename").click()
        page.keyboard.type("Named")
        page.keyboard.press(key)
        api.expect(page.locator("#page-list .open")).to_be_focused()
        api.expect(page.locator("#page-list .name")).to_contain_text(name)
        page.wait_for_timeout(100)
        api.expect(pages).to_be_visible()
    page.get_by_role("button", name="New page").click()
    api.expect(pages).to_be_hidden()
    toggle.click()
    send_pointers(page, ("pointerdown", 3, "pen", 150, 600, 1), ("pointerup", 3, "pen", 150, 600, 0))
    api.expect(pages).to_be_hidden()
    assert items(page) == []


def test_what_is_written_right_after_new_page_is_on_the_new_page(open_page):
    page = open_page()
    page.evaluate(
        """() => { const canvas = document.querySelector("#pad"), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            document.querySelector("#new-page").click();
            for (const kind of ["pointerdown", "pointermove", "pointerup"])
                canvas.dispatchEvent(new PointerEvent(kind, { pointerId: 7, pointerType: "pen", bubbles: true,
                    clientX: box.left + 200, clientY: box.top + 200, button: 0, buttons: 1 })) }"""
    )
    api.expect(page.locator("#page-list .name")).to_have_count(2)
    assert dark_pixels(page) > 0
    (stroke,) = items(page)
    assert stroke["page"] == page.evaluate("JSON.parse(localStorage.getItem('handwriting.page'))")
    page.locator("#page-list .open").first.click()
    api.expect(page.locator("#pad")).to_have_accessible_name(re.compile("Empty"))


def test_a_name_is_typed_to_its_end_while_the_list_of_pages_changes(open_page, sample):
    page = open_page()
    page.get_by_role("button", name="New page").click()
    names = page.locator("#page-list .name")
    api.expect(names).to_have_count(2)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    other.locator("#page-list .name").first.click()
    page.get_by_role("button", name="Rename").click()
    page.keyboard.type("Sec")
    draw(other, "#pad", sample, 500)
    api.expect(names).to_have_text(["a line of handwriting"])  # the list is drawn anew around the field
    page.keyboard.type("ond")
    api.expect(page.get_by_label("Name of the page")).to_have_value("Second")
    page.keyboard.press("Enter")
    api.expect(names).to_have_text(["a line of handwriting", "Second"])
    page.get_by_role("button", name="Rename").click()
    page.keyboard.type("Third")
    other.get_by_role("button", name="New page").click()
    api.expect(page.locator("#page-list > li")).to_have_count(3)
    other.locator("#page-list .open").nth(1).click()
    other.get_by_role("button", name="Delete “Second”").click()
    api.expect(page.get_by_label("Name of the page")).to_have_count(0)  # the page is gone, and its name with it
    api.expect(names).to_have_count(2)


def test_what_another_tab_writes_is_shown_here(open_page, sample):
    page = open_page()
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    draw(other, "#pad", sample, 500)
    api.expect(page.locator("#lines > li")).to_have_count(1)
    assert dark_pixels(page) > 300
    page.locator("#undo").click()  # takes back a stroke of the other tab
    api.expect(other.locator("#redo")).to_be_enabled()


def test_ink_of_earlier_versions_is_taken_over(open_page, sample):
    page = open_page()
    strokes = [
        [[x * 0.2 + 40, y * 0.2 + 40, 10 * i, None] for i, (x, y) in enumerate(s.tolist())] for s in sample.strokes
    ]
    page.evaluate("ink => localStorage.setItem('handwriting.ink', ink)", json.dumps(strokes))
    reload(page)
    api.expect(page.locator("#lines > li")).to_have_count(1)
    assert read_lines(page) == ["a line of handwriting"]
    assert page.evaluate("localStorage.getItem('handwriting.ink')") is None
    reload(page)
    assert len(items(page)) == len(strokes)


def test_ink_is_read_when_the_server_is_back(open_page, sample):
    page = open_page()
    page.route("**/api/transcribe", lambda route: route.abort())
    draw(page, "#pad", sample, 500)
    api.expect(page.locator("#text-state")).to_contain_text("Not read yet")
    api.expect(page.get_by_role("alert")).to_contain_text("start it again: handwriting serve")
    page.unroute("**/api/transcribe")
    api.expect(page.locator("#lines > li")).to_have_count(1)
    assert read_lines(page) == ["a line of handwriting"]


RECORD_FRAMES = """() => { window.frames = []; let last;
    const frame = (now) => { if (last) window.frames.push(now - last); last = now; requestAnimationFrame(frame) };
    requestAnimationFrame(frame) }"""


COUNT_WORK = """() => { window.most = {};
    const now = performance.now.bind(performance); let drawn = 0;
    performance.now = () => now() + drawn / 100;
    for (const [{ prototype }, name] of [[CanvasRenderingContext2D, "stroke"], [IDBObjectStore, "put"]]) {
        const plain = prototype[name]; let count = 0;
        prototype[name] = function (...values) {
            if (!count) queueMicrotask(() => (count = 0));
            count += 1;
            if (name === "stroke") drawn += 1;
            window.most[name] = Math.max(window.most[name] ?? 0, count);
            return plain.apply(this, values) } } }"""
"""The most lines that are drawn, and values that are stored, without a pause; drawing a line takes 10 µs or more."""


def open_heavy(open_page):
    """A page with three thousand strokes, whose text nobody reads."""
    page = open_page()
    page.route(
        "**/api/transcribe",
        lambda route: route.fulfill(json={"predictions": [{"text": "", "segmentationResult": []}], "lines": []}),
    )
    strokes = []
    for i in range(3000):
        x, y = 10 + (i % 60) * 3.1, 12 + (i // 60) * 5.4
        points = [v for k in range(40) for v in (x + 0.07 * k, y + 1.4 * math.sin(k / 4 + i), 8 * k, 0.5)]
        strokes.append({"id": f"a{i:05d}", "kind": "stroke", "start": 1e12 + 400 * i, "points": points})
    book = {
        "format": "handwriting-notebook",
        "version": 1,
        "pages": [{"name": "heavy", "width": 210, "height": 297, "items": strokes}],
    }
    page.set_input_files(
        "#open", {"name": "heavy.json", "mimeType": "application/json", "buffer": json.dumps(book).encode()}
    )
    page.locator("#toast.shown").wait_for()
    dark_pixels(page)
    return page


def test_three_thousand_strokes_stay_fluid(open_page):
    page = open_heavy(open_page)
    page.evaluate(RECORD_FRAMES)
    box = page.locator("#pad").bounding_box()
    for i in range(4):
        page.mouse.move(box["x"] + 60, box["y"] + 80 + 60 * i)
        page.mouse.down()
        for k in range(80):
            page.mouse.move(box["x"] + 60 + 5 * k, box["y"] + 80 + 60 * i + 20 * math.sin(k / 4))
        page.mouse.up()
    frames = sorted(page.evaluate("window.frames"))
    print(
        f"frames while writing on 3,000 strokes: median {frames[len(frames) // 2]:.1f} ms, longest {frames[-1]:.1f} ms"
    )
    assert frames[len(frames) // 2] < 50  # a watchdog for busy machines; an idle one shows 16.7, and 50 as the longest


def test_three_thousand_strokes_are_moved_without_a_long_frame(open_page):
    page = open_heavy(open_page)
    before = {item["id"]: item["points"] for item in items(page)}
    page.locator("#pad").focus()
    page.keyboard.press("Control+a")
    page.wait_for_timeout(500)
    page.evaluate(COUNT_WORK)
    box = page.locator("#pad").bounding_box()
    longest = []
    for _ in range(3):
        page.evaluate(RECORD_FRAMES)
        page.mouse.move(box["x"] + 300, box["y"] + 300)
        page.mouse.down()
        for k in range(60):
            page.mouse.move(box["x"] + 300 + k, box["y"] + 300 + k / 2)
        page.mouse.up()
        page.wait_for_timeout(800)
        longest.append(max(page.evaluate("window.frames")))
    print(f"longest frames while moving 3,000 strokes: {', '.join(f'{frame:.1f}' for frame in longest)} ms")
    most = page.evaluate("window.most")  # not the time, which other work on the machine adds to
    assert 0 < most["stroke"] < 1000 and 0 < most["put"] < 200
    moved_ink = dark_pixels(page)
    assert moved_ink > 0 and dark_pixels(page, "#pad") == 0  # it is the page's ink again
    scale = page.evaluate(
        "document.getElementById('overlay').viewBox.baseVal.width / document.getElementById('pad').clientWidth"
    )
    page.wait_for_timeout(500)
    for one in items(page):
        assert one["points"][0] - before[one["id"]][0] == pytest.approx(3 * 59 * scale, abs=0.5)
    reload(page)
    wait_until(page, lambda: dark_pixels(page) == moved_ink)
    for left in (2, 1, 0):  # a large change is stored in parts, and undone in one step
        page.keyboard.press("Control+z")
        place = pytest.approx(before["a00000"][0] + left * 59 * scale, abs=0.5)
        wait_until(page, lambda place=place: items(page)[0]["points"][0] == place)
    assert page.locator("#undo").is_disabled()
