"""Running text of several kinds."""

import zipfile

import pytest

from handwriting.errors import InkError
from handwriting.recognition.language.texts import clean, documents


def test_text_tagged_with_slashes():
    brown = "\n\n\tThe/at cat/nn said/vbd ,/, ``/`` No/rb one/pn !/. !/. ''/'' (/( or/cc so/rb )/)\n"
    assert untagged(brown) == 'The cat said, "No one!" (or so)'


def test_text_tagged_with_underscores():
    masc = "I_PRP do_VBP n't_RB know_VB ,_, \"_'' it_PRP 's_VBZ \"_'' Mary_NNP 's_POS ._."
    assert untagged(masc) == "I don't know, \"it's\" Mary's."


def untagged(text, tmp=None):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_text(text)
        (only,) = documents(Path(folder))
    return only


def test_plain_text_keeps_its_paragraphs(tmp_path):
    path = tmp_path / "speech.txt"
    path.write_text("Mr. Speaker:\n\nIt is \u2014 as ever \u2014 \u201clate\u201d; caf\u00e9.\n", encoding="utf-8")
    assert list(documents(path)) == ['Mr. Speaker:\nIt is - as ever - "late"; cafe.']


def test_archives_are_read_without_their_readme(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("two/README", "not a text")
        archive.writestr("two/b", "second")
        archive.writestr("two/a", "first")
    assert list(documents(tmp_path / "two.zip")) == ["first", "second"]


def test_what_is_no_text_is_refused(tmp_path):
    with pytest.raises(InkError, match="no such file"):
        list(documents(tmp_path / "nothing"))
    with pytest.raises(InkError, match="the source has no text"):
        list(documents(tmp_path))


def test_clean_leaves_plain_characters():
    assert clean("a\u2019b -- \u00bdc") == "a'b - 12c"
