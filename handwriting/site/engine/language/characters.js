// The character n-grams of the language model. The twin of handwriting/recognition/language/characters.py.

import { searchsorted } from "../numbers.js";

const COST_NATS = 1 / 16;
const A = 65 - 32, Z = 90 - 32, LOWER = 97 - 65; // codes are ASCII codes minus 32

export const isLetter = (code) => (code >= A && code <= Z) || (code >= A + LOWER && code <= Z + LOWER);

/** Costs in bytes as natural logarithms. */
export const nats = (cost) => -COST_NATS * cost;

export class CharacterModel {
  /** `stored` gives the array of a name. */
  constructor(stored) {
    for (const name of ["counts", "characters", "costs", "backoffs", "letter", "other"]) this[name] = stored(name);
    this.first = starts(this.counts);
    this.link(stored("extended"));
  }

  /** Finds the state after each n-gram, and the state of the next shorter context of each state. */
  link(extended) {
    const following = (this.following = new Uint32Array(this.characters.length));
    const shorter = (this.shorter = new Uint32Array(this.counts.length));
    for (let state = 0, last = 0; state < this.counts.length; state++) {
      for (let n = this.first[state]; n < this.first[state + 1]; n++) {
        const behind = state === 0 ? 0 : following[this.find(shorter[state], this.characters[n])[0]];
        if ((extended[n >> 3] << (n & 7)) & 128) shorter[(following[n] = ++last)] = behind;
        else following[n] = behind;
      }
    }
  }

  /** The n-gram of a state or of the shorter contexts behind it that has this last character, and the cost of backing off to it. */
  find(state, code) {
    for (let cost = 0; ; cost += this.backoffs[state], state = this.shorter[state]) {
      const end = this.first[state + 1], at = searchsorted(this.characters, code, this.first[state], end);
      if (at < end && this.characters[at] === code) return [at, cost];
    }
  }

  /** The log-probability of a character after a state, and the next state. */
  step(state, code) {
    const [at, cost] = this.find(state, code);
    return [nats(cost + this.costs[at]), this.following[at]];
  }
}

/** Where each group of so many elements begins, and where the last one ends. */
export function starts(counts) {
  const first = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) first[i + 1] = first[i] + counts[i];
  return first;
}
