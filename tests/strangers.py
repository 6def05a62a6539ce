"""Ink of other people and programs: the strokes that tests wrap in files of many situations, and what must come out.

Every situation was found in a public file or bug report.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from handwriting import formats
from handwriting.ink import Ink

LINE = [
    [(10.0, 20.0), (12.5, 24.0), (11.0, 30.0), (14.0, 33.0), (18.0, 31.0)],
    [(20.0, 22.0), (22.0, 27.0)],
    [(25.0, 21.0), (26.0, 25.0), (30.5, 28.0)],
    [(33.0, 20.0)],
]
SIZES = [5, 2, 3, 1]


def read(data: str | bytes) -> Ink:
    """The ink of a file of one page."""
    pages = formats.read_pages(data.encode() if isinstance(data, str) else data)
    assert len(pages) == 1
    return pages[0].ink


def assert_is_line(ink: Ink, scale: float = 1.0) -> None:
    """The strokes of :data:`LINE`, and nothing else."""
    assert np.diff([*ink.starts, len(ink)]).tolist() == SIZES
    assert ink.xy == pytest.approx(np.concatenate(LINE) * scale, abs=1e-6)


def notes(ink: Ink, *severities: str) -> list[str]:
    """What the reader left out."""
    return [note.text for note in ink.source.notes if note.severity in (severities or ("lost", "noted"))]


def trace(points, **attributes) -> str:
    said = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f"<trace{said}>{', '.join(f'{x} {y}' for x, y in points)}</trace>"


def inkml(inside: str = "", ids=(None,) * 4) -> str:
    traces = [trace(s, **({} if id is None else {"xml_id": id})) for s, id in zip(LINE, ids, strict=True)]
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{inside}{"".join(traces)}</ink>'


def svg(inside: str | None = None, root: str = "", group: str = 'fill="none" stroke="#000"') -> str:
    inside = paths() if inside is None else inside
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" '
        f'viewBox="0 0 40 40" {root}><g {group}>{inside}</g></svg>'
    )


def paths(scale=(1, 1), shift=(0, 0)) -> str:
    moved = [[(x * scale[0] + shift[0], y * scale[1] + shift[1]) for x, y in stroke] for stroke in LINE]
    lines = ["M" + " L".join(f"{x},{y}" for x, y in (s if len(s) > 1 else s * 2)) for s in moved]
    return "".join(f'<path d="{line}"/>' for line in lines)


def canvas(t=lambda n: n * 10, **more) -> str:
    n = iter(range(99))
    return json.dumps([{"points": [{"x": x, "y": y, "t": t(next(n))} for x, y in s]} | more for s in LINE])


def unipen(labels: str = '.SEGMENT WORD 0-3 OK "a line"\n') -> str:
    strokes = [".PEN_DOWN\n" + "".join(f"{x} {-y}\n" for x, y in stroke) + ".PEN_UP\n" for stroke in LINE]
    return f".VERSION 1.0\n.COORD X Y\n{''.join(strokes)}{labels}"


def xopp(*pages: str) -> str:
    sheets = "".join(f'<page width="99" height="99"><layer>{page}</layer></page>' for page in pages)
    return f"<xournal>{sheets}</xournal>"


def xopp_stroke(points) -> str:
    words = " ".join(f"{x} {y}" for x, y in (points if len(points) > 1 else points * 2))
    return f'<stroke tool="pen" color="#000000ff" width="1.41">{words}</stroke>'


STROKES = "".join(map(xopp_stroke, LINE))


def table(head: str, row) -> str:
    rows = [row(s, n, x, y) for s, stroke in enumerate(LINE) for n, (x, y) in enumerate(stroke)]
    return head + "\n" + "\n".join(rows) + "\n"


def between(extra: str, row: str = "{x},{y},{s},pen"):
    """Rows with ``extra`` lines before each stroke but the first."""
    return lambda s, n, x, y: (extra if s and not n else "") + row.format(x=x, y=y, s=s)


def comma(value: float) -> str:
    """A number with a decimal comma."""
    return str(value).replace(".", ",")


TABLES = {
    "blank": table("x,y", between("\n", "{x},{y}")),
    "blank fields": table("x;y", between(" ; \n", "{x};{y}")),
    "pen": table("x,y,pen_down", between("99,9,0\n98,9,0\n", "{x},{y},1")),
    "truth": table("x,y,pen_down", between("99,9,False\n", "{x},{y},True")),
    "words": table("x,y,pen", between("99,9,up\n", "{x},{y},down")),
    "pressure": table("x,y,pressure", between("99,9,0\n98,9,0.0\n", "{x},{y},0.5")),
    "state": table("x,y,state", between("99,9,hover\n98,9,hover\n", "{x},{y},move")),
    "no number": table("x,y,stroke", between("99,9,-1\n98,9,-1\n", "{x},{y},{s}")),
    "not a number": table("x,y", between("nan,nan\n", "{x},{y}")),
    "missing": table("x,y,t", between(",,9\n", "{x},{y},")),
    "last point": table("x,y,pen_up", lambda s, n, x, y: f"{x},{y},{int(n == SIZES[s] - 1)}"),
    "air": table("x,y,in_air", between("99,9,1\n98,9,1\n", "{x},{y},0")),
    "a stroke in the air": table("x,y,stroke,pressure", between("99,9,9,0\n98,9,9,0\n", "{x},{y},{s},0.5")),
    "spaced": table("x,y,stroke", between("", "{x},{y},{s}\n")),
    "carriage returns": table("x,y,stroke", between("", "{x},{y},{s}")).replace("\n", "\r"),
    "byte order mark": "\ufeff" + table("x,y,stroke", between("", "{x},{y},{s}")),
    "eraser": table("x,y,stroke,tool", between("0,0,9,eraser\n9,9,9,eraser\n")),
    "eraser flag": table("x,y,is_eraser", between("NaN,NaN,0\n0,0,1\n9,9,1\n", "{x},{y},0")),
    "minus one": table("x,y", between("-1,-1\n", "{x},{y}")),
    "event": table("X (mm);y [px];Event", lambda s, n, x, y: f"{x};{y};{'move' if n else 'down'}"),
    "highlighter": table("x,y,stroke,tool", between("0,0,9,Highlighter\n")),
}
MORE_TABLES = {
    "names of people": table("Stroke ID,X Position,Y Position,Time (ms)", lambda s, n, x, y: f"{s},{x},{y},{n}"),
    "camel case": table("pointIndex,strokeIndex,X [px],Y [px]", lambda s, n, x, y: f"{n},{s},{x},{y}"),
    "German": table("Zeit;X;Y;Druck;Strich", lambda s, n, x, y: f"{n};{comma(x)};{comma(y)};0,5;{s}"),
    "French": table("Temps\tX\tY\tPression\tTrait", lambda s, n, x, y: f"{n}\t{comma(x)}\t{comma(y)}\t0,5\t{s}"),
    "Chinese": table("坐标X,坐标Y,笔画", between("", "{x},{y},{s}")),
    "quoted commas": table("x,y,stroke", lambda s, n, x, y: f'"{comma(x)}","{comma(y)}",{s}'),
    "spaces": table("x y stroke", between("", "{x} {y} {s}")),
    "bars": table("x|y|stroke", between("", "{x}|{y}|{s}")),
    "separator named": "sep=;\n" + table("x;y;stroke", between("", "{x};{y};{s}")),
    "comments": "# a program\n\n# x,y,stroke\n" + table("# 11 points", between("# next\n", "{x},{y},{s}")),
    "end of file mark": table("x,y,stroke", between("", "{x},{y},{s}")).replace("\n", "\r\n") + "\x1a",
    "an unknown number": table("id,speed,x,y", lambda s, n, x, y: f"{s},{n % 2},{x},{y}"),
    "unknown names": table("x,y,writer,curve", lambda s, n, x, y: f"{x},{y},me,{'abcd'[s]}"),
    "first point": table("x,y,new_stroke", lambda s, n, x, y: f"{x},{y},{int(n == 0)}"),
    "end of stroke": table("x,y,e", lambda s, n, x, y: f"{x},{y},{int(n == SIZES[s] - 1)}"),
    "states": table("x,y,state", lambda s, n, x, y: f"{x},{y},{'move' if n else 'start'}"),
    "action": table("action,x,y", lambda s, n, x, y: f"{'ACTION_MOVE' if n else 'ACTION_DOWN'},{x},{y}"),
    "numbers of actions": table("action,x,y", lambda s, n, x, y: f"{2 if n else 0},{x},{y}"),
    "button status": table("X,Y,Time Stamp,Button Status", between("99,9,9,0\n98,9,9,0\n", "{x},{y},9,1")),
    "letters": table("char,stroke,x,y", lambda s, n, x, y: f"{'lama'[s]},0,{x},{y}"),
    "an id of words": table("word_id,stroke,x,y", lambda s, n, x, y: f"{'1223'[s]},{'0010'[s]},{x},{y}"),
    "samples": table("Sample No.,stroke,x,y", lambda s, n, x, y: f"{'1112'[s]},{'1231'[s]},{x},{y}"),
    "an unknown group": table("klass,stroke,x,y", lambda s, n, x, y: f"{'aabb'[s]},{'1212'[s]},{x},{y}"),
    "letters within strokes": table("char,stroke,x,y", lambda s, n, x, y: f"{'im'[(s + (n > 2)) % 2]},{s},{x},{y}"),
    "letters alone": table("letter,x,y", lambda s, n, x, y: f"{'noen'[s]},{x},{y}"),
    "buttons": table("x,y,buttons", between("99,9,0\n98,9,0\n", "{x},{y},1")),
    "erased": table("x,y,stroke,erased", between("0,0,9,1\n9,9,9,1\n", "{x},{y},{s},0")),
    "brush": table("x,y,stroke,brush", between("0,0,9,Rubber\n9,9,9,Rubber\n")),
    "opacity": table("x,y,stroke,opacity", between("0,0,9,0\n9,9,9,0\n", "{x},{y},{s},1")),
}
"""Tables of other programs, with names and marks of their own."""
