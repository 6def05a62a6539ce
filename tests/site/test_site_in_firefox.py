"""The exported site in Firefox: reading, and writing without a network."""

from __future__ import annotations

import pytest
from firefox import FIREFOX, firefox
from open_page import needs_browser
from static_host import Host

from handwriting import formats

pytest.importorskip("tornado", reason="Firefox is driven over tornado's websocket, which the extra 'dask' brings")

pytestmark = [needs_browser[1], pytest.mark.skipif(FIREFOX is None, reason="no firefox-esr and no firefox here")]
TEXT = '[...document.querySelectorAll("#lines .word")].map((word) => word.textContent).join(" ")'


def test_the_site_reads_and_then_writes_without_a_network(site):
    host = Host(site)
    with firefox() as tab:
        tab.open(f"{host.address}#notebook")
        box = tab.evaluate('(({ x, y }) => ({ x, y }))(document.querySelector("#pad").getBoundingClientRect())')
        ink = formats.read("datasets/samples/line.xml")
        scale = 480 / (ink.bounds[2] - ink.bounds[0])
        for stroke in ink.strokes:
            tab.drag(*((stroke - ink.bounds[:2]) * scale + (box["x"] + 40, box["y"] + 40)).tolist())
        tab.wait(f"{TEXT} === 'a line of handwriting'")
        tab.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        tab.evaluate("new Promise((resolve) => setTimeout(() => resolve(1), 400))")  # the page is stored
        host.stop()
        tab.reload()
        tab.wait(f"{TEXT} === 'a line of handwriting'")
        tab.evaluate('(location.hash = "#letters", document.querySelector("#text").value = "ink and pen", 1)')
        tab.evaluate('document.querySelector("#go").click() ?? 1')
        tab.wait('document.querySelector("#letters-state").textContent.startsWith("1 page, 3 words.")')
        assert tab.errors == []
