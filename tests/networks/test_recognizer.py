"""The weights that the recognizer's training begins with."""

from __future__ import annotations

import pytest
import torch

from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, ctc_loss


def network(variant: str = "forget", **sizes) -> RecognizerNetwork:
    torch.manual_seed(3)
    return RecognizerNetwork(RecognizerConfig(variant=variant, dropout=0.0, **sizes)).eval()


def test_peepholes_begin_as_small_as_the_cell_makes_them():
    peepholes = [p for name, p in network("peephole").named_parameters() if name.endswith("peephole")]
    assert len(peepholes) == 6
    assert all(0 < p.abs().max() <= 256**-0.5 for p in peepholes)


def test_the_forget_gates_keep_their_bias():
    biases = [cell.lstm.bias_ih_l0 + cell.lstm.bias_hh_l0 for cell in network().lstm.cells]
    assert all(torch.allclose(bias[256:512], torch.ones(256)) for bias in biases)


@pytest.mark.parametrize("variant", ["1997", "forget", "peephole"])
def test_single_characters_are_learnt_at_once(variant):
    """A stroke in a direction of its own for each of four characters; with torch's own weights 2.2 nats are left."""
    net = network(variant, input_size=2, output_size=5, hidden_size=32, channels=[16]).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    targets = torch.arange(16) % 4 + 1
    angle = targets * (torch.pi / 2)
    x = 0.3 * torch.stack([angle.cos(), angle.sin()], 1).expand(6, 16, 2) + 0.02 * torch.randn(6, 16, 2)
    for _ in range(60):
        loss = ctc_loss(*net(x, torch.full((16,), 6)), targets, torch.ones(16, dtype=torch.long)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.3
