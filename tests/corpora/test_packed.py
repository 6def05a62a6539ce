"""One packed file: the same ink bit for bit, nothing half-written, damage noticed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwriting.corpora import Line, open_corpus
from handwriting.corpora.codec import decode, encode
from handwriting.corpora.packed import MAGIC, PackedCorpus, pack
from handwriting.errors import InkError
from handwriting.ink import Ink, Source


def same_bits(a: Ink, b: Ink) -> bool:
    columns = ("x", "y", "starts", "t", "pressure")
    pairs = [(getattr(a, name), getattr(b, name)) for name in columns]
    return all(p is q if p is None or q is None else p.tobytes() == q.tobytes() for p, q in pairs)


@pytest.fixture
def packed(iamondb_dir: Path, tmp_path: Path) -> Path:
    path = tmp_path / "iam.packed"
    pack(open_corpus(iamondb_dir), path)
    return path


def test_the_same_corpus(iamondb_dir: Path, packed: Path):
    corpus, again = open_corpus(iamondb_dir), open_corpus(packed)
    assert again.splits == corpus.splits
    assert again.known_bad == corpus.known_bad
    for split in corpus.splits:
        assert again.ids(split) == corpus.ids(split)
        assert again.training_ids(split) == corpus.training_ids(split)
        for a, b in zip(corpus.lines(split), again.lines(split), strict=True):
            assert a == b
            assert same_bits(a.ink, b.ink)
            assert again.points(b.id) == len(a.ink)


def test_packing_a_packed_corpus_gives_the_same_bytes(packed: Path, tmp_path: Path):
    pack(open_corpus(packed), tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == packed.read_bytes()


def test_progress(iamondb_dir: Path, tmp_path: Path):
    calls: list[tuple[int, int]] = []
    corpus = open_corpus(iamondb_dir)
    pack(corpus, tmp_path / "p", lambda done, total: calls.append((done, total)))
    total = sum(len(corpus.ids(split)) for split in corpus.splits)
    assert calls == [(n, total) for n in range(1, total + 1)]


@dataclass
class Given:
    """A corpus of given lines, all in one split."""

    given: dict[str, Line]
    splits: tuple[str, ...] = ("all",)
    terms: str = "ours"
    known_bad: dict[str, str] = field(default_factory=dict)

    def ids(self, split: str) -> list[str]:
        return list(self.given)

    training_ids = ids

    def line(self, id: str) -> Line:
        return self.given[id]

    def lines(self, split: str):
        return iter(self.given.values())


def test_text_of_any_script_and_every_field_of_source(tmp_path: Path):
    source = Source("mm", None, "form text", "writer \N{GREEK SMALL LETTER ALPHA}", "file.xml")
    line = Line("1", Ink([0.5, 1 / 3], [-0.0, 0.0], [0], None, [0.25, 1.0], source), "naïve \N{SNOWMAN}", None, "f")
    pack(Given({"1": line}, known_bad={"1": "for a reason"}), tmp_path / "p")
    corpus = PackedCorpus(tmp_path / "p")
    assert corpus.line("1") == line
    assert same_bits(corpus.line("1").ink, line.ink)
    assert corpus.known_bad == {"1": "for a reason"}
    assert corpus.training_ids("all") == []


def test_an_empty_corpus(tmp_path: Path):
    with pytest.raises(InkError, match=r"nothing to pack.*give lists"):
        pack(Given({}), tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_nothing_is_left_half_written(iamondb_dir: Path, packed: Path):
    before = packed.read_bytes()

    def fail(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(open_corpus(iamondb_dir), packed, fail)
    assert packed.read_bytes() == before
    assert list(packed.parent.iterdir()) == [packed]


def test_nowhere_to_write(iamondb_dir: Path, tmp_path: Path):
    with pytest.raises(InkError, match=r"there is no folder .*create it first"):
        pack(open_corpus(iamondb_dir), tmp_path / "missing" / "p")
    with pytest.raises(InkError, match="is a folder"):
        pack(open_corpus(iamondb_dir), tmp_path)


def test_shortened_files_are_noticed(packed: Path):
    data = packed.read_bytes()
    for size in [0, 1, 7, 8, 31, 32, 33, 1000, len(data) - 1]:
        packed.write_bytes(data[:size])
        with pytest.raises(InkError, match=r"again|give a folder"):
            PackedCorpus(packed)
    packed.write_bytes(data + b"x")
    with pytest.raises(InkError, match="again"):
        PackedCorpus(packed)


def test_damage_is_noticed(packed: Path):
    """Any one byte: the file is refused, or just the line that the byte belongs to."""
    data = packed.read_bytes()
    whole = PackedCorpus(packed)
    texts = {id: whole.line(id) for split in whole.splits for id in whole.ids(split)}
    for position in range(0, len(data), 211):
        packed.unlink()  # another file, so that the one which is mapped stays as it was
        packed.write_bytes(data[:position] + bytes([data[position] ^ 0x55]) + data[position + 1 :])
        failures = 0
        try:
            corpus = PackedCorpus(packed)
        except InkError:
            continue
        for id, line in texts.items():
            try:
                assert corpus.line(id) == line
            except InkError as error:
                assert f"line {id}" in str(error)
                failures += 1
        assert failures == 1


def test_other_files_are_refused(tmp_path: Path, packed: Path):
    path = tmp_path / "other"
    for data in (b"", b"PK\3\4" * 50, MAGIC, b"<?xml version='1.0'?>" * 10):
        path.write_bytes(data)
        with pytest.raises(InkError, match="give a folder of IAM-OnDB or a packed corpus"):
            open_corpus(path)
    path.write_bytes(MAGIC + b"\x63" + packed.read_bytes()[len(MAGIC) + 1 :])
    with pytest.raises(InkError, match="version 99"):
        open_corpus(path)
    with pytest.raises(InkError, match="pass the lists to 'prepare'"):
        open_corpus(packed, ["mine.txt"])
    with pytest.raises(InkError, match="no split 'testset_f'; it has: trainset"):
        open_corpus(packed).ids("testset_f")


finite = st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda v: v if abs(v) < 1e300 else 0.0)
wholes = st.integers(-(2**53), 2**53).map(float)
hundredths = st.integers(-(10**9), 10**9).map(lambda n: n / 100)


@st.composite
def inks(draw: st.DrawFn) -> Ink:
    count = draw(st.integers(1, 12))

    def column(values: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(values, min_size=count, max_size=count))

    kind = st.sampled_from([finite, wholes, hundredths])
    ends = sorted(draw(st.sets(st.integers(1, count - 1), max_size=4))) if count > 1 else []
    t = pressure = start = None
    if draw(st.booleans()):
        stamps = np.array(column(draw(kind)))
        with np.errstate(over="ignore"):
            t = np.nan_to_num(stamps - stamps[0])
        start = float(stamps[0]) if draw(st.booleans()) else None
        t = t + draw(st.sampled_from([0.0, 1.0, 1 / 3]))
    if draw(st.booleans()):
        pressure = column(st.floats(0, 1))
    return Ink(column(draw(kind)), column(draw(kind)), [0, *ends], t, pressure, Source(start_time=start))


@settings(max_examples=300, deadline=None)
@given(inks())
def test_any_ink_comes_back_bit_for_bit(ink: Ink):
    assert same_bits(decode(encode(ink), ink.source), ink)


def test_whole_numbers_are_small():
    rng = np.random.default_rng(0)
    steps = np.cumsum(rng.integers(-20, 20, (2, 1000)), axis=1)
    stamps = 14e6 + np.arange(1000) / 100
    whole = Ink(*steps, [0], np.round(stamps, 2) - 14e6, source=Source(start_time=14e6))
    assert len(encode(whole)) < 3500
    assert len(encode(whole.moved_to(whole.x + rng.normal(size=1000), whole.y))) > 7000, "the others are exact"


def test_real_lines(real_iamondb: Path, tmp_path: Path):
    corpus = open_corpus(real_iamondb)
    ids = [id for split in corpus.splits for id in corpus.ids(split)]
    some = {id: corpus.line(id) for id in ids[::40]}
    path = tmp_path / "p"
    pack(Given(some), path)
    assert path.stat().st_size / len(some) < 20e6 / 8320, "the whole of it stays below 20 MB"
    start = time.process_time()
    again = PackedCorpus(path)
    assert time.process_time() - start < 1
    for id, line in some.items():
        assert again.line(id) == line
        assert same_bits(again.line(id).ink, line.ink)
