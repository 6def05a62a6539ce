"""The names at the top of the package: what they are, what they refuse, and that their examples run."""

from __future__ import annotations

import doctest
import io
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import LINE_SAMPLE, ROOT, needs_weights

import handwriting
from handwriting import Hand, Ink, InkError, Page, PageLayout, formats

FUNCTIONS = ("generate", "read", "save", "transcribe")


@pytest.fixture
def line() -> Ink:
    return handwriting.read(LINE_SAMPLE)


def test_dir_shows_the_api_alone():
    assert dir(handwriting) == sorted([*handwriting.__all__, "__version__"])
    assert all(getattr(handwriting, name).__module__.startswith("handwriting") for name in handwriting.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'handwriting' has no attribute 'Reader'"):
        handwriting.Reader  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Reader'"):
        from handwriting import Reader  # noqa: F401


def test_importing_it_loads_no_network():
    script = "import sys, handwriting; print(sorted(m for m in sys.modules if m.split('.')[0] in LATE))"
    late = "LATE = ('torch', 'onnxruntime', 'matplotlib', 'reportlab', 'lxml', 'typer')"
    done = subprocess.run(
        [sys.executable, "-c", f"{late}; {script}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@needs_weights
@pytest.mark.parametrize("name", ["handwriting", *handwriting.__all__])
def test_every_public_name_has_an_example_that_runs(name, monkeypatch, tmp_path):
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    monkeypatch.chdir(tmp_path)
    public = handwriting if name == "handwriting" else getattr(handwriting, name)
    values = {
        **vars(sys.modules[public.__module__] if public is not handwriting else handwriting),
        "handwriting": handwriting,
    }
    parser = doctest.DocTestParser()
    test = parser.get_doctest(public.__doc__, values, name, None, None)
    assert test.examples, f"{name} has no example"
    assert not any(example.options.get(doctest.SKIP) for example in test.examples)
    output = io.StringIO()
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.write)
    assert output.getvalue() == ""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ink: handwriting.read(3), r"source must be a path, bytes or a binary stream, not int \(3\)"),
        (lambda ink: handwriting.read("a.xml", format=1), "format must be the name of a format, not int"),
        (lambda ink: handwriting.read("a.xml", page="1"), "page must be the number of a page, counted from 1, not str"),
        (lambda ink: handwriting.save("ink", "a.svg"), "what must be ink, a page, pages or a written page, not str"),
        (lambda ink: handwriting.save([ink], "a.svg"), "what must be ink, a page, pages or a written page, not Ink"),
        (lambda ink: handwriting.save(ink, 3), "path must be a path, not int"),
        (lambda ink: handwriting.save(ink, "a.png", dpi="200"), "dpi must be a number, not str"),
        (
            lambda ink: handwriting.save(ink, "a.svg", animation_speed=True),
            "animation_speed must be a number, not bool",
        ),
        (lambda ink: handwriting.transcribe("a.xml"), r"ink must be ink or a page, not str \('a.xml'\)"),
        (lambda ink: handwriting.transcribe(ink, alternatives=2.5), "alternatives must be a whole number, not float"),
        (lambda ink: handwriting.transcribe(ink, hints=["a"]), "hints must be hints, not list"),
        (lambda ink: handwriting.transcribe(ink, decoder=None), "decoder must be the name of a decoder, not NoneType"),
        (lambda ink: handwriting.generate(b"a"), "text must be a string, not bytes"),
        (lambda ink: handwriting.generate("a", hand="mine"), "hand must be a Hand, not str"),
        (lambda ink: handwriting.generate("a", bias="1"), "bias must be a number, not str"),
        (lambda ink: handwriting.generate("a", seed=1.0), "seed must be a whole number, not float"),
        (lambda ink: handwriting.generate("a", seed=True), "seed must be a whole number, not bool"),
        (
            lambda ink: handwriting.generate("a", style=ink),
            "style must be a Style, or the name or file of one, not Ink",
        ),
        (lambda ink: handwriting.generate("a", best_of="2"), "best_of must be a whole number, not str"),
    ],
)
def test_a_wrong_type_is_a_type_error_that_says_what_is_wanted(line, call, message):
    with pytest.raises(TypeError, match=message):
        call(line)


@needs_weights
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda ink: handwriting.generate("a", layout="A4"), TypeError, "layout must be a PageLayout, not str"),
        (lambda ink: handwriting.Synthesizer.load().write("one line"), TypeError, "texts must be a list of strings"),
        (lambda ink: handwriting.generate("a", bias=30), InkError, "a bias of 30"),
        (lambda ink: handwriting.generate("a", style="nobody"), InkError, "nobody: there is no style"),
        (lambda ink: handwriting.generate("a", best_of=0), InkError, "best_of 0"),
        (lambda ink: handwriting.generate("one\nanother"), InkError, "several lines"),
        (lambda ink: handwriting.save(ink, "a.jpg"), InkError, r"a\.jpg"),
        (lambda ink: handwriting.save(ink, "a.png", plotter=True), InkError, "only an SVG"),
        (lambda ink: handwriting.save([Page(ink), Page(ink)], "a.png"), InkError, "2 pages, and only a PDF"),
        (lambda ink: handwriting.save([], "a.pdf"), InkError, "no page"),
    ],
)
def test_a_wrong_value_is_an_ink_error_and_writes_nothing(line, call, error, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        call(line)
    assert list(tmp_path.iterdir()) == []


BEGINNINGS = {
    ".inkml": b"<",
    ".xopp": b"\x1f\x8b",
    ".svg": b"<",
    ".json": b"{",
    ".csv": b"",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".gcode": b"",
    ".hpgl": b"IN;",
}


@pytest.mark.parametrize("ending", BEGINNINGS)
def test_ink_and_pages_are_saved_in_every_format(line, tmp_path, ending):
    for name, what in (
        ("ink", line),
        ("page", Page(line.moved_to(line.x + 500, line.y + 500), 8000, 3000)),
        ("pages", [Page(line)]),
    ):
        file = tmp_path / f"{name}{ending}"
        lost = handwriting.save(what, file)
        assert file.read_bytes().startswith(BEGINNINGS[ending])
        if ending not in (".png", ".pdf", ".gcode", ".hpgl"):
            again = handwriting.read(file)
            assert len(again.ink if isinstance(again, Page) else again) == len(line)
            assert lost == formats.save(what, tmp_path / f"{name} again{ending}")


def test_a_format_may_be_named(line, tmp_path):
    handwriting.save(line, tmp_path / "line.dat", "JSON")
    assert (tmp_path / "line.dat").read_bytes().startswith(b"{")
    with pytest.raises(InkError, match="format 'PNG'"):
        handwriting.save(line, tmp_path / "line.png", "PNG")


def test_several_pages_are_one_pdf(line, tmp_path):
    handwriting.save([Page(line), Page(line, number=2)], tmp_path / "two.pdf")
    assert (tmp_path / "two.pdf").read_bytes().count(b"/Type /Page\n") == 2


@needs_weights
def test_a_written_page_is_saved_in_every_format(tmp_path):
    page = handwriting.generate("two\nlines", layout=PageLayout(width_mm=100, paper="ruled"))
    for ending, beginning in BEGINNINGS.items():
        handwriting.save(page, tmp_path / f"page{ending}")
        assert (tmp_path / f"page{ending}").read_bytes().startswith(beginning)
    assert 'width="100.00mm"' in (tmp_path / "page.svg").read_text()
    ink = handwriting.read(tmp_path / "page.inkml")
    assert (ink.ink if isinstance(ink, Page) else ink).source.text == "two\nlines"
    handwriting.save(page, tmp_path / "moving.svg", animation_speed=2)
    assert "<animate" in (tmp_path / "moving.svg").read_text()
    handwriting.save(page, tmp_path / "plotted.svg", plotter=True)
    assert "<line" not in (tmp_path / "plotted.svg").read_text()
    handwriting.save(page, tmp_path / "small.png", dpi=50)
    assert (tmp_path / "small.png").stat().st_size < (tmp_path / "page.png").stat().st_size


@needs_weights
def test_generated_ink_says_its_text_and_depends_on_the_hand():
    ink = handwriting.generate("Some ink.", seed=1)
    assert ink.source.text == "Some ink."
    assert handwriting.generate("Some ink.", hand=Hand(seed=1)) == ink
    assert handwriting.generate("Some ink.", hand=Hand(seed=5), seed=1, bias=1.0) == ink
    assert handwriting.generate("Some ink.", seed=2) != ink
    assert handwriting.generate("Some ink.", seed=1, style="cursive") != ink
    assert handwriting.generate("Some ink.", seed=1, bias=3) != ink


@needs_weights
def test_the_best_of_several_is_read_as_its_text():
    ink = handwriting.generate("quick", seed=3, best_of=4)
    assert handwriting.transcribe(ink).text == "quick"


@needs_weights
def test_transcribe_takes_a_decoder_and_alternatives(line):
    greedy = handwriting.transcribe(line, decoder="greedy")
    assert len(greedy.readings) == 1
    assert len(handwriting.transcribe(line, 3).readings) == 3
    assert handwriting.transcribe(Page(line)).text == "a line of handwriting"


@needs_weights
def test_what_it_returns_is_short_in_a_console_and_drawn_in_a_notebook(line):
    transcription = handwriting.transcribe(line, 5)
    page = handwriting.transcribe(handwriting.read(ROOT / "datasets" / "samples" / "notes.xopp"))
    written = handwriting.generate("a long text " * 20, layout=PageLayout())
    for value in (line, transcription, page, written, Hand(), PageLayout(), handwriting.Style.load("cursive")):
        assert len(repr(value)) <= 200 and "\n" not in repr(value), type(value)
    assert "a line of handwriting" in repr(transcription)
    for value in (line, page, written):
        assert value._repr_svg_().startswith("<svg")


def test_type_information_is_part_of_the_package():
    assert (Path(handwriting.__file__).parent / "py.typed").is_file()
