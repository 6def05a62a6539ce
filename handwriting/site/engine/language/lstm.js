// The character LSTM, which rescores the texts found with the n-grams. The twin of handwriting/recognition/language/lstm.py
// and of `rescored` in model.py.
//
// Its graph rounds activations by the range of the whole batch, so texts are batched exactly as in Python.

import { SPACE, codesOf } from "./scorer.js";

const CONTEXT_CHARACTERS = 200;

export class CharacterLSTM {
  /** `graph` is a Graph of runtime.js, `shape` that of its states for one text; `weight` is that of its log-probabilities. */
  constructor(graph, shape, weight) {
    Object.assign(this, { graph, shape, weight });
  }

  /** Search results with a `text` each, best first, after `factor` times the LSTM's score, after `context`, is added to each. */
  async rescored(found, context, factor) {
    const weight = factor * this.weight;
    if (weight === 0 || !found.length) return found;
    const logProbabilities = await this.logProbabilities(found.map(({ text }) => text), context);
    const scored = found.map((one, n) => ({ ...one, score: one.score + weight * logProbabilities[n] }));
    return scored.sort((a, b) => b.score - a.score);
  }

  /** The log-probability of each text and a space, after `context`; the beginning that the texts share is read only once. */
  async logProbabilities(texts, context = "") {
    const rows = texts.map((text) => [SPACE, ...codesOf(text), SPACE]), shared = sharedBy(rows);
    const [layers, hiddenSize] = this.shape, zeros = new Float32Array(layers * hiddenSize);
    let state = { h: zeros, c: zeros }, common = 0;
    const before = codesOf(context.split(/\s+/).filter(Boolean).join(" ")).slice(-CONTEXT_CHARACTERS);
    if (before.length) ({ next: state } = await this.run([[SPACE, ...before, SPACE]], state));
    if (shared > 1) {
      const { picked, next } = await this.run([rows[0].slice(0, shared)], state);
      common = picked[0];
      state = next;
    }
    const { picked } = await this.run(rows.map((row) => row.slice(shared - 1)), { h: this.repeated(state.h, rows.length), c: this.repeated(state.c, rows.length) });
    return picked.map((logProbability) => common + logProbability);
  }

  /** For each row the log-probability of its codes but the first, and the state after the longest. */
  async run(rows, { h, c }) {
    const count = rows.length, steps = Math.max(...rows.map((row) => row.length)) - 1;
    const inputs = new BigInt64Array(steps * count);
    rows.forEach((row, n) => row.slice(0, -1).forEach((code, t) => (inputs[t * count + n] = BigInt(code))));
    const [layers, hiddenSize] = this.shape, shape = [layers, count, hiddenSize];
    const { log_probs: { data, dims }, next_h, next_c } = await this.graph.run({ codes: ["int64", inputs, [steps, count]], h: ["float32", h, shape], c: ["float32", c, shape] });
    const picked = rows.map((row, n) => row.slice(1).reduce((total, code, t) => total + data[(t * count + n) * dims[2] + code], 0));
    return { picked, next: { h: next_h.data, c: next_c.data } };
  }

  /** The state of one text, for `count` texts. */
  repeated(state, count) {
    const [layers, hiddenSize] = this.shape, states = new Float32Array(count * state.length);
    for (let i = 0; i < layers * count; i++) {
      const layer = Math.floor(i / count) * hiddenSize;
      states.set(state.subarray(layer, layer + hiddenSize), i * hiddenSize);
    }
    return states;
  }
}

/** How many codes all rows share at the beginning: fewer than the shortest has. */
function sharedBy(rows) {
  const [first] = rows, most = Math.min(...rows.map((row) => row.length)) - 1;
  let shared = 0;
  while (shared < most && rows.every((row) => row[shared] === first[shared])) shared += 1;
  return shared;
}
