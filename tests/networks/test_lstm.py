"""The LSTM core: against its equations, nn.LSTM and ONNX's operator, and what padding and time must not change."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from torch import Tensor, nn

from handwriting.errors import InkError
from handwriting.networks.cells import ForgetCell, PeepholeCell, ThreeGateCell, both_directions
from handwriting.networks.lstm import LSTM
from handwriting.networks.onnx_weights import onnx_weights

VARIANTS = ["1997", "forget", "peephole", "coupled"]
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
every_variant = pytest.mark.parametrize("variant", VARIANTS)
every_dtype = pytest.mark.parametrize("dtype", list(TOLERANCE))


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def differ(a: Tensor, b: Tensor) -> float:
    return (a.double() - b.double()).abs().max().item()


def naive_layer(cell: nn.Module, x: Tensor, state: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """The equations as the module's docstring writes them, one sequence, one step and one gate at a time."""
    if isinstance(cell, ForgetCell):
        W, R, b, b2 = cell.weights()
        b = b + b2
        p = torch.zeros(3, cell.hidden_size, dtype=x.dtype)
    else:
        W, R, b = cell.weight_ih, cell.weight_hh, cell.bias
        p = cell.peephole if isinstance(cell, PeepholeCell) else torch.zeros(3, cell.hidden_size, dtype=x.dtype)
    h, c = state or (x.new_zeros(cell.hidden_size), x.new_zeros(cell.hidden_size))
    outputs = []
    for x_t in x:
        z = (W @ x_t + R @ h + b).split(cell.hidden_size)
        i = torch.sigmoid(z[0] + p[0] * c)
        f = torch.sigmoid(z[1] + p[1] * c) if len(z) == 4 else 1 - i if getattr(cell, "coupled", False) else 1.0
        c = f * c + i * torch.tanh(z[-2])
        h = torch.sigmoid(z[-1] + p[2] * c) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs)


def naive(network: LSTM, x: Tensor) -> Tensor:
    """One sequence (T, D) through the layers, wired as Graves 2013 with ``skip``, simply stacked without."""
    outputs: list[Tensor] = []
    for layer, cell in enumerate(network.cells):
        below = x if not outputs else torch.cat([x, outputs[-1]], 1) if network.skip else outputs[-1]
        y = naive_layer(cell, below)
        if network.bidirectional:
            y = torch.cat([y, naive_layer(network.backward_cells[layer], below.flip(0)).flip(0)], 1)
        outputs.append(y)
    return torch.cat(outputs, 1) if network.skip else outputs[-1]


@every_variant
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("skip", [False, True])
def test_equals_its_equations(variant, bidirectional, skip):
    network = LSTM(3, 5, 3, variant=variant, bidirectional=bidirectional, skip=skip).double()
    x, lengths = torch.randn(9, 4, 3, dtype=torch.float64), torch.tensor([9, 1, 6, 4])
    y, _ = network(x, lengths)
    assert y.shape == (9, 4, network.output_size)
    for b, length in enumerate(lengths):
        assert differ(y[:length, b], naive(network, x[:length, b])) < 1e-12
        assert not y[length:, b].any()


@pytest.mark.parametrize(
    ("bidirectional", "skip", "output", "inputs"),
    [
        (False, False, 5, [3, 5, 5]),
        (True, False, 10, [3, 10, 10]),
        (False, True, 15, [3, 8, 8]),
        (True, True, 30, [3, 13, 13]),
    ],
)
def test_sizes(bidirectional, skip, output, inputs):
    network = LSTM(3, 5, 3, bidirectional=bidirectional, skip=skip)
    assert network.output_size == output
    for cells in (network.cells, network.backward_cells)[: 2 if bidirectional else 1]:
        assert [cell.weights()[0].shape for cell in cells] == [(20, size) for size in inputs]


def test_equals_torch_weight_for_weight():
    torch_lstm = nn.LSTM(3, 6, 2, bidirectional=True)
    network = LSTM(3, 6, 2, bidirectional=True)
    with torch.no_grad():
        for cells, suffix in ((network.cells, ""), (network.backward_cells, "_reverse")):
            for layer, cell in enumerate(cells):
                for name, parameter in cell.lstm.named_parameters():
                    parameter.copy_(torch_lstm.get_parameter(name.replace("_l0", f"_l{layer}{suffix}")))
    x = torch.randn(12, 4, 3)
    assert differ(network(x)[0], torch_lstm(x)[0]) < 1e-6


@every_variant
@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients(variant, bidirectional):
    network = LSTM(2, 3, 2, variant=variant, bidirectional=bidirectional, skip=True).double()
    x = torch.randn(4, 2, 2, dtype=torch.float64, requires_grad=True)
    state = [torch.randn(2, 3, dtype=torch.float64, requires_grad=True) for _ in range(0 if bidirectional else 4)]

    def run(x: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        y, after = network(x, torch.tensor([4, 2]), list(zip(rest[:4:2], rest[1:4:2], strict=True)) if state else None)
        return y, *(part for layer in after for part in layer)

    assert torch.autograd.gradcheck(run, (x, *state, *network.parameters()))


@every_variant
def test_gradients_of_one_step_and_of_the_state_alone(variant):
    network = LSTM(2, 3, variant=variant).double()
    x, h, c = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((2, 2), (2, 3), (2, 3)))
    weights = tuple(network.parameters())
    assert torch.autograd.gradcheck(lambda x, h, c, *_: network.step(x, [(h, c)])[1][0], (x, h, c, *weights))
    assert torch.autograd.gradcheck(
        lambda x, h, c, *_: network(x.unsqueeze(0), None, [(h, c)])[1][0], (x, h, c, *weights)
    )


@every_variant
def test_long_sequences_take_the_same_gradient(variant):
    """Past 20 steps the recurrent weights are copied; gradients then still are those of the equations."""
    network = LSTM(3, 4, variant=variant).double()
    x = torch.randn(30, 1, 3, dtype=torch.float64)
    ours = torch.autograd.grad(network(x)[0].square().sum(), list(network.parameters()))
    expected = torch.autograd.grad(naive(network, x[:, 0]).square().sum(), list(network.parameters()))
    assert max(map(differ, ours, expected)) < 1e-12


@every_variant
@every_dtype
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=5), seed=st.integers(0, 9))
@settings(max_examples=8, deadline=None)
def test_padding_changes_nothing(variant, dtype, lengths, seed):
    torch.manual_seed(seed)
    network = LSTM(3, 6, 2, variant=variant, bidirectional=bool(seed % 2), skip=bool(seed % 3)).to(dtype)
    x = 10 * torch.randn(max(lengths) + seed % 4, len(lengths), 3, dtype=dtype)  # what pads is as large as what counts
    y, state = network(x, torch.tensor(lengths))
    for b, length in enumerate(lengths):
        alone, alone_state = network(x[:length, b : b + 1])
        assert differ(y[:length, b], alone[:, 0]) < TOLERANCE[dtype]
        for layer, alone_layer in zip(state, alone_state, strict=True):
            assert max(differ(a[b], e[0]) for a, e in zip(layer, alone_layer, strict=True)) < TOLERANCE[dtype]


@pytest.mark.parametrize("lengths", [None, torch.tensor([12, 1, 7, 12, 4])])
def test_both_directions_in_one_call(lengths):
    """What a GPU computes in one call is what two calls compute, weight for weight and gradient for gradient."""
    network = LSTM(3, 6, 2, bidirectional=True).double()
    x = 10 * torch.randn(12, 5, 3, dtype=torch.float64)
    padding = torch.zeros(12, 5, dtype=torch.bool) if lengths is None else torch.arange(12).unsqueeze(1) >= lengths
    expected, _ = network(x, lengths)
    found = x
    for ahead, back in zip(network.cells, network.backward_cells, strict=True):
        found = both_directions(ahead, back, found, None if lengths is None else padding)
    found = found.masked_fill(padding.unsqueeze(2), 0)
    assert differ(found, expected) < 1e-12
    weights = list(network.parameters())
    theirs, ours = (torch.autograd.grad(y.square().sum(), weights) for y in (expected, found))
    assert max(map(differ, ours, theirs)) < 1e-12


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("variant", [*VARIANTS, "tanh"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_gpu_computes_the_same(variant, bidirectional):
    network, lengths = LSTM(3, 6, 2, variant=variant, bidirectional=bidirectional), torch.tensor([9, 1, 5])
    x = torch.randn(9, 3, 3)
    expected, _ = network(x, lengths)
    found, _ = network.cuda()(x.cuda(), lengths.cuda())
    assert differ(found.cpu(), expected) < 1e-3  # TF32


@every_variant
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_takes_no_gradient(variant, bidirectional):
    network = LSTM(3, 4, 2, variant=variant, bidirectional=bidirectional)
    x = torch.randn(6, 2, 3, requires_grad=True)
    y, state = network(x, torch.tensor([6, 3]))
    (y.sum() + sum(part.sum() for layer in state for part in layer)).backward()
    assert not x.grad[3:, 1].any()
    assert x.grad[:3, 1].all()


@every_variant
@every_dtype
def test_steps_chunks_and_the_whole_agree(variant, dtype):
    network = LSTM(3, 6, 3, variant=variant, skip=True).to(dtype)
    x = torch.randn(40, 2, 3, dtype=dtype)
    whole, final = network(x)
    steps, state = [], None
    for x_t in x:
        y, state = network.step(x_t, state)
        steps.append(y)
    chunks, carried = [], None
    for chunk in x.split([25, 1, 14]):
        y, carried = network(chunk, None, carried)
        chunks.append(y)
    assert differ(torch.stack(steps), whole) < TOLERANCE[dtype]
    assert differ(torch.cat(chunks), whole) < TOLERANCE[dtype]
    for layer in range(3):
        for a, b, c in zip(final[layer], state[layer], carried[layer], strict=True):
            assert differ(a, b) < TOLERANCE[dtype]
            assert differ(a, c) < TOLERANCE[dtype]


def closed(variant: str) -> LSTM:
    """A layer of 4 cells with its input gate shut, its forget gate (if any) open, and gates deaf to the recurrence."""
    network = LSTM(2, 4, variant=variant, forget_bias=1000.0).double()
    (cell,) = network.cells
    weights = cell.weights() if isinstance(cell, ForgetCell) else [cell.weight_ih, cell.weight_hh, cell.bias]
    with torch.no_grad():
        weights[1].zero_()
        weights[2][:4] = -1000
        if variant == "peephole":
            cell.peephole.zero_()
    return network


@every_variant
def test_the_carousel_carries_the_error_back_200_steps(variant):
    c = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    error = torch.randn(3, 4, dtype=torch.float64)
    x = torch.randn(200, 3, 2, dtype=torch.float64)
    _, [(_, after)] = closed(variant)(x, None, [(torch.zeros_like(c), c)])
    after.backward(error)
    assert torch.equal(after, c)
    assert torch.equal(c.grad, error)


def test_without_a_carousel_the_error_vanishes():
    rnn = nn.RNN(2, 4).double()
    with torch.no_grad():
        rnn.weight_hh_l0.mul_(0.9 / torch.linalg.eigvals(rnn.weight_hh_l0).abs().max())
    h = torch.randn(1, 3, 4, dtype=torch.float64, requires_grad=True)
    rnn(torch.randn(200, 3, 2, dtype=torch.float64), h)[1].sum().backward()
    assert h.grad.abs().max() < 1e-6


@pytest.mark.parametrize("variant", ["forget", "peephole"])
@pytest.mark.parametrize("forget_bias", [1.0, -2.5])
def test_the_forget_gate_starts_where_it_is_told(variant, forget_bias):
    network = LSTM(3, 5, 2, variant=variant, bidirectional=True, forget_bias=forget_bias)
    for cell in (*network.cells, *network.backward_cells):
        bias = sum(cell.weights()[2:]) if isinstance(cell, ForgetCell) else cell.bias
        assert torch.equal(bias[5:10], torch.full((5,), forget_bias))
        assert not torch.isin(bias[:5], forget_bias).any()


@every_variant
def test_onnx_computes_the_same(variant):
    T, B, D, H = 60, 3, 4, 5
    network = LSTM(D, H, variant=variant, bidirectional=True)
    with torch.no_grad():  # large enough that a wrong gate order, or a forgotten peephole, shows
        for parameter in network.parameters():
            parameter.mul_(2)
    weights = onnx_weights(network.cells[0], network.backward_cells[0])
    assert ("P" in weights) == (variant == "peephole")
    inputs = ["x", "W", "R", "B", "lengths", "", "", "P" if "P" in weights else ""]
    graph = helper.make_graph(
        [helper.make_node("LSTM", inputs, ["y"], hidden_size=H, direction="bidirectional")],
        "lstm",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["T", "B", D]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["B"]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["T", 2, "B", H])],
        [onnx.numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    x, lengths = torch.randn(T, B, D), torch.tensor([T, 1, 25])
    (theirs,) = session.run(None, {"x": x.numpy(), "lengths": lengths.numpy().astype(np.int32)})
    theirs = theirs.transpose(0, 2, 1, 3).reshape(T, B, 2 * H)
    assert differ(network(x, lengths)[0], torch.from_numpy(theirs)) < 1e-5


@every_variant
def test_autocast_computes_in_bfloat16_and_keeps_gradients_in_float32(variant):
    network = LSTM(3, 8, 2, variant=variant)
    x, lengths = torch.randn(30, 4, 3), torch.tensor([30, 7, 1, 22])
    exact, _ = network(x, lengths)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, state = network(x, lengths)
        step, _ = network.step(x[0], state)
        y.float().sum().backward()
    assert y.dtype == torch.bfloat16
    assert differ(y, exact) < 0.03
    assert {part.dtype for layer in state for part in layer} == {torch.float32}
    assert torch.isfinite(step).all()
    assert {p.grad.dtype for p in network.parameters()} == {torch.float32}


@pytest.mark.parametrize("bidirectional", [False, True])
def test_dropout_is_between_layers_and_in_training_only(bidirectional):
    network = LSTM(3, 8, 2, bidirectional=bidirectional, dropout=0.5)
    x = torch.randn(5, 2, 3)
    assert differ(network(x)[0], network(x)[0]) > 0
    network.eval()
    plain = LSTM(3, 8, 2, bidirectional=bidirectional)
    plain.load_state_dict(network.state_dict())
    assert torch.equal(network(x)[0], plain(x)[0])
    one_layer = LSTM(3, 8, 1, dropout=0.5)
    assert torch.equal(one_layer(x)[0], one_layer(x)[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "gru"}, "'gru' is unknown; choose 1997, 1997-truncated, forget, peephole, coupled, tanh"),
        ({"input_size": 0}, "input_size is 0; it must be at least 1"),
        ({"hidden_size": -4}, "hidden_size is -4; it must be at least 1"),
        ({"num_layers": 0}, "num_layers is 0; it must be at least 1"),
        ({"dropout": 1.0}, "dropout is 1.0; it must be at least 0 and below 1"),
    ],
)
def test_refuses_to_be_built(arguments, message):
    with pytest.raises(InkError, match=message):
        LSTM(**{"input_size": 3, "hidden_size": 4, **arguments})


@pytest.mark.parametrize(
    ("shape", "lengths", "state", "message"),
    [
        ((5, 2), None, None, r"\(5, 2\); pass \(T, B, 3\)"),
        ((5, 2, 4), None, None, r"\(5, 2, 4\); pass \(T, B, 3\)"),
        ((0, 2, 3), None, None, r"\(0, 2, 3\)"),
        ((5, 2, 3), [5], None, r"lengths has shape \(1,\), expected \(2,\)"),
        ((5, 2, 3), [6, 1], None, "from 1 to 6; each must be from 1 to the 5 steps"),
        ((5, 2, 3), [5, 0], None, "from 0 to 5; each must be from 1 to the 5 steps"),
        ((5, 2, 3), None, [], r"state has 0 layers; pass one \(h, c\) for each of 1"),
        ((5, 2, 3), None, [(torch.zeros(1, 4), torch.zeros(2, 4))], r"\(1, 4\); pass \(B, H\) = \(2, 4\)"),
    ],
)
def test_refuses_what_does_not_fit(shape, lengths, state, message):
    with pytest.raises(InkError, match=message):
        LSTM(3, 4)(torch.zeros(shape), None if lengths is None else torch.tensor(lengths), state)


def test_both_directions_need_the_whole_sequence():
    network = LSTM(3, 4, bidirectional=True)
    with pytest.raises(InkError, match="cannot step; call forward instead"):
        network.step(torch.zeros(2, 3))
    with pytest.raises(InkError, match="carries no state"):
        network(torch.zeros(5, 2, 3), None, [(torch.zeros(2, 4), torch.zeros(2, 4))])


def test_a_variant_has_the_weights_of_its_equations():
    assert isinstance(LSTM(3, 4, variant="1997").cells[0], ThreeGateCell)
    assert LSTM(3, 4, variant="1997").cells[0].bias.shape == (12,)
    assert LSTM(3, 4, variant="peephole").cells[0].bias.shape == (16,)
