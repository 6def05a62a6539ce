"""A folder of fifty files of every format: one line of handwriting, whole, beside other things, damaged and cut short.

``python tests/mixed_folder.py FOLDER`` writes it.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import isf_fixture as isf
import note_app_fixtures as apps
import remarkable_fixture as remarkable
import uim_fixture as uim
from format_bombs import encrypted
from format_seeds import package

from handwriting import formats
from handwriting.ink import Ink, Page, Source

TEXT = "a line of handwriting"
Outcome = Literal["read", "part", "nothing", "failed"]
"""What becomes of a file: it is read, read in part, has no ink, or cannot be read."""
Files = dict[str, tuple[bytes, Outcome]]


def files(line: Ink) -> Files:
    """Fifty files by name, of a line that reads as :data:`TEXT`, each with what must become of it."""
    line = replace(line, source=Source())
    return {**_written(line), **_of_other_programs(line), **_beside_the_ink(line), **_damaged(line)}


def fill(folder: Path, line: Ink) -> Files:
    """Write the files into a folder."""
    made = files(line)
    for name, (data, _) in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return made


def _strokes(line: Ink, scale: float = 0.2) -> list[list[tuple[float, float]]]:
    """The line with its corner near the origin, as large as screens have it."""
    left, top, *_ = line.bounds
    return [[((x - left) * scale + 20, (y - top) * scale + 30) for x, y in s.tolist()] for s in line.strokes]


def _saved(page: Ink | Page | Sequence[Page], format: str) -> bytes:
    (known,) = (known for known in formats.writers() if known.name == format)
    assert known.write is not None
    return known.write([Page(page)] if isinstance(page, Ink) else [page] if isinstance(page, Page) else page)


def _tablet(line: Ink) -> list[list[tuple[float, float, int]]]:
    return [[(x - 600, y, 128) for x, y in stroke] for stroke in _strokes(line)]


def _zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _written(line: Ink) -> Files:
    """By the package itself."""
    svg, inkml, xopp = (_saved(line, name) for name in ("SVG", "InkML", "Xournal++"))
    return {
        "own/line.inkml": (inkml, "read"),
        "own/packed.inkml": (gzip.compress(inkml), "read"),
        "own/wide.inkml": (inkml.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "read"),
        "own/line.xopp": (xopp, "read"),
        "own/plain.xoj": (gzip.decompress(xopp), "read"),
        "own/package.xopp": (package(gzip.decompress(xopp).decode()), "read"),
        "own/line.svg": (svg, "read"),
        "own/line.svgz": (gzip.compress(svg), "read"),
        "own/line.json": (_saved(line, "JSON"), "read"),
        "own/line.csv": (_saved(line, "CSV"), "read"),
        "own/timeless.json": (_saved(replace(line, t=None, pressure=None), "JSON"), "read"),
        "own/upside down.json": (_saved(line.moved_to(-line.x, -line.y), "JSON"), "read"),
        "own/y upward.csv": (_saved(line.moved_to(line.x, -line.y), "CSV"), "read"),
        "own/svg by content.json": (svg, "read"),
    }


def _of_other_programs(line: Ink) -> Files:
    strokes, tablet = _strokes(line), _tablet(line)
    records = apps.tldraw_records(strokes)
    pen = "".join(".PEN_DOWN\n" + "".join(f"{x:.2f} {-y:.2f}\n" for x, y in s) + ".PEN_UP\n" for s in strokes)
    columns = [[[round(v, 1) for v in column] for column in zip(*stroke, strict=True)] for stroke in strokes]
    drawings = [json.dumps({"word": word, "drawing": drawn}) for word, drawn in (("a", columns), ("b", []))]
    return {
        "apps/page.rm": (remarkable.page(tablet), "read"),
        "apps/old.rm": (remarkable.old_page(tablet, 3), "read"),
        "apps/older tablet.rm": (remarkable.old_page(tablet, 5), "read"),
        "apps/bundle.rmdoc": (remarkable.bundle([remarkable.page(tablet), None]), "read"),
        "apps/drawing.excalidraw": (apps.excalidraw(strokes).encode(), "read"),
        "apps/board.tldr": (apps.tldr(records).encode(), "read"),
        "apps/differences.tldr": (apps.tldr(apps.tldraw_records(strokes, apps.differences)).encode(), "read"),
        "apps/old.tldr": (apps.tldraw_1(strokes).encode(), "read"),
        "apps/note.writing": (apps.obsidian_ink(records).encode(), "read"),
        "apps/note.svg": (apps.obsidian_svg("ink-canvas", apps.ink_canvas(strokes)).encode(), "read"),
        "apps/notebook.rnote": (apps.rnote(strokes), "read"),
        "apps/old.rnote": (apps.rnote(strokes, "0.5.5"), "read"),
        "apps/ink.uim": (uim.uim_3_1(strokes), "read"),
        "apps/old.uim": (uim.uim_3_0(strokes), "read"),
        "apps/ink.isf": (isf.isf(strokes), "read"),
        "apps/packed.isf": (isf.isf(_strokes(line, 0.1), isf.packed), "read"),
        "apps/donor.dat": (f".VERSION 1.0\n.COORD X Y\n{pen}".encode(), "read"),
        "apps/mac.dat": (f".VERSION 1.0\n.COORD X Y\n{pen}".replace("\n", "\r").encode(), "read"),
        "apps/drawings.ndjson": ("\n".join(drawings).encode(), "read"),
        "apps/columns.json": (json.dumps({"ink": columns}).encode(), "read"),
        "apps/table.tsv": (
            "".join(["x\ty\tstroke\n", *(f"{x}\t{y}\t{n}\n" for n, s in enumerate(strokes) for x, y in s)]).encode(),
            "read",
        ),
    }


def _beside_the_ink(line: Ink) -> Files:
    """Highlighters, typed text, other members of archives; and documents without any ink."""
    document = gzip.decompress(_saved(line, "Xournal++")).decode()
    damaged = document.replace('width="1.41', 'width="1.41 nan 1.2')
    marker = '<stroke tool="highlighter" color="#ffff007f" width="9">0 60 400 60</stroke>'
    bundle = zipfile.ZipFile(io.BytesIO(remarkable.bundle([remarkable.page(_tablet(line))])))
    members = {name: bundle.read(name) for name in bundle.namelist()}
    return {
        "beside/highlighter.xopp": (gzip.compress(document.replace("</layer>", f"{marker}</layer>").encode()), "read"),
        "beside/nan width.xopp": (gzip.compress(damaged.encode()), "read"),
        "beside/mac.zip.rmdoc": (_zipped({"__MACOSX/._doc.content": b"\0", **members}), "read"),
        "beside/empty page.xopp": (b'<xournal><page width="99" height="99"><layer/></page></xournal>', "nothing"),
        "beside/tablet.rmdoc": (
            remarkable.bundle([remarkable.page(_tablet(line)), remarkable.page(_tablet(line), tool=5)]),
            "read",
        ),
    }


def _damaged(line: Ink) -> Files:
    inkml, xopp, svg = (_saved(line, name) for name in ("InkML", "Xournal++", "SVG"))
    page = remarkable.page(_tablet(line))
    two = gzip.decompress(_saved([Page(line), Page(line, number=2)], "Xournal++"))
    return {
        "damaged/cut.inkml": (inkml[: 2 * len(inkml) // 3], "part"),
        "damaged/cut.svg": (svg[: 2 * len(svg) // 3], "part"),
        "damaged/cut.xopp": (gzip.compress(two[: 3 * len(two) // 4]), "part"),
        "damaged/cut gzip.xopp": (xopp[: 3 * len(xopp) // 4], "part"),
        "damaged/one page.rmdoc": (remarkable.bundle([page, b"junk"]), "part"),
        "damaged/junk.json": (bytes(range(256)), "failed"),
        "damaged/empty.inkml": (b"", "failed"),
        "damaged/encrypted.xopp": (encrypted(package()), "failed"),
        "damaged/no numbers.csv": (b"x,y\nnan,nan\n", "nothing"),
        "damaged/a picture.svg": (b"\x89PNG\r\n\x1a\n" + bytes(99), "failed"),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    sample = formats.read_ink(Path(__file__).parents[1] / "datasets" / "samples" / "line.xml")
    print(f"{len(fill(target, sample))} files in {target}")
