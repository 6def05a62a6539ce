"""The graphs of the site output the gates that Python computes: exactly, where their weights are not rounded."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import tiny
from open_page import needs_browser

from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.inspection import reading, writing
from handwriting.inspection.gates import SIGNALS
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.hershey import write
from handwriting.site.gates import reading_gates, writing_gates
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.sampler import one_hot
from handwriting.synthesis.synthesizer import Synthesizer

IMPORT = 'const { layersOf, writingLayers } = await import("./engine/inside/gates.js");'
TENSOR = "([name, [data, dims]]) => [name, { data: Float32Array.from(data), dims }]"
LISTED = "(layer) => Object.fromEntries(Object.entries(layer).map(([k, v]) => [k, ArrayBuffer.isView(v) ? [...v] : v]))"


def session(checkpoint, extension):
    """A function that runs the extended graph: from its inputs to its outputs by name."""
    graph = onnxruntime.InferenceSession(checkpoint.model.read_bytes() + extension)
    names = [output.name for output in graph.get_outputs()]
    return lambda inputs: dict(zip(names, graph.run(None, inputs), strict=True))


def flat(outputs):
    return {name: [value.ravel().tolist(), value.shape] for name, value in outputs.items()}


def assert_same(found, gates):
    """The layers of the browser are ``gates``, by layer and direction."""
    own = [one for both in gates for one in both]
    assert len(found) == len(own)
    for layer, one in zip(found, own, strict=True):
        for signal in SIGNALS:
            assert np.allclose(layer[signal], getattr(one, signal).ravel(), atol=1e-5), (layer["layer"], signal)


@needs_browser[0]
@pytest.mark.parametrize("variant", ["forget", "peephole", "1997"])
def test_the_layers_of_a_recognizer(open_site, tmp_path, variant):
    recognizer = Recognizer(tiny.recognizer(tmp_path, variant, [2, 1]))
    ink = write("ink", seed=1)
    steps = encode(ink, recognizer.features).steps
    run = session(recognizer.checkpoint, reading_gates(recognizer.checkpoint.model.read_bytes()))
    outputs = run({"steps": steps[:, None], "lengths": np.array([len(steps)])})
    script = f"(outputs) => {{ {IMPORT} return layersOf(Object.fromEntries(outputs.map({TENSOR}))).map({LISTED}); }}"
    found = open_site().evaluate(f"async {script}", list(flat(outputs).items()))
    assert [(one["layer"], one["direction"]) for one in found] == [
        (layer, direction) for layer in (1, 2) for direction in ("forward", "backward")
    ]
    assert_same(found, reading.gates_of(recognizer, ink))


@needs_browser[0]
def test_the_layers_of_a_synthesizer(open_site, tmp_path):
    checkpoint = tiny.synthesizer(tmp_path, code=6, writers=5, controls=2)
    synthesizer = Synthesizer(checkpoint)
    draft = writing.write(synthesizer, "ab c", Hand(bias=0.5, seed=1))
    run = session(checkpoint, writing_gates(checkpoint.model.read_bytes(), 3))
    seen = one_hot([synthesizer.alphabet.encode("ab c")], synthesizer.network.characters)
    fixed = {"characters": seen, "positions": np.arange(1, seen.shape[1] + 1, dtype=np.float32)}
    state, steps = dict(draft.start.state), []
    for point in draft.inputs.astype(np.float32):
        steps.append(run({**fixed, **state, "hand": draft.start.hand[None], "point": point[None]}))
        state = {name: steps[-1][f"next_{name}"] for name in state}
    script = f"""async ([steps, sizes]) => {{ {IMPORT}
        return writingLayers(steps.map((outputs) => Object.fromEntries(outputs.map({TENSOR}))), sizes).map({LISTED});
    }}"""
    found = open_site().evaluate(
        script, [[list(flat(outputs).items()) for outputs in steps], {"num_layers": 3, "hidden_size": 12}]
    )
    assert [(one["layer"], one["direction"]) for one in found] == [(layer, "forward") for layer in (1, 2, 3)]
    assert_same(found, writing.gates_of(synthesizer, draft))


def test_a_graph_without_the_layers_is_refused(tmp_path):
    synthesizer = tiny.synthesizer(tmp_path)
    with pytest.raises(InkError, match="no LSTM layers; make it from the weights with the command 'export'"):
        reading_gates(synthesizer.model.read_bytes())
    with pytest.raises(InkError, match="has 3 LSTM layers, but its card says 4"):
        writing_gates(synthesizer.model.read_bytes(), 4)
