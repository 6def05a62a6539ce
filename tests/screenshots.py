"""Take screenshots of every view of the page, on desktop and phone, light and dark, to be looked at.

    PYTHONPATH=.:tests python tests/screenshots.py FOLDER

Those of the notebook and of the letters on a desktop are ``docs/write.png`` and ``docs/generate.png``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from browser import draw, launch, serving
from playwright.sync_api import Browser, expect, sync_playwright

from handwriting.ink import Ink
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import load
from handwriting.synthesis.synthesizer import Synthesizer

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
TIMEOUT_MS = 90_000
LINES = {
    "upright": "we met at the harbour at nine",
    "cursive": "and took the first boat to the island",
    "slanted": "before the rain came over the hills",
}
"""What is written in the notebook, by style."""


def written(text: str, style: str) -> Ink:
    return Synthesizer.load().write([text], Hand(style=load(style), seed=2))[0].ink


def take(browser: Browser, address: str, folder: Path, device: str, scheme: str) -> None:
    """Every view on one device in one colour scheme."""
    size = SIZES[device]
    context = browser.new_context(
        viewport=size, color_scheme=scheme, device_scale_factor=1.5, reduced_motion="reduce", locale="en"
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()

    def show(view: str) -> None:
        page.locator("nav a", has_text=view).click()

    def shoot(name: str, full: bool = False) -> None:
        page.screenshot(path=folder / f"{device}-{scheme}-{name}.png", full_page=full)

    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    sheet = page.locator("#pad").bounding_box()
    assert sheet is not None
    for i, (name, text) in enumerate(LINES.items()):
        ink = written(text, name)
        draw(page, "#pad", ink, 0.86 * sheet["width"], left=0.06 * sheet["width"], top=24 + i * 0.13 * sheet["width"])
    page.locator("#lines > li").nth(2).wait_for()
    page.locator("#lines .word", has_text="rain").click()
    shoot("notebook")
    page.keyboard.press("Escape")
    show("Inside")
    page.locator("#inside-player").wait_for()
    page.locator("#inside-step").fill("60")
    shoot("inside", full=True)
    show("Letters")
    page.locator("#letter-size").select_option("a5")
    page.locator("#letter-paper").select_option("ruled")
    page.locator("#letter-pen").select_option("fountain")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#letters-state")).to_contain_text("words", timeout=TIMEOUT_MS)
    shoot("letters", full=device == "phone")
    show("My hand")
    width = size["width"] * (0.48 if device == "desktop" else 0.8)
    for i, text in enumerate(page.locator("#samples .say").all_inner_texts()):
        draw(page, f"#samples li:nth-child({i + 1}) canvas", written(text, "slanted"), width)
    page.locator("#samples .verdict:not(:empty)").nth(2).wait_for()
    page.get_by_role("button", name="Make the hand").click()
    expect(page.locator("#hand-state")).to_contain_text("stored", timeout=TIMEOUT_MS)
    page.locator("#hand-paper .stroke path").nth(10).wait_for(state="attached")
    page.wait_for_timeout(3000)  # until the line is drawn
    shoot("hand", full=True)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="take only those whose name begins so, such as desktop-light")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        for device in SIZES:
            for scheme in ("light", "dark"):
                if f"{device}-{scheme}".startswith(arguments.only):
                    take(browser, address, folder, device, scheme)
        browser.close()


if __name__ == "__main__":
    main()
