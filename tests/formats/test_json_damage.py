"""JSON that is cut short or damaged: the strokes before the damage are read, and the damage is named."""

from __future__ import annotations

import gzip
import json
import re

import note_app_fixtures as apps
import numpy as np
import pytest
from strangers import LINE, assert_is_line, notes, read

from handwriting import formats
from handwriting.errors import InkError
from handwriting.formats import times
from handwriting.formats.json_damage import parse_before_damage, repair

DOCUMENT = {"a": [1, [2, {"b": ']"}, ['}]], "c": {"d": [], "e": "é", "f": [True, None]}}


def test_every_beginning_of_a_document_is_one_itself():
    for text in (json.dumps(DOCUMENT), json.dumps(DOCUMENT, ensure_ascii=False, indent=1)):
        data = text.encode()
        known = [parse_before_damage(data[:end]) for end in range(len(data) + 1)]
        assert known[-1] == DOCUMENT
        begins = data.index(b"[") + 1
        assert not any(known[:begins])
        sizes = [len(json.dumps(one)) for one in known[begins:]]
        assert sizes == sorted(sizes)
        assert known[data.index(b'"c"') + 1] == {"a": DOCUMENT["a"]}


@pytest.mark.parametrize("data", [b'{"a": [1, #, 2]}', b'{"a": [1, \xff, 2]}', b'{"a": [1]} 5', b'{"a": [1], 2}'])
def test_what_comes_before_the_damage(data):
    assert parse_before_damage(data) == {"a": [1]}


STROKES = json.dumps({"strokes": [{"points": [{"x": x, "y": y} for x, y in stroke]} for stroke in LINE]}).encode()
FILES = {
    "JSON": STROKES,
    "JSON in UTF-16": STROKES.decode().encode("utf-16"),
    "Excalidraw": apps.excalidraw(LINE).encode(),
    "tldraw": apps.tldr(apps.tldraw_records(LINE)).encode(),
    "Rnote": gzip.decompress(apps.rnote(LINE)),
}


@pytest.mark.parametrize("name", FILES)
def test_the_strokes_of_a_file_that_is_cut_short(name):
    """Every stroke is one of the file or its beginning; the later the cut, the more there are.

    At the end of Rnote's files is the list of the strokes that were deleted, one of which is in this file.
    """
    data, found = FILES[name], [0]
    for end in range(len(data) // 3, len(data) - 1, max(1, len(data) // 50)):
        try:
            ink = read(data[:end])
        except InkError as error:
            assert re.search("damaged JSON|without", str(error)) and found == [0]
            continue
        assert notes(ink, "lost")[0].startswith("the rest of the file was left out: damaged JSON (")
        for stroke in ink.strokes:
            assert any(
                len(s) >= len(stroke) and stroke == pytest.approx(np.array(s[: len(stroke)]), abs=0.01) for s in LINE
            )
        found.append(len(ink.starts))
    most = found.index(max(found))
    assert found[:most] == sorted(found[:most])
    assert found[-1] >= 3


def test_typed_text_of_a_drawing_that_is_cut_short():
    data = apps.excalidraw(LINE).encode()
    contents = formats.read_document(data[: data.rindex(b"}", 0, len(data) - 4)])
    assert contents.pages
    assert contents.notes[0].severity == "lost"


def test_a_text_without_end_is_looked_at_once():
    """Looking for its end from each quotation mark would take hours."""
    text = '["' + '\\"' * 1_000_000
    assert repair(text) == text


LINES = json.dumps([{"points": [{"x": x, "y": y, "t": 0.5} for x, y in stroke]} for stroke in LINE])
BREAKING = {
    "a tab in a string": '{"label": "a\tb", "strokes": %s}',
    "a line end in a string": '{"label": "a\nb", "strokes": %s}',
    "a path": r'{"file": "C:\Users\me\x.json", "strokes": %s}',
    "an escaped apostrophe": r"""{"file": "it\'s", "strokes": %s}""",
    "a comment inside": '{ // "strokes": [\n"label": "http://a", /* , */ "strokes": %s, // the end\n}',
    "a comment before": "// my drawing\n%s",
    "a semicolon": "%s;\n",
    "zero bytes": "%s\0\0\0",
    "a guard": ")]}'\n%s",
    "a code fence": "```json\n%s\n```\n",
    "a variable": "const strokes = %s;",
    "unquoted names": "{strokes: %s}",
    "words of other languages": '{"a": None, "b": undefined, "c": True, "d": nan, "strokes": %s}',
}


@pytest.mark.parametrize("frame", BREAKING.values(), ids=BREAKING)
def test_what_json_forbids_but_programs_write(frame):
    ink = read(frame.replace("%s", LINES))
    assert_is_line(ink)
    assert notes(ink) == []


@pytest.mark.parametrize(
    ("value", "kept"), [(".5", True), ("1.", True), ("-.5", True), ("nan", False), ("undefined", False)]
)
def test_numbers_that_json_forbids(value, kept):
    ink = read(LINES.replace('"t": 0.5', f'"t":{value}'))
    assert_is_line(ink)
    assert (ink.t is not None) == kept


def test_text_that_is_not_in_utf_8():
    for text in ('{"label": "café", "strokes": %s}', '{"strokes": %s, "label": "café"}'):
        ink = read((text % LINES).encode("cp1252"))
        assert_is_line(ink)
        assert ink.source.text == "café"
        assert notes(ink) == ["the encoding was dropped: the file is read as Windows-1252, because it is not in UTF-8"]


def test_damage_before_all_ink_is_named():
    with pytest.raises(InkError, match=r"nothing in it can be read: the rest .* damaged JSON .*line 2 column 6"):
        read('{"text": 5,\n"a": (7), "strokes": []}')


@pytest.mark.parametrize("data", [b"[" * 100_000, b"[1, " + b"[" * 100_000 + b"x", b'{"a": ' * 100_000])
def test_what_is_too_deep_has_nothing_to_keep(data):
    assert parse_before_damage(data) is None


def test_times_that_are_lists_are_unknown():
    assert np.isnan(times.parse_column([[7], [8]], 1e-3)).all()
