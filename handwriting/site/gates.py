"""Extend the shipped graphs to output the gates of their units, for the view Inside.

A protobuf message that is appended to another is merged with it, so that its nodes and outputs are added. The browser
therefore appends about 2 kB to a graph that it already has, and the weights are not stored twice. Field numbers are
those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), so that the site can be exported without
onnx, which only training needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handwriting.errors import InkError

MODEL_GRAPH, GRAPH_NODE, GRAPH_OUTPUT, VALUE_NAME = 7, 1, 12, 1
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_INT, ATTRIBUTE_STRING, ATTRIBUTE_TYPE = 1, 3, 4, 20
INT, STRING = 2, 3
"""Types of attributes."""
BYTES = 2
"""Wire type of a length-delimited field."""


@dataclass(frozen=True)
class Node:
    """An operator of a graph."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def reading_gates(model: bytes) -> bytes:
    """Return the extension of a recognizer's graph, an encoded protobuf message.

    For each layer ``k`` of ``H`` cells it outputs, in ONNX's order of gates i, o, f, g, what the gates receive from the
    layer's input, ``of_input_k``, and from the layer's output at each step, ``of_hidden_k``, both (2, T, 4H); its two
    biases, ``bias_k`` (2, 8H); its output ``hidden_k`` (T, 2, B, H); and with peepholes ``peephole_k`` (2, 3H). B is 1.
    Raises :class:`InkError` for a graph without LSTM layers.
    """
    layers = [node for node in _nodes(model) if node.operator in ("LSTM", "DynamicQuantizeLSTM")]
    if not layers:
        raise InkError("model.onnx has no LSTM layers; make it from the weights with the command 'export'")
    nodes: list[bytes] = []
    outputs: list[str] = []
    for number, layer in enumerate(layers):
        x, of_input, of_hidden, bias, *_ = layer.inputs
        rows = "gi"  # the axes of a matrix: gates and inputs
        if layer.operator == "DynamicQuantizeLSTM":  # its matrices are transposed, with a scale for each direction
            rows = "ig"
            scales = (layer.inputs[8:10], layer.inputs[10:12])
            for name, (scale, zero) in zip((of_input, of_hidden), scales, strict=True):
                nodes.append(_node("DequantizeLinear", [name, scale, zero], f"{name}_float", axis=0))
            of_input, of_hidden = f"{of_input}_float", f"{of_hidden}_float"
        hidden = layer.outputs[0]
        nodes += [
            _node("Einsum", [x, of_input], f"of_input_{number}", equation=f"tbi,d{rows}->dtg"),
            _node("Einsum", [hidden, of_hidden], f"of_hidden_{number}", equation=f"tdbi,d{rows}->dtg"),
            _node("Identity", [bias], f"bias_{number}"),
            _node("Identity", [hidden], f"hidden_{number}"),
        ]
        outputs += [f"{name}_{number}" for name in ("of_input", "of_hidden", "bias", "hidden")]
        if any(layer.inputs[7:8]):
            nodes.append(_node("Identity", layer.inputs[7:8], f"peephole_{number}"))
            outputs.append(f"peephole_{number}")
    return _extension(nodes, outputs)


def writing_gates(model: bytes, layers: int) -> bytes:
    """Return the extension of a synthesizer's step graph, an encoded protobuf message.

    It outputs ``gates`` (B, L * 3H), for each layer i, o and f. All synthesizers with hand codes are of the variant
    *forget*, where one node squashes the gates of a layer. Raises :class:`InkError` for a graph with other layers.
    """
    squashed = [node.outputs[0] for node in _nodes(model) if node.operator == "Sigmoid"]  # a layer needs the one below
    if len(squashed) != layers:
        raise InkError(
            f"model.onnx has {len(squashed)} LSTM layers, but its card says {layers}; make it from the weights "
            "with the command 'export'"
        )
    return _extension([_node("Concat", squashed, "gates", axis=1)], ["gates"])


def _nodes(model: bytes) -> list[Node]:
    """Return the nodes of a graph, in order."""
    found = []
    for graph in _all(memoryview(model), MODEL_GRAPH):
        for node in _all(graph, GRAPH_NODE):
            (operator,), inputs, outputs = (
                tuple(str(name, "utf-8") for name in _all(node, number))
                for number in (NODE_OPERATOR, NODE_INPUT, NODE_OUTPUT)
            )
            found.append(Node(operator, inputs, outputs))
    return found


def _all(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """Yield the values of a length-delimited field of a protobuf message: strings or messages."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == BYTES:
            size, at = _varint(message, at)
            if key >> 3 == wanted:
                yield message[at : at + size]
            at += size
        elif key & 7 == 0:
            _, at = _varint(message, at)
        else:
            at += 8 if key & 7 == 1 else 4


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Decode the varint at ``at``: seven bits per byte, the lowest first. Returns the number and the end position."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _number(value: int) -> bytes:
    """Encode a number as a varint."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + _number(value >> 7)


def _field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    data = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | BYTES) + _number(len(data)) + data


def _node(operator: str, inputs: Sequence[str], output: str, **attributes: int | str) -> bytes:
    message = b"".join(_field(NODE_INPUT, name) for name in inputs)
    message += _field(NODE_OUTPUT, output) + _field(NODE_OPERATOR, operator)
    for name, value in attributes.items():
        number, kind = (ATTRIBUTE_INT, INT) if isinstance(value, int) else (ATTRIBUTE_STRING, STRING)
        attribute = _field(ATTRIBUTE_NAME, name) + _field(number, value) + _field(ATTRIBUTE_TYPE, kind)
        message += _field(NODE_ATTRIBUTE, attribute)
    return message


def _extension(nodes: Sequence[bytes], outputs: Sequence[str]) -> bytes:
    graph = b"".join(_field(GRAPH_NODE, node) for node in nodes)
    graph += b"".join(_field(GRAPH_OUTPUT, _field(VALUE_NAME, name)) for name in outputs)
    return _field(MODEL_GRAPH, graph)
