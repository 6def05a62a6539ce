"""The text of the notebook in a real browser: corrections, search, downloads, and files that are brought in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from browser import draw
from open_page import dark_pixels, needs_browser, read_lines, reload

from handwriting import formats
from handwriting.documents.corrections import read_corrections
from handwriting.rendering.hershey import write
from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
BROKEN = (
    '{"format": "handwriting-notebook", "pages": '
    '[{"items": [{"kind": "stroke", "id": "a", "points": [1e999]}]}, 3, null]}'
)
"""A notebook whose points are not finite, and whose pages are none."""
SAMPLES = Path(__file__).parents[2] / "datasets" / "samples"


@pytest.fixture
def written(open_page):
    """A page that says "a line of handwriting"."""
    page = open_page()
    draw(page, "#pad", formats.read(SAMPLES / "line.xml"), 500)
    page.locator("#lines > li").first.wait_for()
    return page


def correct(page, word, text):
    page.locator("#lines .word", has_text=word).first.click()
    page.get_by_label("What it says").fill(text)
    page.keyboard.press("Enter")
    api.expect(page.locator("#lines")).to_contain_text(text)


def downloaded(page, kind, path):
    page.locator("#notebook-download summary").click()
    with page.expect_download() as download:
        page.locator("#notebook-formats").get_by_role("button", name=kind, exact=True).click()
    shutil.copy(download.value.path(), path)
    return path


def test_a_correction_stays_with_its_ink(written):
    page = written
    correct(page, "line", "lime tree")
    assert read_lines(page) == ["a lime tree of handwriting"]
    with page.expect_response("**/api/transcribe"):
        draw(page, "#pad", write("l", seed=1), 4, left=540, top=60)  # the line is read again
    page.wait_for_timeout(300)
    assert read_lines(page)[0].startswith("a lime tree of handwriting")
    reload(page)
    assert read_lines(page)[0].startswith("a lime tree of handwriting")
    page.locator("#undo").click()  # the stroke
    page.keyboard.press("Control+z")
    api.expect(page.locator("#lines > li")).to_have_text("alineofhandwriting")
    page.keyboard.press("Control+Shift+z")
    api.expect(page.locator("#lines > li")).to_have_text("alime treeofhandwriting")
    correct(page, "lime tree", "line")  # what was read takes the correction back
    assert page.locator(".corrected").count() == 0


def test_an_open_menu_outlasts_what_another_tab_writes(written):
    page = written
    page.locator("#lines .word", has_text="line").first.click()
    page.keyboard.type("lim")
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    other.locator("#lines > li").first.wait_for()
    draw(other, "#pad", write("ink", seed=1), 100, top=300)
    api.expect(page.locator("#lines > li")).to_have_count(2)
    field = page.get_by_label("What it says")
    api.expect(field).to_have_value("lim")
    api.expect(field).to_be_focused()
    page.keyboard.type("e")
    page.keyboard.press("Enter")
    api.expect(page.locator("#lines > li").first).to_have_text("alimeofhandwriting")
    api.expect(other.locator("#lines > li").first).to_have_text("alimeofhandwriting")
    page.locator("#lines .word", has_text="hand").first.click()
    other.keyboard.press("Control+a")
    other.keyboard.press("Delete")  # the word is gone, and its menu with it
    api.expect(field).to_have_count(0)


def test_another_reading_is_chosen_with_the_keyboard(written):
    page = written
    page.locator("#lines .word").first.focus()
    page.keyboard.press("Enter")
    other = page.get_by_role("group", name="Other readings of the line").get_by_role("button").first
    text = other.inner_text()
    other.focus()
    page.keyboard.press("Enter")
    assert read_lines(page) == [text] != ["a line of handwriting"]
    assert 0 < page.locator("#lines .corrected").count() < page.locator("#lines .word").count()  # only what differs
    page.locator("#lines .word").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(".word-menu").count() == 0
    api.expect(page.locator("#lines .word").first).to_be_focused()


def test_all_pages_are_searched_and_hits_are_marked_on_the_ink(written):
    page = written
    page.get_by_role("button", name="New page").click()
    draw(page, "#pad", load("upright").samples[0].ink, 500)
    api.expect(page.locator("#lines")).to_contain_text("quick")
    search = page.get_by_label("Search all pages")
    search.fill("LINE of")
    api.expect(page.locator("#search-state")).to_have_text("1 line")
    assert page.locator("#hit-list mark").all_inner_texts() == ["line", "of"]
    assert page.locator("#overlay .hits rect").count() == 0
    page.locator("#hit-list button").click()
    api.expect(page.locator("#overlay .hits rect")).to_have_count(2)
    line, of = page.locator("#overlay .hits").evaluate(
        "hits => [...hits.children].map(hit => ({ x: hit.x.baseVal.value, width: hit.width.baseVal.value }))"
    )
    assert line["x"] + line["width"] < of["x"] + 2
    correct(page, "line", "old town line")
    search.fill("town line of")
    api.expect(page.locator("#hit-list mark")).to_have_text(["old town line", "of"])
    search.fill("handwriting")
    api.expect(page.locator("#hit-list mark")).to_have_text(["handwriting"])
    search.fill("nowhere")
    api.expect(page.locator("#search-state")).to_have_text("0 lines")
    search.fill("")
    api.expect(page.locator("#page-list li")).to_have_count(2)


def test_a_copy_of_ink_keeps_its_correction(written):
    page = written
    correct(page, "line", "lime")
    page.locator("#pad").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+d")
    page.keyboard.press("Shift+ArrowDown")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    api.expect(page.locator("#lines .corrected")).to_have_text(["lime", "lime"])


def test_the_text_is_copied_as_text_and_as_markdown(written):
    page = written
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    correct(page, "line", "*line*")
    for name, text in {
        "As text": "a *line* of handwriting",
        "As Markdown": "# a \\*line\\* of handwriting\n\na \\*line\\* of handwriting\n",
    }.items():
        page.locator("#copy-menu summary").click()
        page.get_by_role("button", name=name).click()
        api.expect(page.get_by_role("alert")).to_contain_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == text


def test_a_page_is_downloaded_in_every_format(written, tmp_path):
    page = written
    correct(page, "line", "łine")
    count = len(formats.read(SAMPLES / "line.xml").starts)
    for kind, ending in {"InkML": "inkml", "Xournal++": "xopp", "JSON": "json"}.items():
        ink = formats.read_ink(downloaded(page, kind, tmp_path / f"page.{ending}"))
        assert len(ink.starts) == count
        assert ink.source.text in ("a łine of handwriting", None)
        left, top, right, bottom = ink.bounds
        assert right - left == pytest.approx((bottom - top) * 4425 / 572, rel=0.01)
    record = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    word = record["lines"][0]["words"][1]
    assert (word["text"], word["read"], word["corrected"]) == ("łine", "line", True)
    assert record["corrections"][0]["text"] == "łine"
    (line,) = read_corrections([tmp_path / "page.json"]).lines  # what `adapt` learns from
    assert line.text == "a łine of handwriting" and len(line.ink.starts) == count
    assert len(formats.read_ink(downloaded(page, "SVG", tmp_path / "page.svg")))
    png = downloaded(page, "PNG", tmp_path / "page.png").read_bytes()
    assert png[16:24] == (1654).to_bytes(4, "big") + (2339).to_bytes(4, "big")  # A4 at 200 dpi
    pdf = downloaded(page, "PDF", tmp_path / "page.pdf")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
        assert text.split() == ["a", "łine", "of", "handwriting"]
        boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True).stdout.decode()
        assert boxes.count("<word ") == 4


def test_the_notebook_is_exported_and_imported_as_one_file(written, tmp_path):
    page = written
    correct(page, "line", "lines")
    page.get_by_role("button", name="New page").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export notebook").click()
    file = tmp_path / "notebook.json"
    shutil.copy(download.value.path(), file)
    page.set_input_files("#open", file)
    api.expect(page.locator("#page-list li")).to_have_count(4)
    api.expect(page.locator("#lines > li")).to_have_text("alinesofhandwriting")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(page.locator("#page-list li")).to_have_count(2)


def test_files_are_brought_in_with_the_button_by_dropping_and_by_pasting(open_page, tmp_path):
    page = open_page()
    page.set_input_files("#open", SAMPLES / "notes.xopp")
    api.expect(page.get_by_role("alert")).to_contain_text("“notes.xopp” is on a new page")
    api.expect(page.locator("#lines > li")).to_have_count(6, timeout=90_000)  # on a machine that is busy
    assert read_lines(page)[0] == "shopping for the weekend"
    hand_over = """([kind, name, text]) => { const data = new DataTransfer();
        if (name) data.items.add(new File([text], name)); else data.setData("text/plain", text);
        const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        document.getElementById("pad").dispatchEvent(event) }"""
    page.evaluate(hand_over, ["drop", "line.xml", (SAMPLES / "line.xml").read_text()])
    api.expect(page.locator("#page-list li")).to_have_count(3)
    api.expect(page.locator("#lines > li")).to_have_text(["alineofhandwriting"])
    page.evaluate(hand_over, ["paste", "", (SAMPLES / "ink.xml").read_text()])
    api.expect(page.locator("#page-list li")).to_have_count(4)
    page.evaluate(hand_over, ["drop", "hand.json", json.dumps(load("cursive").record())])
    api.expect(page.locator("#own strong")).to_have_text(["cursive"])
    page.evaluate(hand_over, ["drop", "letter.txt", "Dear reader"])
    api.expect(page.locator("#text")).to_have_value("Dear reader")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("<img src=x onerror=alert(1)>.inkml", "<ink><trace>no</trace></ink>"),
        ("bomb.json", BROKEN),
        ("deep.json", "[" * 5000),
        ("empty.svg", ""),
    ],
)  # fmt: skip
def test_hostile_files_do_no_harm(open_page, name, content):
    page = open_page()
    page.set_input_files("#open", {"name": name, "mimeType": "text/plain", "buffer": content.encode()})
    page.locator("#toast.shown").wait_for()
    assert page.locator("#toast img").count() == 0
    assert dark_pixels(page) == 0
    draw(page, "#pad", write("l", seed=1), 30)
    api.expect(page.locator("#undo")).to_be_enabled()


def test_ink_is_copied_from_page_to_page(written):
    page = written
    page.locator("#pad").focus()
    page.keyboard.press("Control+a")
    copied = page.evaluate(
        """() => { const data = new DataTransfer();
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            document.dispatchEvent(new ClipboardEvent("copy", options));
            return data.getData("text/plain") }"""
    )
    page.get_by_role("button", name="New page").click()
    api.expect(page.locator("#lines > li")).to_have_count(0)
    page.evaluate(
        """(text) => { const data = new DataTransfer(); data.setData("text/plain", text);
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            document.dispatchEvent(new ClipboardEvent("paste", options)) }""",
        copied,
    )
    api.expect(page.locator("#lines > li")).to_have_text("alineofhandwriting")
