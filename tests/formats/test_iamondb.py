"""IAM-OnDB ink files: what is read, and that whatever is malformed is refused in one line."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from iamondb_fixture import form_xml, line_strokes, line_xml, write

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import iamondb
from handwriting.limits import MAX_BYTES

LINE = line_xml([[(10, 20, "5000000.10"), (11, 22, "5000000.11")], [(30, 5, "5000000.25")]])


def read(text: str | bytes):
    return formats.read(text if isinstance(text, bytes) else text.encode("latin-1"))


def test_a_line_by_hand():
    ink = read(LINE)
    assert ink.xy.tolist() == [[10, 20], [11, 22], [30, 5]]
    assert ink.starts.tolist() == [0, 2]
    assert ink.source.start_time == 5000000.10
    assert ink.t == pytest.approx([0, 0.01, 0.15], abs=1e-8)
    assert ink.source.text is None
    assert ink.source.writer is None


def test_hundredths_survive_large_time_stamps():
    ink = read(line_xml([[(0, 0, f"{15e6 + step / 100:.2f}") for step in range(500)]]))
    assert np.abs(ink.t - np.arange(500) / 100).max() < 1e-8


def test_quirks_are_kept():
    ink = read(line_xml(line_strokes("tea")))
    assert (ink.ends - ink.starts == 1).sum() == 3
    assert (np.diff(ink.t) == 0).any()
    assert (np.diff(ink.t) < 0).any()
    assert np.abs(np.diff(ink.x)).max() > 600


def test_a_form_has_text_and_writer():
    texts = ['a "nice" tea & cake', "Don't"]
    ink = read(form_xml("a01-000u", "10017", texts, line_strokes("tea")))
    assert ink.source.text == "\n".join(texts)
    assert ink.source.writer == "10017"


def test_time_is_optional():
    ink = read(LINE.replace("time=", "clock="))
    assert ink.t is None
    assert ink.source.start_time is None


def test_a_stroke_without_points_is_left_out():
    assert len(read(LINE.replace("</StrokeSet>", "<Stroke></Stroke></StrokeSet>")).starts) == 2


def test_paths_and_streams(tmp_path: Path):
    path = write(tmp_path / "line.xml", LINE)
    assert formats.read(path).source.file == str(path)
    assert formats.read(str(path)) == formats.read(path)
    with path.open("rb") as stream:
        assert formats.read(stream) == formats.read(path)
    assert formats.read(io.BytesIO(LINE.encode())).source.file == "stream"


def test_content_counts_and_not_the_name(tmp_path: Path):
    assert len(formats.read(write(tmp_path / "line.txt", LINE))) == 3
    assert len(formats.read(LINE.encode(), "iam-ondb")) == 3


def test_utf_16():
    assert read(LINE.replace("ISO-8859-1", "UTF-16").encode("utf-16")).xy.shape == (3, 2)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = LINE.replace("<White", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><White', 1).replace('x="10"', 'x="&l11;"')
MALFORMED = {
    "empty": (b"", "empty"),
    "cut short": (LINE[:400].encode(), "damaged XML"),
    "cut in the declaration": (LINE[:60].encode(), "not a known kind"),
    "binary junk": (bytes(range(256)) * 20, "not a known kind"),
    "entity bomb": (BOMB.encode(), "entity declaration"),
    "entity bomb in UTF-16": (BOMB.replace("ISO-8859-1", "UTF-16").encode("utf-16"), "entity declaration"),
    "external entity": (
        LINE.replace("<White", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><White', 1).encode(),
        "entity declaration",
    ),
    "another root": (LINE.replace("WhiteboardCaptureSession", "Session").encode(), "not a known kind"),
    "no strokes": (line_xml([]).encode(), "no strokes"),
    "strokes without points": (line_xml([]).replace("<StrokeSet>", "<StrokeSet><Stroke/>").encode(), "no strokes"),
    "too deep": (LINE.replace("<StrokeSet>", "<a>" * 5000).encode(), "damaged XML"),
}


DAMAGED = {
    "not a number": ('x="10"', 'x="nan"', "x='nan'"),
    "infinite": ('y="20"', 'y="-inf"', "y='-inf'"),
    "huge": ('x="10"', 'x="1e300"', "x='1e300'"),
    "words": ('x="10"', 'x="ten"', "x='ten'"),
    "endless digits": ('x="10"', f'x="{"1" * 10**6}"', "is not a number"),
    "x is missing": ('x="10"', "", "no x"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_stroke_costs_itself_alone(name: str):
    """A corpus, where strokes belong to a transcript, refuses the line."""
    good, bad, reason = DAMAGED[name]
    assert good in LINE
    data = LINE.replace(good, bad).encode()
    ink = formats.read_ink(data)
    assert ink.xy.tolist() == read(LINE).strokes[1].tolist()
    (note,) = ink.source.notes
    assert note.severity == "lost"
    assert note.text.startswith("stroke 1 was left out: ") and reason in note.text and len(note.text) < 200
    with pytest.raises(InkError, match=reason):
        iamondb.read_ink(data, "line.xml")


def test_a_missing_time_costs_the_times():
    ink = read(LINE.replace(' time="5000000.10"', ""))
    assert len(ink) == 3 and ink.t is None
    assert [note.text for note in ink.source.notes] == ["the times were dropped: 2 of 3 points have a valid one"]


def test_a_document_type_is_never_loaded():
    data = LINE.replace("<White", '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><White', 1).encode()
    assert formats.read_ink(data) == read(LINE)


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_bytes(name: str):
    data, reason = MALFORMED[name]
    with pytest.raises(InkError, match=reason) as caught:
        formats.read(data)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_hidden_document_type(tmp_path: Path):
    hidden = LINE.replace("ISO-8859-1", "UTF-7").replace("<White", "+ADwAIQ-DOCTYPE x+AD4APA-White", 1)
    with pytest.raises(InkError):
        formats.read(write(tmp_path / "a.xml", hidden))


def test_another_root_in_an_xml_file(tmp_path: Path):
    path = write(tmp_path / "a.xml", "<?xml version='1.0'?><html/>")
    with pytest.raises(InkError, match="its root is <html>"):
        formats.read(path)


def test_missing_folder_and_unknown_format(tmp_path: Path):
    with pytest.raises(InkError, match="no such file"):
        formats.read(tmp_path / "missing.xml")
    with pytest.raises(InkError, match="a folder"):
        formats.read(tmp_path)
    with pytest.raises(InkError, match="'word' is unknown; choose one of: IAM-OnDB"):
        formats.read(LINE.encode(), "word")
    with pytest.raises(InkError, match="not a path"):
        formats.read("a\0b")


def test_size_is_checked_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    class Start(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size == 4, "more was read than tells a package from other files"
            return super().read(size)

    monkeypatch.setattr(Path, "open", lambda self, mode: Start(b"<?xml"))
    with pytest.raises(InkError, match="16,777,217 bytes"):
        formats.read(path)
    with pytest.raises(InkError, match="16,777,217 bytes"):
        formats.read(io.BytesIO(bytes(MAX_BYTES + 100)))


def test_a_text_stream_is_refused():
    with pytest.raises(InkError, match="binary"):
        formats.read(io.StringIO(LINE))


@pytest.mark.parametrize("cut", range(0, len(LINE), 37))
def test_cut_anywhere(cut: int):
    """The complete strokes are read; a corpus refuses the line."""
    with pytest.raises(InkError):
        iamondb.read_ink(LINE[:cut].encode(), "line.xml")
    complete = LINE[:cut].count("</Stroke>")
    if complete == 0:
        with pytest.raises(InkError):
            read(LINE[:cut])
        return
    ink = read(LINE[:cut])
    assert ink.xy.tolist() == [[10, 20], [11, 22], [30, 5]][: (0, 2, 3)[complete]]
    assert "the rest of the file was left out: damaged XML" in " ".join(note.text for note in ink.source.notes)


FORM = form_xml("a01-000u", "10017", ["one", "two"], [[(10, 20, "5.10"), (11, 22, "5.11")], [(30, 5, "5.25")]])
SIDE_MATTER = {
    "an ampersand": (FORM.replace("one", "a & b", 1).encode(), "text 1 of the file"),
    "an ampersand in a line": (FORM.replace('"two"', '"a & b"').encode(), "textline 2 of the file"),
    "a control character": (FORM.replace("one", "a\x0bb", 1).encode(), "text 1 of the file"),
    "unknown encoding": (FORM.replace("ISO-8859-1", "KLINGON-1").encode(), "the encoding"),
    "another encoding": (
        FORM.replace("ISO-8859-1", "UTF-8").replace("two", "\xfc").encode("latin-1"),
        "the encoding",
    ),
    "UTF-16 in name only": (FORM.replace("ISO-8859-1", "UTF-16").encode(), "the encoding"),
}


@pytest.mark.parametrize("name", SIDE_MATTER)
def test_damaged_side_matter_costs_no_ink(name: str):
    """A corpus refuses the form."""
    data, what = SIDE_MATTER[name]
    ink = formats.read_ink(data)
    assert ink.xy.tolist() == [[10, 20], [11, 22], [30, 5]] and ink.starts.tolist() == [0, 2]
    assert ink.source.writer == "10017"
    assert (ink.source.text is None) == what.startswith("text 1")
    assert [(note.text.split(" was dropped: ")[0], note.severity) for note in ink.source.notes] == [(what, "noted")]
    with pytest.raises(InkError):
        iamondb.read_ink(data, "form.xml")


@pytest.mark.parametrize("damage", ['x="10', "x=10", '<x="10"'])
def test_a_stroke_of_damaged_markup_costs_itself_alone(damage: str):
    ink = read(LINE.replace('x="10"', damage))
    assert ink.xy.tolist() == [[30, 5]]
    assert [(note.text, note.severity) for note in ink.source.notes] == [
        ("stroke 1 of the file was left out: damaged XML: it is not well-formed", "lost")
    ]


def test_zero_bytes_at_the_end_and_a_default_namespace():
    assert read(LINE.encode() + b"\0" * 512) == read(LINE)
    named = LINE.replace("Session>", 'Session xmlns="http://example.org/board">', 1)
    assert named != LINE and read(named) == read(LINE)
    assert iamondb.read_ink(named.encode(), "ink") == iamondb.read_ink(LINE.encode(), "ink")


def test_damaged_anywhere():
    """One byte changed: ink or an InkError, and nothing else."""
    data = LINE.encode()
    for position in range(0, len(data), 3):
        damaged = data[:position] + b"\xfe" + data[position + 1 :]
        try:
            assert math.isfinite(read(damaged).x.sum())
        except InkError:
            continue


def test_real_files(real_iamondb: Path):
    forms = sorted((real_iamondb / "original").glob("*/*/*.xml"))[::100]
    assert forms
    for path in forms:
        ink = formats.read(path)
        assert ink.source.text
        assert ink.source.writer
        assert len(ink) > 1000
