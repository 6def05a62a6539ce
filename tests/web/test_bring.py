"""Files that are brought to the page in a real browser: good, bad, several at once, in old encodings, and too large."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from open_page import needs_browser, reload

from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SAMPLES = Path(__file__).parents[2] / "datasets" / "samples"
LARGE = 17 * 2**20
LINE = {"text": "a line", "strokes": [[[0, 0], [1, 1]], [[2, 0], [3, 1]]]}
CODE = {"network": "0123456789", "numbers": [0.5, -0.2]}


def file(name, content):
    data = content if isinstance(content, bytes) else content.encode()
    return {"name": name, "mimeType": "", "buffer": data}


def style(**changes):
    """A style file; a field that is None is left out."""
    record = {"format": "handwriting-style", "version": 1, "name": "J", "size": 1.0, "samples": [LINE]} | changes
    return file("hand.json", json.dumps({key: value for key, value in record.items() if value is not None}))


def line(**changes):
    return [LINE | changes]


def alert(page):
    return page.get_by_role("alert")


def test_damaged_styles_are_refused_by_name_and_leave_the_page_as_it_is(open_page):
    page = open_page("hand")
    damaged = [
        style(version=None, samples=line(text=5)),
        style(samples=line(text=5)),
        style(samples=line(text=" ")),
        style(samples=line(strokes=[None])),
        style(samples=line(strokes=[])),
        style(samples=line(strokes=[[[0, 0], [1, 1, 1]]])),
        style(samples=line(strokes=[[[0, "a"]]])),
        style(samples=line(strokes=[[[0, 1e300]]])),
        style(samples=line(strokes=[[[k, 0] for k in range(20_001)]])),
        style(samples=[LINE] * 9),
        style(samples=[None]),
        style(samples={}),
        style(samples=None),
        style(name=None),
        style(name="\u200b"),
        style(size="big"),
        style(size=40),
        style(version=99),
        style(code="junk"),
        style(code=CODE | {"numbers": []}),
        style(code=CODE | {"numbers": [1e9]}),
        style(code=CODE | {"network": 7}),
        style(code=CODE | {"delta": "!!"}),
        style(code=CODE | {"delta": "AHw="}),  # infinity
    ]
    for chooser in ("#open", "#upload"):
        for number, one in enumerate(damaged):
            page.set_input_files(chooser, one | {"name": f"{number}.json"})
            api.expect(alert(page)).to_contain_text(f"“{number}.json” is not a style file")
    assert page.locator("#own li").count() == 0
    assert page.evaluate("localStorage.getItem('handwriting.styles')") is None


def test_styles_of_all_forms_are_taken(open_page):
    page = open_page("hand")
    good = {
        "new": style(name="new", version=2, code=CODE | {"delta": "ADwAvA=="}),
        "old": style(name="old", samples=line(strokes=[[[0, 0, 0.1], [1, 1, 0.2]], []])),
        "sizeless": style(name="sizeless", size=None),
        "blend": style(name="blend", version=2, samples=[], code=CODE),
        "shipped": file("shipped.json", json.dumps(load("cursive").record() | {"name": "shipped"})),
    }
    page.set_input_files("#open", list(good.values()))
    api.expect(page.locator("#own strong")).to_have_text(list(good))
    reload(page)
    api.expect(page.locator("#own strong")).to_have_text(list(good))
    assert page.locator("#styles label").count() == 1 + 12 + len(good)


def test_damaged_styles_in_the_storage_are_left_out(open_page):
    page = open_page("hand")
    page.set_input_files("#open", style(name="Anna"))
    api.expect(page.locator("#own strong")).to_have_text(["Anna"])
    page.evaluate(
        """(text) => { const stored = JSON.parse(localStorage.getItem("handwriting.styles"));
            const bad = { ...stored[0], name: "bad", samples: [{ ...stored[0].samples[0], text: 5 }] };
            localStorage.setItem("handwriting.styles", JSON.stringify([null, 7, bad, ...stored])) }"""
    )
    reload(page)
    assert page.locator("#own strong").all_inner_texts() == ["Anna"]
    assert page.locator("#styles label").count() == 1 + 12 + 1
    assert page.locator("#samples li").count() == 3


def test_a_style_that_cannot_be_stored_is_said_to_be_lost(open_page):
    page = open_page("hand")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }")
    page.set_input_files("#open", style(name="Anna"))
    api.expect(alert(page)).to_contain_text("“Anna” will be lost when you close this page")
    page.set_input_files("#open", style(name="Bert"))
    api.expect(page.locator("#own strong")).to_have_text(["Anna", "Bert"])


def test_a_notebook_of_any_size_is_taken_but_not_one_of_another_version(open_page, tmp_path):
    page = open_page()
    book = {"format": "handwriting-notebook", "version": 1, "pages": [{"name": "heavy", "items": []}]}
    path = tmp_path / "heavy.json"
    path.write_text(json.dumps(book) + " " * LARGE)
    page.set_input_files("#open", path)
    api.expect(alert(page)).to_contain_text("“heavy.json” is on a new page")
    api.expect(page.locator("#page-list li")).to_have_count(2)
    page.set_input_files("#open", file("later.json", json.dumps(book | {"version": 99})))
    api.expect(alert(page)).to_contain_text("“later.json”: This notebook comes from another version")
    api.expect(page.locator("#page-list li")).to_have_count(2)
    path.write_text(json.dumps([[[0, 0], [1, 1]]]) + " " * LARGE)
    page.set_input_files("#open", path)
    api.expect(alert(page)).to_contain_text("“heavy.json” is larger than 16 MB")


def test_a_bad_file_among_several_is_named_and_keeps_no_other_out(open_page):
    page = open_page()
    good = (SAMPLES / "line.xml").read_text()
    page.set_input_files("#open", [file("one.xml", good), file("bad.inkml", "<ink><trace>no"), file("two.xml", good)])
    api.expect(page.locator("#page-list li")).to_have_count(3)
    for text in ("“bad.inkml”: ", "“one.xml” is on a new page.", "“two.xml” is on a new page."):
        api.expect(alert(page)).to_contain_text(text)
    alert(page).get_by_role("button", name="Undo").click()
    api.expect(page.locator("#page-list li")).to_have_count(1)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("[Note] Dear Anna, see you", "[Note] Dear Anna, see you"),
        ("[1] Dear Anna", "[1] Dear Anna"),
        ("<3 from Bert", "<3 from Bert"),
        ("Grüße", "Grüße"),
        ("Grüße – für 5 €".encode("cp1252"), "Grüße – für 5 €"),
        ("\ufeffa\r\nb".encode(), "a\nb"),
    ],
)
def test_a_text_is_taken_as_it_was_written(open_page, content, text):
    page = open_page()
    page.set_input_files("#open", file("note.txt", content))
    api.expect(page.locator("#text")).to_have_value(text)
    assert page.locator("#toast.shown").count() == 0


@pytest.mark.parametrize(
    "content",
    [
        "[[[0, 0], [9, 9], [20, 3]]]",
        '{"strokes": [[[0, 0], [9, 9], [20, 3]]]}',
        '<!-- drawn --> <svg xmlns="http://www.w3.org/2000/svg"><path fill="none" stroke="red" d="M0 0L9 9"/></svg>',
    ],
)
def test_ink_in_a_text_file_stays_ink(open_page, content):
    page = open_page()
    page.set_input_files("#open", file("ink.txt", content))
    api.expect(page.locator("#page-list li")).to_have_count(2)


def test_the_cut_of_a_long_text_is_said(open_page):
    page = open_page()
    page.set_input_files("#open", file("long.txt", "word " * 5000))
    api.expect(alert(page)).to_contain_text(
        "“long.txt” is longer than 20,000 characters. Only its beginning was imported."
    )
    assert len(page.locator("#text").input_value()) == 20_000


def test_two_tabs_share_the_hands(open_page):
    first = open_page("hand")
    second = first.context.new_page()
    second.goto(first.url)
    second.wait_for_selector("html[data-ready]")
    first.set_input_files("#open", style(name="Anna"))
    api.expect(second.locator("#own strong")).to_have_text(["Anna"])  # at once
    second.set_input_files("#open", style(name="Bert"))
    api.expect(first.locator("#own strong")).to_have_text(["Anna", "Bert"])
    first.get_by_role("button", name="Delete “Anna”").click()
    api.expect(second.locator("#own strong")).to_have_text(["Bert"])
    second.get_by_role("button", name="Rename “Bert”").click()
    second.keyboard.type("Anna")
    second.keyboard.press("Enter")
    api.expect(first.locator("#own strong")).to_have_text(["Anna"])
    alert(first).get_by_role("button", name="Undo").click()
    for page in (first, second):
        api.expect(page.locator("#own strong")).to_have_text(["Anna 2", "Anna"])
    reload(first)
    assert first.locator("#own strong").all_inner_texts() == ["Anna 2", "Anna"]


def test_a_name_that_is_being_typed_is_not_interrupted_by_another_tab(open_page):
    first = open_page("hand")
    first.set_input_files("#open", style(name="Anna"))
    second = first.context.new_page()
    second.goto(first.url)
    second.wait_for_selector("html[data-ready]")
    first.bring_to_front()
    first.get_by_role("button", name="Rename “Anna”").click()
    first.keyboard.type("Ann")
    second.set_input_files("#open", style(name="Bert"))
    api.expect(first.locator("#styles")).to_contain_text("Bert")
    first.keyboard.type("ika")
    first.keyboard.press("Enter")
    for page in (first, second):
        api.expect(page.locator("#own strong")).to_have_text(["Annika", "Bert"])


def test_a_tab_that_has_not_heard_of_a_hand_keeps_it(open_page):
    page = open_page("hand")
    page.set_input_files("#open", style(name="Anna"))
    api.expect(page.locator("#own strong")).to_have_text(["Anna"])
    page.evaluate(
        """() => { const [anna] = JSON.parse(localStorage.getItem("handwriting.styles"));
            localStorage.setItem("handwriting.styles", JSON.stringify([anna, { ...anna, name: "Bert" }])) }"""
    )
    page.set_input_files("#open", style(name="Carl"))
    api.expect(page.locator("#own strong")).to_have_text(["Anna", "Bert", "Carl"])
