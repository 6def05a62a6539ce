// The lexicon as a trie, and word trigrams. The twins of handwriting/recognition/language/trie.py and words.py.

import { searchsorted, sum } from "../numbers.js";
import { nats, starts } from "./characters.js";

export const ROOT = 0, NOWHERE = -1;

export class Trie {
  constructor(stored) {
    for (const name of ["branches", "edges", "ends"]) this[name] = stored(name);
    this.begin = starts(this.branches);
    this.count();
  }

  /** Finds the first word below each node, and the number of words below it. */
  count() {
    const { begin, ends } = this, nodes = ends.length;
    const extent = (this.extent = Uint32Array.from(ends)), low = (this.low = new Uint32Array(nodes));
    for (let node = nodes - 1; node >= 0; node--) {
      for (let edge = begin[node]; edge < begin[node + 1]; edge++) extent[node] += extent[edge + 1];
    }
    for (let node = 0; node < nodes; node++) {
      let word = low[node] + ends[node];
      for (let edge = begin[node]; edge < begin[node + 1]; word += extent[++edge]) low[edge + 1] = word;
    }
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
    this.heads = summed(numbers(stored("heads")));
    this.pairs = numbers(stored("pairs"));
    summed(this.pairs.subarray(0, this.pairs.length / 2));
    const costs = stored("costs");
    this.size = costs.length / 2;
    this.unknown = this.size + 128;
    this.singles = [0, 1].map((kind) => cumulated(costs.subarray(kind * this.size, (kind + 1) * this.size)));
    const byFrequency = sorted(costs.subarray(0, this.size));
    const table = (row, word) => new Table(byFrequency, numbers(stored(`${row}_counts`)), stored(`${row}_rests`), numbers(stored(`${word}_ranks`)), stored(`${word}_costs`));
    this.bigrams = table("head", "second");
    this.trigrams = table("pair", "third");
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
  /** `steps` gives the ranks of a row's words by frequency, each but the first as the difference from the one before. */
  constructor(byFrequency, counts, rests, steps, costs) {
    this.first = starts(counts);
    const words = (this.words = new Uint32Array(steps.length));
    this.rest = Float64Array.from(rests, (cost) => Math.exp(nats(cost)));
    this.cumulative = new Float64Array(words.length + 1);
    let total = 0;
    for (let row = 0; row < counts.length; row++) {
      const begin = this.first[row], end = this.first[row + 1];
      for (let i = begin, rank = 0; i < end; i++) words[i] = (byFrequency[(rank += steps[i])] << 8) | costs[i];
      words.subarray(begin, end).sort(); // each word with its cost
      let own = 0;
      for (let i = begin; i < end; i++) own += SHARE[words[i] & 255];
      const scale = (1 - this.rest[row]) / Math.max(own, 1e-9);
      for (let i = begin; i < end; i++) {
        this.cumulative[i + 1] = total += SHARE[words[i] & 255] * scale;
        words[i] >>>= 8;
      }
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

/** Numbers of three bytes each, of which all lowest bytes come first, then all middle ones. */
function numbers(bytes) {
  const count = bytes.length / 3, found = new Uint32Array(count);
  for (let i = 0; i < count; i++) found[i] = bytes[i] | (bytes[count + i] << 8) | (bytes[2 * count + i] << 16);
  return found;
}

/** Replaces differences by their sums. */
function summed(steps) {
  for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
  return steps;
}

/** The indices of costs in ascending order, equal ones in their own order. */
function sorted(costs) {
  const order = Uint32Array.from(costs, (cost, i) => cost * 2 ** 24 + i).sort();
  return order.map((key) => key & 0xffffff);
}

function find(sorted, wanted) {
  const at = searchsorted(sorted, wanted);
  return at < sorted.length && sorted[at] === wanted ? at : NOWHERE;
}
