"""Take screenshots of every view of the page, on desktop and phone, light and dark, to be looked at.

PYTHONPATH=. python tests/screenshots.py FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

from browser import draw, launch, serving
from playwright.sync_api import Browser, expect, sync_playwright

from handwriting.synthesis.styles import load

SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
TIMEOUT_MS = 90_000


def take(browser: Browser, address: str, folder: Path, device: str, scheme: str) -> None:
    """The three views on one device in one colour scheme."""
    size = SIZES[device]
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5, reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{address}#write")
    page.wait_for_selector("html[data-ready]")
    for i, name in enumerate(("upright", "cursive")):
        top = 24 + i * 0.12 * size["width"]
        draw(page, "#pad", load(name).samples[0].ink, 0.62 * size["width"], left=0.05 * size["width"], top=top)
    page.locator("#lines > li").nth(1).wait_for()
    page.locator("#lines .word").nth(2).hover()
    page.screenshot(path=folder / f"{device}-{scheme}-write.png", full_page=True)
    page.locator("nav a", has_text="Generate").click()
    page.locator("#generate-state", has_text="best of").wait_for()
    page.screenshot(path=folder / f"{device}-{scheme}-generate.png", full_page=True)
    page.locator("nav a", has_text="My hand").click()
    width = size["width"] * (0.48 if device == "desktop" else 0.8)
    for i, name in enumerate(("slanted", "printed", "upright")):
        draw(page, f"#samples li:nth-child({i + 1}) canvas", load(name).samples[0].ink, width)
    page.locator("#samples .verdict:not(:empty)").nth(2).wait_for()
    page.get_by_role("button", name="Make the style").click()
    expect(page.locator("#hand-state")).to_contain_text("kept")
    page.locator("#hand-paper .stroke path").nth(10).wait_for(state="attached")
    page.wait_for_timeout(500)
    page.screenshot(path=folder / f"{device}-{scheme}-hand.png", full_page=True)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, sync_playwright() as playwright:
        browser = launch(playwright)
        for device in SIZES:
            for scheme in ("light", "dark"):
                take(browser, address, folder, device, scheme)
        browser.close()


if __name__ == "__main__":
    main()
