"""Pages that cannot be stored, in a real browser: it is said, nothing is lost, and they are stored later."""

from __future__ import annotations

import json

import pytest
from browser import draw
from open_page import dark_pixels, needs_browser, read_lines, reload

from handwriting import formats
from handwriting.rendering.hershey import write

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser

FILL = """() => { window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError") } }"""
EMPTY = "() => { IDBObjectStore.prototype.put = window.put }"
FULL_UNTIL_PURGED = """() => { const { put, delete: remove } = IDBObjectStore.prototype; let full = true;
    IDBObjectStore.prototype.put = function (...values) {
        if (full) throw new DOMException("full", "QuotaExceededError");
        return put.apply(this, values) };
    IDBObjectStore.prototype.delete = function (key) {
        if (this.name === "pages") full = false;
        return remove.call(this, key) } }"""
"""Storage that is full until a page is removed from it."""


@pytest.fixture
def sample():
    return formats.read("datasets/samples/line.xml")


def write_while_full(page, sample):
    draw(page, "#pad", sample, 500)
    api.expect(page.get_by_role("alert")).to_contain_text("storage is full")
    page.locator("#lines > li").first.wait_for()
    api.expect(page.locator("#text-state")).to_contain_text("not saved")


def saved_again(page):
    api.expect(page.get_by_role("alert")).to_contain_text("The storage works again")
    api.expect(page.locator("#text-state")).not_to_contain_text("not saved")


def test_full_storage_is_said_and_nothing_is_lost_while_the_page_is_open(open_page, sample):
    page = open_page()
    page.evaluate(FILL)
    write_while_full(page, sample)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export notebook").click()
    with open(download.value.path(), encoding="utf-8") as file:
        (saved,) = json.load(file)["pages"]
    assert len(saved["items"]) == len(sample.starts)
    page.get_by_role("button", name="New page").click()  # nor when another page is opened
    page.locator("#page-list .open").first.click()
    page.locator("#lines > li").first.wait_for()
    ink = dark_pixels(page)
    page.locator("#undo").click()
    assert dark_pixels(page) < ink


def test_pages_are_stored_when_there_is_space_again(open_page, sample):
    page = open_page()
    draw(page, "#pad", write("ink", seed=1), 100, top=300)
    page.locator("#lines > li").first.wait_for()
    page.evaluate(FILL)
    write_while_full(page, sample)
    page.locator("#undo").click()
    page.get_by_role("button", name="New page").click()
    draw(page, "#pad", write("new", seed=1), 100)
    page.locator("#lines > li").first.wait_for()
    page.evaluate(EMPTY)
    saved_again(page)  # by itself, after a while
    reload(page)
    api.expect(page.locator("#page-list > li")).to_have_count(2)
    api.expect(page.locator("#lines > li")).to_have_count(1)
    page.locator("#page-list .open").first.click()
    api.expect(page.locator("#lines > li")).to_have_count(2)
    page.locator("#redo").click()
    api.expect(page.locator("#redo")).to_be_disabled()
    assert "a line of handwriting" in read_lines(page)


def test_deleting_a_page_makes_space_at_once_and_can_be_undone(open_page, sample):
    page = open_page()
    draw(page, "#pad", sample, 500)
    page.locator("#lines > li").first.wait_for()
    page.get_by_role("button", name="New page").click()
    page.locator("#page-list .open").nth(1).wait_for()
    page.evaluate(FULL_UNTIL_PURGED)
    write_while_full(page, write("ink", seed=1))
    page.locator("#page-list .open").first.click()
    page.get_by_role("button", name="Delete “a line of handwriting”").click()
    api.expect(page.locator("#text-state")).not_to_contain_text("not saved")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    api.expect(page.locator("#page-list > li")).to_have_count(2)
    reload(page)
    api.expect(page.locator("#page-list > li")).to_have_count(2)
    page.locator("#page-list .open").first.click()
    api.expect(page.locator("#lines > li")).to_have_count(1)
    assert read_lines(page) == ["a line of handwriting"]
    page.locator("#page-list .open").nth(1).click()
    api.expect(page.locator("#undo")).to_be_enabled()
