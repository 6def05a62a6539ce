// The gates and cells of every unit of an LSTM. The twin of handwriting/inspection/gates.py, which computes them from the
// weights in float32; here they are those of the graph that reads or writes, extended by handwriting/site/gates.py.
//
// `layers` are the layers in their directions: { layer, direction, units, input, forget, output, cell, hidden }, the signals
// of `H` units at `T` steps, those of a step side by side.

import { SIZE } from "../ink/bezier.js";

export const SIGNALS = ["input", "forget", "output", "cell", "hidden"];
const DIRECTIONS = ["forward", "backward"];
const I = 0, O = 1, F = 2, G = 3; // ONNX's order of gates, and of peepholes

/** The layers of the recognizer while it reads encoded ink. */
export async function readingLayers(graph, { steps }) {
  const count = steps.length / SIZE;
  return layersOf(await graph.run({ steps: ["float32", steps, [count, 1, SIZE]], lengths: ["int64", BigInt64Array.of(BigInt(count)), [1]] }));
}

/** The layers, from the outputs that `reading_gates` describes. */
export function layersOf(outputs) {
  const layers = [];
  for (let layer = 0; `hidden_${layer}` in outputs; layer++) {
    const [steps, , , units] = outputs[`hidden_${layer}`].dims;
    const given = (name) => outputs[`${name}_${layer}`]?.data;
    DIRECTIONS.forEach((direction, d) => {
      const side = (data, size) => data?.subarray(d * size, (d + 1) * size);
      const received = { ofInput: side(given("of_input"), steps * 4 * units), ofHidden: side(given("of_hidden"), steps * 4 * units), bias: side(given("bias"), 8 * units), peephole: side(given("peephole"), 3 * units) };
      const signals = recurrence(received, steps, units, d === 1), hidden = given("hidden");
      for (let t = 0; t < steps; t++) signals.hidden.set(hidden.subarray((2 * t + d) * units, (2 * t + d + 1) * units), t * units);
      layers.push({ layer: layer + 1, direction, units, ...signals });
    });
  }
  return layers;
}

/** The gates and cells of one direction; without its hidden values, which the graph gives. */
function recurrence({ ofInput, ofHidden, bias, peephole }, T, H, backward) {
  const signals = signalsOf(T * H), { input, forget, output, cell } = signals;
  for (let k = 0; k < T; k++) {
    const t = backward ? T - 1 - k : k, before = backward ? t + 1 : t - 1;
    for (let u = 0; u < H; u++) {
      const received = (gate) => ofInput[(4 * t + gate) * H + u] + (k ? ofHidden[(4 * before + gate) * H + u] : 0) + bias[gate * H + u] + bias[(4 + gate) * H + u];
      const seen = (gate, content) => (peephole ? peephole[gate * H + u] * content : 0);
      const at = t * H + u, content = k ? cell[before * H + u] : 0;
      input[at] = logistic(received(I) + seen(I, content));
      forget[at] = logistic(received(F) + seen(F, content));
      cell[at] = forget[at] * content + input[at] * Math.tanh(received(G));
      output[at] = logistic(received(O) + seen(O, cell[at]));
    }
  }
  return signals;
}

/** The layers of the synthesizer, from the outputs of each of its steps; see `writing_gates`. */
export function writingLayers(steps, { num_layers: count, hidden_size: H }) {
  return Array.from({ length: count }, (_, k) => {
    const signals = signalsOf(steps.length * H);
    steps.forEach(({ gates, next_c: cells, next_h: hidden }, t) => {
      const take = (name, { data }, from) => signals[name].set(data.subarray(from * H, (from + 1) * H), t * H);
      take("input", gates, 3 * k + I);
      take("forget", gates, 3 * k + F);
      take("output", gates, 3 * k + O);
      take("cell", cells, k);
      take("hidden", hidden, k);
    });
    return { layer: k + 1, direction: DIRECTIONS[0], units: H, ...signals };
  });
}

const signalsOf = (size) => Object.fromEntries(SIGNALS.map((name) => [name, new Float32Array(size)]));
const logistic = (x) => 1 / (1 + Math.exp(-x));
