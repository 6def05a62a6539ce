"""Benchmark letters on one thread: CPU time of each part, redrawn words, and the accuracy of the progress bar.

    OMP_NUM_THREADS=1 python benchmarks/letters.py [FILE] [--checkpoint FOLDER] [--best-of 8] [--seeds 3] [--live]

The text is that of FILE, or the first 1,500 characters of each text in ``benchmarks/letters``, one after another;
unwritable characters are replaced by their closest spelling. Times are CPU times of the process
(``time.process_time``), so that a busy machine matters as little as possible. *letter* is from the text to its pages,
*PDF* the file made of them. *bar* is the largest difference between the progress shown and the share of the letter's
time that has passed. With ``--live``, the browser's page is written instead: the time until its first ink, its first
line and its end.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from handwriting.composition.blocks import respelled
from handwriting.composition.letter import LetterStyle, write_letter
from handwriting.composition.letter_files import encode_letter
from handwriting.composition.live_page import LineEvent, LivePage
from handwriting.composition.runs import DEFAULT_BEST_OF, WordWriter
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.layout import PageLayout
from handwriting.rendering.sheet import Sheet
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

LETTERS = Path(__file__).with_name("letters")
CHARACTERS = 1500
A5 = LetterStyle(Sheet(148, 210, (15, 15, 15, 15), 8))
SCREEN = PageLayout(width_mm=190, height_mm=134, margin_mm=14, line_height_mm=12, paper="ruled")


def letter(writer: WordWriter, text: str, seed: int) -> None:
    """Write a letter on A5 and print its cost."""
    shown: list[tuple[float, float]] = []
    began = time.process_time()

    def progress(done: float, total: int) -> None:
        shown.append((time.process_time() - began, done / total))

    made = write_letter(writer, text, A5, Hand(seed=seed), progress=progress)
    seconds = time.process_time() - began
    encode_letter(made.pages, ".pdf")
    pdf = time.process_time() - began - seconds
    bar = max(abs(passed / seconds - share) for passed, share in shown)
    print(
        f"seed {seed}: letter {seconds:.2f} s, PDF {pdf:.2f} s, bar {100 * bar:.0f} %; {len(made.pages)} pages, "
        f"{made.words} words, {made.redrawn} drawn again, {made.joined} joined, {len(made.doubtful)} doubtful",
        flush=True,
    )


def live(writer: WordWriter, text: str, seed: int) -> None:
    """Write a page as the browser shows it, and print when its first ink, its first line and its end appear."""
    began = time.process_time()
    ink: list[float] = []
    page = LivePage(writer, text, SCREEN, Hand(seed=seed), lambda event: ink.append(time.process_time() - began))
    lines = [time.process_time() - began for event in page if isinstance(event, LineEvent)]
    times = f"first ink {1000 * ink[0]:.0f} ms, first line {lines[0]:.2f} s, all {len(lines)} lines {lines[-1]:.2f} s"
    print(f"seed {seed}: {times}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--best-of", type=int, default=DEFAULT_BEST_OF)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--live", action="store_true")
    options = parser.parse_args()
    imported = time.process_time()
    texts = [path.read_text("utf-8") for path in sorted(LETTERS.glob("*.txt"))]
    text = options.file.read_text("utf-8") if options.file else "\n".join(texts)[:CHARACTERS]
    began = time.process_time()
    recognizer = Recognizer.load() if options.best_of > 1 else None
    writer = WordWriter(Synthesizer.load(options.checkpoint), recognizer, options.best_of)
    text = respelled(text, writer.synthesizer)
    print(f"{len(text):,} characters; imports {imported:.2f} s, checkpoints {time.process_time() - began:.2f} s")
    for seed in range(options.seeds):
        (live if options.live else letter)(writer, text, seed)


if __name__ == "__main__":
    main()
