"""A tiny IAM-OnDB of our own making: the database's layout and quirks, none of its ink and none of its text.

Every character has a shape of its own, drawn from its code, so that a network can learn to read the lines.
"""

from __future__ import annotations

import html
import math
from pathlib import Path

TEXTS: dict[str, list[str]] = {
    # trainset; a form without a suffix letter, and one that original/ does not have
    "b01-100": ["a tame cat ate", "ten nice teas .", "It 's a neat tent"],
    "b01-104u": ["can a cat net", "an ant in a tin"],
    "c02-003z": ["Mr . Cane came in", "at nine # ten", "nine & ten", "mice eat"],
    "h04-141z": ["one tea", "two tea", "a line known to be bad", "no tea"],
    # testset_v
    "d05-021u": ["a nice cane", "a cat in a tent"],
    "d05-024z": ["meet me at ten"],
    # testset_t
    "e06-010w": ["it came at ten", '" I am nice "'],
}
SPLITS = {
    "trainset": ["b01-100", "b01-104u", "c02-003z", "h04-141z"],
    "testset_v": ["d05-021u", "d05-024z"],
    "testset_t": ["e06-010w"],
}
WITHOUT_FORM_FILE = "b01-104u"
HIDDEN_BREAK = "c02-003z"
"""Its last two lines of text stand in one line of the file, with % signs between them."""
ON_NO_LIST = "z01-200z"
HEADER = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'

Stroke = list[tuple[int, int, str]]


def make_iamondb(root: Path, *, archive_level: bool = False) -> Path:
    """Write the database below ``root`` and return ``root``; ``archive_level`` as the archives unpack it."""
    parts = {"lineStrokes": "lineStrokes-all", "ascii": "ascii-all", "original": "original-xml-all"}
    where = {name: root / above / name if archive_level else root / name for name, above in parts.items()}
    for number, (form, lines) in enumerate(TEXTS.items()):
        folder = Path(form[:3]) / form[:7]
        inks = [line_strokes(text, top=400 * row, start=14e6 + 90 * row) for row, text in enumerate(lines)]
        for row, ink in enumerate(inks, 1):
            write(where["lineStrokes"] / folder / f"{form}-{row:02d}.xml", line_xml(ink))
        write(where["ascii"] / folder / f"{form}.txt", ascii_text(form, lines))
        if form != WITHOUT_FORM_FILE:
            strokes = [stroke for ink in inks for stroke in ink]
            path = where["original"] / folder / f"strokes{form[7:]}.xml"
            write(path, form_xml(form, f"{10000 + number % 5}", lines, strokes))
    folder = Path(ON_NO_LIST[:3]) / ON_NO_LIST[:7]
    write(where["lineStrokes"] / folder / f"{ON_NO_LIST}-01.xml", line_xml(line_strokes("tea")))
    for split, forms in SPLITS.items():
        write(root / f"{split}.txt", "".join(f" {form}\n" for form in forms))
    return root


def write(path: Path, text: str) -> Path:
    """The text as a Latin-1 file, folders made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("latin-1"))
    return path


def line_strokes(text: str, top: int = 0, start: float = 14e6) -> list[Stroke]:
    """Two strokes a character, the second a single point; with repeated, backward and jumping points at the end."""
    strokes: list[Stroke] = []
    for column, character in enumerate(text):
        if character == " ":
            continue
        left, code = 1000 + 90 * column, ord(character)
        clock = round(start * 100) + 30 * column
        curve = []
        for step in range(12):
            turn = 2 * math.pi * step / 12
            x = left + 35 * math.sin(turn * (1 + code % 3)) + step
            y = top + 1000 + 60 * math.cos(turn * (1 + code // 3 % 4)) + code % 7 * 5
            curve.append((round(x), round(y), f"{(clock + step) / 100:.2f}"))
        strokes += [curve, [(left + code % 40, top + 940, f"{(clock + 14) / 100:.2f}")]]
    x, y, time = strokes[-2][-1]
    strokes[-2] += [(x, y, time), (x + 1, y, f"{float(time) - 0.02:.2f}"), (x + 900, y, time), (x + 2, y, time)]
    return strokes


def line_xml(strokes: list[Stroke], head: str = "") -> str:
    """A file of ``lineStrokes/``; ``head`` stands before the description."""
    lines = [
        HEADER + "<WhiteboardCaptureSession>" + head,
        "  <WhiteboardDescription>",
        '    <SensorLocation corner="top_left"/>',
        '    <DiagonallyOppositeCoords x="6000" y="3000"/>',
        "  </WhiteboardDescription>",
        "  <StrokeSet>",
    ]
    for stroke in strokes:
        lines.append(f'    <Stroke colour="black" start_time="{stroke[0][2]}" end_time="{stroke[-1][2]}">')
        lines += [f'      <Point x="{x}" y="{y}" time="{time}"/>' for x, y, time in stroke]
        lines.append("    </Stroke>")
    return "\n".join([*lines, "  </StrokeSet>", "</WhiteboardCaptureSession>", ""])


def form_xml(form: str, writer: str, texts: list[str], strokes: list[Stroke]) -> str:
    """A file of ``original/``: its transcription is escaped twice, and its first TextLine id is wrong."""
    twice = [html.escape(html.escape(text)) for text in texts]
    lines = [f'    <TextLine id="{form}-{n + (n == 1):02d}" text="{text}"/>' for n, text in enumerate(twice, 1)]
    head = [
        "",
        "  <General>",
        f'    <Form id="{form}" writerID="{writer}" saveTime="14000000.00"/>',
        "  </General>",
        "  <Transcription>",
        "    <Text>",
        *twice,
        "    </Text>",
        *lines,
        "  </Transcription>",
    ]
    return line_xml(strokes, "\n".join(head))


def ascii_text(form: str, lines: list[str]) -> str:
    """A file of ``ascii/``: an OCR part that is wrong, blank lines, an entity, and a hidden line break."""
    escaped = [line.replace("&", "&amp;") for line in lines]
    if form == HIDDEN_BREAK:
        escaped[-2:] = [" %%%%%%%%%%% ".join(escaped[-2:])]
    wrong = "\n".join(line[::-1] for line in lines[:2])
    return f"OCR:\n\n{wrong}\n\nCSR:\n\n" + "\n\n".join(f"{line} " for line in escaped) + "\n\n"
