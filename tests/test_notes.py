"""Notes on what a reader left out, and what the command line makes of them."""

from __future__ import annotations

import doctest
import json

import pytest

from handwriting import notes
from handwriting.errors import InkError, TooLargeError
from handwriting.notes import MAX_LISTED, Notes


def test_examples():
    assert doctest.testmod(notes).failed == 0


def test_limits_pass_through_and_strict_notes_raise():
    with pytest.raises(TooLargeError), Notes().part("stroke 1"):
        raise TooLargeError("too large")
    with pytest.raises(InkError, match="bad"), Notes(strict=True).part("stroke 1"):
        raise InkError("bad")
    with pytest.raises(ZeroDivisionError), Notes().part("stroke 1"):
        raise ZeroDivisionError


def test_plurals_and_order():
    found = Notes("a.ink")
    found.count("stroke color", 2, "detail")
    found.count("text box", 2)
    found.count("stroke on a hidden layer", 3)
    found.count("highlighter stroke", 0)
    found.drop("the times", "5 of 9 points have one")
    found.drop("the times", "another reason")
    for number in range(MAX_LISTED + 2):
        with found.part(f"stroke {number}"):
            raise InkError("a.ink: bad")
    assert [note.text for note in found.all()] == [
        *(f"stroke {number} was left out: bad" for number in range(MAX_LISTED)),
        "2 more parts were left out",
        "the times were dropped: 5 of 9 points have one",
        "2 text boxes were left out",
        "3 strokes on a hidden layer were left out",
        "2 stroke colors were left out",
    ]


XOPP = """<xournal><page width="99" height="99"><layer>
<stroke tool="pen" color="black" width="1.41">10 20 12 24 11 30 14 33 18 31</stroke>{}</layer></page></xournal>"""
BAD = '<stroke tool="pen">1 2 3</stroke>'
MARKER = '<stroke tool="highlighter">0 25 90 26</stroke><text x="1" y="1">typed</text>'


def test_convert_names_what_it_leaves_out(run, tmp_path):
    source, output = tmp_path / "a.xopp", tmp_path / "b.xopp"
    source.write_text(XOPP.format(MARKER).replace("black", "#ff0000ff"))
    code, out, err = run("convert", source, output)
    assert code == 0
    assert err.splitlines() == [
        f"note: {source}: 1 text box was left out",
        f"note: {source}: 1 highlighter stroke was left out",
        f"note: {source}: 1 stroke color was left out",
    ]
    assert "1 strokes, 5 points" in out
    code, _, err = run("convert", output, tmp_path / "c.xopp")
    assert (code, err) == (0, "")


def test_convert_tells_that_strokes_are_lost(run, tmp_path):
    (tmp_path / "a.xopp").write_text(XOPP.format(BAD))
    code, _, err = run("convert", tmp_path / "a.xopp", tmp_path / "b.json")
    assert code == 1
    assert "error: " in err and "stroke 2 on page 1 was left out: 3 numbers" in err
    assert (tmp_path / "b.json").is_file()


def test_transcribe_tells_what_is_lost_and_what_is_left_out(run, tmp_path):
    source = tmp_path / "a.xopp"
    source.write_text(XOPP.format(MARKER))
    code, out, err = run("transcribe", source, "--line")
    assert code == 0 and out.strip()
    assert err.splitlines() == [f"note: {source}: 1 highlighter stroke was left out"]  # typed text comes along
    source.write_text(XOPP.format(BAD))
    code, same, err = run("transcribe", source, "--line")
    assert (code, f"typed\n{same}") == (1, out)
    assert err.startswith(f"error: {source}: stroke 2 on page 1 was left out: ")
    assert err.count("\n") == 1
    code, out, err = run("transcribe", source, "--line", "-o", tmp_path / "a.jsonl")
    assert code == 1 and "1 only in part" in out and err.count("\n") == 1
    (record,) = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert [note["severity"] for note in record["notes"]] == ["lost"]
