"""Files in which reading once failed, where they are at hand: ``HANDWRITING_CASES`` or ``../shared/cases``.

Their situations are also made by hand in ``test_strangers_*.py``; here the text counts, as the recognizer reads it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from handwriting import formats
from handwriting.recognition.recognizer import Recognizer

ROOT = Path(os.environ.get("HANDWRITING_CASES", Path(__file__).resolve().parents[2] / ".." / "shared" / "cases"))
TEXT = "a line of handwriting"
LINES = {
    "c_blank_sep.csv": [1], "c_missing_t.csv": [1], "c_pen_column.csv": [1], "i_dup_id.inkml": [1],
    "i_empty_bounds.inkml": [1], "i_highlighter.inkml": [1], "i_ms_bounds.inkml": [1], "i_num_id.inkml": [1],
    "j_google_ink.json": [1], "j_iinkts_eraser.json": [1], "j_micro.json": [1], "j_plain.json": [1],
    "j_quickdraw.ndjson": [1, 2], "rich.xopp": [1], "s_css_transform.svg": [1], "s_doctype_subset.svg": [1],
    "s_gz.svgz": [1], "s_nested.svg": [1], "s_opacity0.svg": [1], "s_plain.svg": [1], "s_use.svg": [1], "u_cr.dat": [1],
    "u_seg_unquoted.dat": [1], "x_nan_width.xopp": [1], "x_odd_count.xopp": [1], "x_pages_badstroke.xopp": [1, 2, 3],
    "x_plain.xopp": [1],
}  # fmt: skip
"""Numbers of the pages, each of which says :data:`TEXT`."""
LOST = {"x_odd_count.xopp": "stroke 24 on page 1", "x_pages_badstroke.xopp": "stroke 24 on page 2"}
BUNDLES = {"late_content.rmdoc": [1, 2], "deleted0.rmdoc": [1, 2], "mac.rmdoc": [1], "mixed_v5.rmdoc": [2]}
NOTED = {
    "i_highlighter.inkml": {"1 highlighter stroke was left out"},
    "j_iinkts_eraser.json": {"1 eraser stroke was left out"},
    "rich.xopp": {"1 highlighter stroke was left out", "1 text box was left out", "1 image was left out"},
    "s_opacity0.svg": {"3 invisible lines were left out"},
    "c_missing_t.csv": {"the times were dropped: 1,065 of 1,066 points have a valid one"},
    "x_nan_width.xopp": {"the pressure was dropped: 1,064 of 1,066 points have a valid one"},
}

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason=f"there are no cases in {ROOT}; set HANDWRITING_CASES")


@cache
def recognizer() -> Recognizer:
    return Recognizer.load()


@pytest.mark.parametrize("name", LINES)
def test_lines(name):
    pages = formats.read_pages(ROOT / name)
    assert [page.number for page in pages] == LINES[name]
    for page in pages:
        assert len(page.ink.starts) == 23
        assert recognizer().transcribe(page.ink, "language").text == TEXT
    notes = pages[0].ink.source.notes
    lost = [note.text for note in notes if note.severity == "lost"]
    assert len(lost) == (name in LOST) and all(text.startswith(LOST[name]) for text in lost)
    assert {note.text for note in notes if note.severity == "noted"} == NOTED.get(name, set())


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize("anonymous", [False, True])
def test_bundles(name, anonymous):
    source = (ROOT / name).read_bytes() if anonymous else ROOT / name
    pages = formats.read_pages(source)
    assert [page.number for page in pages] == BUNDLES[name]
    assert not any(note.severity == "lost" for note in pages[0].ink.source.notes)


def test_a_long_drawing_comes_back(tmp_path):
    ink = formats.read_ink(ROOT / "big60k.json")
    assert len(ink) == 60_000
    formats.save(ink, tmp_path / "big.svg")
    back = formats.read_ink(tmp_path / "big.svg")
    assert back.starts.tolist() == ink.starts.tolist()
    assert abs(back.xy - ink.xy).max() < 1e-3
