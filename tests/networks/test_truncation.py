"""Gradients that are cut off in time, against slow implementations of what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from handwriting.errors import InkError
from handwriting.networks.cells import make_cell
from handwriting.networks.lstm import LSTM
from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork
from handwriting.networks.truncation import blockwise, truncate

T, B, D, H = 12, 3, 4, 5


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def test_the_gradient_of_1997_is_the_one_of_its_appendix():
    """Derivatives accumulated forward in time, as the paper states them: Hochreiter & Schmidhuber 1997, appendix A.1.

    With s the cell's content, u = [x_t, y_{t-1}, 1] what a unit reads, and the truncation, the only derivatives are ::

        ds_t / dw_in = ds_{t-1} / dw_in + g(net_c) f'(net_in) u
        ds_t / dw_c  = ds_{t-1} / dw_c  + f(net_in) g'(net_c) u
        dy_t / dw_out = h(s_t) f'(net_out) u        dy_t / dw = f(net_out) h'(s_t) ds_t / dw
    """
    cell = make_cell("1997-truncated", D, H).double()
    x = torch.randn(T, 1, D, dtype=torch.float64)
    pulls = torch.randn(T, 1, H, dtype=torch.float64)
    zero = torch.zeros(1, H, dtype=torch.float64)
    y, _ = cell(x, (zero, zero))
    (y * pulls).sum().backward()

    W, R, b = (v.detach().numpy() for v in (cell.weight_ih, cell.weight_hh, cell.bias))
    weights = np.concatenate([W, R, b[:, None]], 1).reshape(3, H, D + H + 1)  # input gate, cell, output gate
    gradient = np.zeros_like(weights)
    of_content = np.zeros((2, H, D + H + 1))
    content, before = np.zeros(H), np.zeros(H)
    for x_t, pull in zip(x[:, 0].numpy(), pulls[:, 0].numpy(), strict=True):
        u = np.concatenate([x_t, before, [1.0]])
        for j in range(H):
            net_in, net_c, net_out = (weights[k, j] @ u for k in range(3))
            i, g, o = logistic(net_in), np.tanh(net_c), logistic(net_out)
            of_content[0, j] += g * i * (1 - i) * u
            of_content[1, j] += i * (1 - g * g) * u
            content[j] += i * g
            h = np.tanh(content[j])
            gradient[2, j] += pull[j] * h * o * (1 - o) * u
            gradient[:2, j] += pull[j] * o * (1 - h * h) * of_content[:, j]
            before[j] = o * h
    ours = torch.cat([cell.weight_ih.grad, cell.weight_hh.grad, cell.bias.grad[:, None]], 1).numpy()
    assert np.abs(ours.reshape(gradient.shape) - gradient).max() < 1e-12


def test_the_truncated_rule_changes_the_gradient_and_nothing_else():
    exact, short = make_cell("1997", D, H), make_cell("1997-truncated", D, H)
    short.load_state_dict(exact.state_dict())
    x, zero = torch.randn(T, B, D), torch.zeros(B, H)
    ours, theirs = short(x, (zero, zero))[0], exact(x, (zero, zero))[0]
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-6)
    ours.sum().backward()
    theirs.sum().backward()
    assert not torch.allclose(short.weight_hh.grad, exact.weight_hh.grad)


def slow(cell: nn.Module, x: torch.Tensor, steps: int) -> torch.Tensor:
    """One step after the other, with the state cut off from its history before every ``steps``-th."""
    state = (torch.zeros(B, H, dtype=x.dtype),) * 2
    outputs = []
    for t, x_t in enumerate(x):
        if t % steps == 0:
            state = (state[0].detach(), state[1].detach())
        state = cell.step(x_t, state)
        outputs.append(state[0])
    return torch.stack(outputs)


@pytest.mark.parametrize("variant", ["1997", "forget", "peephole", "tanh"])
@pytest.mark.parametrize("steps", [1, 5, 12, 40])
def test_blocks_have_the_gradient_of_a_state_without_history(variant, steps):
    cell = make_cell(variant, D, H).double()
    x = torch.randn(T, B, D, dtype=torch.float64, requires_grad=True)
    zero = torch.zeros(B, H, dtype=torch.float64)
    pull = torch.randn(T, B, H, dtype=torch.float64)
    gradients = []
    for y in (blockwise(cell, x, (zero, zero), steps)[0], slow(cell, x, steps)):
        gradients.append(torch.autograd.grad((y * pull).sum(), [x, *cell.parameters()]))
    for ours, theirs in zip(*gradients, strict=True):
        assert (ours - theirs).abs().max() < 1e-12


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_truncated_network_computes_the_same_values(bidirectional):
    network = LSTM(D, H, 2, bidirectional=bidirectional)
    x, lengths = torch.randn(T, B, D), torch.tensor([12, 3, 7])
    exact, states = network(x, lengths)
    truncate(network, 4)
    short, after = network(x, lengths)
    assert torch.allclose(exact, short, atol=1e-6)
    for one, other in zip(states, after, strict=True):
        assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_the_first_input_feels_errors_of_its_own_block_only():
    network = LSTM(D, H, 2)
    truncate(network, 4)
    x = torch.randn(T, B, D, requires_grad=True)
    y, _ = network(x)
    (within,) = torch.autograd.grad(y[3].sum(), x, retain_graph=True)
    (beyond,) = torch.autograd.grad(y[4].sum(), x)
    assert within[0].abs().max() > 0
    assert not beyond[:4].any()


def test_a_truncated_synthesizer_computes_the_same_values():
    network = SynthesisNetwork(SynthesisConfig(H, 2, 3, characters=7, components=2))
    x, text = torch.randn(T, B, 3), torch.randint(1, 8, (B, 6))
    y, phi, state = network(x, text)
    truncate(network, 5)
    ours, window, after = network(x, text)
    assert torch.allclose(y, ours, atol=1e-5)
    assert torch.allclose(phi, window, atol=1e-5)
    assert torch.allclose(state.kappa, after.kappa, atol=1e-5)
    ours.sum().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


def test_what_cannot_be_truncated_is_refused():
    with pytest.raises(InkError, match="no recurrent part"):
        truncate(nn.Linear(2, 2), 3)
    with pytest.raises(InkError, match="truncate is 0"):
        truncate(LSTM(2, 2), 0)
    truncate(nn.Linear(2, 2), None)
