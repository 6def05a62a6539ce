"""The window: against its equations, never moving back, and the recurrence against stepping."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from handwriting.networks.window import (
    EXPONENT_LIMIT,
    POINTS_PER_CHARACTER,
    Window,
    WindowedLayer,
    one_hot,
    window_weights,
)

B, K, U, C, H = 3, 4, 6, 5, 7


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def text() -> Tensor:
    indices = torch.randint(1, C + 1, (B, U))
    indices[1, 4:] = 0
    return indices


def layer(dtype: torch.dtype = torch.float64, variant: str = "forget") -> WindowedLayer:
    """A layer whose window moves over the text within a few steps."""
    network = WindowedLayer(3, C, H, K, variant).to(dtype)
    with torch.no_grad():
        network.window.linear.weight.mul_(3)
        network.window.linear.bias[2 * K :] += 2
    return network


def start(dtype: torch.dtype = torch.float64) -> tuple:
    zeros = torch.zeros(B, H, dtype=dtype)
    return (zeros, zeros), torch.zeros(B, K, dtype=dtype), torch.zeros(B, C, dtype=dtype)


def test_one_hot_has_no_character_at_padding():
    hot = one_hot(torch.tensor([[2, 1, 0]]), 2)
    assert hot.tolist() == [[[0, 1], [1, 0], [0, 0]]]


def test_weights_are_the_direct_sum():
    alpha, beta, kappa = (torch.rand(B, K, dtype=torch.float64) * s for s in (2, 3, U))
    phi = window_weights(alpha, beta, kappa, U)
    for b in range(B):
        for u in range(1, U + 1):
            direct = sum(
                alpha[b, k].item() * math.exp(-beta[b, k].item() * (kappa[b, k].item() - u) ** 2) for k in range(K)
            )
            assert phi[b, u - 1].item() == pytest.approx(direct, abs=1e-12)


def test_window_is_its_equations():
    window, h, kappa = Window(H, K).double(), torch.randn(B, H).double(), torch.rand(B, K).double()
    hot = one_hot(text(), C).double()
    w, phi, moved = window(h, kappa, hot)
    alpha, beta, move = (h @ window.linear.weight.T + window.linear.bias).exp().split(K, 1)
    assert torch.allclose(moved, kappa + move, atol=1e-12)
    expected = window_weights(alpha, beta, kappa + move, U)
    assert torch.allclose(phi[0], expected[0], atol=1e-12)
    assert not phi[1, 4:].any()
    direct = torch.zeros(C, dtype=torch.float64)
    for u, character in enumerate(text_of(hot[1])):
        if character:
            direct[character - 1] += expected[1, u]
    assert torch.allclose(w[1], direct, atol=1e-12)


def text_of(hot: Tensor) -> list[int]:
    return [int(row.argmax()) + 1 if row.any() else 0 for row in hot]


def test_window_starts_at_the_speed_of_writing():
    window = Window(400, 10)
    _, _, kappa = window(torch.zeros(1, 400), torch.zeros(1, 10), one_hot(torch.ones(1, 3, dtype=torch.int64), 1))
    assert torch.allclose(kappa, torch.full((1, 10), 1 / POINTS_PER_CHARACTER))


def test_window_never_moves_back():
    network, (state, kappa, w) = layer(), start()
    hot = one_hot(text(), C).double()
    for x in torch.randn(50, B, 3).double() * 3:
        before = kappa
        state, w, phi, kappa = network.step(x, hot, state, kappa, w)
        assert (kappa > before).all()
        assert (phi >= 0).all()


@pytest.mark.parametrize("variant", ["forget", "peephole"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_all_steps_at_once_are_the_steps(dtype, tolerance, variant):
    network, x, hot = layer(dtype, variant), torch.randn(40, B, 3, dtype=dtype), one_hot(text(), C).to(dtype)
    pull_y, pull_w = torch.randn(40, B, H, dtype=dtype), torch.randn(40, B, C, dtype=dtype)
    y, ws, phi, (h, c), kappa = network(x, hot, *start(dtype))
    ((y * pull_y).sum() + (ws * pull_w).sum()).backward()
    gradients = {name: p.grad.clone() for name, p in network.named_parameters()}
    network.zero_grad()
    state, k, w = start(dtype)
    total = 0
    for t, x_t in enumerate(x.unbind()):
        state, w, phi_t, k = network.step(x_t, hot, state, k, w)
        total = total + (state[0] * pull_y[t]).sum() + (w * pull_w[t]).sum()
        for mine, theirs in ((y[t], state[0]), (ws[t], w), (phi[t], phi_t)):
            assert (mine - theirs).abs().max() <= tolerance * max(1, theirs.abs().max())
    for mine, theirs in ((h, state[0]), (c, state[1]), (kappa, k)):
        assert (mine - theirs).abs().max() <= tolerance * max(1, theirs.abs().max())
    total.backward()
    for name, p in network.named_parameters():
        assert (p.grad - gradients[name]).abs().max() <= 10 * tolerance * max(1, p.grad.abs().max()), name


def test_gradient():
    network, x, hot = layer(), torch.randn(5, B, 3).double(), one_hot(text(), C).double()
    names = [name for name, _ in network.named_parameters()]

    def run(*values: Tensor) -> tuple[Tensor, ...]:
        arguments = (x, hot, *start())
        return torch.func.functional_call(network, dict(zip(names, values, strict=True)), arguments)[:2]

    assert torch.autograd.gradcheck(run, tuple(p.detach().requires_grad_() for p in network.parameters()))


@pytest.mark.parametrize("size", [1e3, 1e30])
def test_extreme_parameters_stay_finite(size):
    network, x, hot = layer(torch.float32), torch.randn(30, B, 3) * 1e3, one_hot(text(), C)
    with torch.no_grad():
        network.window.linear.weight.normal_().mul_(size)
    y, ws, phi, _, kappa = network(x, hot, *start(torch.float32))
    (y.sum() + ws.sum()).backward()
    assert all(v.isfinite().all() for v in (y, ws, phi, kappa))
    assert all(p.grad.isfinite().all() for p in network.parameters())
    assert kappa.max() <= 30 * math.exp(EXPONENT_LIMIT) * 1.001


def test_bfloat16_leaves_locations_exact_to_its_rounding():
    network, x, hot = layer(torch.float32), torch.randn(40, B, 3), one_hot(text(), C)
    exact = network(x, hot, *start(torch.float32))
    with torch.autocast("cpu", torch.bfloat16):
        rounded = network(x, hot, *start(torch.float32))
    assert rounded[4].dtype == torch.float32
    assert torch.allclose(exact[4], rounded[4], rtol=0.05)
    rounded[0].float().sum().backward()
    assert all(p.grad.isfinite().all() and p.grad.dtype == torch.float32 for p in network.parameters())
