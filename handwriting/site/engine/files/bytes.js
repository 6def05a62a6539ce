// A reader of little-endian bytes; a missing value is refused as damage.

import { Refusal } from "../refusal.js";

const MAX_BITS = 70; // bits of a number of any length

export class ByteReader {
  constructor(bytes, at = 0, end = bytes.length) {
    Object.assign(this, { bytes, at, end, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) });
  }

  get left() {
    return this.end - this.at;
  }

  /** Skip so many bytes, and return where they begin. */
  skip(count) {
    if (!(count <= this.left)) throw new Refusal("site.damagedFile");
    this.at += count;
    return this.at - count;
  }

  take(count) {
    const at = this.skip(count);
    return this.bytes.subarray(at, at + count);
  }

  /** A reader of the next bytes. */
  block(count) {
    const at = this.skip(count);
    return new ByteReader(this.bytes, at, at + count);
  }

  peek() {
    return this.left > 0 ? this.bytes[this.at] : NaN;
  }

  uint8() {
    return this.bytes[this.skip(1)];
  }

  uint16() {
    return this.view.getUint16(this.skip(2), true);
  }

  uint32() {
    return this.view.getUint32(this.skip(4), true);
  }

  float32() {
    return this.view.getFloat32(this.skip(4), true);
  }

  float64() {
    return this.view.getFloat64(this.skip(8), true);
  }

  /** A varint: seven bits per byte, the lowest first; the highest bit means that more follow. */
  number() {
    for (let value = 0, shift = 0; shift < MAX_BITS; shift += 7) {
      const byte = this.uint8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Refusal("site.damagedFile");
  }
}

/** A zigzag-encoded number of Protocol Buffers. */
export const zigzag = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

/** The half-precision number with these bits. */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** Whether bytes begin with a text. */
export const begins = (bytes, text, at = 0) => [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));
