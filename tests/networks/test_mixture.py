"""The mixture density: a density, the right one, and one that no input breaks."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from handwriting.networks.mixture import GRADIENT_LIMIT, Mixture, output_size

FLOOR = (0.02, 0.05)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def outputs(*shape: int, mixtures: int = 4) -> Tensor:
    return torch.randn(*shape, output_size(mixtures), dtype=torch.float64)


def points(*shape: int) -> Tensor:
    target = torch.randn(*shape, 3, dtype=torch.float64)
    target[..., 2] = (target[..., 2] > 0).double()
    return target


def test_twenty_components_are_121_outputs():
    assert output_size(20) == 121


def test_density_integrates_to_one():
    mixture = Mixture.of(outputs(5), FLOOR)
    axis = torch.linspace(-40, 40, 1601, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1)  # (n, n, 2)
    for k in range(5):
        one = Mixture(*(getattr(mixture, name)[k] for name in ("end", "log_pi", "mu", "log_sigma", "rho")))
        density = one.log_density(grid).exp().sum() * (axis[1] - axis[0]) ** 2
        assert density.item() == pytest.approx(1, abs=1e-4)
    bits = torch.tensor([0.0, 1.0], dtype=torch.float64)
    here = torch.zeros(2, 5, 3, dtype=torch.float64)
    here[..., 2] = bits.unsqueeze(1)
    of_the_bit = (-mixture.nats(here) - mixture.log_density(here[..., :2])).exp()
    assert torch.allclose(of_the_bit.sum(0), torch.ones(5, dtype=torch.float64), atol=1e-12)


def test_agrees_with_torch_distributions():
    y, target = outputs(7, 3), points(7, 3)
    end, pi, mu_x, mu_y, sigma_x, sigma_y, rho = y.split([1, 4, 4, 4, 4, 4, 4], -1)
    sigma_x, sigma_y = sigma_x.exp().clamp(min=FLOOR[0]), sigma_y.exp().clamp(min=FLOOR[1])
    across = rho.tanh() * sigma_x * sigma_y
    covariance = torch.stack([sigma_x**2, across, across, sigma_y**2], -1).unflatten(-1, (2, 2))
    normal = MultivariateNormal(torch.stack([mu_x, mu_y], -1), covariance)
    theirs = MixtureSameFamily(Categorical(logits=pi), normal)
    e = 1 / (1 + end.squeeze(-1).exp())
    expected = -theirs.log_prob(target[..., :2]) - torch.where(target[..., 2] > 0, e, 1 - e).log()
    mixture = Mixture.of(y, FLOOR)
    assert (mixture.nats(target) - expected).abs().max() < 1e-12 * expected.abs().max()
    assert (mixture.mean() - theirs.mean).abs().max() < 1e-12


def test_gradient():
    target = points(3, 2)
    y = outputs(3, 2).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda v: Mixture.of(v, (1e-4, 1e-4)).nats(target), (y,), check_undefined_grad=False
    )
    assert torch.autograd.gradcheck(lambda v: Mixture.of(v, (1e-4, 1e-4)).mean(), (y,), check_undefined_grad=False)


def test_no_sigma_is_below_the_floor():
    y = outputs(6)
    y[:, 1 + 3 * 4 : 1 + 5 * 4] = -50
    sigma = Mixture.of(y, FLOOR).log_sigma.exp()
    assert torch.allclose(sigma, torch.tensor(FLOOR, dtype=torch.float64).unsqueeze(1).expand(6, 2, 4))


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_extreme_outputs_and_points_stay_finite(size, dtype):
    y = (outputs(200).sign() * size).to(dtype).requires_grad_()
    for far in (1.0, 1e4, 1e12):
        target = points(200).float()
        target[:, :2] *= far
        nats = Mixture.of(y, (1e-3, 1e-3)).nats(target)
        assert nats.isfinite().all()
        (gradient,) = torch.autograd.grad(nats.sum(), y)
        assert gradient.isfinite().all()
        assert gradient.abs().max() <= GRADIENT_LIMIT


def test_gradients_are_clipped_one_by_one_and_the_callers_tensor_is_left_alone():
    y = torch.zeros(2, output_size(1), requires_grad=True)
    far = torch.tensor([[5000.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
    (gradient,) = torch.autograd.grad(Mixture.of(y, FLOOR).nats(far).sum(), y, retain_graph=True)
    assert gradient[0, 2].item() == -GRADIENT_LIMIT
    assert gradient[1, 2].item() == pytest.approx(-0.5)
    (direct,) = torch.autograd.grad((1000 * y).sum(), y)
    assert direct.max() == 1000


def test_one_component_by_hand():
    """A standard normal at its mean, the pen as likely up as down."""
    nats = Mixture.of(torch.zeros(output_size(1)), FLOOR).nats(torch.zeros(3))
    assert nats.item() == pytest.approx(math.log(2 * math.pi) + math.log(2))
