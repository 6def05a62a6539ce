// Random numbers from a seed: the same seed gives the same writing in every browser, but not the same as in Python.

/** A generator that some whole numbers choose: a counter whose bits are mixed (splitmix; Steele, Lea & Flood 2014). */
export class Random {
  constructor(...seeds) {
    this.state = 0x9e3779b9;
    for (const seed of seeds) {
      for (const part of [seed % 2 ** 32, Math.floor(seed / 2 ** 32)]) this.state = mixed((this.state ^ part) + 0x9e3779b9);
    }
  }

  /** A number above 0 and below 1. */
  uniform() {
    this.state = (this.state + 0x9e3779b9) | 0;
    return ((mixed(this.state) >>> 0) + 0.5) / 2 ** 32;
  }

  /** A standard normal number (Box and Muller). */
  normal() {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  gumbel() {
    return -Math.log(-Math.log(this.uniform()));
  }

  logistic() {
    const share = this.uniform();
    return Math.log(share / (1 - share));
  }
}

/** The bits of a number, mixed (the finaliser of MurmurHash3). */
function mixed(value) {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
