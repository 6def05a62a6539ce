"""The page in Firefox: writing, reading, erasing, pages that stay, and letters."""

from __future__ import annotations

import pytest
from firefox import FIREFOX, firefox
from open_page import needs_browser

from handwriting import formats

pytest.importorskip("tornado", reason="Firefox is driven over tornado's websocket, which the extra 'dask' brings")

pytestmark = [needs_browser[1], pytest.mark.skipif(FIREFOX is None, reason="no firefox-esr and no firefox here")]
INK = """(() => { const { width, height } = document.querySelector("#ink-layer");
    const { data } = document.querySelector("#ink-layer").getContext("2d").getImageData(0, 0, width, height);
    return data.filter((v, i) => i % 4 === 3 && v > 60).length })()"""
TEXT = '[...document.querySelectorAll("#lines .word")].map((word) => word.textContent).join(" ")'


def test_the_page_works_in_firefox(address):
    with firefox() as tab:
        tab.open(f"{address}#notebook")
        box = tab.evaluate('(({ x, y }) => ({ x, y }))(document.querySelector("#pad").getBoundingClientRect())')
        ink = formats.read("datasets/samples/line.xml")
        scale = 480 / (ink.bounds[2] - ink.bounds[0])
        for stroke in ink.strokes:
            points = (stroke - ink.bounds[:2]) * scale + (box["x"] + 40, box["y"] + 40)
            tab.drag(*points.tolist())
        tab.wait(f"{TEXT} === 'a line of handwriting'")
        full = tab.wait(INK)
        tab.evaluate('document.querySelector("#undo").click() ?? 1')
        tab.wait(f"{INK} < {full}")
        tab.evaluate('document.querySelector("#redo").click() ?? 1')
        tab.wait(f"{INK} === {full}")
        tab.evaluate(
            '[...document.querySelectorAll("[name=tool][value=eraser], [value=parts]")].map((i) => i.click()) ?? 1'
        )
        tab.drag((box["x"] + 160, box["y"] + 10), (box["x"] + 160, box["y"] + 150))
        part = tab.wait(f"{INK} < {full} && {INK}")
        tab.evaluate("new Promise((resolve) => setTimeout(() => resolve(1), 400))")
        tab.reload()
        tab.wait(f"{INK} === {part}")  # pages stay
        tab.evaluate('(location.hash = "#letters", document.querySelector("#text").value = "ink and pen", 1)')
        tab.evaluate('document.querySelector("#go").click() ?? 1')
        tab.wait('document.querySelector("#letters-state").textContent.startsWith("1 page, 3 words.")')
        tab.wait('[...document.querySelectorAll("#letter-pages img")].every((image) => image.naturalWidth > 0)')
        tab.wait('document.querySelectorAll("#preview .stroke path").length > 2')
        assert tab.errors == []
