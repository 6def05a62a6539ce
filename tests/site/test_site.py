"""The exported site in a real browser: it reads, writes, works offline, and says what it cannot do."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re

import pytest
from browser import draw
from lxml import etree
from open_page import PATIENCE, needs_browser, read_lines

from handwriting.synthesis.styles import load

api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
SENTENCE = "The quick brown fox jumps over 9 dogs"


def lines_are(page, count):
    api.expect(page.locator("#lines > li")).to_have_count(count, timeout=PATIENCE)


def test_ink_is_read_in_the_browser(open_site):
    page = open_site()
    for i, name in enumerate(("upright", "cursive")):
        draw(page, "#pad", load(name).samples[0].ink, top=30 + 130 * i)
    lines_are(page, 2)
    assert read_lines(page) == [SENTENCE, SENTENCE]
    page.locator("#lines .word", has_text="brown").first.click()
    assert page.locator("[role=dialog]").is_visible()


def test_after_the_first_visit_it_reads_and_writes_without_a_network(open_site):
    page = open_site()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    open_site.host.stop()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    draw(page, "#pad", load("printed").samples[0].ink)
    lines_are(page, 1)
    assert read_lines(page) == [SENTENCE]
    page.locator("nav a", has_text="Letters").click()
    page.locator("#text").fill("no network")
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#letters-state")).to_contain_text("1 page, 2 words.", timeout=PATIENCE)


def test_the_preview_is_as_lively_as_the_letter(open_site):
    page = open_site("letters")
    first = page.locator("#preview .stroke path").nth(3)
    first.wait_for(state="attached", timeout=PATIENCE)
    page.wait_for_timeout(1500)  # until the line is whole
    still = first.get_attribute("d")
    page.locator(".more summary").click()
    page.locator("#lively").fill("2")
    api.expect(first).not_to_have_attribute("d", still, timeout=PATIENCE)
    page.wait_for_timeout(1500)
    assert first.get_attribute("d") != still
    page.locator("#letter-paper").select_option("seyes")
    api.expect(first).to_have_attribute("d", still, timeout=PATIENCE)
    api.expect(page.locator("#preview .stroke")).to_have_attribute("stroke-width", "0.4")


def test_a_letter_is_written_over_pages_and_downloaded_as_it_is_seen(open_site, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="needs pypdf: pip install 'handwriting[pdf]'")
    page = open_site("letters")
    page.locator("#text").fill("one\fcafé 你")
    page.get_by_role("button", name="Replace").click()
    api.expect(page.locator("#text")).to_have_value("one\fcafé", timeout=PATIENCE)
    page.locator("#letter-size").select_option("a6")
    page.locator('[name="style"][value="upright"]').check(force=True)
    page.get_by_role("button", name="Write it").click()
    api.expect(page.locator("#letters-state")).to_contain_text("2 pages, 2 words.", timeout=PATIENCE)
    api.expect(page.locator("#letter-pages img")).to_have_count(2)
    page.locator("#letters-download summary").click()
    with page.expect_download() as download:
        page.locator("#letters-formats button", has_text="PDF").click()
    download.value.save_as(tmp_path / "letter.pdf")
    pages = pypdf.PdfReader(tmp_path / "letter.pdf").pages
    assert [sheet.extract_text().strip() for sheet in pages] == ["one", "café"]
    assert [round(float(side) * 25.4 / 72) for side in pages[0].mediabox[2:]] == [105, 148]


def test_the_same_seed_writes_the_same_and_another_one_something_else(open_site):
    page = open_site("letters")
    write = """async (seed) => {
        const { streams } = await import("./engine/routes.js"), lines = [];
        const events = streams["api/generate"]({ text: "ink", style: "round", seed }, { emit() {} });
        for await (const event of events) if (event.type === "line") lines.push(event.strokes);
        return JSON.stringify(lines);
    }"""
    first, again, other = (page.evaluate(write, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(json.loads(first)) == 1


LETTER = """async (asked) => {
    const { streams } = await import("./engine/routes.js");
    const sheet = { page: "a6", margins: [10, 10, 10, 10], lineHeight: 10, paper: "plain" };
    const usual = { style: "round", seed: 1, pen: "fineliner", color: "#1b1b1f", align: "left", lively: 0, sheet };
    const letter = {};
    for await (const event of streams["api/letter"]({ ...usual, ...asked }, { emit() {} })) {
        Object.assign(letter, event);
    }
    return letter;
}"""


def test_a_letter_in_markdown_is_underlined_and_larger(open_site):
    page = open_site("letters")
    texts = ("ink", "**ink**", "# ink")
    plain, emphasised, heading = (page.evaluate(LETTER, {"text": text, "markdown": True})["svg"] for text in texts)
    assert [svg.count("<desc>ink</desc>") for svg in (plain, emphasised, heading)] == [1, 1, 1]
    strokes = [re.findall(r"<g stroke.*</g>", svg) for svg in (plain, emphasised, heading)]
    assert strokes[1][:-1] == strokes[0] and len(strokes[2]) == len(strokes[0])
    low, high = (max(float(x) for x in re.findall(r"[ML]([\d.]+)", "".join(one))) for one in (strokes[0], strokes[2]))
    assert high - 10 == pytest.approx(1.5 * (low - 10), rel=0.05)


def test_a_broad_nib_is_in_every_format(open_site):
    pypdf = pytest.importorskip("pypdf", reason="needs pypdf: pip install 'handwriting[pdf]'")
    page = open_site("letters")
    pdf, xopp = (page.evaluate(LETTER, {"text": "ink", "pen": "marker", "format": name}) for name in ("pdf", "xopp"))
    shapes = re.findall(r'<path fill="#1b1b1f" fill-opacity="0.85" d="M', pdf["svg"])
    (sheet,) = pypdf.PdfReader(io.BytesIO(base64.b64decode(pdf["data"]))).pages
    assert sheet.get_contents().get_data().count(b"/Opacity85 gs") == len(shapes) > 2
    assert sheet["/Resources"]["/ExtGState"]["/Opacity85"]["/ca"] == 0.85
    strokes = etree.fromstring(gzip.decompress(base64.b64decode(xopp["data"]))).findall("page/layer/stroke")
    widths = [[float(width) * 25.4 / 72 for width in stroke.get("width").split()] for stroke in strokes]
    assert [one[0] for one in widths] == pytest.approx([1.6] * len(shapes), abs=0.001)
    assert [len(one) for one in widths] == [len(stroke.text.split()) // 2 for stroke in strokes]
    assert min(map(min, widths)) < 1.4 < 1.55 < max(map(max, widths))


def test_requests_at_the_same_time_do_not_disturb_each_other(open_site):
    """The engine's calls must not overlap, see ``alone`` in runtime.js."""
    same = """async () => {
        const { routes } = await import("./engine/routes.js");
        const texts = ["ink", "a pen"], ask = (text) => routes["api/inside/writing"]({ text, seed: 1 });
        const together = await Promise.all(texts.map(ask)), alone = [];
        for (const text of texts) alone.push(await ask(text));
        return JSON.stringify(together) === JSON.stringify(alone);
    }"""
    assert open_site().evaluate(same)


def test_a_hand_is_made_of_copied_lines(open_site):
    page = open_site("hand")
    for i in range(3):
        ink = load("slanted").samples[0].ink
        draw(page, f"#samples li:nth-child({i + 1}) canvas", ink, 500)
        actual = page.locator(f"#samples li:nth-child({i + 1}) .actual input")
        actual.wait_for()  # it was read, and says something else than asked
        assert actual.input_value().startswith("The quick brown fox")
    page.locator("#hand-make").click()
    page.locator("#hand-paper .stroke path").first.wait_for()
    assert page.locator("#own li").count() == 1


def test_the_networks_are_looked_into(open_site):
    page = open_site()
    draw(page, "#pad", load("upright").samples[0].ink)
    lines_are(page, 1)
    page.locator("nav a", has_text="Inside").click()
    curves = page.get_by_role("group", name="Probability of each character")
    curves.wait_for()
    assert curves.locator("text.decided").all_text_contents() == ["␣" if c == " " else c for c in SENTENCE]
    assert curves.locator("path.curve").count() > len(set(SENTENCE))
    assert page.locator(".inside-text").inner_text() == SENTENCE
    page.locator("#inside-step").fill("0")
    letters = page.locator(".inside-text span")
    assert letters.last.get_attribute("class") == "ahead"  # it is not decided yet
    seen = page.evaluate(
        """() => Array.from({ length: Number(document.getElementById("inside-step").max) + 1 }, (_, step) => {
            const slider = document.getElementById("inside-step");
            slider.value = step;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            return document.querySelector(".inside-text .now")?.textContent ?? "";
        }).join("")"""
    )
    assert [c for c, before in zip(seen, " " + seen, strict=False) if c != before and c != " "] == list(
        SENTENCE.replace(" ", "")
    )  # one letter after the other, along the winning path
    units = page.locator("#inside-unit")
    assert units.locator("option", has_text="pen-up: layer").count() == 2
    for number in range(1, units.locator("option").count()):
        units.select_option(index=number)
        assert page.locator("#inside-gates path.curve").count() == 3
        event = units.locator("option").nth(number).inner_text().split(":")[0]
        said = page.locator("#inside-gates p.muted").inner_text()
        assert re.search(
            rf"(rises|falls) at “{event}”: AUC [01]\.\d\d; by chance, the best of all units would reach 0\.", said
        )
    page.get_by_role("radio", name="Writing").check(force=True)
    page.locator("#inside-text").fill("ink")
    page.get_by_role("button", name="Write and show").click()
    window = page.get_by_role("group", name="Window over the text")
    api.expect(window.locator("text").first).to_have_text("i", timeout=PATIENCE)
    assert window.locator("rect.weight").count() > 20
    api.expect(page.locator("#inside-gates path.curve")).to_have_count(3)
    page.locator("#inside-step").fill("10")
    assert page.locator(".cloud ellipse").count() > 0


def test_what_needs_the_server_says_so_or_is_not_there(open_site):
    page = open_site()
    assert "stays on this device" in page.locator("footer").inner_text()
    assert not page.locator("footer a").is_visible()
    page.locator("nav a", has_text="Letters").click()
    page.locator("#letters-form .more summary").click()
    assert page.locator("#best").is_visible() and page.locator("#letter-markdown").is_visible()


def test_the_page_says_the_same_in_german(open_site):
    page = open_site(locale="de")
    assert "Ihre Tinte bleibt auf diesem Gerät" in page.locator("footer").inner_text()


def test_another_site_cannot_be_reached_and_text_is_no_code(open_site):
    page = open_site()
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')") == "refused"
    script = "Object.assign(document.createElement('script'), { textContent: 'window.ran = true' })"
    assert page.evaluate(f"(document.head.append({script}), window.ran)") is None
