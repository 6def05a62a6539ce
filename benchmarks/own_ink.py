"""Benchmark a recognizer fine-tuned on a few lines of one hand: CER on its other lines, before and after.

    python benchmarks/own_ink.py --checkpoint FOLDER [--data FOLDER-or-FILE] [--writer hpb2-an] [--lines 40]

The hand is one of UNIPEN's training donors, so the checkpoint should be one that was trained on IAM-OnDB alone: the
shipped one has seen them all. Its lines of 8 characters or more are written to a folder as a user would have them.
Training lines are chosen from the first half; the other half, without texts that occur in the first, is read. Takes
minutes, so ``make bench`` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from handwriting import save
from handwriting.corpora import Line, open_corpus

APP = Path(__file__).parents[1] / "app.py"


def write_folder(folder: Path, lines: list[Line], train: int) -> None:
    """Write ink and text next to each other, and the lists ``train`` and ``test``."""
    half = len(lines) // 2
    known = {line.text for line in lines[:half]}
    lists = {
        "train": range(min(train, half)),
        "test": [n for n in range(half, len(lines)) if lines[n].text not in known],
    }
    (folder / "splits").mkdir(parents=True)
    for name, numbers in lists.items():
        (folder / "splits" / f"{name}.txt").write_text("".join(f"{n:03}\n" for n in numbers), encoding="utf-8")
        for n in numbers:
            save(lines[n].ink, folder / f"{n:03}.json")
            (folder / f"{n:03}.txt").write_text(lines[n].text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANDWRITING_DATA", "datasets")) / "unipen")
    parser.add_argument("--checkpoint", type=Path, default=APP.parent / "checkpoints/recognizer")
    parser.add_argument("--writer", default="hpb2-an")
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--rate", default="1e-3")
    parser.add_argument("--out", type=Path, help="an empty folder that keeps ink and checkpoints")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: no UNIPEN in {options.data}; set HANDWRITING_DATA to the folder that holds unipen/")
        return
    corpus = open_corpus(options.data)
    ids = [id for id in corpus.ids("train-texts") if f"/{options.writer}:" in id and len(corpus.text(id)) >= 8]
    with tempfile.TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        write_folder(out / "mine", [corpus.line(id) for id in ids], options.lines)
        report(out, options.checkpoint, options.lines, options.rate)


def report(out: Path, checkpoint: Path, lines: int, rate: str) -> None:
    """Print both rows, using the commands of the README."""
    fine = ["--train", "train", "--develop", "none", "--epochs", "20", "--batch-size", "8", "--rate", rate]
    print("read by                      lines  best path: CER %  WER %   with language model: CER %  WER %")
    evaluate("before", out, "--checkpoint", checkpoint)
    began = time.perf_counter()
    command("train", "recognizer", "--data", out / "mine", "--init", checkpoint, *fine,
            "--out", out / "run", "--loaders", "0")  # fmt: skip
    minutes = (time.perf_counter() - began) / 60
    evaluate(f"fine-tuned on {lines} lines", out, "--checkpoint", out / "run/best")
    print(f"training took {minutes:.1f} minutes")


def evaluate(name: str, out: Path, *more: object) -> None:
    rates: list[float] = []
    for decoder in ("greedy", "language"):
        text = command("evaluate", "recognizer", "--data", out / "mine", "--split", "test", "--decoder", decoder,
                       "--json", *more)  # fmt: skip
        figures = json.loads(text)
        rates += [figures["cer"], figures["wer"]]
    cer, wer, cer_language, wer_language = (100 * rate for rate in rates)
    print(
        f"{name:28} {figures['lines']:5}  {cer:16.1f} {wer:6.1f}  {cer_language:26.1f} {wer_language:6.1f}", flush=True
    )


def command(*arguments: object) -> str:
    done = subprocess.run([sys.executable, APP, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main()
