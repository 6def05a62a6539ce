"""Forms and the lines of their strokes, on a tiny corpus of our own."""

import numpy as np
import pytest
from iamondb_fixture import TEXTS, WITHOUT_FORM_FILE

from handwriting.corpora import open_corpus
from handwriting.corpora.forms import forms
from handwriting.corpora.packed import pack
from handwriting.errors import InkError


def test_every_stroke_of_a_form_knows_its_line(iamondb_dir):
    found = {form.id: form for form in forms(open_corpus(iamondb_dir), "trainset")}
    assert {id: form.original for id, form in found.items()} == {
        id: id != WITHOUT_FORM_FILE for id in ("b01-100", "b01-104u", "c02-003z", "h04-141z")
    }
    for id, form in found.items():
        assert [line.text for line in form.lines] == [" ".join(text.split()) for text in TEXTS[id]]
        for k, line in enumerate(form.lines):
            own = np.repeat(form.line == k, form.ink.ends - form.ink.starts)
            assert (form.ink.xy[own] == line.ink.xy).all()
        assert form.ink.source.text is None


def test_a_packed_corpus_has_no_forms(iamondb_dir, tmp_path):
    pack(open_corpus(iamondb_dir), tmp_path / "x.pack")
    with pytest.raises(InkError, match="give its folder"):
        forms(open_corpus(tmp_path / "x.pack"), "trainset")


def test_every_nth_form_can_be_taken(iamondb_dir):
    corpus = open_corpus(iamondb_dir)
    assert [form.id for form in forms(corpus, "trainset", 3)] == [form.id for form in forms(corpus, "trainset")][::3]
