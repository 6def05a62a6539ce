"""Zip packages that are cut short or damaged in one member: the rest is read, and what is lost is named."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pytest
import remarkable_fixture as remarkable
from strangers import LINE, assert_is_line, notes, read, xopp, xopp_stroke

from handwriting import formats
from handwriting.errors import InkError, TooLargeError
from handwriting.formats import packed
from handwriting.formats.zip_damage import find_members

PAGES = [
    remarkable.page([[(x * 10 - 702, y * 10, 128) for x, y in stroke] for stroke in LINE[: n + 1]]) for n in range(3)
]
CONTENT = b'{"cPages": {"pages": [{"id": "b"}, {"id": "c"}, {"id": "a"}]}}'
BUNDLE = {"d.content": CONTENT, "d/a.rm": PAGES[2], "d/b.rm": PAGES[0], "d/c.rm": PAGES[1]}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, stream: bool = False) -> bytes:
    """An archive; ``stream`` writes it as programs do that cannot go back, with sizes behind the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not stream

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return pipe.getvalue()


def damaged(data: bytes, files: dict[str, bytes], name: str) -> bytes:
    """The archive with a wrong byte in the middle of the data of a member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    at = info.header_offset + 30 + len(name) + info.compress_size // 2
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def strokes(pages) -> list[tuple[int | None, int]]:
    return [(page.number, len(page.ink.starts)) for page in pages]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_without_its_directory_is_read_by_its_headers(method, stream):
    data = zipped(BUNDLE, method, stream)
    pages = formats.read_pages(data[: data.index(b"PK\x01\x02")])
    assert strokes(pages) == [(1, 1), (2, 2), (3, 3)]
    (told,) = notes(pages[0].ink, "lost")
    assert told.startswith("the rest of the archive was left out: a damaged zip archive (File is not a zip file)")
    for name, member in find_members(data).items():
        assert member.unpack(data, 10**6) == (BUNDLE[name], None)
        assert member.unpack(data, 9) == (BUNDLE[name][:10], None)


def test_the_pages_of_a_bundle_that_is_cut_short():
    data = zipped(BUNDLE, zipfile.ZIP_STORED)
    pages = formats.read_pages(data[: data.index(b"d/c.rm") + 80])
    assert strokes(pages) == [(1, 1), (3, 3)]
    told = [note.split(":")[0] for note in notes(pages[0].ink, "lost")]
    assert told[0] == "the rest of the archive was left out"
    assert "a part of 'd/c.rm' was left out" in told
    pages = formats.read_pages(data[: data.index(b"d/c.rm")])
    assert strokes(pages) == [(1, 1), (3, 3)]
    assert (
        notes(pages[0].ink, "lost")[1] == "page 2 was left out: it is missing from the damaged archive; copy it again"
    )
    with pytest.raises(InkError, match="damaged zip archive"):
        formats.read(data[:20])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_costs_itself_alone(method):
    data = damaged(zipped(BUNDLE, method), BUNDLE, "d/c.rm")
    pages = formats.read_pages(data)
    assert {1: 1, 3: 3}.items() <= dict(strokes(pages)).items()
    told = notes(pages[0].ink, "lost")
    assert any(re.match(r"(a part|the checksum) of 'd/c\.rm' was (left out|dropped): ", note) for note in told)


def test_the_pages_of_a_damaged_list_come_in_the_order_in_which_it_names_them():
    pages = formats.read_pages(zipped(BUNDLE | {"d.content": CONTENT[:-2]}))
    assert strokes(pages) == [(1, 1), (2, 2), (3, 3)]
    assert notes(pages[0].ink, "lost") == [
        "the list of pages was left out: its .content file is damaged; the pages may be in the wrong order"
    ]


def test_a_damaged_pdf_leaves_the_ink_alone():
    bundle = BUNDLE | {"d.pdf": b"%PDF" + bytes(range(256)) * 9}
    document = formats.read_document(damaged(zipped(bundle), bundle, "d.pdf"))
    assert strokes(document.pages) == [(1, 1), (2, 2), (3, 3)]
    assert [page.pdf for page in document.extras] == [None] * 3
    assert [note.text.split(":")[0] for note in document.notes] == ["the file 'd.pdf' was dropped"]


@pytest.mark.parametrize("cut", ["short", "in the middle"])
def test_the_strokes_of_a_package_before_the_damage(cut):
    """Strokes of random numbers, so that half of the compressed file is half of the notebook."""
    rng = np.random.default_rng(0)
    many = [np.round(rng.uniform(0, 90, (5, 2)), 2) for _ in range(400)]
    files = {"content.xml": xopp("".join(map(xopp_stroke, many))).encode()}
    data = zipped(files)
    data = data[: len(data) // 2] if cut == "short" else damaged(data, files, "content.xml")
    ink = read(data)
    assert 150 < len(ink.starts) < 250
    sure = len(ink.starts) - 2
    assert ink.strokes[sure - 1] == pytest.approx(many[sure - 1])
    assert any(note.startswith("a part of 'content.xml' was left out") for note in notes(ink, "lost"))


def test_contents_that_do_not_match_their_checksum_are_read():
    data = zipped({"content.xml": xopp("".join(map(xopp_stroke, LINE))).encode()}, zipfile.ZIP_STORED)
    ink = read(data.replace(b'tool="pen"', b"tool='pen'"))
    assert_is_line(ink)
    assert notes(ink, "lost") == [
        "the checksum of 'content.xml' was dropped: the contents do not match it, so some of them may be wrong; "
        "copy or export the file again"
    ]


def test_limits_hold_for_damaged_archives(monkeypatch):
    data = zipped({"content.xml": bytes(10**6)})
    monkeypatch.setattr(packed, "MAX_UNPACKED", 10**5)
    with pytest.raises(TooLargeError, match="unpacks to more than 100,000 bytes"):
        formats.read(data[: data.index(b"PK\x01\x02")])
