"""Legibility with synthesizers and recognizers that do what they are told."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from iamondb_fixture import TEXTS

from handwriting.corpora import Line, open_corpus
from handwriting.corpora.iamondb import IamOndb
from handwriting.errors import InkError
from handwriting.evaluation.legibility import CharacterLegibility, LegibilityReport, evaluate, failure_rate
from handwriting.evaluation.sentences import Sentence, read_sentences, refuse_known
from handwriting.ink import Ink
from handwriting.recognition.recognizer import Recognizer
from handwriting.recognition.transcription import Reading, Transcription
from handwriting.rendering.hershey import write
from handwriting.synthesis.characters import MIN_COUNT, learned, writable
from handwriting.text import natural

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "sentences.txt"
DOT = Ink.from_strokes([[(0, 0)]])
COUNTS = dict.fromkeys("abcdefghijklmnopqrstuvwxyzMI .'\"", MIN_COUNT)


@dataclass
class Written:
    text: str
    ink: Ink


@dataclass
class Font:
    """A single-stroke font as a synthesizer; ``asked`` remembers what it was asked for."""

    lists: tuple[str, ...] = ("trainset",)
    card: Any = None
    asked: list = field(default_factory=list)

    def __post_init__(self):
        self.card = self.card or {"trained_on": {"characters": COUNTS, "lists": list(self.lists)}}

    def write(self, texts, hand, *, observer):
        self.asked.append((list(texts), hand.bias, hand.seed))
        return [Written(text, write(text, seed=hand.seed + i, jitter=1 - hand.bias)) for i, text in enumerate(texts)]


class Reader:
    """Says the lines it was given, one after the other."""

    checkpoint = SimpleNamespace(card={})

    def __init__(self, *says: str):
        self.says = list(says)

    def transcribe_all(self, inks, decoder="greedy", alternatives=1, continues=None):
        assert decoder == "greedy"
        for _ in inks:
            yield Transcription((Reading(self.says.pop(0), 0.0, ()),))


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence(text, f"s.txt:{number}") for number, text in enumerate(texts, 1)]


def read_as(*pairs: tuple[str, str]) -> LegibilityReport:
    """The result for lines of ink with these references and outputs."""
    texts, outputs = zip(*pairs, strict=True)
    return evaluate(sentences(*texts), Font(), Reader(*outputs), bias=0.5)


def test_sentences_are_lines_of_a_file(tmp_path):
    path = tmp_path / "s.txt"
    path.write_bytes(b"\xef\xbb\xbf# about\n\none \r\n  two\xe2\x80\x99s\n #three\nfour")
    assert read_sentences(path) == [
        Sentence("one", f"{path}:3"),
        Sentence("two’s", f"{path}:4"),
        Sentence("four", f"{path}:6"),
    ]


def test_files_that_hold_no_sentences_are_refused(tmp_path):
    path = tmp_path / "s.txt"
    with pytest.raises(InkError, match=r"s\.txt: No such file"):
        read_sentences(path)
    path.write_bytes(b"fine\ncaf\xe9\n")
    with pytest.raises(InkError, match=r"s\.txt:2: byte 4 of the line, 0xe9, is not UTF-8"):
        read_sentences(path)
    path.write_text("# one\n\n")
    with pytest.raises(InkError, match="no sentence"):
        read_sentences(path)


@pytest.mark.parametrize(
    "known",
    [
        "a tame cat",
        "tame ca",
        "cat ate ten nice",  # over the end of a line
        "nice teas. It's a neat",  # "ten nice teas ." and "It 's a neat tent"
        "a line known to be bad",
        "at nine ten",  # "at nine # ten"
    ],
)
def test_what_the_training_texts_hold_is_refused(iamondb_dir, known):
    corpus = open_corpus(iamondb_dir)
    with pytest.raises(InkError, match=r"s\.txt:2: .* occurs in form .*; take another"):
        refuse_known(sentences("new to all", known), corpus, ["trainset"])


def test_only_the_lists_trained_on_count(iamondb_dir):
    corpus = open_corpus(iamondb_dir)
    development = TEXTS["d05-021u"][0]
    refuse_known(sentences(development, "tent can a cat", "mice eat one tea"), corpus, ["trainset"])
    with pytest.raises(InkError, match=r"s\.txt:1: 'a nice cane' occurs in form d05-021u"):
        refuse_known(sentences(development), corpus, ["trainset", "testset_v"])


def test_all_that_is_known_is_counted(iamondb_dir):
    with pytest.raises(InkError, match=r"s\.txt:1: .*\(and 2 more, the next at s\.txt:3\)"):
        refuse_known(sentences("no tea", "new", "two tea", "one tea"), open_corpus(iamondb_dir), ["trainset"])


def test_lists_of_another_corpus_are_not_looked_for(iamondb_dir):
    font = Font()
    font.card["trained_on"]["lists"] = ["trainset", "train-tokens"]  # the second one is UNIPEN's
    with pytest.raises(InkError, match=r"s\.txt:1: 'a tame cat' occurs in"):
        evaluate(sentences("a tame cat"), font, Reader(), bias=0.5, corpus=open_corpus(iamondb_dir))


def test_everything_is_checked_before_anything_is_drawn(iamondb_dir):
    font, corpus = Font(), open_corpus(iamondb_dir)
    for texts, message in (
        (("new", "a tame cat"), r"s\.txt:2: 'a tame cat' occurs in"),
        (("new", "a café"), r"s\.txt:2: cannot be written: .* write instead: a cafe"),
    ):
        with pytest.raises(InkError, match=message):
            evaluate(sentences(*texts), font, Reader(), bias=0.5, corpus=corpus)
    with pytest.raises(InkError, match="no list nowhere"):
        evaluate(sentences("new"), font, Reader(), bias=0.5, corpus=corpus, split="nowhere")
    assert font.asked == []


@pytest.mark.parametrize("card", [{"kind": "synthesizer"}, {"trained_on": {"characters": COUNTS}}, {"trained_on": 3}])
def test_a_card_that_does_not_say_what_it_was_trained_on_is_refused(card):
    with pytest.raises(InkError, match=r"does not say what it was trained on .*; copy the checkpoint again"):
        evaluate(sentences("new"), Font(card=card), Reader(), bias=0.5)


def test_the_first_n_are_written_and_then_all_over_again():
    font = Font()
    one = evaluate(sentences("new", "old"), font, Reader("new"), bias=0.5, seed=3, n=1)
    five = evaluate(sentences("new", "old"), font, Reader(*["new", "old"] * 3), bias=0.5, seed=3, n=5)
    assert font.asked == [(["new"], 0.5, 3), (["new", "old", "new", "old", "new"], 0.5, 3)]
    assert (one.sentences, five.sentences) == (1, 2)
    assert [line.id for line in five.generated.lines] == ["s.txt:1", "s.txt:2", "s.txt:1", "s.txt:2", "s.txt:1"]
    assert five.generated.lines[0].ink != five.generated.lines[2].ink
    with pytest.raises(InkError, match="0 lines"):
        evaluate(sentences("new"), font, Reader(), bias=0.5, n=0)


def test_what_is_asked_for_is_what_can_be_written():
    font = Font()
    result = evaluate(sentences("it’s  ﬁne"), font, Reader("it's fine"), bias=0.5)
    assert font.asked[0][0] == ["it's fine"]
    assert result.cer == 0


def test_cer_is_micro_averaged_and_canonical():
    result = read_as(("a fine day", "a fine dog"), ("it's", "it 's"), ("no", "xxxx"))
    assert result.cer == (2 + 0 + 4) / (10 + 4 + 2)
    assert result.failed == 1 / 3  # 20 % of "a fine day" is not over 20 %
    assert (result.real, result.real_spread) == (None, None)


def test_the_interval_draws_repeated_texts_together():
    texts = sentences("abcd", "efgh")
    apart = evaluate(texts, Font(), Reader("abcd", "xxxx"), bias=0.5)
    repeated = evaluate(texts, Font(), Reader(*["abcd", "xxxx"] * 10), bias=0.5, n=20)
    assert repeated.cer == apart.cer == 0.5
    assert repeated.generated.cer_ci95 == apart.generated.cer_ci95 == (0, 1)


def test_failure_is_not_ruled_out_by_never_having_been_seen():
    right = read_as(*[(f"{c} fine day", f"{c} fine day") for c in "abcdefghij"])
    share, (low, high) = failure_rate(right.generated)
    assert (share, low) == (0, 0)
    assert high == pytest.approx(0.3085, abs=1e-4)  # Clopper & Pearson for 0 of 10
    wrong = read_as(*[(f"{c} fine day", "") for c in "abcdefghij"])
    assert failure_rate(wrong.generated) == (1, (pytest.approx(1 - 0.3085, abs=1e-4), 1))
    half = read_as(*[(f"{c} fine day", f"{c} fine day" if c < "f" else "") for c in "abcdefghij"])
    share, (low, high) = failure_rate(half.generated)
    assert 0.1 < low < share == 0.5 < high < 0.9


def test_characters_read_right_and_what_they_were_mistaken_for():
    result = read_as(("an ant", "en ent"), ("ant", "nt"), ("on", "one"), ("it's", "it's"))
    table = {c.character: c for c in result.characters}
    assert result.characters[0] == table["a"] == CharacterLegibility("a", 3, 0, (("e", 2), ("", 1)))
    assert table["n"] == CharacterLegibility("n", 4, 4, ())
    assert "e" not in table
    assert table[" "].written == 1
    assert sum(c.written for c in table.values()) == len("an ant") + len("ant") + len("on") + len("it's")


def test_real_lines_stand_beside(iamondb_dir):
    corpus = open_corpus(iamondb_dir)
    real = [line.text for line in corpus.lines("testset_v")]
    read = [*real[:-1], "x" * len(real[-1]), "new day", "old dey"]
    font = Font()
    result = evaluate(sentences("new day", "old day"), font, Reader(*read), bias=0.25, seed=1, corpus=corpus)
    assert result.real.score.cer == len(real[-1]) / sum(map(len, real))
    assert failure_rate(result.real)[0] == 1 / 3
    assert result.cer == 1 / 14
    ratios = result.ratios()
    assert ratios["slant"] == result.spread.slant / result.real_spread.slant
    figures = json.loads(json.dumps(result.figures(), allow_nan=False))
    assert (figures["lines"], figures["sentences"], figures["bias"], figures["seed"]) == (2, 2, 0.25, 1)
    assert (figures["real_split"], figures["real_lines"]) == ("testset_v", 3)
    assert (figures["cer"], figures["real_cer"]) == (result.cer, result.real.score.cer)
    assert figures["failed_ci95"] == [0, pytest.approx(1 - 0.025**0.5)]
    assert figures["real_failed_ci95"][0] <= figures["real_failed"] <= figures["real_failed_ci95"][1]
    assert figures["diversity"].keys() == {"slant", "height", "speed", "spacing"}
    assert figures["diversity"]["height"] == {
        "generated": result.spread.height,
        "real": result.real_spread.height,
        "ratio": ratios["height"],
    }
    assert {"character": "a", "written": 2, "right": 1, "mistaken": {"e": 1}} in figures["characters"]


def test_without_real_lines_there_is_no_ratio():
    figures = read_as(("new", "new")).figures()
    assert not any(name.startswith("real_") for name in figures)
    assert figures["diversity"]["slant"] == {"generated": 0.0, "real": None, "ratio": None}


def test_rendered_for_people():
    outputs = ["a nice dey", "a fine day", "a nice day"]
    result = evaluate(sentences("a nice day", "a fine day"), Font(), Reader(*outputs), bias=0.5, seed=7, n=3)
    text = result.render()
    assert text.startswith("3 lines of 2 sentences, bias 0.5, seed 7\ngenerated  CER   3.33 %")
    assert "over 20 % in 0.0 % of lines" in text
    assert "not 0.5 to 1.5" not in text
    row = next(line for line in text.splitlines() if line.split()[:1] == ["a"])
    assert row.split() == ["a", "6", "83", "%", "-", "e", "1"]
    assert next(line for line in text.splitlines() if line.split()[:1] == ["space"]).split()[1] == "6"
    assert len(result.render(rows=1).splitlines()) == len(text.splitlines()) - len(result.characters) + 1


def test_a_spread_too_narrow_is_marked(iamondb_dir):
    corpus = open_corpus(iamondb_dir)
    real = [line.text for line in corpus.lines("testset_v")]
    result = evaluate(sentences("new day"), Font(), Reader(*real, "new day"), bias=0.5, corpus=corpus)
    rows = [line for line in result.render().splitlines() if line.endswith("not 0.5 to 1.5")]
    assert [row.split(",")[0] for row in rows] == ["slant", "height", "pen step", "word gap"]
    assert "testset_v  CER   0.00 %" in result.render()


def test_the_shipped_recognizer_tells_the_legible_from_the_illegible():
    class Backwards(Font):
        def write(self, texts, *args, **options):
            return super().write([text[::-1] for text in texts], *args, **options)

    texts = sentences("the pen is mine.", "a letter from the sea", "my old friend is in town")
    right, wrong = (evaluate(texts, font, Recognizer.load(), bias=0.5) for font in (Font(), Backwards()))
    assert right.cer < 0.2
    assert wrong.cer > 0.5
    assert wrong.failed == 1


def test_the_benchmarks_sentences_are_varied_lines():
    texts = [s.text for s in read_sentences(BENCHMARK)]
    assert len(texts) == len(set(texts)) >= 250
    assert all(20 <= len(text) <= 60 for text in texts)
    assert min(Counter("".join(texts)).values()) >= 10
    half = Counter("".join(texts[: len(texts) // 2]))
    assert half.keys() == set("".join(texts))  # the first ones are as varied: -n may be small


@dataclass
class WithoutInk:
    """A corpus's texts alone, since reading all of its ink takes a minute."""

    corpus: IamOndb

    def ids(self, split):
        return self.corpus.ids(split)

    def line(self, id):
        return Line(id, DOT, self.corpus.text(id), None, id.rpartition("-")[0])


def test_the_benchmarks_sentences_cover_what_iamondb_teaches_and_are_none_of_its(real_iamondb):
    corpus, lists = IamOndb(real_iamondb), ["trainset", "testset_t"]
    texts = [corpus.text(id) for name in lists for id in corpus.training_ids(name)]
    allowed = learned(Counter("".join(map(natural, texts))))
    found = read_sentences(BENCHMARK)
    assert set("".join(s.text for s in found)) == allowed
    assert [writable(s.text, allowed) for s in found] == [s.text for s in found]
    refuse_known(found, WithoutInk(corpus), lists)
    with pytest.raises(InkError, match=r"s\.txt:1"):
        refuse_known(sentences(natural(texts[0])), WithoutInk(corpus), lists)
