"""Encoder and decoder: padding changes nothing, and the graph that runs computes what the network does."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
import torch

from handwriting.alphabet import Alphabet
from handwriting.networks.seq2seq import Seq2SeqConfig, Seq2SeqNetwork
from handwriting.recognition.seq2seq import Seq2SeqDecoder
from handwriting.training.seq2seq import build, write

ALPHABET = Alphabet("abcdefg")
both = pytest.mark.parametrize("attention", [True, False])


def network(attention: bool) -> Seq2SeqNetwork:
    torch.manual_seed(3)
    config = Seq2SeqConfig(
        14, ALPHABET.size, 6, 2, "forget", [8], [2], attention=attention,
        decoder_size=7, embedding=5, attention_size=6, filters=3, window=5,
    )  # fmt: skip
    made = Seq2SeqNetwork(config).eval()
    with torch.no_grad():  # so that texts differ and have several characters
        for parameter in made.parameters():
            parameter.mul_(1.5)
        made.head.output.bias[0] = -0.4
    return made


@both
def test_padding_changes_nothing(attention):
    made = network(attention)
    long, short = torch.randn(40, 1, 14), torch.randn(17, 1, 14)
    x = torch.zeros(40, 2, 14)
    x[:, :1], x[:17, 1:] = long, short
    text = torch.tensor([[1, 2, 3, 0], [4, 5, 6, 0]])
    together = made(x, torch.tensor([40, 17]), text)
    for row, (alone, length) in enumerate(((long, 40), (short, 17))):
        single = made(alone, torch.tensor([length]), text[row : row + 1])
        assert torch.allclose(together[row], single[0], atol=1e-5)


@both
def test_a_character_depends_on_those_before_it_alone(attention):
    made = network(attention)
    x, lengths = torch.randn(20, 1, 14), torch.tensor([20])
    one, other = made(x, lengths, torch.tensor([[1, 2, 3, 0]])), made(x, lengths, torch.tensor([[1, 2, 5, 0]]))
    assert torch.allclose(one[:, :3], other[:, :3], atol=1e-6)
    assert not torch.allclose(one[:, 3], other[:, 3], atol=1e-6)


@both
def test_the_graph_reads_what_the_network_reads(attention, tmp_path):
    made = network(attention)
    weights = {name: value.numpy() for name, value in made.state_dict().items()}
    card = {"kind": "recognizer", "network": asdict(made.config), "alphabet": ALPHABET.characters, "head": "seq2seq"}
    write(tmp_path, card, weights, quantise=False)
    made = build(card, {name: value.astype(np.float16) for name, value in weights.items()})
    decoder = Seq2SeqDecoder(tmp_path, ALPHABET, attention)
    lengths = set()
    for seed in range(4):
        x = torch.randn(30, 1, 14, generator=torch.Generator().manual_seed(seed))
        memory, _, _ = made.encode(x, torch.tensor([30]))
        found = decoder.decode(memory[0].detach().numpy())
        (indices,) = made.read(x, torch.tensor([30]))
        assert found.hypothesis.text == ALPHABET.decode(indices)
        lengths.add(len(indices))
        assert len(found.hypothesis.steps) == len(indices)
        if attention:
            assert found.attention.shape == (len(indices), 15)
            assert np.allclose(found.attention.sum(1), 1, atol=1e-5)
        else:
            assert found.attention is None
        text = torch.tensor([[*indices, 0][:15]])
        logits = made(x, torch.tensor([30]), text)[0].log_softmax(1)
        expected = logits[torch.arange(text.shape[1]), text[0]].sum().item()
        assert found.hypothesis.log_probability == pytest.approx(expected, abs=1e-4)
    assert max(lengths) > 0
