"""Adapting a recognizer: what is trained, how far the weights go, and what is written."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'handwriting[train]'")

from tiny import WORDS  # noqa: E402

from handwriting.alphabet import Alphabet  # noqa: E402
from handwriting.checkpoint import Checkpoint  # noqa: E402
from handwriting.corpora import Line  # noqa: E402
from handwriting.errors import InkError  # noqa: E402
from handwriting.features import FeatureConfig  # noqa: E402
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, ctc_loss  # noqa: E402
from handwriting.recognition.language.trie import Trie  # noqa: E402
from handwriting.recognition.recognizer import Recognizer  # noqa: E402
from handwriting.rendering.hershey import write  # noqa: E402
from handwriting.training import adapt as module  # noqa: E402
from handwriting.training import replay  # noqa: E402
from handwriting.training.adapt import Adaptation, ShareSelector, adapt, between  # noqa: E402
from handwriting.training.augment import Augmentation  # noqa: E402
from handwriting.training.encoder import ExampleEncoder  # noqa: E402
from handwriting.training.recognizer_checkpoint import write as write_checkpoint  # noqa: E402

LETTERS = " eiklnpt"
EXAMPLES = [(write(word, seed=i), word) for i, word in enumerate(WORDS * 2)]


@pytest.fixture
def network():
    torch.manual_seed(0)
    return RecognizerNetwork(RecognizerConfig(output_size=len(LETTERS) + 1, hidden_size=8, num_layers=1, channels=[8]))


@pytest.fixture
def base(network, tmp_path):
    card = {
        "kind": "recognizer",
        "network": asdict(network.config),
        "alphabet": LETTERS,
        "features": asdict(FeatureConfig()),
        "trained_on": {"list": "trainset"},
        "figures": {"testset_v": {"cer": 0.1}},
        "terms": "theirs",
        "language": "language-open",
    }
    write_checkpoint(tmp_path / "base", card, {n: v.numpy() for n, v in network.state_dict().items()})
    return Checkpoint.load(tmp_path / "base", "recognizer")


@pytest.fixture
def quick(monkeypatch):
    """Three updates, and drawn lines instead of those of the synthesizer."""
    monkeypatch.setattr(module, "UPDATES", (3, 3))
    monkeypatch.setattr(module, "REPLAY_LINES", 8)
    monkeypatch.setattr(module, "GUARD_LINES", 4)
    monkeypatch.setattr(module.Synthesizer, "load", lambda threads: None)
    monkeypatch.setattr(module, "replay_lines", lambda synthesizer, words, count, seed, progress: EXAMPLES[:count])


def lines(*extra):
    return [Line(f"line {i}", ink, text, None, f"line {i}") for i, (ink, text) in enumerate([*EXAMPLES, *extra])]


def test_a_checkpoint_is_written_that_reads_and_says_what_it_learned_from(base, quick, tmp_path):
    seen = []
    unknown = (write("ink", seed=9), "ünk")
    short = (write("i", seed=9), "ten pin in line " * 20)
    made = adapt(
        base, lines(unknown, short), tmp_path / "mine", threads=1, progress=lambda done, total: seen.append(done)
    )
    assert (made.lines, made.held_out, made.left_out) == (
        16,
        3,
        {
            "line 16": "the recognizer does not know 'ü'",
            "line 17": "its ink is too short for its text",
        },
    )
    assert seen == sorted(seen) and seen[-1] == 100
    card = json.loads((tmp_path / "mine/card.json").read_text())
    assert card["adapted"] == {"lines": 16, "from": "base", "share": made.share, "held_out": 3, "updates": 3}
    assert card["language"] == "language-open" and "figures" not in card
    assert card["terms"].startswith("theirs | ") and card["trained_on"]["list"] == "trainset"
    assert len(card["trained_on"]["ink"].split()) == len(
        {write(t, seed=i).xy.tobytes() for i, (_, t) in enumerate(EXAMPLES)}
    )
    Recognizer.load(tmp_path / "mine").transcribe(EXAMPLES[0][0])


def test_weights_that_read_worse_are_not_kept_even_with_a_lower_loss(base, quick, tmp_path, monkeypatch):
    rates = iter([0.2, 0.3, 0.2])  # before, with the best share, with none
    monkeypatch.setattr(module, "_cer", lambda reader, lines: next(rates))
    monkeypatch.setattr(ShareSelector, "best", lambda self, old, new: 0.2)
    made = adapt(base, lines(), tmp_path / "mine", threads=1)
    assert (made.share, made.before, made.after) == (0.0, 0.2, 0.2)
    assert json.loads((tmp_path / "mine/card.json").read_text())["adapted"]["share"] == 0.0


def test_of_the_same_ink_the_last_text_counts():
    encoder = ExampleEncoder(FeatureConfig(), Augmentation(), [1])
    again = [Line("again", EXAMPLES[0][0], "kin", None, "again")]
    usable, _ = module._usable(lines()[:3] + again, Alphabet(LETTERS), encoder)
    assert [text for _, text in usable] == ["kin", WORDS[1], WORDS[2]]


def test_few_lines_are_refused_before_anything_is_written(base, quick, tmp_path):
    with pytest.raises(InkError, match="7 corrected lines, but at least 8 are needed"):
        adapt(base, lines()[:7], tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_the_loss_is_that_of_ctc_until_the_network_moves(network, monkeypatch):
    encoder = ExampleEncoder(FeatureConfig(), Augmentation(), [1])
    adaptation = Adaptation(network, Alphabet(LETTERS), encoder, EXAMPLES[:8], EXAMPLES[8:], 1)
    batch = next(adaptation._batches())
    x, lengths, targets, sizes = batch
    with torch.no_grad():
        loss, characters = adaptation.loss(network.eval(), batch)
        output, out_lengths = network(x, lengths)
        ctc = ctc_loss(output[:, :8], out_lengths[:8], targets, sizes).sum()
        assert float(loss) == pytest.approx(float(ctc), rel=1e-5) and int(characters) == sum(map(len, WORDS))
        next(network.parameters()).view(-1)[0] += 2.0
        moved, _ = adaptation.loss(network, batch)
        output, out_lengths = network(x, lengths)
        ctc = ctc_loss(output[:, :8], out_lengths[:8], targets, sizes).sum()
        pull = module.DISTANCE_WEIGHT * int(characters) * 4.0  # the square of how far one weight went
        divergence = (float(moved) - float(ctc) - pull) / module.DIVERGENCE_WEIGHT
        assert divergence > 0


def test_weights_between():
    old, new = {"w": torch.tensor([1.0, 2.0])}, {"w": torch.tensor([3.0, 6.0])}
    assert between(old, new, 0.25)["w"].tolist() == [1.5, 3.0]
    assert between(old, new, 0.0)["w"].tolist() == [1.0, 2.0]
    assert between(old, new, 1.0)["w"].tolist() == [3.0, 6.0]


@pytest.mark.parametrize(
    ("own", "others", "share"),
    [
        ([2.0, 1.5, 1.0, 0.9, 0.95], [0.1, 0.1, 0.1, 0.1, 0.1], 0.75),  # the lowest loss on the person's lines
        ([2.0, 1.5, 1.0, 0.9, 0.8], [0.1, 0.1, 0.1009, 0.13, 0.2], 0.5),  # of those that read other hands as before
        ([2.0, 2.1, 2.2, 2.3, 2.4], [0.1, 0.1, 0.1, 0.1, 0.1], 0.0),  # nothing was learned
        ([2.0, 1.0, 0.9, 0.8, 0.7], [0.1, 0.2, 0.3, 0.4, 0.5], 0.0),  # everything was forgotten
    ],
)
def test_how_far_the_weights_go(network, monkeypatch, own, others, share):
    monkeypatch.setattr(module, "SHARES", (0.25, 0.5, 0.75, 1.0))
    selector = ShareSelector(network, Alphabet(LETTERS), FeatureConfig(), EXAMPLES[:2], EXAMPLES[2:4])
    losses = iter(zip(own, others, strict=True))
    monkeypatch.setattr(ShareSelector, "_losses", lambda self, weights: next(losses))
    weights = network.state_dict()
    assert selector.best(weights, weights) == share


def test_words_come_back_from_a_trie_in_order():
    words = ["a", "an", "and", "ink", "inks", "it's", "pen"]
    assert Trie.of(words).words() == words


def test_replayed_texts_are_made_of_the_words_by_their_weights():
    random = np.random.default_rng(1)
    texts = replay.replay_texts(["ink", "pen", "never"], np.array([1.0, 1.0, 0.0]), 200, random)
    assert len(texts) == 200 and all(12 <= len(text) < 32 + 12 for text in texts)
    words = " ".join(texts).lower().split()
    plain = [word.strip("().,;:!?") for word in words]
    assert {word for word in plain if not word.isdigit()} == {"ink", "pen"}
    assert 0.04 < np.mean([word.isdigit() for word in plain]) < 0.13
    assert {"(", ")", ",", "."} <= set(" ".join(texts)) and any(character.isupper() for character in " ".join(texts))
