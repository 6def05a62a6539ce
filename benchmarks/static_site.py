"""Benchmark the site without a server in Chromium: whether it reads as Python does, and how fast it is.

    OMP_NUM_THREADS=1 python benchmarks/static_site.py [--data CORPUS] [--lines 200]

Lines are written by the synthesizer and, with ``--data``, also taken from a corpus's development set. *features* is the
largest difference between the inputs of the network; *best path* and *with language model* (the n-grams and, as by
default, the character LSTM) count lines whose text is the same as Python's, which reads line by line as the browser
does. The networks compute in eight-bit integers, and a last digit that is rounded differently may change a few of them:
*log-probability* is the largest difference of a text's. *decoding* counts lines in which Python, given the browser's
probabilities, finds the same text.

*pages* are lines set one below the other with a drawing of each kind; on *same* ones the browser finds the same strokes
in the same lines. *inside* counts the units that the view Inside names for the lines, and those that Python names too,
with the mean difference of their gates. Times are CPU times of Chromium's renderer, so that a busy machine matters as
little as possible.
"""

from __future__ import annotations

import argparse
import base64
import functools
import http.server
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.corpora import open_corpus
from handwriting.evaluation.sketches import DRAWINGS, Canvas
from handwriting.features import encode
from handwriting.ink import Ink
from handwriting.recognition.pages import split_lines
from handwriting.recognition.pages.marks import Marks
from handwriting.recognition.recognizer import Recognizer
from handwriting.site.export import export_site
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web import inside
from handwriting.web.service import Service

SENTENCES = Path(__file__).with_name("sentences.txt")
CHUNK = 20
"""Number of lines that the page is given at a time."""
NOTEBOOK_READINGS = 5
"""Number of readings of a line that the notebook asks for."""

READ = """async (lines) => {
    const { reader } = await import("./engine/models.js");
    const { encode } = await import("./engine/ink/encode.js");
    const { inkOfPoints } = await import("./engine/ink/ink.js");
    const { bestPath } = await import("./engine/reading/decode.js");
    const recognizer = await reader(), read = [];
    for (const strokes of lines) {
        const ink = inkOfPoints(strokes.map((stroke) => stroke.map(([x, y]) => ({ x, y }))));
        const { steps, points, order } = encode(ink, recognizer.features);
        const frames = await recognizer.frames({ steps });
        const [{ text, logProbability }] = await recognizer.search(frames, 1);
        const bytes = Array.from(new Uint8Array(frames.data.slice().buffer), (byte) => String.fromCharCode(byte));
        const texts = { text, greedy: recognizer.text(bestPath(frames).labels) };
        const encoded = { steps: [...steps], points: [...points], order: [...order] };
        read.push({ ...encoded, ...texts, logProbability, frames: btoa(bytes.join("")) });
    }
    return read;
}"""

LAYOUT = """async (pages) => {
    const { findLayout } = await import("./engine/pages/layout.js");
    const { inkOfPoints } = await import("./engine/ink/ink.js");
    const ink = (strokes) => inkOfPoints(strokes.map((stroke) => stroke.map(([x, y]) => ({ x, y }))));
    return pages.map((strokes) => findLayout(ink(strokes)).map((line) => line.strokes));
}"""
INSIDE = """async (lines) => {
    const { routes } = await import("./engine/routes.js"), found = [];
    for (const strokes of lines) found.push((await routes["api/inside"]({ strokes })).units);
    return found;
}"""
WRITE = """async ([style, text, count]) => {
    const { cards, writer } = await import("./engine/models.js");
    const synthesizer = await writer(), { styles } = await cards();
    const hand = synthesizer.hand(styles.find(({ name }) => name === style), 0);
    let points = 0;
    for (let i = 0; i < count; i++) {
        const { places } = await synthesizer.write(text, { bias: 1, hand, seeds: [i] });
        points += places.length;
    }
    return points;
}"""
TIMED = """async ([lines, readings]) => {
    const { reader } = await import("./engine/models.js");
    const { inkOfPoints } = await import("./engine/ink/ink.js");
    const language = await reader(), ink = (strokes) => inkOfPoints(strokes.map((s) => s.map(([x, y]) => ({ x, y }))));
    let above = "";
    for (const strokes of lines) [{ text: above }] = await language.read(ink(strokes), readings, above);
}"""


@dataclass(frozen=True)
class Parity:
    """Agreement of the browser with Python on some lines."""

    lines: int
    features: float
    """Largest difference of a feature; infinite if the steps themselves differ."""
    best_path: int
    """Number of lines with the same best path."""
    language: int
    """Number of lines with the same text from the language decoder."""
    decoding: int
    """Number of lines in which Python finds the browser's text in the browser's probabilities."""
    log_probability: float
    """Largest difference of the texts' log-probabilities, where the texts are the same."""
    differing: tuple[tuple[str, str], ...]
    """Differing texts: Python's and the browser's."""


def compare(page: Any, recognizer: Recognizer, inks: Sequence[Ink]) -> Parity:
    """Read ``inks`` in Python and on ``page``, a Playwright page that shows the site."""
    features, probabilities = [0.0], [0.0]
    best_path = decoding = 0
    differing: list[tuple[str, str]] = []
    for start in range(0, len(inks), CHUNK):
        chunk = inks[start : start + CHUNK]
        found = page.evaluate(READ, _strokes(chunk))
        for ink, other in zip(chunk, found, strict=True):
            own = encode(ink, recognizer.features)
            same = own.points.ravel().tolist() == other["points"] and own.order.tolist() == other["order"]
            steps = np.array(other["steps"], dtype=np.float32)
            features.append(float(np.abs(steps - own.steps.ravel()).max()) if same else np.inf)
            best_path += recognizer.transcribe(ink).text == other["greedy"]
            frames = np.frombuffer(base64.b64decode(other["frames"]), "<f4").reshape(-1, recognizer.alphabet.size)
            decoding += _decoded(recognizer, ink, frames) == (other["text"], other["greedy"])
            read = recognizer.transcribe(ink, "language")
            if read.text == other["text"]:
                probabilities.append(abs(read.log_probability - other["logProbability"]))
            else:
                differing.append((read.text, other["text"]))
    return Parity(
        len(inks), max(features), best_path, len(inks) - len(differing), decoding, max(probabilities),
        tuple(differing),
    )  # fmt: skip


def _decoded(recognizer: Recognizer, ink: Ink, frames: NDArray[np.float32]) -> tuple[str, str]:
    """Return what the language decoder and the best path find in log-probabilities (T, V) that the browser computed."""
    given = Recognizer(recognizer.checkpoint, network=lambda _: [frames], language=recognizer.language)
    return given.transcribe(ink, "language").text, given.transcribe(ink).text


def below(inks: Sequence[Ink]) -> list[Ink]:
    """Return the lines moved, each below the one before."""
    height = max(ink.bounds[3] - ink.bounds[1] for ink in inks)
    return [ink.moved_to(ink.x, ink.y + 1.3 * height * number) for number, ink in enumerate(inks)]


def drawn_on(inks: Sequence[Ink]) -> list[Ink]:
    """Return pages of the lines, one below the other, with a drawing of each kind."""
    rows = below(inks)
    words = [_first_word(ink) for ink in rows]
    pages = []
    for number, draw in enumerate(DRAWINGS.values()):
        canvas = Canvas(
            np.random.default_rng(number), Marks(rows[0]).height, _bounds(rows), [row.bounds for row in rows],
            [float(np.median(row.boxes[3])) for row in rows], [word.bounds for word in words],
            [word.bounds for word in words], [word.strokes for word in words],
        )  # fmt: skip
        pages.append(Ink.from_strokes([*(stroke for row in rows for stroke in row.strokes), *draw(canvas)]))
    return pages


def _first_word(ink: Ink) -> Ink:
    left, _, right, _ = ink.bounds
    return ink.take(np.flatnonzero(ink.boxes[2] < left + 0.3 * (right - left))) if len(ink.starts) > 3 else ink


def _bounds(inks: Sequence[Ink]) -> tuple[float, float, float, float]:
    left, top, right, bottom = np.array([ink.bounds for ink in inks]).T
    return float(left.min()), float(top.min()), float(right.max()), float(bottom.max())


def same_layouts(page: Any, inks: Sequence[Ink]) -> int:
    """Return the number of pages of ink in which the browser finds the same lines as Python."""
    found = page.evaluate(LAYOUT, _strokes(inks))
    own = [[line.strokes.tolist() for line in split_lines(ink)] for ink in inks]
    return sum(a == b for a, b in zip(own, found, strict=True))


def same_units(page: Any, service: Service, inks: Sequence[Ink]) -> tuple[int, int, float]:
    """Return the number of units that Inside names, of those that Python names too, and how far their gates differ."""
    lines = _points(inks)
    count, differences = 0, []
    for units, strokes in zip(page.evaluate(INSIDE, lines), lines, strict=True):
        reply = inside.read(service, json.dumps({"strokes": strokes}).encode())
        own = {_unit(unit): unit for unit in reply["units"]}
        count += len(units)
        for unit in units:
            if other := own.get(_unit(unit)):
                gates = [np.subtract(unit[gate], other[gate]) for gate in ("input", "forget", "output")]
                differences.append(float(np.abs(gates).mean()))
    return count, len(differences), float(np.mean(differences))


def _unit(record: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(record[name] for name in ("event", "layer", "direction", "number"))


def written(synthesizer: Synthesizer, count: int) -> list[Ink]:
    """Write ``count`` lines with the synthesizer, each in a different hand."""
    sentences = SENTENCES.read_text(encoding="utf-8").split("\n")
    texts = [" ".join(sentence.split()[:6]) for sentence in sentences if sentence.strip() and sentence[0] != "#"]
    some = [texts[i % len(texts)] for i in range(count)]
    return [line.ink for line in synthesizer.write(some, Hand(seed=19))]


def real(data: str, count: int) -> list[Ink]:
    """Return ``count`` lines of a corpus's development set, evenly spaced."""
    corpus = open_corpus(data)
    ids = corpus.ids("testset_v")
    return [corpus.line(ids[i]).ink for i in np.linspace(0, len(ids) - 1, count).astype(int)]


@contextmanager
def opened() -> Iterator[tuple[Any, float, Synthesizer, Recognizer]]:
    """Open the site in Chromium; yield its page, the CPU seconds until it could read, and both networks."""
    from playwright.sync_api import sync_playwright

    recognizer, synthesizer = Recognizer.load(), Synthesizer.load()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        sizes = export_site(Path(folder) / "site", recognizer, synthesizer)
        print(f"the site: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB")
        handler = functools.partial(_Quiet, directory=str(Path(folder) / "site"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(service_workers="block")
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        page.wait_for_selector("html[data-ready]")
        yield page, _settled(page), synthesizer, recognizer
        browser.close()
        server.shutdown()


def cpu_seconds(page: Any) -> float:
    """Return the CPU time of Chromium's renderers so far."""
    session = page.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(process["cpuTime"] for process in processes if process["type"] == "renderer")


def _settled(page: Any) -> float:
    """Return the CPU time once the page is idle: its worker has loaded the models."""
    before = -1.0
    while (now := cpu_seconds(page)) - before > 0.01:
        before = now
        page.wait_for_timeout(3000)
    return now


def _strokes(inks: Sequence[Ink]) -> list[list[list[list[float]]]]:
    return [[stroke.tolist() for stroke in ink.strokes] for ink in inks]


def _points(inks: Sequence[Ink]) -> list[list[list[dict[str, float]]]]:
    return [[[{"x": x, "y": y} for x, y in stroke] for stroke in ink] for ink in _strokes(inks)]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", help="corpus with a development set")
    parser.add_argument("--lines", type=int, default=200)
    options = parser.parse_args()
    with opened() as (site, seconds, synthesizer, recognizer):
        print(f"open and ready to read: {seconds:.1f} s")
        sets = [("written", written(synthesizer, options.lines))]
        if options.data:
            sets.append(("testset_v", real(options.data, options.lines)))
        print("| lines | features | best path | with language model | decoding | log-probability |")
        print("|---|---|---|---|---|---|")
        for name, inks in sets:
            found = compare(site, recognizer, inks)
            print(
                f"| {found.lines} {name} | {found.features:.1g} | {found.best_path} | {found.language} | "
                f"{found.decoding} | {found.log_probability:.2g} |",
                flush=True,
            )
            for own, other in found.differing:
                print(f"differs: {own!r} in Python, {other!r} in the browser")
        inks = sets[-1][1][:CHUNK]
        for readings in (1, NOTEBOOK_READINGS):
            site.evaluate(TIMED, [_strokes(inks), readings])  # by now the browser has optimised what it runs
            began = cpu_seconds(site)
            site.evaluate(TIMED, [_strokes(inks), readings])
            milliseconds = 1000 * (cpu_seconds(site) - began) / len(inks)
            print(f"reading with the language model, readings: {readings}: {milliseconds:.0f} ms a line")
        pages = [page for name, inks in sets for page in drawn_on(inks[:5])]
        print(f"pages: {same_layouts(site, pages)} of {len(pages)} same")
        count, same, apart = same_units(site, Service(synthesizer, recognizer), inks)
        began = cpu_seconds(site)
        site.evaluate(INSIDE, _points(inks))
        seconds = (cpu_seconds(site) - began) / len(inks)
        print(f"inside: {same} of {count} units as in Python, gates {apart:.1g} apart; {1000 * seconds:.0f} ms a line")
        for _ in range(2):  # the first time the model is loaded
            began = cpu_seconds(site)
            points = site.evaluate(WRITE, ["upright", "The quick brown fox jumps", 4])
        print(f"writing: {points / (cpu_seconds(site) - began):.0f} points a second")


if __name__ == "__main__":
    main()
