"""Gates in NumPy against the torch networks, in all variants."""

from __future__ import annotations

import numpy as np
import pytest
import tiny
import torch
from tiny import synthesizer

from handwriting.errors import InkError
from handwriting.features import encode
from handwriting.inspection import reading, writing
from handwriting.inspection.gates import Gates, Layer, Unit, of_unit
from handwriting.networks.cells import make_cell
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.hershey import write
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

T, D, H = 9, 5, 4


@pytest.mark.parametrize("variant", ["1997", "forget", "peephole"])
def test_a_layer_does_what_the_cell_does(variant):
    torch.manual_seed(1)
    cell = make_cell(variant, D, H)
    x, h, c = torch.randn(T, 1, D), torch.randn(1, H), torch.randn(1, H)
    y, (_, last) = cell(x, (h, c))
    weights = {f"a.{name}": value.numpy() for name, value in cell.state_dict().items()}
    gates = Layer.of(weights, "a").run(x[:, 0].numpy(), h[0].numpy(), c[0].numpy())
    assert np.allclose(gates.hidden, y[:, 0].detach().numpy(), atol=1e-6)
    assert np.allclose(gates.cell[-1], last[0].detach().numpy(), atol=1e-6)
    assert ((gates.input > 0) & (gates.input < 1)).all()
    assert (gates.forget == 1).all() == (variant == "1997")


def test_a_cell_that_is_not_there_is_named():
    with pytest.raises(InkError, match=r"no lstm\.cells\.0\.weight_ih"):
        Layer.of({}, "lstm.cells.0")


@pytest.mark.parametrize(("variant", "strides"), [("forget", [1]), ("peephole", [2, 1]), ("1997", [3])])
def test_gates_of_a_recognizer_lead_to_what_it_outputs(tmp_path, variant, strides):
    recognizer = Recognizer(tiny.recognizer(tmp_path, variant, strides))
    weights = recognizer.checkpoint.weights()
    ink = write("ink", seed=1)
    (log_probs,) = recognizer.log_probs([encode(ink, recognizer.features)])
    gates = reading.gates_of(recognizer, ink)
    assert [len(both) for both in gates] == [2, 2]
    top = np.concatenate([one.hidden for one in gates[-1]], 1)
    logits = top @ weights["output.weight"].T + weights["output.bias"]
    assert np.allclose(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), np.exp(log_probs), atol=1e-5)


@pytest.mark.parametrize("codes", [{}, {"code": 6, "writers": 5, "controls": 2}])
def test_gates_of_a_synthesizer_lead_to_what_decided(tmp_path, codes):
    checkpoint = synthesizer(tmp_path, **codes)
    draft = writing.write(Synthesizer(checkpoint), "ab c", Hand(bias=0.5, seed=1))
    trace = draft.trace
    gates = writing.gates_of(Synthesizer(checkpoint), draft)
    weights = checkpoint.weights()
    shown = np.concatenate([both[0].hidden for both in gates], 1)
    outputs = shown @ weights["output.weight"].T + weights["output.bias"]
    if draft.start.hand is not None:
        outputs = outputs + draft.start.hand[-outputs.shape[1] :]
    assert np.allclose(1 / (1 + np.exp(outputs[:, 0])), trace.end, atol=1e-5)
    assert trace.phi.shape == (len(trace), 5)
    assert np.allclose(trace.mixture.pi.sum(1), 1)
    assert (trace.bias[40:] == 0.5).all()
    assert (trace.bias[:40] == (0.5 if codes else 0)).all()


def test_a_written_line_is_the_one_that_is_written_without_looking(tmp_path):
    plain = Synthesizer(synthesizer(tmp_path))
    draft = writing.write(plain, "ab c", Hand(seed=3))
    (line,) = plain.write(["ab c"], Hand(seed=3))
    count = len(line.ink) - 1  # the line begins at the origin, the draft with the first point that was drawn
    drawn = draft.trace.ink.xy[:count]
    assert np.allclose(drawn - drawn[0], line.ink.xy[1:] - line.ink.xy[1], atol=1e-6)


@pytest.mark.parametrize("text", ["1", "1:up:2", "x:forward:1", "1:forward:-1", "1:forward:2:3", ""])
def test_a_unit_that_is_misspelt_is_refused(text):
    with pytest.raises(InkError, match="give LAYER:DIRECTION:NUMBER"):
        Unit.of(text)


def test_a_unit_that_does_not_exist_is_refused():
    one = Gates(*[np.zeros((3, 2), np.float32)] * 5)
    assert of_unit([[one]], Unit.of("1:forward:1")) is one
    for text in ("2:forward:0", "1:backward:0", "1:forward:2", "0:forward:0"):
        with pytest.raises(InkError, match="there is no unit"):
            of_unit([[one]], Unit.of(text))
