"""Collect the text of books into a zip archive, to build a language model from.

    python benchmarks/books.py 100_english_novels ELTeC-eng classic-books-markdown -o books.zip

Each source is a folder with one book per file: plain text, Markdown, or TEI (XML). The shipped language models were
built from the books in these three repositories, all in the public domain, but for three files of more than 4 MB:

- https://github.com/computationalstylistics/100_english_novels (143e601, ``corpus``)
- https://github.com/COST-ELTeC/ELTeC-eng (3db3b67, ``level1``)
- https://github.com/mlschmitt/classic-books-markdown (9448827)

A book is left out if the earlier ones contain 30 % of its text, if it is short, or if it is unlike the prose that a
language model was built from: verse, plays, archaic English. The measure is the bits per character of its n-grams.
"""

from __future__ import annotations

import argparse
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from handwriting.recognition.language.model import LanguageModel
from handwriting.recognition.language.scorer import code_array
from handwriting.recognition.language.texts import clean

MIN_CHARACTERS = 20_000
MAX_SHARED = 0.3
WINDOW = 32
"""Length of the passages by which a text is recognised as already known, in characters."""
SAMPLED = 16
"""One passage in so many is compared."""
SNIPPETS, SNIPPET, WARM_UP = 150, 400, 20
"""Number of places at which a book's bits are measured, characters read at each, and those that only give context."""
SKIPPED = frozenset(("readme.md", "license.md", "readme.txt"))
TEI = "{http://www.tei-c.org/ns/1.0}"
LINK, TAG, MARKS, START = (
    re.compile(pattern, re.MULTILINE) for pattern in (r"!?\[([^\]]*)\]\([^)]*\)", r"<[^>]+>", r"[*_\\]+", r"^[#>\s]+")
)


def books(source: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each book in a folder, one paragraph per line."""
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".txt", ".md", ".xml") or path.name.lower() in SKIPPED or not path.stat().st_size:
            continue
        data = path.read_bytes()
        if path.suffix == ".xml":
            paragraphs = tei_paragraphs(data)
        else:
            text = decoded(data)
            paragraphs = (markdown_text(text) if path.suffix == ".md" else text).splitlines()
        name = "-".join(path.relative_to(source).with_suffix(".txt").parts)
        yield f"{source.name}-{name}", "\n".join(filter(None, map(clean, paragraphs)))


def decoded(data: bytes) -> str:
    """Return text in UTF-8 or, if it is not valid, in Windows-1252."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def markdown_text(text: str) -> str:
    """Return the text of Markdown without its marks."""
    for pattern, replacement in ((LINK, r"\1"), (TAG, ""), (MARKS, ""), (START, "")):
        text = pattern.sub(replacement, text)
    return text


def tei_paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs in the body of a TEI document."""
    root = etree.fromstring(data, etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False))
    bodies = [] if root is None else root.iter(f"{TEI}body")
    return ["".join(paragraph.itertext()) for body in bodies for paragraph in body.iter(f"{TEI}p")]


def passages(text: str) -> NDArray[np.uint64]:
    """Return hashes of a sample of the passages that begin with a word."""
    data = np.frombuffer(text.lower().encode("ascii", "ignore"), dtype=np.uint8)
    starts = np.flatnonzero(data[:-WINDOW] == ord(" "))
    hashes = np.zeros(len(starts), dtype=np.uint64)
    for k in range(WINDOW):
        hashes = hashes * np.uint64(0x100000001B3) + data[starts + k]
    return np.unique(hashes[hashes % SAMPLED == 0])


def bits(text: str, model: LanguageModel) -> float:
    """Return the bits per character of a text by the character n-grams of ``model``, measured at random places."""
    starts = np.random.default_rng(0).integers(0, len(text) - SNIPPET, SNIPPETS)
    read = np.array([code_array(text[start : start + SNIPPET]) for start in starts], dtype=np.int64)
    states = np.zeros(SNIPPETS, dtype=np.int64)
    total = 0.0
    for k in range(SNIPPET):
        log_probs, states = model.characters.step(states, read[:, k])
        total -= float(log_probs.sum()) if k >= WARM_UP else 0.0
    return total / np.log(2) / (SNIPPETS * (SNIPPET - WARM_UP))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("sources", type=Path, nargs="+", help="folder with one book per file")
    parser.add_argument("-o", "--output", type=Path, default=Path("books.zip"))
    parser.add_argument("--model", type=Path, help="language model that measures the books (default: the shipped one)")
    parser.add_argument("--max-bits", type=float, default=2.2, help="maximum bits per character of a book")
    options = parser.parse_args()
    model = LanguageModel.load(options.model)
    known = np.empty(0, dtype=np.uint64)
    kept, characters = 0, 0
    with zipfile.ZipFile(options.output, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in options.sources:
            for name, text in books(source):
                flat = " ".join(text.split())
                own = passages(flat) if len(flat) >= MIN_CHARACTERS else np.empty(0, dtype=np.uint64)
                if not len(own):
                    print(f"{name}: left out, too short")
                    continue
                shared, found = float(np.isin(own, known, assume_unique=True).mean()), bits(flat, model)
                known = np.union1d(known, own)
                if shared > MAX_SHARED or found > options.max_bits:
                    print(f"{name}: left out, {100 * shared:.0f} % shared with earlier books, {found:.2f} bits")
                    continue
                archive.writestr(name, text)
                kept, characters = kept + 1, characters + len(flat)
    print(f"{options.output}: {kept} books, {characters / 1e6:.0f} million characters")


if __name__ == "__main__":
    main()
