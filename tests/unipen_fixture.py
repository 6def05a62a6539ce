"""A tiny UNIPEN of our own making: the distribution's layout and quirks, none of its ink.

Words are written as ``iamondb_fixture`` writes them, so that a network can learn to read them; y grows upward here.
"""

from __future__ import annotations

from pathlib import Path

from iamondb_fixture import line_strokes, write

DOC = """.VERSION 1.0
.DATA_SOURCE ours
.COMMENT a mention of
\t.COORD. and of
 .PEN_DOWN and .PEN_UP in running text
.COORD X Y
.X_POINTS_PER_INCH 200
.Y_POINTS_PER_INCH 200
.POINTS_PER_SECOND 100
"""
WORDS = {"sta": ["ten", "net", "tame", "can"], "kai": ["nice", "tea"], "pap": ["mice"]}
"""Donor to what is written in its one file; kai and pap validate."""


def make_unipen(root: Path) -> Path:
    """Write the distribution below ``root`` and return ``root``."""
    for donor, words in WORDS.items():
        components, segments = pen(words)
        write(root / "include" / donor / "ours.doc", DOC)
        write(root / "include" / donor / "data" / "one.dat", f".WRITER_ID {donor}0\n{components}")
        extra = {"sta": ['.SEGMENT WORD 0-1 BAD "zz"\n', '.SEGMENT WORD 900-901 OK "gone"\n'], "kai": [], "pap": []}
        head = f".VERSION 1.0\n.INCLUDE {donor}/ours.doc\n.INCLUDE {donor}/data/one.dat\n"
        label = {"kai": r"n\@ice\@"}
        lines = [f'.SEGMENT WORD {a}-{b} OK "{label.get(donor, w) if w == "nice" else w}"\n' for a, b, w in segments]
        first, last = segments[0][0], segments[-1][1]
        everything = " ".join(words)
        write(root / "data" / "6" / donor / "one.dat", head + "".join(lines))
        write(root / "data" / "7" / donor / "one.dat", head + "".join(lines + extra[donor]))
        write(root / "data" / "8" / donor / "one.dat", head + f'.SEGMENT TEXT {first}-{last} OK "{everything}"\n')
        # the first half of the first word's first stroke, and a stroke of its own, as one character
        character = f'.SEGMENT CHARACTER {first}:0-{first}:2,{last} ? "t"\n'
        write(root / "data" / "2" / donor / "one.dat", head + character)
        write(root / "data" / "1c" / donor / "one.dat", head + character)
    write(root / "data" / "6" / "lost" / "two.dat", '.INCLUDE lost/data/two.dat\n.SEGMENT WORD 0-3 OK "lost"\n')
    write(root / "data" / "7" / "lost" / "two.dat", '.INCLUDE lost/data/two.dat\n.SEGMENT WORD 0-3 OK "lost"\n')
    return root


def pen(words: list[str]) -> tuple[str, list[tuple[int, int, str]]]:
    """Words side by side as components, and the range of each: a way through the air with a point after every word."""
    text, number, segments = "", 0, []
    for index, word in enumerate(words):
        first = number
        for stroke in line_strokes(word):
            rows = "".join(f"{x + 700 * index} {5000 - y}\n" for x, y, _ in stroke)
            text += f".PEN_DOWN\n{rows}.PEN_UP\n.PEN_DOWN\n.PEN_UP\n"  # the empty ones have no number
            number += 1
        segments.append((first, number - 1, word))
        text += ".PEN_UP\n1 1\n"
        number += 1
    return text, segments
