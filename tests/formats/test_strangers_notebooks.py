"""Notebooks, compressed files, and files that are damaged all over."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest
import remarkable_fixture as remarkable
from strangers import (
    LINE,
    STROKES,
    assert_is_line,
    canvas,
    inkml,
    notes,
    read,
    svg,
    unipen,
    xopp,
)

from handwriting import formats
from handwriting.errors import InkError, NoInkError
from handwriting.limits import MAX_BYTES


def test_a_damaged_stroke_costs_its_page_nothing_else():
    pages = formats.read_pages(xopp(STROKES, STROKES + "<stroke>1 2 3</stroke>", STROKES).encode())
    for page in pages:
        assert_is_line(page.ink)
    assert notes(pages[0].ink) == ["stroke 5 on page 2 was left out: 3 numbers, which cannot be pairs of x and y"]


def test_what_a_notebook_has_beside_ink():
    others = '<stroke tool="highlighter">0 25 90 26</stroke><stroke tool="eraser">0 25 90 26</stroke>'
    others += '<text x="1" y="2">typed</text><image left="1">iVBORw0KGgo=</image><teximage/>'
    text = xopp(STROKES + others, STROKES).replace("<layer>", '<background type="pdf" pageno="1"/><layer>', 1)
    first, _ = formats.read_pages(text.encode())
    assert_is_line(first.ink)
    assert sorted(notes(first.ink)) == [
        "1 PDF background was left out", "1 eraser stroke was left out", "1 formula was left out",
        "1 highlighter stroke was left out", "1 image was left out", "1 text box was left out",
    ]  # fmt: skip


def test_a_stroke_without_opacity_is_not_ink():
    ink = read(xopp(STROKES + '<stroke tool="pen" color="#ff000000" width="1">1 2 3 4</stroke>'))
    assert_is_line(ink)
    assert notes(ink) == ["1 invisible stroke was left out"]


def test_the_look_of_ink_is_a_detail():
    ink = read(xopp(STROKES.replace("#000000ff", "#ff0000ff")).replace("<layer>", '<background style="lined"/><layer>'))
    assert notes(ink) == []
    assert notes(ink, "detail") == ["1 paper style was left out", "4 stroke colors were left out"]


RM = [[(x * 10 - 702, y * 10, 128) for x, y in stroke] for stroke in LINE]


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def content(*pages: dict) -> bytes:
    return json.dumps({"cPages": {"pages": pages}}).encode()


BIG = bytes(30_000)


DELETED = {"timestamp": "1:9", "value": 1}
RESTORED = DELETED | {"value": 0}
PAGE = remarkable.page(RM)
BUNDLES = {
    "late": {"d/1.rm": PAGE, "d/thumbnail": BIG, "d.content": content({"id": "1"})},
    "macOS": {"__MACOSX/._d.content": b"\0\5\x16\7", "d.content": content({"id": "1"}), "d/1.rm": PAGE},
    "restored": {"d.content": content({"id": "1", "deleted": RESTORED}), "d/1.rm": PAGE},
    "deleted": {"d.content": content({"id": "1"}, {"id": "2", "deleted": DELETED}), "d/1.rm": PAGE, "d/2.rm": PAGE},
    "in a folder": {"a/d.content": content({"id": "1"}), "a/d/1.rm": PAGE},
    "no content": {"d/0.rm": PAGE},
    "no pages": {"d.content": b'{"pageCount": 1}', "d/0.rm": remarkable.old_page(RM, 5)},
}


@pytest.mark.parametrize("members", BUNDLES.values(), ids=BUNDLES)
def test_bundles(members):
    data = zipped(members)
    assert formats.find(data, "stdin").name == "reMarkable"
    assert_is_line(read(data), 10)


WITHOUT_INK = {
    "deleted": {"d.content": content({"id": "1", "deleted": DELETED}, {"id": "2"}), "d/1.rm": PAGE},
    "all deleted": {"d.content": content({"id": "1", "deleted": DELETED}), "d/1.rm": PAGE},
    "new": {"d.content": content({"id": "1"}), "d.pagedata": b"Blank\n"},
    "a PDF": {"d.content": content({"id": "1", "redir": {"value": 0}}), "d.pdf": b"%PDF"},
    "an older PDF": {"d.content": b'{"fileType": "pdf", "pages": ["1"]}', "d.pdf": b"%PDF"},
}


@pytest.mark.parametrize("name", WITHOUT_INK)
def test_bundles_without_ink(name):
    """A page that is deleted is not read, even if it is the only one that the bundle contains."""
    data = zipped(WITHOUT_INK[name])
    told = ["1 deleted page was left out"] if "deleted" in name else []
    if name == "all deleted":
        with pytest.raises(NoInkError, match="1 deleted page was left out"):
            formats.read_document(data)
    else:
        contents = formats.read_document(data)
        assert contents.pages == () and [note.text for note in contents.notes] == told
    with pytest.raises(NoInkError):
        formats.read_pages(data)


def test_an_archive_that_lists_no_page_is_no_bundle():
    with pytest.raises(InkError, match="an archive without pages"):
        formats.read_document(zipped({"d.content": b"{}", "d.pdf": b"%PDF"}))


def test_a_bundle_of_a_large_pdf():
    """Only the members with ink count."""
    data = zipped({"d.content": content({"id": "1"}), "d.pdf": bytes(MAX_BYTES + 1), "d/1.rm": PAGE})
    assert_is_line(read(data), 10)
    assert_is_line(formats.read_ink(io.BytesIO(data)), 10)


@pytest.mark.parametrize("version", [3, 5])
def test_pages_of_older_tablets(version):
    page = formats.read(remarkable.old_page(RM, version))
    assert (page.width, page.height) == (1404, 1872)
    assert_is_line(page.ink, 10)
    assert page.ink.pressure == pytest.approx([128 / 255] * 11)
    assert page.ink.xy == pytest.approx(formats.read_ink(remarkable.page(RM)).xy)
    with pytest.raises(NoInkError, match="4 highlighter strokes were left out"):
        formats.read(remarkable.old_page(RM, version, tool=remarkable.HIGHLIGHTER))


@pytest.mark.parametrize("version", [3, 5])
def test_the_whole_strokes_of_a_page_that_is_cut_short(version):
    ink = read(remarkable.old_page(RM, version)[:-30])
    assert len(ink.starts) == 3
    assert notes(ink, "lost")[0].startswith("the rest of page 1 was left out: it is damaged (cut short)")


def test_a_damaged_page_costs_itself_alone():
    bundle = remarkable.bundle([b"junk", remarkable.page(RM), remarkable.HEADER.replace(b"6", b"9")])
    (page,) = formats.read_pages(bundle)
    assert page.number == 2
    assert_is_line(page.ink, 10)
    assert [text.split(":")[0] for text in notes(page.ink)] == ["page 1 was left out", "page 3 was left out"]


def test_lines_of_tools_that_do_not_write():
    data = remarkable.page(RM) + remarkable.line_blocks([[(0, 0, 1), (9, 9, 1)]], remarkable.HIGHLIGHTER)
    ink = read(data + remarkable.line_blocks([[(0, 0, 1)]], remarkable.ERASER))
    assert_is_line(ink, 10)
    assert sorted(notes(ink)) == ["1 eraser stroke was left out", "1 highlighter stroke was left out"]


@pytest.mark.parametrize(
    "text", [inkml(), svg(), canvas(), unipen(), xopp(STROKES)], ids=["InkML", "SVG", "JSON", "UNIPEN", "Xournal"]
)
def test_gzip_around_any_format(text):
    assert_is_line(read(gzip.compress(text.encode())))


INSIDE = {
    "InkML": ("a/line.inkml", inkml().encode()),
    "Xournal": ("notes.xopp", gzip.compress(xopp(STROKES).encode())),
    "Xournal++ unpacked": ("notes/content.xml", xopp(STROKES).encode()),
    "JSON": ("LINE.JSON", canvas().encode()),
}


@pytest.mark.parametrize("member", INSIDE.values(), ids=INSIDE)
def test_an_ink_file_in_a_zip_archive(member):
    litter = {"__MACOSX/._line.inkml": b"\0\5\x16\7", ".DS_Store": b"\0", "readme.txt": b"Hello"}
    assert_is_line(read(zipped(litter | dict([member]))))


OFFICE = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", "word/ink/ink1.xml": inkml().encode()}
BESIDE = {
    "metadata": ({"line.inkml": inkml().encode(), "meta.json": b'{"a": 1}'}, 1),
    "a preview": ({"line.inkml": inkml().encode(), "preview.svg": svg("").encode()}, 1),
    "an office document": (OFFICE, 2),
    "an extension that says nothing": ({"line.txt": unipen().encode(), "readme.txt": b"x,y\n1,2\n3,4\n"}, 0),
    "gzip": ({"line.xml.gz": gzip.compress(inkml().encode())}, 0),
}


@pytest.mark.parametrize("case", BESIDE.values(), ids=BESIDE)
def test_the_only_file_with_ink_in_an_archive(case):
    members, others = case
    ink = read(zipped(members))
    assert_is_line(ink)
    assert notes(ink) == ([f"{others} other file{'s were' if others > 1 else ' was'} left out"] if others else [])


def test_archives_in_which_no_file_or_a_damaged_one_has_ink():
    with pytest.raises(InkError, match="an archive without ink; 2 files in it have names of ink files"):
        read(zipped({"a.json": b'{"a": 1}', "b.xml": b"<b/>"}))
    with pytest.raises(InkError, match="an archive of several ink files"):  # one of them is damaged
        read(zipped({"a.inkml": inkml().encode(), "b.inkml": inkml().encode()[:60]}))


def test_archives_that_cannot_be_read_say_why():
    with pytest.raises(
        InkError, match="an archive of several ink files, 'a\\.inkml' and 'b\\.svg'; unpack it, and give the folder"
    ):
        read(zipped({"a.inkml": inkml().encode(), "b.svg": svg().encode()}))
    with pytest.raises(InkError, match="not a known kind of ink file"):
        read(zipped({"readme.txt": b"Hello"}))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("content.xml", xopp(STROKES))
    with pytest.raises(InkError, match="in it is encrypted or compressed in an unknown way"):
        read(packed.getvalue())


PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82"
OTHERS = {
    "a GIF picture in which no ink is stored": b"GIF89a",
    "a JPEG picture": b"\xff\xd8\xff\xe0",
    "a PDF document": b"%PDF-1.7\n",
    "a Wacom WILL file": b"RIFF\x6e\x2f\0\0WILLHEAD",
    "a reMarkable notebook of before 2018": b"reMarkable lines with selections and layers",
    "a Supernote notebook": b"noteSN_FILE_VER_20230015",
    "a OneNote section": bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(40),
    "a GoodNotes document": {"index.notes.pb": b"\x0a", "attachments/1": PNG, "attachments/2": PNG},
    "a Notability note": {"Note 1/Session.plist": b"bplist00", "Note 1/thumb.png": PNG},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_kinds_of_files_that_are_not_read_are_named(kind):
    data = OTHERS[kind]
    with pytest.raises(InkError, match=f"not a known kind of ink file: {kind}; the f"):
        read(zipped(data) if isinstance(data, dict) else data)


def test_pictures_in_an_archive_are_no_ink():
    assert_is_line(read(zipped({"ink": inkml().encode(), "picture": PNG, "other": PNG})))
    with pytest.raises(InkError, match="not a known kind of ink file; the formats"):
        read(zipped({"picture": PNG, "other": PNG}))


def test_a_file_of_nothing_but_damage_says_why():
    with pytest.raises(InkError, match='nothing in it can be read: stroke 1 was left out: x="one"'):
        read('[[{"x": "one", "y": 1}]]')


def test_many_damaged_strokes_are_counted():
    strokes = json.loads(canvas()) + [{"points": [{"x": None, "y": 1}]}] * 500
    told = notes(read(json.dumps(strokes)), "lost")
    assert len(told) == 11 and told[-1] == "490 more parts were left out"
