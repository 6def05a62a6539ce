// CTC decoding: the best path, and the alignment of a text. The twin of handwriting/recognition/decode.py.
//
// `frames` are log-probabilities { data, steps, size }: of T steps, V each, the blank first.

import { logAddExp } from "../numbers.js";

export const BLANK = 0;

/** The best path: its labels, the steps of each, half-open, and its log-probability. */
export function bestPath({ data, steps, size }) {
  const labels = [], ranges = [];
  let before = BLANK, score = 0;
  for (let t = 0; t < steps; t++) {
    let best = 0;
    for (let v = 1; v < size; v++) if (data[t * size + v] > data[t * size + best]) best = v;
    score += data[t * size + best];
    if (best !== BLANK && best === before) ranges.at(-1)[1] = t + 1;
    else if (best !== BLANK) {
      labels.push(best);
      ranges.push([t, t + 1]);
    }
    before = best;
  }
  return { labels, ranges, score, logProbability: score };
}

/** The log-probability of a text, summed over all its paths (Graves et al. 2006, equations 5 to 8). */
export function textLogProbability(frames, labels) {
  if (!frames.steps) return labels.length ? -Infinity : 0;
  const { lattice, count } = forward(frames, labels, logAddExp), end = frames.steps * count;
  return count > 1 ? logAddExp(lattice[end - 1], lattice[end - 2]) : lattice[end - 1];
}

/** Log-probabilities of the states of a text, those of each step side by side; even states are the blanks around labels. */
function forward({ data, steps, size }, labels, combine) {
  const count = 2 * labels.length + 1;
  const state = (s) => (s % 2 ? labels[s >> 1] : BLANK);
  const lattice = new Float64Array(steps * count).fill(-Infinity);
  for (let s = 0; s < Math.min(2, count); s++) lattice[s] = data[state(s)];
  for (let t = 1; t < steps; t++) {
    const before = (t - 1) * count;
    for (let s = 0; s < count; s++) {
      let reached = lattice[before + s];
      if (s > 0) reached = combine(reached, lattice[before + s - 1]);
      if (skips(labels, s)) reached = combine(reached, lattice[before + s - 2]);
      lattice[t * count + s] = reached + data[t * size + state(s)];
    }
  }
  return { lattice, count };
}

/** The steps of each label on the most probable path of a text (Viterbi over the CTC lattice). */
export function align(frames, labels) {
  const { steps } = frames;
  if (!steps) return [];
  const { lattice, count } = forward(frames, labels, Math.max);
  const ranges = labels.map(() => [0, 0]);
  let s = count - 1;
  if (count > 1 && lattice[(steps - 1) * count + s - 1] >= lattice[(steps - 1) * count + s]) s -= 1;
  for (let t = steps - 1; t >= 0; t--) {
    if (s % 2) ranges[s >> 1] = [t, ranges[s >> 1][1] || t + 1];
    if (!t) break;
    const before = (t - 1) * count;
    let next = s;
    if (s > 0 && lattice[before + s - 1] > lattice[before + next]) next = s - 1;
    if (skips(labels, s) && lattice[before + s - 2] > lattice[before + next]) next = s - 2;
    s = next;
  }
  return ranges;
}

/** Whether a path may go from the label before straight to this one, as they differ. */
const skips = (labels, s) => s % 2 === 1 && s > 1 && labels[s >> 1] !== labels[(s >> 1) - 1];
