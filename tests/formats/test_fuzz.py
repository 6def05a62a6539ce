"""Damaged files and bombs: ink or an InkError in one line, whatever comes. ``make fuzz`` does more of it."""

from __future__ import annotations

import pytest
from format_bombs import SMALL
from format_fuzzing import fuzz, try_to_read
from format_seeds import seeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handwriting import formats
from handwriting.errors import InkError

READERS = {known.name: known for known in formats.readers()}


@pytest.mark.parametrize("name", READERS)
def test_good_files_are_read_and_recognised(name):
    good = seeds().get(name)
    assert good, f"put a good file of {name} into tests/format_seeds.py, for fuzzing to begin with"
    for data in good:
        assert formats.find(data, "ink").name == name
        assert formats.read_pages(data)


@pytest.mark.parametrize("name", READERS)
def test_damaged_files(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # a failure leaves its file
    read, _ = fuzz(READERS[name], 300, seed=1)
    assert 0 < read < 300


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_cut_and_pasted_files(name, data):
    """Hypothesis looks for the smallest damage: any slice of a good file, with anything in its place."""
    good = data.draw(st.sampled_from(seeds()[name]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 60)))
    put = data.draw(st.binary(max_size=20) | st.text(max_size=10).map(lambda t: t.encode(errors="replace")))
    damaged = good[:start] + put + good[end:]
    if damaged:
        try_to_read(READERS[name], damaged)


@pytest.mark.parametrize("name", READERS)
def test_cut_anywhere(name):
    good = seeds()[name][0]
    for end in range(1, len(good), max(1, len(good) // 60)):
        try_to_read(READERS[name], good[:end])


@pytest.mark.parametrize("name", SMALL)
def test_bombs(name):
    format_name, make = SMALL[name]
    outcome = try_to_read(READERS[format_name], make())
    assert outcome.seconds < 20


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "junk", [b"\0", b"\xff" * 100, bytes(range(256)) * 20, b" \n" * 50, b"<", b"PK\x03\x04", b"\x1f\x8b"]
)
def test_junk_is_refused(name, junk):
    with pytest.raises(InkError):
        formats.read(junk, name)
