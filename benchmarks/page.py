"""Benchmark the page in Chromium, on its server with the shipped checkpoints: preview, fitted hand, adapted reader.

    PYTHONPATH=.:tests python benchmarks/page.py [--rows preview fit adapt]

*preview*: lines of 27 to 29 characters replace each other in the Letters view. From the change of the text to the first
ink of the new line, and to its last; both include the processor's other work, which the load average shows. The CPU
time is that of the server and of all of Chromium for a line.

*fit*: three lines that the synthesizer writes in a hand of a random seed are drawn in My hand, and the hand is fitted;
*adapt*: 48 lines in a hand that is narrow and leans to the left are drawn in the notebook, their misread words are
corrected with the menu, and the recognizer is taught. Nothing is pretended: pointer events in, torch in a process of
the server. Takes minutes, so ``make bench`` leaves it out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from _server import served
from browser import draw, launch

from handwriting.ink import Ink
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

SENTENCES = Path(__file__).with_name("sentences.txt")
TIMEOUT_MS = 120_000
LEARNING_MS = 1_800_000
"""Watchdogs, for machines that are busy."""
PREVIEWED = (
    "the first line follows while", "I write this letter by hand.", "a whole line of some thirty",
    "Thank you for your last card", "we shall meet on the evening", "what a lovely day it was, so",
    "the ferry leaves at half past", "Dear Anna, how are you today",
)  # fmt: skip
WATCH = """() => {
    const preview = document.getElementById("preview");
    new MutationObserver(() => {
        if (preview.querySelector(".stroke path")) seen.first ??= performance.now();
        seen.last = performance.now();
    }).observe(preview, { subtree: true, childList: true, attributes: true });
    document.getElementById("text").addEventListener("input", () => (window.seen = { begin: performance.now() }), true);
}"""
KEEP_FIT = """() => {
    const plain = window.fetch;
    window.fetch = async (address, options) => {
        const reply = await plain(address, options);
        if (!String(address).includes("styles/fit")) return reply;
        const [kept, body] = reply.body.tee();
        new Response(kept).text().then((text) => (window.fitted = JSON.parse(text.trim().split("\\n").at(-1))));
        return new Response(body, reply);
    };
}"""


def cpu_seconds(page: Any, server: int) -> tuple[float, float]:
    """Return the CPU times so far of the server and of Chromium."""
    times = Path(f"/proc/{server}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    session = page.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), sum(process["cpuTime"] for process in processes)


def preview(page: Any, server: int) -> str:
    """Time the preview of each line, the second time that it is written."""
    page.evaluate(WATCH)
    first, whole, count = [], [], 2 * len(PREVIEWED)
    before = cpu_seconds(page, server)
    for text in PREVIEWED * 2:
        page.locator("#text").fill(text)
        page.wait_for_timeout(1200)
        seen = page.evaluate("seen")
        first.append(seen["first"] - seen["begin"])
        whole.append(seen["last"] - seen["begin"])
    spent = [1000 * (b - a) / count for a, b in zip(before, cpu_seconds(page, server), strict=True)]
    row = [
        f"{statistics.median(times):.0f} ms (at most {max(times):.0f})"
        for times in (first[count // 2 :], whole[count // 2 :])
    ]
    return (
        f"first ink after {row[0]}, the whole line after {row[1]}; CPU {spent[0]:.0f} ms in the server and "
        f"{spent[1]:.0f} ms in Chromium; load {os.getloadavg()[0]:.1f}"
    )


def fit(page: Any, server: int) -> str:
    """Make a hand of three copied lines, and fit it."""
    texts = page.locator("#samples .say").all_inner_texts()
    for number, line in enumerate(Synthesizer.load().write(texts, Hand(seed=31)), 1):
        draw(page, f"#samples li:nth-child({number}) canvas", line.ink, 420)
    page.locator("#samples .verdict:not(:empty)").nth(2).wait_for()
    page.get_by_role("button", name="Make the hand").click()
    button = page.get_by_role("button", name="Fit it more closely")
    button.wait_for()
    page.evaluate(KEEP_FIT)
    began = time.perf_counter()
    button.click()
    page.locator("#hand-fitted .stroke path").first.wait_for(state="attached", timeout=LEARNING_MS)
    seconds = time.perf_counter() - began
    page.wait_for_function("window.fitted")  # the copy of the reply may end later
    done = page.evaluate("fitted")
    return (
        f"a hand of 3 lines fitted in {seconds:.0f} s: {done['before']:.3f} -> {done['after']:.3f} nats a point of the "
        f"line held out; load {os.getloadavg()[0]:.1f}"
    )


def adapt(page: Any, server: int, pages: int = 8, lines: int = 6) -> str:
    """Correct what is misread on some pages, and teach the recognizer."""
    sentences = [text for text in SENTENCES.read_text(encoding="utf-8").split("\n") if text and text[0] != "#"]
    texts = [" ".join(text.split()[:6]) for text in sentences[: pages * lines]]
    inks = [odd(line.ink) for line in Synthesizer.load().write(texts, Hand(bias=0.6, seed=77))]
    corrected = 0
    for start in range(0, len(texts), lines):
        if start:
            page.get_by_role("button", name="New page").click()
        for row, ink in enumerate(inks[start : start + lines]):
            draw(page, "#pad", ink, 330, top=20 + 86 * row)
            page.locator("#lines > li").nth(row).wait_for()
        page.wait_for_timeout(2000)  # until the last strokes are read
        corrected += sum(correct(page, row, text) for row, text in enumerate(texts[start : start + lines]))
    page.get_by_role("button", name="Teach").click()
    dialog = page.get_by_role("dialog", name="Teach it your writing")
    began = time.perf_counter()
    dialog.get_by_role("button", name="Learn from these lines").click()
    page.locator("#teach-progress").wait_for()
    page.locator("#teach-progress").wait_for(state="hidden", timeout=LEARNING_MS)
    seconds, said = time.perf_counter() - began, page.locator("#teach-state").inner_text()
    return f"{corrected} corrected lines learned in {seconds:.0f} s: {said!r}; load {os.getloadavg()[0]:.1f}"


def odd(ink: Ink) -> Ink:
    """Return ink that is narrower and leans to the left, so that some of its words are misread."""
    return ink.moved_to(0.35 * ink.x + ink.y, ink.y)


def correct(page: Any, row: int, text: str) -> bool:
    """Correct the misread words of a line; return whether one was."""
    line, wanted = page.locator("#lines > li").nth(row), text.split(" ")
    read = line.locator(".word").all_inner_texts()
    if len(read) != len(wanted):  # what belongs to which word is not known
        return False
    wrong = np.flatnonzero([a != b for a, b in zip(read, wanted, strict=True)]).tolist()
    for place in wrong:
        line.locator(".word").nth(place).click()
        page.get_by_label("What it says").fill(wanted[place])
        page.keyboard.press("Enter")
    return bool(wrong)


ROWS = {"preview": (preview, "letters"), "fit": (fit, "hand"), "adapt": (adapt, "notebook")}


def main() -> None:
    """Print a line for each row."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name in parser.parse_args().rows:
            measure, view = ROWS[name]
            with served() as (address, server):
                page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en")
                page.set_default_timeout(TIMEOUT_MS)
                page.goto(f"{address}#{view}")
                page.wait_for_selector("html[data-ready]")
                page.wait_for_timeout(1500)
                print(f"{name}: {measure(page, server)}", flush=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
