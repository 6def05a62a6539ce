"""The recognizer's ONNX graph, built operator by operator from the weights, and its int8 form.

Built rather than traced: torch's exporter bakes the example's length into a bidirectional LSTM. ONNX's LSTM operator
takes the lengths of the sequences and reverses each within its own, so the graph's padding is as inert as the
network's (``networks/recognizer.py``).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from handwriting.networks.cells import onnx_weights
from handwriting.networks.recognizer import RecognizerNetwork

OPSET = 18


def recognizer_graph(network: RecognizerNetwork) -> bytes:
    """Float32: ``steps`` (T, B, D) and ``lengths`` (B,) int64 to ``log_probs`` (T', B, V) and ``out_lengths`` (B,)."""
    graph = _Graph()
    config = network.config
    x = graph.add("Transpose", ["steps"], perm=[1, 2, 0])  # (B, C, T)
    lengths = "lengths"
    for convolution, stride in zip(network.convolutions, config.strides, strict=True):
        padding = config.kernel_size // 2
        weight, bias = graph.tensors(convolution, "weight", "bias")
        x = graph.add("Conv", [_masked(graph, x, lengths), weight, bias], strides=[stride], pads=[padding, padding])
        x = graph.add("Mul", [x, graph.add("Sigmoid", [x])])
        longer = graph.add("Add", [lengths, graph.constant(np.int64(stride - 1))])
        lengths = graph.add("Div", [longer, graph.constant(np.int64(stride))])
    x = graph.add("Transpose", [_masked(graph, x, lengths)], perm=[2, 0, 1])  # (T', B, C)
    short = graph.add("Cast", [lengths], to=TensorProto.INT32)
    for cells in zip(network.lstm.cells, network.lstm.backward_cells, strict=True):
        arrays = onnx_weights(*cells)  # type: ignore[arg-type]
        names = {name: graph.constant(array) for name, array in arrays.items()}
        inputs = [x, names["W"], names["R"], names["B"], short, "", ""] + ([names["P"]] if "P" in names else [])
        y = graph.add("LSTM", inputs, hidden_size=config.hidden_size, direction="bidirectional")  # (T', 2, B, H)
        y = graph.add("Transpose", [y], perm=[0, 2, 1, 3])
        x = graph.add("Reshape", [y, graph.constant(np.array([0, 0, 2 * config.hidden_size], dtype=np.int64))])
    weight, bias = graph.tensors(network.output, "weight", "bias", transpose=True)
    logits = graph.add("Add", [graph.add("MatMul", [x, weight]), bias])
    graph.add("LogSoftmax", [logits], "log_probs", axis=-1)
    graph.add("Identity", [lengths], "out_lengths")
    return graph.model(
        inputs=[("steps", TensorProto.FLOAT, ["T", "B", config.input_size]), ("lengths", TensorProto.INT64, ["B"])],
        outputs=[
            ("log_probs", TensorProto.FLOAT, ["T_out", "B", config.output_size]),
            ("out_lengths", TensorProto.INT64, ["B"]),
        ],
    )


def int8(model: bytes) -> bytes:
    """The graph with its LSTMs and matrix products in dynamic int8.

    Unsigned weights: signed ones saturate in 16 bits on CPUs without VNNI.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        source.write_bytes(model)
        quant_pre_process(str(source), str(source), skip_symbolic_shape=True)
        quantize_dynamic(source, target, op_types_to_quantize=["LSTM", "MatMul"], weight_type=QuantType.QUInt8)
        return target.read_bytes()


class _Graph:
    """Nodes and constants under names of their own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Append a node; returns its output's name."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"node_{len(self.nodes)}", **attributes))
        return output

    def constant(self, value: NDArray | np.generic) -> str:
        """Append a constant; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value), name))
        return name

    def tensors(self, module: Any, *names: str, transpose: bool = False) -> list[str]:
        """A module's parameters as constants; matrices transposed when asked."""
        arrays = [getattr(module, name).detach().cpu().float().numpy() for name in names]
        return [self.constant(a.T.copy() if transpose and a.ndim == 2 else a) for a in arrays]

    def model(self, inputs: list[tuple], outputs: list[tuple]) -> bytes:
        """The checked, serialised model."""
        first, last = ([helper.make_tensor_value_info(*v) for v in ends] for ends in (inputs, outputs))
        graph = helper.make_graph(self.nodes, "recognizer", first, last, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString()


def _masked(graph: _Graph, x: str, lengths: str) -> str:
    """``x`` (B, C, T) with zeros beyond each sequence's length."""
    shape = graph.add("Shape", [x], start=2, end=3)
    scalar = graph.add("Squeeze", [shape])
    steps = graph.add("Range", [graph.constant(np.int64(0)), scalar, graph.constant(np.int64(1))])
    column = graph.add("Unsqueeze", [lengths, graph.constant(np.array([1], dtype=np.int64))])  # (B, 1)
    inside = graph.add("Cast", [graph.add("Less", [steps, column])], to=TensorProto.FLOAT)  # (B, T)
    return graph.add("Mul", [x, graph.add("Unsqueeze", [inside, graph.constant(np.array([1], dtype=np.int64))])])
