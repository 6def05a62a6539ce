// The lexicon as a trie, and word trigrams. The twins of handwriting/recognition/language/trie.py and words.py.

import { searchsorted, sum } from "../numbers.js";
import { nats, starts } from "./characters.js";

export const ROOT = 0, NOWHERE = -1;

export class Trie {
  constructor(stored) {
    for (const name of ["branches", "edges", "low", "extent", "ends"]) this[name] = stored(name);
    this.begin = starts(this.branches);
  }

  /** The child of a node by a character; NOWHERE if there is none. */
  child(node, code) {
    if (node < 0) return NOWHERE;
    const end = this.begin[node + 1], at = searchsorted(this.edges, code, this.begin[node], end);
    return at < end && this.edges[at] === code ? at + 1 : NOWHERE;
  }

  /** Whether the beginning is itself a word. */
  whole(node) {
    return node > ROOT && this.ends[node] !== 0;
  }
}

export class WordModel {
  constructor(stored) {
    this.trie = new Trie(stored);
    this.heads = stored("heads");
    this.pairs = stored("pairs");
    const costs = stored("costs");
    this.size = costs.length / 2;
    this.unknown = this.size + 128;
    this.singles = [0, 1].map((kind) => cumulated(costs.subarray(kind * this.size, (kind + 1) * this.size)));
    this.bigrams = new Table(stored("head_counts"), stored("head_rests"), stored("seconds"), stored("second_costs"));
    this.trigrams = new Table(stored("pair_counts"), stored("pair_rests"), stored("thirds"), stored("third_costs"));
    this.starters = new Set(stored("starters"));
  }

  /** The context after two tokens: rows of trigrams and of bigrams, and whether a sentence starts. */
  context(before, last) {
    return [this.pair(before, last), find(this.heads, last), this.starters.has(last) ? 1 : 0];
  }

  pair(before, last) {
    const count = this.pairs.length / 2, firsts = this.pairs.subarray(0, count), seconds = this.pairs.subarray(count);
    const low = searchsorted(firsts, before), high = searchsorted(firsts, before + 1);
    const at = searchsorted(seconds, last, low, high);
    return at < high && seconds[at] === last ? at : NOWHERE;
  }

  /** The probability that the next word is one of `low` to `high` - 1 in a context. */
  mass(low, high, [pair, head, kind]) {
    const single = this.singles[kind][high] - this.singles[kind][low];
    return this.trigrams.mass(pair, low, high, this.bigrams.mass(head, low, high, single));
  }
}

/** Probabilities of words in rows, one row a context. */
class Table {
  constructor(counts, rests, words, costs) {
    this.words = words;
    this.first = starts(counts);
    this.rest = Float64Array.from(rests, (cost) => Math.exp(nats(cost)));
    this.cumulative = new Float64Array(words.length + 1);
    let total = 0;
    for (let row = 0; row < counts.length; row++) {
      const begin = this.first[row], end = this.first[row + 1];
      let own = 0;
      for (let i = begin; i < end; i++) own += SHARE[costs[i]];
      const scale = (1 - this.rest[row]) / Math.max(own, 1e-9);
      for (let i = begin; i < end; i++) this.cumulative[i + 1] = total += SHARE[costs[i]] * scale;
    }
  }

  mass(row, low, high, lower) {
    if (row === NOWHERE) return lower;
    const begin = this.first[row], end = this.first[row + 1];
    const from = searchsorted(this.words, low, begin, end), to = searchsorted(this.words, high, from, end);
    return this.cumulative[to] - this.cumulative[from] + this.rest[row] * lower;
  }
}

const SHARE = Float64Array.from({ length: 256 }, (_, cost) => Math.exp(nats(cost)));

function cumulated(costs) {
  const shares = Float64Array.from(costs, (cost) => SHARE[cost]);
  const total = sum(shares), cumulative = new Float64Array(costs.length + 1);
  shares.forEach((share, i) => (cumulative[i + 1] = cumulative[i] + share / total));
  return cumulative;
}

function find(sorted, wanted) {
  const at = searchsorted(sorted, wanted);
  return at < sorted.length && sorted[at] === wanted ? at : NOWHERE;
}
