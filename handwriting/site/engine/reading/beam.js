// Prefix beam search with a scorer. The twin of handwriting/recognition/beam.py.

import { logAddExp } from "../numbers.js";
import { BLANK } from "./decode.js";

const THRESHOLD = -7.5; // a character this much less probable than the best of its step is pruned
const MARGIN = 14; // and a prefix whose score is this much lower than that of the best one

/**
 * The most probable texts, best first: { labels, logProbability, score }. `beam` prefixes are kept; `scorer` has
 * `maxScore`, start(), extend(state, label) → [score, state] and finish(state).
 */
export function search(frames, scorer, beam) {
  const tree = new Tree();
  let prefixes = [{ node: 0, parent: -1, last: BLANK, blank: 0, other: -Infinity, total: 0, added: 0, state: scorer.start() }];
  for (let t = 0; t < frames.steps && prefixes.length; t++) prefixes = step(prefixes, frames, t, scorer, beam, tree);
  const found = prefixes.map((one) => ({ labels: tree.labels(one.node), logProbability: one.total, score: one.total + one.added + scorer.finish(one.state) }));
  return found.filter(({ score }) => score > -Infinity).sort((a, b) => b.score - a.score || compare(a.labels, b.labels));
}

function step(prefixes, { data, size }, t, scorer, beam, tree) {
  const frame = data.subarray(t * size, (t + 1) * size);
  let best = -Infinity;
  for (const value of frame) best = Math.max(best, value);
  const labels = [];
  for (let v = 1; v < size; v++) if (frame[v] >= best + THRESHOLD) labels.push(v);
  const stayed = prefixes.map((one) => ({ ...one, blank: one.total + frame[BLANK], other: one.other + frame[one.last] }));
  const grown = prefixes.map((one) => labels.map((label) => (label === one.last ? one.blank : one.total) + frame[label]));

  // An extended prefix may be in the beam already: the two are summed there.
  const place = new Map(prefixes.map((one, k) => [one.node, k]));
  for (const one of stayed) {
    const parent = place.get(one.parent), column = labels.indexOf(one.last);
    if (parent === undefined || column < 0) continue;
    one.other = logAddExp(one.other, grown[parent][column]);
    grown[parent][column] = -Infinity;
  }
  for (const one of stayed) {
    one.total = logAddExp(one.blank, one.other);
    one.score = one.total + one.added;
  }
  const scores = stayed.map(({ score }) => score);
  const least = Math.max(Math.max(...scores) - MARGIN, stayed.length >= beam ? Math.min(...scores) : -Infinity) - scorer.maxScore;
  const candidates = [...stayed];
  prefixes.forEach((one, k) => labels.forEach((label, column) => {
    const value = grown[k][column];
    if (!(value + one.added > least) || value === -Infinity) return;
    const [more, state] = scorer.extend(one.state, label);
    candidates.push({ node: -1, parent: one.node, last: label, blank: -Infinity, other: value, total: value, added: one.added + more, score: value + one.added + more, state });
  }));
  if (candidates.length > beam) {
    candidates.sort((a, b) => b.score - a.score);
    candidates.length = beam;
  }
  const lowest = Math.max(...candidates.map(({ score }) => score)) - MARGIN;
  const kept = candidates.filter(({ score }) => score > lowest && score > -Infinity);
  for (const one of kept) if (one.node < 0) one.node = tree.child(one.parent, one.last);
  return kept;
}

/** All prefixes that were ever in the beam, so that one that returns keeps its node; node 0 is the empty one. */
class Tree {
  parents = [-1];
  lasts = [BLANK];
  children = new Map();

  child(node, label) {
    const key = node * 1024 + label;
    let child = this.children.get(key);
    if (child === undefined) {
      this.children.set(key, (child = this.parents.length));
      this.parents.push(node);
      this.lasts.push(label);
    }
    return child;
  }

  labels(node) {
    const labels = [];
    for (; node; node = this.parents[node]) labels.push(this.lasts[node]);
    return labels.reverse();
  }
}

function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
