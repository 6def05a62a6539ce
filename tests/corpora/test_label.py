"""The texts that networks learn, from each corpus's transcripts."""

from __future__ import annotations

from types import SimpleNamespace

from handwriting.corpora import iamondb, label, unipen


def test_a_number_sign_marks_an_error_in_iam_ondb_alone():
    assert label(SimpleNamespace(terms=iamondb.IAMONDB_TERMS), "it 's #3 , &amp;c") == "it's 3, &c"
    assert label(SimpleNamespace(terms=unipen.UNIPEN_TERMS), "it 's #3 , &amp;c") == "it's #3, &c"
