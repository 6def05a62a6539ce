// Hands as codes. The twin of handwriting/synthesis/codes.py.

import { Refusal } from "../refusal.js";
import { Random } from "./random.js";

const STREAM = 7; // keeps the random numbers of a hand apart from those of its lines

export class HandCodes {
  /** `file` is hands.safetensors, `name` that of the network. */
  constructor(file, name) {
    this.name = name;
    this.arrays = safetensors(file);
    this.size = this.arrays.mean.length;
  }

  /** What a hand adds to the gates and the outputs. */
  added({ numbers, network, delta }) {
    if (network !== this.name || numbers.length !== this.size) throw new Refusal("site.otherHand");
    const { basis } = this.arrays, added = new Float32Array(basis.length / this.size);
    for (let g = 0; g < added.length; g++) {
      let total = 0;
      for (let z = 0; z < this.size; z++) total += basis[g * this.size + z] * numbers[z];
      added[g] = total;
    }
    if (delta) halves(base64(delta)).forEach((value, g) => (added[g] += value));
    return added;
  }

  /** A random hand: the same for the same seed. */
  random(seed) {
    const { mean, factor } = this.arrays, random = new Random(seed, STREAM), normal = Array.from(mean, () => random.normal());
    const numbers = Array.from(mean, (value, i) => normal.reduce((total, one, j) => total + factor[i * this.size + j] * one, value));
    return { network: this.name, numbers };
  }

  /** The code of what was measured of lines, one row. */
  regressed(row) {
    const { regression, center, spread } = this.arrays;
    const scaled = [...row.map((value, i) => Math.min(4, Math.max(-4, (value - center[i]) / spread[i]))), 1];
    const numbers = Array.from({ length: this.size }, (_, z) => scaled.reduce((total, value, i) => total + value * regression[i * this.size + z], 0));
    return { network: this.name, numbers: numbers.map((value) => Math.round(value * 1e4) / 1e4) };
  }
}

/** The arrays of a safetensors file of numbers in 16 bits, by name. */
function safetensors(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const begin = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, begin)));
  delete header.__metadata__;
  return Object.fromEntries(Object.entries(header).map(([name, { dtype, data_offsets: [from, to] }]) => {
    if (dtype !== "F16") throw new Error(`an array of type ${dtype} cannot be read`);
    return [name, halves(file.slice(begin + from, begin + to))];
  }));
}

const base64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Numbers of 16 bits (IEEE 754 binary16). */
function halves(bytes) {
  return Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), (bits) => {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
}
