"""Letters: words in one hand on as many sheets as it takes, in every kind of file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import synthesizer as tiny_synthesizer

from handwriting import formats
from handwriting.checkpoint import shipped
from handwriting.composition.letter import Letter, LetterStyle, write_letter
from handwriting.composition.letter_files import files_of, save_letter
from handwriting.composition.marks import HandShape, add_marks, drawable, spell
from handwriting.composition.merge import fill, merge, read_table
from handwriting.composition.reading import split_reading
from handwriting.composition.runs import WordWriter, runs_of
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.machine import MACHINES
from handwriting.rendering.pens import pen
from handwriting.rendering.sheet import Sheet, sheet_size
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

needs_weights = pytest.mark.skipif(
    not all((shipped(kind) / "card.json").is_file() for kind in ("recognizer", "synthesizer")),
    reason="the shipped checkpoints are not here",
)
SMALL = Sheet(100, 60, (10, 10, 10, 10), 10)
TEXT = "Dear Ann,\n\nthank you for the book and for the letter.\n\fSee you soon, in May or in June."


@pytest.fixture(scope="module")
def letter() -> Letter:
    return write_letter(
        WordWriter(Synthesizer.load(), Recognizer.load()), TEXT, LetterStyle(SMALL), Hand(seed=3, size=0.8)
    )


@needs_weights
def test_a_letter_flows_over_sheets_and_a_form_feed_begins_one(letter):
    assert len(letter.pages) == 2
    assert letter.words == len(TEXT.split())
    assert [page.text for page in letter.pages][1].replace("\n", " ") == "See you soon, in May or in June."
    assert {(page.drawing.width, page.drawing.height) for page in letter.pages} == {(100, 60)}


@needs_weights
def test_writing_stays_between_the_margins_and_stands_on_its_lines(letter):
    for page in letter.pages:
        for ink in page.drawing.inks:
            left, _, right, _ = ink.bounds
            assert left >= 10 - 1e-6 and right <= 90 + 1e-6
    baselines = [SMALL.baseline(row) for row in range(SMALL.rows)]
    feet = [
        ink.bounds[3]
        for ink in letter.pages[0].drawing.inks
        if set(ink.source.text or "") <= set("abcdehiklmnorstuvwx")
    ]
    assert feet
    for foot in feet:
        assert min(abs(foot - baseline) for baseline in baselines) < 2.0


@needs_weights
def test_the_text_is_read_back(letter):
    read = Recognizer.load().transcribe_all([ink for page in letter.pages for ink in page.drawing.inks if len(ink) > 8])
    words = [ink.source.text for page in letter.pages for ink in page.drawing.inks if len(ink) > 8]
    same = sum(a == b.text for a, b in zip(words, read, strict=True))
    assert same >= 0.7 * len(words)


@needs_weights
def test_the_same_seed_gives_the_same_letter_and_progress_only_rises(letter):
    seen: list[tuple[float, int]] = []
    again = write_letter(
        WordWriter(Synthesizer.load(), Recognizer.load()), TEXT, LetterStyle(SMALL), Hand(seed=3, size=0.8),
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert [page.drawing.inks for page in again.pages] == [page.drawing.inks for page in letter.pages]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] == seen[0][1]


@needs_weights
def test_every_kind_of_file_is_written(letter, tmp_path):
    assert save_letter(letter.pages, tmp_path / "a.pdf") == [tmp_path / "a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page\n") == 2
    assert save_letter(letter.pages, tmp_path / "a.xopp") == [tmp_path / "a.xopp"]
    written = formats.read_pages(tmp_path / "a.xopp")
    assert [page.number for page in written] == [1, 2]
    for ending in ("svg", "png", "gcode", "hpgl", "inkml"):
        files = save_letter(letter.pages, tmp_path / f"b.{ending}", dpi=50)
        assert files == [tmp_path / f"b-1.{ending}", tmp_path / f"b-2.{ending}"]
        assert all(file.stat().st_size > 500 for file in files)
    with pytest.raises(InkError, match=r"cannot write a \.doc file; give a name with \.svg"):
        save_letter(letter.pages, tmp_path / "a.doc")


@needs_weights
def test_a_pen_that_varies_becomes_pressure(letter, tmp_path):
    pages = [replace(page, drawing=replace(page.drawing, pen=pen("fountain"))) for page in letter.pages]
    save_letter(pages, tmp_path / "a.xopp")
    ink = formats.read_pages(tmp_path / "a.xopp")[0].ink
    assert ink.pressure is not None and np.ptp(ink.pressure) > 0.05


def test_files_are_numbered_where_one_holds_a_page():
    assert files_of(Path("x/a.svg"), 1) == [Path("x/a.svg")]
    assert files_of(Path("x/a.svg"), 2) == [Path("x/a-1.svg"), Path("x/a-2.svg")]
    assert files_of(Path("x/a.pdf"), 2) == [Path("x/a.pdf")]


@pytest.mark.parametrize(
    ("text", "message"),
    [(" \n ", "nothing to write"), ("a" * 20_001, "20,001 characters"), ("你好", "cannot be written")],
)
def test_texts_that_cannot_be_written_are_refused(text, message, tmp_path):
    with pytest.raises(InkError, match=message):
        write_letter(WordWriter(Synthesizer(tiny_synthesizer(tmp_path))), text)


def test_sheets_have_sizes_and_room():
    assert sheet_size("A5") == (148, 210) and sheet_size("100 x 60.5") == (100, 60.5)
    with pytest.raises(InkError, match="no sheet 'a12'"):
        sheet_size("a12")
    with pytest.raises(InkError, match="leave no room"):
        Sheet(30, 60, (10, 15, 10, 15))
    assert SMALL.rows == 4 and SMALL.room == 80


@pytest.mark.parametrize("paper", ["ruled", "squared", "dotted", "seyes"])
def test_lines_are_printed_where_the_writing_stands(paper):
    sheet = replace(SMALL, paper=paper, margin_line=True)
    rows = {line[1] for group in sheet.printed() for line in group.lines if line[1] == line[3]}
    assert {sheet.baseline(row) for row in range(sheet.rows)} <= rows
    assert sheet.printed()[-1].lines == ((8.0, 0.0, 8.0, 60),)


def test_two_form_feeds_leave_an_empty_sheet(tmp_path):
    writer = WordWriter(Synthesizer(tiny_synthesizer(tmp_path)), best_of=1)
    pages = write_letter(writer, "ink\f\fpen", LetterStyle(SMALL)).pages
    assert [page.text for page in pages] == ["ink", "", "pen"]
    assert save_letter(pages, tmp_path / "a.pdf") == [tmp_path / "a.pdf"]


def test_ink_beyond_the_work_area_is_refused_before_any_page_is_written(tmp_path):
    writer = WordWriter(Synthesizer(tiny_synthesizer(tmp_path)), best_of=1)
    pages = write_letter(writer, "ink\fpen pen pen pen", LetterStyle(SMALL)).pages
    right = max(ink.bounds[2] for ink in pages[0].drawing.inks)
    small = replace(MACHINES["z"], width=right + 1)
    with pytest.raises(InkError, match="leaves the work area"):
        save_letter(pages, tmp_path / "a.gcode", machine=small)
    assert not list(tmp_path.glob("*.gcode"))


def test_runs_are_as_long_as_lines():
    assert runs_of(["a", "bc", "def", "ghij"], 6) == [["a", "bc"], ["def"], ["ghij"]]
    assert runs_of(["unbreakable"], 4) == [["unbreakable"]]
    assert runs_of([]) == []
    assert runs_of(["a", "b", "c", "d", "e"], 9, first=3) == [["a", "b"], ["c", "d", "e"]]


@pytest.mark.parametrize(
    ("read", "errors"),
    [
        ("to be or", [0, 0, 0]),
        ("to bc or", [0, 1, 0]),
        ("tobe or", [1, 1, 0]),
        ("to be", [0, 0, 2]),
        ("be or", [2, 0, 0]),
    ],
)
def test_errors_belong_to_the_words_they_are_in(read, errors):
    assert [word.errors for word in split_reading("to be or", read)] == errors


def test_a_space_that_no_reader_needs_is_no_error():
    assert [word.errors for word in split_reading('he said "no"', 'he said"no"')] == [0, 0, 0]


def test_letters_with_marks_are_spelled_by_base_and_mark():
    assert spell("Žižka").base == "Zizka"
    assert spell("Žižka").marks == {0: ("caron",), 2: ("caron",)}
    assert spell("ěščřžýáíé").marks[7] == ("no dot", "acute")
    assert spell("Æsir 1½").base == "AEsir 11/2"
    assert spell("“a”").signs == {0: "“", 2: "”"}
    assert spell("naïve", known="ï").base == "naïve"


def test_every_letter_of_latin_1_and_extended_a_can_be_drawn():
    letters = [chr(c) for c in (*range(0xC0, 0x180),) if chr(c).isalpha()]
    bases = [spell(letter).base for letter in letters]
    assert [letter for letter, base in zip(letters, bases, strict=True) if not re.fullmatch("[A-Za-z']+", base)] == []
    assert drawable("“”‘’–—…€£°§×÷½") == frozenset("“”‘’–—…€£°§×÷½")


def test_a_mark_is_drawn_over_its_letter_and_the_dot_of_an_i_goes():
    body = np.column_stack([np.full(5, 10.0), np.linspace(-40, 0, 5)])
    ink = Ink.from_strokes([body, [(10.0, -60.0), (11.0, -60.0)], body + (60, 0)])
    places = np.array([0] * 7 + [1] * 5)
    marked = add_marks(ink, places, spell("íl"), HandShape(40.0, 0.0, 0.0), np.random.default_rng(0))
    assert len(marked.strokes) == 3  # the dot went and the accent came
    accent = marked.strokes[-1]
    assert accent[:, 1].max() < -40 and abs(accent[:, 0].mean() - 10) < 20


def test_a_sign_takes_the_place_of_its_letter_and_cuts_what_was_joined():
    line = np.column_stack([np.linspace(0, 90, 9), np.zeros(9)])
    ink = Ink.from_strokes([line])
    places = np.repeat([0, 1, 2], 3)
    marked = add_marks(ink, places, spell("aßa"), HandShape(40.0, 0.0, 0.0), np.random.default_rng(0))
    assert [len(stroke) for stroke in marked.strokes[:2]] == [3, 3]
    assert len(marked.strokes) == 3 and marked.strokes[2][:, 1].min() < -50


def test_templates_are_filled_and_unknown_columns_refused():
    assert fill("{a} and {{b}}", {"a": "1"}) == "1 and {b}"
    with pytest.raises(InkError, match="no column 'b'; its columns are a"):
        fill("{b}", {"a": "1"})
    with pytest.raises(InkError, match="unmatched brace"):
        fill("{a", {"a": "1"})


def test_tables_that_are_damaged_are_refused(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("name,town\nAnn,Bath\nBob\n")
    assert read_table(table) == [{"name": "Ann", "town": "Bath"}, {"name": "Bob", "town": ""}]
    table.write_text("name\n")
    with pytest.raises(InkError, match="at least one more row"):
        read_table(table)
    with pytest.raises(InkError, match="No such file"):
        read_table(tmp_path / "none.csv")


@needs_weights
def test_a_merge_writes_a_letter_a_row_and_goes_on_where_it_was(tmp_path):
    rows = [{"name": "Ann"}, {"name": "你"}, {"name": "Bob"}]
    told: list[str] = []

    def run():
        return merge(
            WordWriter(Synthesizer.load(), best_of=1), rows, "Dear {name}", str(tmp_path / "{name}.svg"),
            LetterStyle(SMALL), report=told.append,
        )  # fmt: skip

    first = run()
    assert (first.written, first.skipped, first.failed) == (2, 0, 1)
    assert told[0].startswith("row 3: ")
    before = (tmp_path / "Ann.svg").read_bytes()
    second = run()
    assert (second.written, second.skipped, second.failed) == (0, 2, 1)
    assert (tmp_path / "Ann.svg").read_bytes() == before
    with pytest.raises(InkError, match="rows 2 and 4 are both written to"):
        merge(WordWriter(Synthesizer.load()), [rows[0], rows[1], rows[0]], "x", str(tmp_path / "{name}.svg"))
