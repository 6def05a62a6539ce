"""The two networks: wiring, stepping, padding."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from handwriting.errors import InkError
from handwriting.networks.mixture import output_size
from handwriting.networks.synthesizer import PredictionConfig, PredictionNetwork, SynthesisConfig, SynthesisNetwork

T, B, U, C, H, K, M = 24, 3, 6, 5, 7, 3, 2
VARIANTS = ["forget", "peephole"]
tolerances = pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def synthesis(dtype: torch.dtype = torch.float64, **changes) -> SynthesisNetwork:
    config = SynthesisConfig(**{"hidden_size": H, "mixtures": M, "characters": C, "components": K, **changes})
    network = SynthesisNetwork(config).to(dtype)
    with torch.no_grad():
        network.first.window.linear.bias[2 * K :] += 2  # over the text within these few steps
    return network


def inputs(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    text = torch.randint(1, C + 1, (B, U))
    text[1, 4:] = 0
    return torch.randn(T, B, 3, dtype=dtype), text


def close(a: Tensor, b: Tensor, tolerance: float = 1e-12) -> bool:
    return bool((a - b).abs().max() <= tolerance * max(1, b.abs().max()))


def test_the_papers_sizes():
    assert SynthesisNetwork(SynthesisConfig()).output.out_features == output_size(20) == 121
    prediction = PredictionNetwork(PredictionConfig())
    assert (prediction.output.in_features, prediction.output.out_features) == (1200, 121)


@tolerances
@pytest.mark.parametrize("variant", VARIANTS)
def test_synthesis_whole_is_step_by_step(dtype, tolerance, variant):
    network, (x, text) = synthesis(dtype, variant=variant), inputs(dtype)
    y, phi, last = network(x, text)
    assert y.shape == (T, B, output_size(M))
    state = None
    for t, x_t in enumerate(x):
        y_t, phi_t, state = network.step(x_t, text, state)
        assert close(y_t, y[t], tolerance)
        assert close(phi_t, phi[t], tolerance)
    assert close(state.kappa, last.kappa, tolerance)
    assert close(state.w, last.w, tolerance)
    for one, other in zip(state.layers, last.layers, strict=True):
        assert close(one[0], other[0], tolerance)
        assert close(one[1], other[1], tolerance)


@tolerances
@pytest.mark.parametrize("variant", VARIANTS)
def test_prediction_whole_is_step_by_step(dtype, tolerance, variant):
    network = PredictionNetwork(PredictionConfig(H, 3, M, variant)).to(dtype)
    x, state = inputs(dtype)[0], None
    y, _ = network(x)
    for t, x_t in enumerate(x):
        y_t, state = network.step(x_t, state)
        assert close(y_t, y[t], tolerance)


def test_gradients_are_those_of_stepping():
    network, (x, text) = synthesis(), inputs()
    pull = torch.randn(T, B, output_size(M), dtype=torch.float64)
    (network(x, text)[0] * pull).sum().backward()
    whole = {name: p.grad.clone() for name, p in network.named_parameters()}
    network.zero_grad()
    state, total = None, 0
    for x_t, pull_t in zip(x.unbind(), pull, strict=True):
        y, _, state = network.step(x_t, text, state)
        total = total + (y * pull_t).sum()
    total.backward()
    for name, p in network.named_parameters():
        assert close(whole[name], p.grad, 1e-11), name


def test_a_sequence_in_two_parts_is_the_sequence():
    network, (x, text) = synthesis(), inputs()
    whole, _, _ = network(x, text)
    first, _, state = network(x[:10], text)
    second, _, _ = network(x[10:], text, state)
    assert close(torch.cat([first, second]), whole)


@tolerances
def test_padding_in_time_and_text_changes_nothing(dtype, tolerance):
    network, (x, text) = synthesis(dtype), inputs(dtype)
    length, characters = 15, 4
    alone, phi, _ = network(x[:length, 1:2], text[1:2, :characters])
    x[length:, 1] = 1e3
    together, phi_together, _ = network(x, text)
    assert close(together[:length, 1], alone[:, 0], tolerance)
    assert close(phi_together[:length, 1, :characters], phi[:, 0], tolerance)
    assert not phi_together[:, 1, characters:].any()


def moved(network: SynthesisNetwork, x: Tensor, text: Tensor, at: int, b: int = 0) -> list[bool]:
    """For each layer: whether its output at step ``at`` depends on the text."""
    other = text.clone()
    other[b] = other[b] % C + 1
    states = []
    for t in (text, other):
        _, _, state = network(x[: at + 1], t)
        states.append([h[b] for h, _ in state.layers])
    return [not torch.equal(h, g) for h, g in zip(*states, strict=True)]


def test_w_feeds_the_upper_layers_at_once_and_layer_1_a_step_later():
    network, (x, text) = synthesis(), inputs()
    assert moved(network, x, text, 0) == [False, True, True]
    assert moved(network, x, text, 1) == [True, True, True]


def test_every_layer_feeds_the_mixture_and_sees_the_input():
    for network in (synthesis(), PredictionNetwork(PredictionConfig(H, 3, M)).double()):
        x, text = inputs()
        texts = (text,) if isinstance(network, SynthesisNetwork) else ()
        assert network.output.in_features == 3 * H
        y = network(x, *texts)[0]
        cells = [network.first.cell, *network.upper] if texts else list(network.lstm.cells)
        for layer, cell in enumerate(cells):
            seen, fed = cell.lstm.weight_ih_l0, network.output.weight
            gradient_seen, gradient_fed = torch.autograd.grad(y.square().sum(), [seen, fed], retain_graph=True)
            assert (gradient_seen[:, :3].abs().sum(0) > 0).all(), layer
            assert (gradient_fed[:, layer * H : (layer + 1) * H].abs().sum(0) > 0).all(), layer


def test_upper_layers_see_input_window_and_the_layer_below_only():
    network = synthesis()
    assert [cell.lstm.input_size for cell in network.upper] == [3 + C + H, 3 + C + H]
    assert network.first.cell.lstm.input_size == 3 + C


def test_dropout_acts_in_training_only():
    network, (x, text) = synthesis(dropout=0.5), inputs()
    assert not torch.equal(network(x, text)[0], network(x, text)[0])
    network.eval()
    assert torch.equal(network(x, text)[0], network(x, text)[0])


def test_wrong_shapes_are_refused():
    network, (x, text) = synthesis(), inputs()
    with pytest.raises(InkError, match=r"x has shape \(24, 3, 2\); pass \(T, B, 3\)"):
        network(x[..., :2], text)
    with pytest.raises(InkError, match=r"text has shape \(2, 6\)"):
        network(x, text[:2])


def test_a_code_gives_the_same_outputs_and_gradients_over_all_steps_and_step_by_step():
    torch.manual_seed(0)
    sizes = {"hidden_size": 12, "mixtures": 2, "characters": 7, "components": 3, "code": 5, "writers": 4, "controls": 1}
    network = SynthesisNetwork(SynthesisConfig(**sizes)).double()
    with torch.no_grad():
        network.basis.mul_(20)
    x, text = torch.randn(9, 2, 3).double(), torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]])
    code = torch.randn(2, 5).double().requires_grad_()
    whole = network(x, text, None, code)[0]
    state, steps = None, []
    for now in x:
        outputs, _, state = network.step(now, text, state, network.hand(code))
        steps.append(outputs)
    single = torch.stack(steps)
    assert (whole - single).abs().max() < 1e-12
    assert (whole - network(x, text)[0]).abs().max() > 0.01  # the code does something
    parts = [code, network.basis, network.first.cell.lstm.bias_ih_l0, network.first.cell.lstm.weight_hh_l0]
    for ours, theirs in zip(*(torch.autograd.grad(y.square().sum(), parts) for y in (whole, single)), strict=True):
        assert (ours - theirs).abs().max() < 1e-11 * theirs.abs().max()


def test_a_code_of_another_size_or_variant_is_refused():
    network = SynthesisNetwork(SynthesisConfig(hidden_size=4, characters=3, code=5, writers=2))
    with pytest.raises(InkError, match=r"\(B, Z\) = \(1, 5\)"):
        network(torch.zeros(2, 1, 3), torch.ones(1, 1, dtype=torch.int64), None, torch.zeros(1, 4))
    with pytest.raises(InkError, match="forget"):
        SynthesisNetwork(SynthesisConfig(hidden_size=4, characters=3, code=5, writers=2, variant="peephole"))
