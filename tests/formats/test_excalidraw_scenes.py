"""Excalidraw's drawings where other files embed them: Obsidian's Markdown, PNG, SVG, libraries."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib

import note_app_fixtures as apps
import pytest
from strangers import LINE, assert_is_line, notes, read

from handwriting import formats
from handwriting.documents.inputs import find_files
from handwriting.errors import InkError, TooLargeError
from handwriting.formats.lz_string import decompress
from handwriting.limits import MAX_BYTES

SCENE = apps.excalidraw(LINE, [{"type": "text", "text": "ä😀", "x": 1, "y": 40}])
COMPRESSED = """
N4IgLgngDgpiBcIYA8DGBDANgSwCYCd0B3EAGiUxgFsYA7MAZwQG1RJYEQAzfGGA4mRDIEARgAMAOnHkICAExSZIKAHts9JvGbMlpJQF1SzeZI

CspACzSjzUdNISbx6zNEBmZ8wAcD0ffEDAwBfUjZoOEQePgESchF4RQcQOUTTZTUNRhZdB0NjdNIzGxCw8AjOaP5COOEFYuVU+QDyTM0cvXy7B

1dbYosAdhLQ8I4o3mrBeIR3T0aFPRV1du1cmUNS0cjwFDAhBNFZBEtlMF3OABPAXg3AAD2QYJCgA
"""
"""A scene of :data:`~strangers.LINE` and a text, compressed by lz-string 1.5.0, in lines as the plugin breaks them."""
TYPE = "application/vnd.excalidraw+json"


def markdown(language: str, block: str) -> str:
    """A file of the Excalidraw plugin of Obsidian: properties, notes, texts, and the scene in a comment."""
    front = "---\n\nexcalidraw-plugin: parsed\ntags: [excalidraw]\n\n---\n==Switch==\n\n# Excalidraw Data\n"
    return f"{front}\n## Text Elements\nä ^a\n\n%%\n## Drawing\n```{language}\n{block}\n```\n%%\n"


def payload(compressed: bool = True) -> str:
    """A scene as Excalidraw embeds it: a string of one character per byte."""
    data = zlib.compress(SCENE.encode()) if compressed else SCENE.encode()
    head = {"version": "1", "encoding": "bstring", "compressed": compressed, "encoded": data.decode("latin-1")}
    return json.dumps(head, ensure_ascii=False)


def png(kind: bytes, content: bytes) -> bytes:
    """A picture of one pixel; the chunk with the scene comes after the picture."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0"))]
    chunks += [(kind, content), (b"IEND", b"")]
    parts = [struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def text_chunk(text: str = "") -> bytes:
    return png(b"tEXt", f"{TYPE}\0{text or payload()}".encode("latin-1"))


def svg(data: bytes, version: str = "<!-- payload-version:2 -->") -> str:
    """A drawing exported with its scene, which draws the strokes as filled outlines."""
    marks = f"<!-- payload-type:{TYPE} -->{version}<!-- payload-start -->"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"><!-- svg-source:excalidraw --><metadata>{marks}'
        f"{base64.b64encode(data).decode()}<!-- payload-end --></metadata><path d='M0 0L9 9 0 9Z' fill='#000'/></svg>"
    )


def older_markdown(before: str = "", after: str = "") -> str:
    """A file of the plugin of 2021, with the scene in no code block."""
    front = "---\n\nexcalidraw-plugin: parsed\n\n---\n# Text Elements\nä ^a\n\n"
    return f"{front}{before}# Drawing\n{json.dumps(json.loads(SCENE))}{after}"


FILES = {
    "markdown of 2021": older_markdown().encode(),
    "markdown of 2021 in a comment": older_markdown("%%\n", "\n%%").encode(),
    "markdown with text before the block": markdown("json", SCENE).replace("```json", "\na note\n```json").encode(),
    "markdown": markdown("json", SCENE).encode(),
    "markdown with other line ends": markdown("json", SCENE).replace("\n", "\r\n").encode(),
    "compressed": markdown("compressed-json", COMPRESSED).encode(),
    "compressed, without an end": markdown("compressed-json", COMPRESSED).partition("```\n%%")[0].encode(),
    "picture": text_chunk(),
    "picture, not compressed": text_chunk(payload(False)),
    "picture, older": text_chunk(json.dumps(json.loads(SCENE))),
    "picture, zTXt": png(b"zTXt", f"{TYPE}\0\0".encode() + zlib.compress(payload().encode("latin-1"))),
    "picture, iTXt": png(b"iTXt", f"{TYPE}\0\0\0en\0scene\0{payload()}".encode()),
    "picture, packed iTXt": png(b"iTXt", f"{TYPE}\0\1\0\0\0".encode() + zlib.compress(payload().encode())),
    "svg": svg(payload().encode("latin-1")).encode(),
    "svg, not compressed": svg(payload(False).encode("latin-1")).encode(),
    "svg, older": svg(payload().encode(), "").encode(),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_every_file(data):
    ink = read(data)
    assert_is_line(ink)
    assert notes(ink) == ["1 text element was left out"]
    contents = formats.read_document(data)
    if contents.extras:  # those of an SVG are not read
        assert [line.text for page in contents.extras for line in page.texts] == ["ä😀"]


def test_the_pages_of_a_library():
    """In version 2, an item is an object with elements; in version 1, it is the list itself."""
    items = [[apps.freedraw(stroke)] for stroke in LINE[:2]]
    for library in (
        {"version": 2, "libraryItems": [{"id": "a", "elements": items[0]}, {"id": "b"}, {"elements": items[1]}]},
        {"version": 1, "library": [items[0], None, items[1]]},
    ):
        pages = formats.read_pages(json.dumps({"type": "excalidrawlib", **library}).encode())
        assert [page.number for page in pages] == [1, 3]
        assert pages[1].ink.xy.tolist() == [list(point) for point in LINE[1]]
        assert notes(pages[0].ink, "lost") == [
            "drawing 2 was left out: an Excalidraw file without a list of elements; export the drawing again"
        ]


def test_folders(tmp_path):
    for name in ("a.excalidraw.md", "b.Excalidraw.PNG", "c.excalidrawlib", "notes.md", "photo.png", ".excalidraw.md"):
        (tmp_path / name).write_text(SCENE)
    found = [file.name.rpartition("/")[2] for file in find_files([str(tmp_path)])]
    assert found == ["a.excalidraw.md", "b.Excalidraw.PNG", "c.excalidrawlib"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(b"tEXt", b"Title\0a cat"), "a PNG picture without an Excalidraw scene"),
        (markdown("yaml", SCENE).encode(), "Markdown without an Excalidraw scene"),
        (markdown("compressed-json", "N4I{}").encode(), "is not base64"),
        (markdown("compressed-json", "wwww").encode(), "compressed JSON that is damaged"),
        (text_chunk('{"encoding": "hex", "encoded": "00"}'), 'an unknown encoding, "hex"'),
        (text_chunk('{"encoding": "bstring", "encoded": "x"}'), "damaged JSON"),
        (svg(b"5"), "damaged JSON|without a list of elements"),
    ],
)
def test_files_without_a_scene(data, reason):
    with pytest.raises(InkError, match=reason):
        formats.read_pages(data if isinstance(data, bytes) else data.encode())


def test_scenes_that_are_cut_short():
    """What precedes the cut is read, and the cut is noted."""
    compressed = COMPRESSED.strip()[:-50]
    cut = zlib.compress(SCENE.encode())[:-40].decode("latin-1")
    picture = text_chunk(json.dumps({"encoding": "bstring", "compressed": True, "encoded": cut}, ensure_ascii=False))
    for data in (markdown("compressed-json", compressed).encode(), picture):
        (page,) = formats.read_pages(data)
        assert 1 <= len(page.ink.starts) <= 4
        assert notes(page.ink, "lost")[0].startswith("the rest of the file was left out: its compressed")


def test_scenes_that_unpack_to_too_much():
    bomb = zlib.compress(b" " * (MAX_BYTES + 1)).decode("latin-1")
    picture = text_chunk(json.dumps({"encoding": "bstring", "compressed": True, "encoded": bomb}, ensure_ascii=False))
    with pytest.raises(TooLargeError):
        formats.read_pages(picture)
    with pytest.raises(TooLargeError, match="more than 20 characters"):
        decompress(COMPRESSED, 20, "file")
    with pytest.raises(TooLargeError, match="5,000,000 compressed characters"):
        decompress("A" * 5_000_000, MAX_BYTES, "file")


def test_damaged_scenes_are_refused_or_read_in_part():
    """Bytes of every file are replaced, removed or repeated at random."""
    random.seed(1)
    for data in FILES.values():
        for _ in range(30):
            begin = random.randrange(len(data))
            end = begin + random.randrange(20)
            damaged = data[:begin] + random.choice([b"", b"\xff\0", data[begin:end] * 2, b'"9e99']) + data[end:]
            try:
                formats.read_document(damaged)
            except InkError as error:
                assert "the reader of" not in str(error)
