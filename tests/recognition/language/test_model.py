"""A language model's folder: built, saved, loaded, weighed."""

import json
from pathlib import Path

import numpy as np
import pytest
from recognition.language.sample import TEXT, model
from tiny import TinyCorpus

from handwriting.alphabet import Alphabet
from handwriting.errors import InkError
from handwriting.evaluation.tuning import tune
from handwriting.recognition.language.build import TextSource, build
from handwriting.recognition.language.model import Hints, LanguageModel
from handwriting.recognition.language.scorer import Weights


def test_a_saved_model_says_the_same(tmp_path):
    model().save(tmp_path)
    again = LanguageModel.load(tmp_path)
    alphabet = Alphabet(" adehlmnot")
    assert again.scorer(alphabet).log_probability("the old") == model().scorer(alphabet).log_probability("the old")
    assert again.weights == model().weights


def test_folders_that_are_none_are_refused(tmp_path):
    with pytest.raises(InkError, match="no checkpoint here"):
        LanguageModel.load(tmp_path)
    model().save(tmp_path)
    (tmp_path / "model.npz").write_bytes(b"junk")
    with pytest.raises(InkError, match="not a language model"):
        LanguageModel.load(tmp_path)
    (tmp_path / "model.npz").unlink()
    with pytest.raises(InkError, match="not a language model"):
        LanguageModel.load(tmp_path)


def test_built_from_files_and_transcripts(tmp_path):
    (tmp_path / "story.txt").write_text(TEXT)
    (tmp_path / "words").write_text("pelican 12\nsea 40\n")
    (tmp_path / "pairs").write_text("sea pelican 3\n")
    said = []
    built = build(
        [TextSource(tmp_path / "story.txt")],
        TinyCorpus(),
        frequencies=tmp_path / "words",
        bigrams=tmp_path / "pairs",
        terms="ours",
        say=said.append,
    )
    assert [source["name"] for source in built.card["texts"]] == ["story", "transcripts of trainset", "words", "pairs"]
    assert built.card["terms"] == "ours"
    assert said[0].startswith("story: ")
    alphabet = Alphabet(" abceilnp")
    s = built.scorer(alphabet)
    assert s.log_probability("pelican") > s.log_probability("pelicna") + 3
    json.dumps(built.card)


def test_terms_must_be_known(tmp_path):
    (tmp_path / "story.txt").write_text(TEXT)
    with pytest.raises(InkError, match="give them as 'terms'"):
        build([TextSource(tmp_path / "story.txt")])
    with pytest.raises(InkError, match="needs at least one"):
        build([])
    (tmp_path / "words").write_text("one two three 4\n")
    with pytest.raises(InkError, match="words:1: 'one two three 4'"):
        build([TextSource(tmp_path / "story.txt")], frequencies=tmp_path / "words", terms="ours")


def test_a_text_may_have_a_weight(tmp_path):
    (tmp_path / "a=2.txt").write_text(TEXT)
    assert TextSource.parse("brown.zip=3") == TextSource(Path("brown.zip"), 3)
    assert TextSource.parse(str(tmp_path / "a=2.txt")) == TextSource(tmp_path / "a=2.txt")
    for wrong in ("brown.zip=0", "brown.zip=1.5", "brown.zip="):
        with pytest.raises(InkError, match="is not a weight; give PATH"):
            TextSource.parse(wrong)
    heavy = build([TextSource(tmp_path / "a=2.txt", 2)], terms="ours")
    assert heavy.card["texts"][0]["weight"] == 2


def test_hints_of_a_file(tmp_path):
    (tmp_path / "names").write_text("Ada\nGrace O'Neil\n")
    assert Hints.of_file(tmp_path / "names", "Dear").words == ("Ada", "Grace", "O'Neil")
    with pytest.raises(InkError, match="give a UTF-8 text file"):
        Hints.of_file(tmp_path / "none")


class Doubtful:
    """Reads every word of the tiny corpus with its second letter in doubt, and no better without the language."""

    alphabet = Alphabet(" eiklnpt")
    features = None

    def __init__(self, texts):
        self.texts = texts

    def log_probs(self, encoded):
        found = []
        for text in self.texts:
            rows = np.full((2 * len(text), self.alphabet.size), 1e-3)
            rows[1::2, 0] = 1
            for i, c in enumerate(text):
                rows[2 * i, self.alphabet.encode(c)] = 0.4
            rows[2, self.alphabet.encode("k")] = 0.5
            found.append(np.log(rows / rows.sum(axis=1, keepdims=True)))
        return found


def test_tuning_finds_that_the_language_helps(tmp_path, monkeypatch):
    corpus = TinyCorpus()
    monkeypatch.setattr("handwriting.evaluation.tuning.encode", lambda ink, features: ink)
    (tmp_path / "words.txt").write_text("ink pen line net in ten pin nine. " * 9)
    built = build([TextSource(tmp_path / "words.txt")], terms="ours")
    silent = LanguageModel(built.characters, built.words, Weights(language=0.0, character=0.0))
    told = []
    reader = Doubtful([line.text for line in corpus.lines("testset_v")])
    tuned = tune(reader, silent, corpus, "testset_v", every=1, say=told.append)
    assert tuned.cer < 0.1 < float(told[0].split()[1]) / 100
    assert tuned.weights.language > 0
    assert tuned.applied_to(silent, "this").card["tuned"]["lines"] == 12
