"""A cell alone: under autocast on the CPU its inputs are padded to a multiple of 32, which changes no number."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from handwriting.networks import cells
from handwriting.networks.cells import ForgetCell

T, B, H = 11, 3, 8
SIZES = [1, 3, 31, 32, 33, 64]
Outcome = tuple[list[Tensor], list[Tensor]]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def outcome(size: int, last: Tensor | None, mixed: bool) -> Outcome:
    """y, h, c, and the gradients of x, the state and the weights; the same cell and inputs at each call."""
    torch.manual_seed(size)
    cell = ForgetCell(size, H, 1.0)
    x, h, c = (torch.randn(*shape, requires_grad=True) for shape in ((T, B, size), (B, H), (B, H)))
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        y, state = cell(x, (h, c), last)
    pulls = [torch.randn(v.shape) for v in (y, *state)]
    leaves = [x, h, c, *cell.weights()]
    loss = sum((v.float() * p).sum() for v, p in zip((y, *state), pulls, strict=True))
    return [y, *state], list(torch.autograd.grad(loss, leaves))


def unpadded(monkeypatch: pytest.MonkeyPatch, size: int, last: Tensor | None, mixed: bool) -> Outcome:
    with monkeypatch.context() as patch:
        patch.setattr(cells, "_ALIGNMENT", 1)
        return outcome(size, last, mixed)


lasts = pytest.mark.parametrize("last", [None, torch.tensor([10, 0, 6])])


@lasts
@pytest.mark.parametrize("size", SIZES)
def test_padded_inputs_give_what_they_would_without(monkeypatch, size, last):
    """Outputs to bfloat16's last place, gradients to its precision: both kernels round after other partial sums."""
    padded, plain = outcome(size, last, mixed=True), unpadded(monkeypatch, size, last, mixed=True)
    for ours, theirs in zip(padded[0], plain[0], strict=True):
        assert ours.dtype == theirs.dtype
        assert torch.allclose(ours.float(), theirs.float(), rtol=2**-8, atol=2**-9)
    for ours, theirs in zip(padded[1], plain[1], strict=True):
        assert ours.dtype == theirs.dtype == torch.float32
        assert ours.shape == theirs.shape
        assert (ours - theirs).norm() <= 2**-8 * theirs.norm()


@lasts
@pytest.mark.parametrize("size", SIZES)
def test_under_autocast_it_is_float32_to_bfloat16s_precision(size, last):
    """What no mistake in the padding could pass in both kernels alike."""
    mixed, exact = outcome(size, last, mixed=True), outcome(size, last, mixed=False)
    for ours, theirs in zip([*mixed[0], *mixed[1]], [*exact[0], *exact[1]], strict=True):
        assert (ours.float() - theirs).norm() <= 0.03 * theirs.norm()


@lasts
def test_the_kernel_gets_a_multiple_of_32_inputs(monkeypatch, last):
    seen = []
    real = torch.lstm

    def lstm(x: Tensor, *rest):
        seen.append((x.shape[2], rest[1][0].shape[1]))
        return real(x, *rest)

    monkeypatch.setattr(torch, "lstm", lstm)
    for size in SIZES:
        outcome(size, last, mixed=True)
    more = [size + (last is not None) for size in SIZES]  # one input tells padding in time
    assert seen == [(-(-size // 32) * 32,) * 2 for size in more]


@lasts
@pytest.mark.parametrize("size", SIZES)
def test_float32_is_untouched(monkeypatch, size, last):
    plain = unpadded(monkeypatch, size, last, mixed=False)

    def refuse(*_args, **_options):
        raise AssertionError("padded")

    monkeypatch.setattr(F, "pad", refuse)
    ours = outcome(size, last, mixed=False)
    for a, b in zip([*ours[0], *ours[1]], [*plain[0], *plain[1]], strict=True):
        assert torch.equal(a, b)


def test_weights_keep_their_shape():
    cell = ForgetCell(5, H, 1.0)
    with torch.autocast("cpu", torch.bfloat16):
        cell(torch.randn(T, B, 5), (torch.zeros(B, H), torch.zeros(B, H)))
    assert cell.weights()[0].shape == (4 * H, 5)


@pytest.mark.parametrize("variant", ["1997", "1997-truncated"])
def test_under_autocast_a_carousel_does_not_stand_still(variant):
    """0.01 is added 600 times; next to 4 a cell in bfloat16 cannot hold it."""
    cell = cells.make_cell(variant, 1, H)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias[H : 2 * H] = 0.02  # the input gate stands at a half
    zero = torch.zeros(1, H)
    with torch.autocast("cpu", torch.bfloat16):
        y, (_, c) = cell(torch.zeros(600, 1, 1), (zero, zero))
    assert y.dtype == torch.bfloat16
    assert torch.allclose(c, torch.tensor(6.0), rtol=1e-3)
