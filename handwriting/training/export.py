"""Build ONNX graphs operator by operator from the weights, and quantise them to int8.

They are built rather than traced, because torch's exporter fixes a bidirectional LSTM to the length of the example.
ONNX's LSTM operator takes the lengths of the sequences and reverses each within its own, so the recognizer's graph
ignores padding just as the network does (``networks/recognizer.py``). The synthesizer's graph is a single step:
states in, states out.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from handwriting.files import atomic, make_folder
from handwriting.networks.onnx_weights import onnx_weights
from handwriting.networks.recognizer import RecognizerNetwork
from handwriting.networks.synthesizer import POINT_SIZE, PredictionNetwork, SynthesisConfig, SynthesisNetwork
from handwriting.networks.window import EXPONENT_LIMIT, Window

OPSET = 18


def recognizer_graph(network: RecognizerNetwork, memory: bool = False) -> bytes:
    """Build the recognizer's float32 graph.

    It maps ``steps`` (T, B, D) and int64 ``lengths`` (B,) to ``log_probs`` (T', B, V) and ``out_lengths`` (B,). With
    ``memory``, it also outputs what a decoder reads: the output of the last layer, ``memory`` (T', B, 2H).
    """
    graph = GraphBuilder()
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
    also = [("memory", TensorProto.FLOAT, ["T_out", "B", 2 * config.hidden_size])] if memory else []
    if memory:
        graph.add("Identity", [x], "memory")
    return graph.model(
        inputs=[("steps", TensorProto.FLOAT, ["T", "B", config.input_size]), ("lengths", TensorProto.INT64, ["B"])],
        outputs=[
            ("log_probs", TensorProto.FLOAT, ["T_out", "B", config.output_size]),
            ("out_lengths", TensorProto.INT64, ["B"]),
            *also,
        ],
    )


def step_graph(network: PredictionNetwork | SynthesisNetwork) -> bytes:
    """Build the float32 graph of one step of B lines.

    It maps ``point`` (B, 3) and the state to ``outputs`` (B, 1 + 6 M) and the next state. The state inputs are ``h``,
    ``c`` (B, L * H) and, with a window, ``kappa`` (B, K) and ``w`` (B, C); the state outputs have the same names
    prefixed with ``next_``. The window reads ``characters`` (B, U, C) at ``positions`` (U,), 1 to U, and outputs
    ``phi`` (B, U). A network with hand codes takes ``hand`` (B, L * 4H + 1 + 6 M), in ONNX's order of gates: see
    :func:`hand_order`. See Graves 2013 (arXiv 1308.0850), equations 46 to 52.

    Only one ``MatMul`` per layer is later quantised, over all inputs between -1 and 1. Offsets and w, which are
    ten times as large and would coarsen its single scale, have separate products, each shared by all layers that
    read it.
    """
    graph, config = GraphBuilder(), network.config
    H, L = config.hidden_size, config.num_layers
    window = network.first.window if isinstance(network, SynthesisNetwork) else None
    cells = [network.first.cell, *network.upper] if isinstance(network, SynthesisNetwork) else [*network.lstm.cells]
    arrays = [{name: a[0] for name, a in onnx_weights(cell).items()} for cell in cells]  # type: ignore[arg-type]
    of_point = graph.constant(np.concatenate([a["W"][:, :POINT_SIZE] for a in arrays]).T.copy())
    bias = graph.constant(np.concatenate([a["B"][: 4 * H] for a in arrays]))
    from_point = graph.split(graph.add("Gemm", ["point", of_point, bias]), [4 * H] * L)
    of_hand: list[str] = []
    if isinstance(config, SynthesisConfig) and config.code:
        of_hand = graph.split("hand", [4 * H] * L + [1 + 6 * config.mixtures])
        from_point = [graph.add("Add", pair) for pair in map(list, zip(from_point, of_hand[:L], strict=True))]
    h_before, c_before = graph.split("h", [H] * L), graph.split("c", [H] * L)
    hidden: list[str] = []
    contents: list[str] = []
    seen = POINT_SIZE + (config.characters if isinstance(config, SynthesisConfig) else 0)
    of_w = [a["W"][:, POINT_SIZE:seen].T for a in arrays]  # (C, 4H) each
    from_w = [graph.add("MatMul", ["w", graph.constant(of_w[0].copy())])] if window else []
    for layer, a in enumerate(arrays):
        x = graph.join([*hidden[-1:], h_before[layer]])
        matrix = graph.constant(np.concatenate([a["W"][:, seen:], a["R"]], 1).T.copy())
        z = graph.add("Add", [graph.add("MatMul", [x, matrix]), from_point[layer]])
        if window:
            z = graph.add("Add", [z, from_w[layer]])
        peephole = graph.constant(a["P"]) if "P" in a else None
        h, c = _cell(graph, z, c_before[layer], H, peephole)
        hidden.append(h)
        contents.append(c)
        if window and layer == 0:
            w = _window(graph, window, h)
            if L > 1:
                product = graph.add("MatMul", [w, graph.constant(np.concatenate(of_w[1:], 1))])
                from_w += graph.split(product, [4 * H] * (L - 1))
    graph.join(contents, "next_c")
    weight, bias = graph.tensors(network.output, "weight", "bias", transpose=True)
    product = graph.add("MatMul", [graph.join(hidden, "next_h"), weight])
    if of_hand:
        product = graph.add("Add", [product, of_hand[L]])
    graph.add("Add", [product, bias], "outputs")
    number = TensorProto.FLOAT
    state = [(name, number, ["B", L * H]) for name in "hc"]
    inputs, outputs = [("point", number, ["B", POINT_SIZE])], [("outputs", number, ["B", 1 + 6 * config.mixtures])]
    if isinstance(config, SynthesisConfig):
        K, C = config.components, config.characters
        state += [("kappa", number, ["B", K]), ("w", number, ["B", C])]
        inputs += [("characters", number, ["B", "U", C]), ("positions", number, ["U"])]
        inputs += [("hand", number, ["B", L * 4 * H + 1 + 6 * config.mixtures])] if config.code else []
        outputs += [("phi", number, ["B", "U"])]
    return graph.model(inputs + state, outputs + [(f"next_{name}", *rest) for name, *rest in state])


def hand_order(config: SynthesisConfig) -> NDArray[np.int64]:
    """Return the indices into the output of the network's :meth:`hand` that form the graph's ``hand`` input."""
    H = config.hidden_size
    i, f, g, o = np.arange(4 * H).reshape(4, H)
    layer = np.concatenate([i, o, f, g])
    gates = [layer + 4 * H * number for number in range(config.num_layers)]
    rest = np.arange(1 + 6 * config.mixtures) + 4 * H * config.num_layers
    return np.concatenate([*gates, rest])


def _cell(graph: GraphBuilder, z: str, c: str, size: int, peephole: str | None) -> tuple[str, str]:
    """Add a layer's step from pre-activations ``z`` (B, 4H) in ONNX's order i, o, f, g; return the next h and c."""
    if peephole is None:
        squashed, content = graph.split(z, [3 * size, size])
        i, o, f = graph.split(graph.add("Sigmoid", [squashed]), [size] * 3)
    else:
        p_i, p_o, p_f = graph.split(peephole, [size] * 3)
        i, o, f, content = graph.split(z, [size] * 4)
        i, f = (
            graph.add("Sigmoid", [graph.add("Add", [gate, graph.add("Mul", [c, p])])])
            for gate, p in ((i, p_i), (f, p_f))
        )
    kept, new = graph.add("Mul", [f, c]), graph.add("Mul", [i, graph.add("Tanh", [content])])
    c = graph.add("Add", [kept, new])
    if peephole is not None:
        o = graph.add("Sigmoid", [graph.add("Add", [o, graph.add("Mul", [c, p_o])])])
    return graph.add("Mul", [o, graph.add("Tanh", [c])]), c


def _window(graph: GraphBuilder, window: Window, h: str) -> str:
    """Add the window over ``h`` (B, H): ``next_kappa``, ``phi`` and ``next_w``, whose name is returned.

    These nodes stay in float32 in the int8 graph too, because locations accumulate over a line.
    """
    middle, last = graph.constant(np.array([1])), graph.constant(np.array([2]))
    weight, bias = graph.tensors(window.linear, "weight", "bias", transpose=True)
    given = graph.add("Gemm", [h, weight, bias])
    powers = graph.add("Exp", [graph.add("Clip", [given, "", graph.constant(np.float32(EXPONENT_LIMIT))])])
    alpha, beta, move = graph.split(powers, [window.components] * 3)
    kappa = graph.add("Add", ["kappa", move], "next_kappa")
    distance = graph.add("Sub", [graph.add("Unsqueeze", [kappa, last]), "positions"])  # (B, K, U)
    squares = graph.add("Mul", [distance, distance])
    falls = graph.add("Mul", [squares, graph.add("Unsqueeze", [graph.add("Neg", [beta]), last])])
    phi = graph.add("MatMul", [graph.add("Unsqueeze", [alpha, middle]), graph.add("Exp", [falls])])  # (B, 1, U)
    graph.add("Squeeze", [phi, middle], "phi")
    return graph.add("Squeeze", [graph.add("MatMul", [phi, "characters"]), middle], "next_w")


def int8(model: bytes) -> bytes:
    """Quantise the recognizer's LSTMs and matrix products to dynamic int8.

    Weights are unsigned: signed ones saturate in 16 bits on CPUs without VNNI.
    """
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "float.onnx")
        source.write_bytes(model)
        quant_pre_process(str(source), str(source), skip_symbolic_shape=True)
        return _quantised(source.read_bytes(), op_types_to_quantize=["LSTM", "MatMul"], weight_type=QuantType.QUInt8)


def save_int8(network: RecognizerNetwork, path: Path) -> None:
    """Write the int8 graph of a network; its folder is created if it does not exist."""
    make_folder(path.parent)
    with atomic(path) as temporary:
        temporary.write_bytes(int8(recognizer_graph(network)))


def int8_step(model: bytes) -> bytes:
    """Quantise the step graph's matrices to dynamic int8, with one scale for each output.

    Weights are signed with 7 bits: they saturate nowhere, and many lines at once run twice as fast as with unsigned
    ones.
    """
    from onnxruntime.quantization import QuantType

    graph = onnx.load_from_string(model).graph
    matrices = {tensor.name for tensor in graph.initializer}
    nodes = [node.name for node in graph.node if node.op_type == "MatMul" and node.input[1] in matrices]
    return _quantised(
        model,
        op_types_to_quantize=["MatMul"],
        nodes_to_quantize=nodes,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
    )


def _quantised(model: bytes, **options: Any) -> bytes:
    from onnxruntime.quantization import quantize_dynamic

    logging.disable(logging.WARNING)  # it recommends pre-processing that is already done or would rename the nodes
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        source.write_bytes(model)
        try:
            quantize_dynamic(source, target, **options)
        finally:
            logging.disable(logging.NOTSET)
        return target.read_bytes()


class GraphBuilder:
    """Builds an ONNX graph, with a unique name for every node and constant."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.add_several(operator, inputs, [output], **attributes)
        return output

    def add_several(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        """Append a node with several outputs."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=f"node_{len(self.nodes)}", **attributes))

    def split(self, x: str, sizes: list[int]) -> list[str]:
        """Split ``x`` along its last axis into parts of ``sizes``."""
        if len(sizes) == 1:
            return [x]
        number = len(self.nodes)
        names = [f"split_{number}_{i}" for i in range(len(sizes))]
        inputs = [x, self.constant(np.array(sizes))]
        self.nodes.append(helper.make_node("Split", inputs, names, name=f"node_{number}", axis=-1))
        return names

    def join(self, parts: list[str], output: str = "") -> str:
        """Concatenate ``parts`` along their last axis."""
        return self.add("Concat", parts, output, axis=-1)

    def constant(self, value: NDArray | np.generic) -> str:
        """Append a constant and return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value), name))
        return name

    def tensors(self, module: Any, *names: str, transpose: bool = False) -> list[str]:
        """Append a module's parameters as constants, with matrices transposed on request; return their names."""
        arrays = [getattr(module, name).detach().cpu().float().numpy() for name in names]
        return [self.constant(a.T.copy() if transpose and a.ndim == 2 else a) for a in arrays]

    def model(self, inputs: list[tuple], outputs: list[tuple]) -> bytes:
        """Return the checked and serialised model."""
        first, last = ([helper.make_tensor_value_info(*v) for v in ends] for ends in (inputs, outputs))
        graph = helper.make_graph(self.nodes, "handwriting", first, last, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString()


def _masked(graph: GraphBuilder, x: str, lengths: str) -> str:
    """Set ``x`` (B, C, T) to zero beyond each sequence's length."""
    shape = graph.add("Shape", [x], start=2, end=3)
    scalar = graph.add("Squeeze", [shape])
    steps = graph.add("Range", [graph.constant(np.int64(0)), scalar, graph.constant(np.int64(1))])
    column = graph.add("Unsqueeze", [lengths, graph.constant(np.array([1], dtype=np.int64))])  # (B, 1)
    inside = graph.add("Cast", [graph.add("Less", [steps, column])], to=TensorProto.FLOAT)  # (B, T)
    return graph.add("Mul", [x, graph.add("Unsqueeze", [inside, graph.constant(np.array([1], dtype=np.int64))])])
