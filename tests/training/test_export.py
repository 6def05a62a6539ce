"""The exported graph computes what the network does, whatever it is padded with."""

import numpy as np
import pytest
import torch

from handwriting.errors import InkError
from handwriting.networks.recognizer import RecognizerConfig, RecognizerNetwork, output_steps, steps_needed
from handwriting.networks.synthesizer import PredictionConfig, PredictionNetwork, SynthesisConfig, SynthesisNetwork
from handwriting.runtime import Graph, Recurrence, batches_by_length, pad
from handwriting.training.export import hand_order, int8, int8_step, recognizer_graph, step_graph

LENGTHS = (1, 2, 5, 40, 97)


def network(**changes) -> RecognizerNetwork:
    torch.manual_seed(0)
    return RecognizerNetwork(
        RecognizerConfig(**{"input_size": 9, "output_size": 20, "hidden_size": 16, **changes})
    ).eval()


def sequences() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.normal(size=(length, 9)).astype(np.float32) for length in LENGTHS]


@torch.no_grad()
def by_torch(net: RecognizerNetwork, steps: list[np.ndarray]) -> list[np.ndarray]:
    padded, lengths = pad(steps)
    log_probs, out = net(torch.from_numpy(padded), torch.from_numpy(lengths))
    return [log_probs[:n, i].numpy() for i, n in enumerate(out)]


def by_graph(model: bytes, steps: list[np.ndarray], tmp_path) -> list[np.ndarray]:
    (tmp_path / "model.onnx").write_bytes(model)
    padded, lengths = pad(steps)
    log_probs, out = Graph(tmp_path / "model.onnx").run({"steps": padded, "lengths": lengths})
    return [log_probs[:n, i] for i, n in enumerate(out)]


@pytest.mark.parametrize("variant", ["1997", "forget", "peephole"])
@pytest.mark.parametrize("strides", [[], [1], [2, 2], [3, 2]])
def test_graph_equals_network(variant, strides, tmp_path):
    net = network(variant=variant, channels=[12] * len(strides), strides=strides)
    for ours, theirs in zip(
        by_graph(recognizer_graph(net), sequences(), tmp_path), by_torch(net, sequences()), strict=True
    ):
        assert ours.shape == theirs.shape
        # The content of a 1997 cell only ever adds up, and its rounding errors with it.
        assert np.abs(ours - theirs).max() < (3e-5 if variant == "1997" else 1e-5)


def test_padding_changes_nothing(tmp_path):
    net = network()
    model = recognizer_graph(net)
    together = by_graph(model, sequences(), tmp_path)
    torch_together = by_torch(net, sequences())
    for i, steps in enumerate(sequences()):
        assert np.abs(by_graph(model, [steps], tmp_path)[0] - together[i]).max() < 1e-5
        assert np.abs(by_torch(net, [steps])[0] - torch_together[i]).max() < 1e-5


def test_what_stands_in_the_padding_changes_nothing():
    net = network()
    padded, lengths = pad(sequences())
    dirty = padded.copy()
    for column, length in enumerate(lengths):
        dirty[length:, column] = 1e3
    with torch.no_grad():
        clean, out = net(torch.from_numpy(padded), torch.from_numpy(lengths))
        other, _ = net(torch.from_numpy(dirty), torch.from_numpy(lengths))
    for column, n in enumerate(out):
        assert torch.equal(clean[:n, column], other[:n, column])


def test_int8_is_near_and_smaller(tmp_path):
    net = network(hidden_size=64)
    model = recognizer_graph(net)
    small = int8(model)
    assert len(small) < 0.4 * len(model)
    for ours, theirs in zip(by_graph(small, sequences(), tmp_path), by_torch(net, sequences()), strict=True):
        assert np.abs(ours - theirs).max() < 0.1


def test_output_steps_are_the_convolutions():
    for stride in (1, 2, 3):
        convolution = torch.nn.Conv1d(1, 1, 5, stride, 2)
        for length in range(1, 12):
            steps = convolution(torch.zeros(1, 1, length)).shape[2]
            assert steps == output_steps(length, [stride]) == int(output_steps(torch.tensor([length]), [stride]))


def test_steps_needed_counts_blanks_between_equal_neighbours():
    assert steps_needed([1, 2, 2, 2, 3]) == 7


def test_batches_by_length_hold_every_sequence_once():
    batches = batches_by_length(sequences(), 2)
    assert sorted(int(i) for batch in batches for i in batch) == list(range(len(LENGTHS)))
    assert [len(b) for b in batches] == [2, 1, 2]  # 5 is more than 4 times 1, and stands apart from 40


def step_by_step(model: bytes, points: np.ndarray, text: np.ndarray | None, sizes: dict[str, int], tmp_path):
    """Outputs (T, B, ...) of the step graph, from a zero state."""
    (tmp_path / "step.onnx").write_bytes(model)
    B = points.shape[1]
    inputs = {"point": points[0]}
    if text is not None:
        seen = np.eye(sizes["w"] + 1, dtype=np.float32)[text][..., 1:]
        inputs |= {"characters": seen, "positions": np.arange(1, text.shape[1] + 1)}
    loop = Recurrence(Graph(tmp_path / "step.onnx"), inputs, {name: np.zeros((B, n)) for name, n in sizes.items()})
    outputs = []
    for now in points:
        loop.inputs["point"][:] = now
        loop.step()
        outputs.append(loop.outputs["outputs"].copy())
    return np.stack(outputs)


@pytest.mark.parametrize("variant", ["1997", "forget", "peephole"])
@pytest.mark.parametrize("layers", [1, 3])
@torch.no_grad()
def test_step_graph_equals_networks(variant, layers, tmp_path):
    torch.manual_seed(0)
    points = np.random.default_rng(0).normal(size=(25, 4, 3)).astype(np.float32)
    x = torch.from_numpy(points)
    sizes = {"hidden_size": 12, "num_layers": layers, "mixtures": 3, "variant": variant}
    prediction = PredictionNetwork(PredictionConfig(**sizes)).eval()
    state = {"h": 12 * layers, "c": 12 * layers}
    ours = step_by_step(step_graph(prediction), points, None, state, tmp_path)
    assert np.abs(ours - prediction(x)[0].numpy()).max() < 1e-5

    text = np.random.default_rng(1).integers(0, 7, (4, 9))
    synthesis = SynthesisNetwork(SynthesisConfig(**sizes, characters=6, components=2)).eval()
    ours = step_by_step(step_graph(synthesis), points, text, {**state, "kappa": 2, "w": 6}, tmp_path)
    assert np.abs(ours - synthesis(x, torch.from_numpy(text))[0].numpy()).max() < 1e-5


def test_int8_step_graph_quantises_the_layers_and_is_near(tmp_path):
    torch.manual_seed(0)
    net = SynthesisNetwork(SynthesisConfig(hidden_size=64, characters=6, components=2, mixtures=3)).eval()
    points = np.random.default_rng(0).normal(size=(25, 4, 3)).astype(np.float32)
    text = np.random.default_rng(1).integers(1, 7, (4, 9))
    sizes = {"h": 192, "c": 192, "kappa": 2, "w": 6}
    whole = step_graph(net)
    small = int8_step(whole)
    assert len(small) < len(whole) / 2.5
    exact, near = (step_by_step(model, points, text, sizes, tmp_path) for model in (whole, small))
    assert 0 < np.abs(exact - near).max() < 0.05


def test_a_recurrence_refuses_inputs_that_do_not_fit(tmp_path):
    net = PredictionNetwork(PredictionConfig(hidden_size=4, num_layers=1, mixtures=1))
    (tmp_path / "step.onnx").write_bytes(step_graph(net))
    graph = Graph(tmp_path / "step.onnx")
    with pytest.raises(InkError, match=r"does not fit its card \(input h of shape None"):
        Recurrence(graph, {"point": np.zeros((1, 3))}, {})
    with pytest.raises(InkError, match="does not fit its card"):
        Recurrence(graph, {"point": np.zeros((1, 3))}, {"h": np.zeros((1, 9)), "c": np.zeros((1, 9))}).step()


@torch.no_grad()
def test_step_graph_takes_a_hand(tmp_path):
    torch.manual_seed(0)
    points = np.random.default_rng(0).normal(size=(25, 4, 3)).astype(np.float32)
    text = np.random.default_rng(1).integers(0, 7, (4, 9))
    config = SynthesisConfig(hidden_size=12, mixtures=3, characters=6, components=2, code=5, writers=3, controls=2)
    net = SynthesisNetwork(config).eval()
    code = torch.randn(4, 5)
    (tmp_path / "step.onnx").write_bytes(step_graph(net))
    inputs = {
        "point": points[0],
        "characters": np.eye(7, dtype=np.float32)[text][..., 1:],
        "positions": np.arange(1, 10),
    }
    inputs["hand"] = net.hand(code).numpy()[:, hand_order(config)]
    sizes = {"h": 36, "c": 36, "kappa": 2, "w": 6}
    loop = Recurrence(Graph(tmp_path / "step.onnx"), inputs, {name: np.zeros((4, n)) for name, n in sizes.items()})
    expected = net(torch.from_numpy(points), torch.from_numpy(text), None, code)[0].numpy()
    for now, wanted in zip(points, expected, strict=True):
        loop.inputs["point"][:] = now
        loop.step()
        assert np.abs(loop.outputs["outputs"] - wanted).max() < 1e-5
