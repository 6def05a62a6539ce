// The character n-grams of the language model. The twin of handwriting/recognition/language/characters.py.

const COST_NATS = 1 / 16;
const A = 65 - 32, Z = 90 - 32, LOWER = 97 - 65; // codes are ASCII codes minus 32

export const isLetter = (code) => (code >= A && code <= Z) || (code >= A + LOWER && code <= Z + LOWER);

/** Costs in bytes as natural logarithms. */
export const nats = (cost) => -COST_NATS * cost;

export class CharacterModel {
  /** `stored` gives the array of a name. */
  constructor(stored) {
    for (const name of ["counts", "characters", "costs", "following", "shorter", "backoffs", "letter", "other"]) this[name] = stored(name);
    this.first = starts(this.counts);
  }

  /** The log-probability of a character after a state, and the next state. */
  step(state, code) {
    let logProbability = 0;
    for (;;) {
      let low = this.first[state], high = this.first[state + 1];
      const end = high;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.characters[middle] < code) low = middle + 1;
        else high = middle;
      }
      if (low < end && this.characters[low] === code) return [logProbability - COST_NATS * this.costs[low], this.following[low]];
      logProbability -= COST_NATS * this.backoffs[state];
      state = this.shorter[state];
    }
  }
}

/** Where each group of so many elements begins, and where the last one ends. */
export function starts(counts) {
  const first = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) first[i + 1] = first[i] + counts[i];
  return first;
}
