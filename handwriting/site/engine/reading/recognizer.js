// The recognizer: lines of ink in, texts out. The twin of handwriting/recognition/recognizer.py, one line at a time.

import { encode } from "../ink/encode.js";
import { SIZE } from "../ink/bezier.js";
import { align, bestPath } from "./decode.js";
import { search } from "./beam.js";
import { pointsOfCharacters } from "./ownership.js";
import { canonical } from "./text.js";

const BEAM = 100;
const RESCORED = 25; // texts that the LSTM rescores
const RESCORED_PER_ALTERNATIVE = 10;
const SHORT_STEPS = 16; // with fewer, the language model gets less weight

export class Recognizer {
  /** `graph` is a Graph of runtime.js; `scorer` holds the n-grams, or is null for the best path; `lstm` rescores what they find, or is null. */
  constructor(card, graph, scorer = null, lstm = null) {
    this.features = card.features;
    this.characters = ["", ...card.alphabet];
    this.indices = new Map(this.characters.map((character, i) => [character, i]));
    this.graph = graph;
    this.scorer = scorer;
    this.lstm = lstm;
  }

  /** The log-probabilities { data, steps, size } of encoded ink. */
  async frames({ steps }) {
    const count = steps.length / SIZE;
    const { log_probs: output, out_lengths: lengths } = await this.graph.run({
      steps: ["float32", steps, [count, 1, SIZE]], lengths: ["int64", BigInt64Array.of(BigInt(count)), [1]],
    });
    const size = output.dims[2], used = Number(lengths.data[0]);
    return { data: output.data.subarray(0, used * size), steps: used, size };
  }

  text(labels) {
    return labels.map((label) => this.characters[label]).join("");
  }

  /** The labels of a text, without characters that are unknown. */
  labels(text) {
    return [...text].filter((character) => this.indices.has(character)).map((character) => this.indices.get(character));
  }

  /**
   * The readings of a line, best first: { text, logProbability, points }, where `points` are those of each character.
   * `above` is the text of the line above.
   */
  async read(ink, alternatives = 1, above = "") {
    const encoded = encode(ink, this.features), frames = await this.frames(encoded);
    const found = this.scorer ? await this.search(frames, alternatives, above) : [bestPath(frames)];
    return found.map(({ labels, logProbability, ranges }) => {
      const text = this.text(labels);
      return { text, logProbability, points: pointsOfCharacters(text, ranges ?? align(frames, labels), ink, encoded) };
    });
  }

  /** The texts that differ, best first, as the language decoder finds them. */
  async search(frames, alternatives, above = "") {
    const factor = Math.min(1, frames.steps / SHORT_STEPS), scorer = factor < 1 ? this.scorer.scaled(factor) : this.scorer;
    const rescored = Math.max(RESCORED, RESCORED_PER_ALTERNATIVE * alternatives), beam = Math.max(BEAM, rescored);
    const found = search(frames, scorer, beam).slice(0, rescored).map((one) => ({ ...one, text: this.text(one.labels) })), different = new Map();
    for (const one of this.lstm ? await this.lstm.rescored(found, above, factor) : found) {
      const text = canonical(one.text);
      if (!different.has(text)) different.set(text, one);
    }
    return [...different.values()].slice(0, alternatives);
  }
}
