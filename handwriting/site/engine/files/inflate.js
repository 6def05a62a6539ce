// Deflated data (RFC 1951) and gzip (RFC 1952), unpacked within a limit and as far as it is sound. The twin of
// handwriting/formats/deflate.py; the browser's DecompressionStream does not tell what comes before damage, nor where data
// ends.

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]; // of the lengths of length codes
const END = 256, MAX_MATCH = 258;
const FIRST_PIECE = 16_384; // bytes to begin with
const CUT = "cut short", DAMAGED = "damaged";

/** Thrown where data ends too early or is invalid. */
class Stop extends Error {}

/**
 * Unpack deflated data from `at`, but stop after `most` + 1 bytes. Returns { data, end, damage }: what was unpacked before the
 * damage, where the data ends, and null or what it is, "cut short" or "damaged".
 */
export function inflate(bytes, at, most) {
  const stream = new Inflater(bytes, at, most);
  return stream.run(() => stream.blocks());
}

/** Unpack one member of a gzip file in the same way. */
export function gunzipMember(bytes, at, most) {
  const stream = new Inflater(bytes, at, most);
  return stream.run(() => {
    stream.header();
    stream.blocks();
    if (stream.size > most) return;
    const sum = [0, 1, 2, 3].map(() => stream.bits(8)), size = [0, 1, 2, 3].map(() => stream.bits(8));
    const little = ([a, b, c, d]) => (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
    stream.check(little(sum) === crc32(stream.data) && little(size) === stream.size % 2 ** 32);
  });
}

class Inflater {
  constructor(bytes, at, most) {
    Object.assign(this, { bytes, at, most, hold: 0, held: 0, size: 0, sound: 0 });
    this.out = new Uint8Array(Math.min(most + MAX_MATCH + 1, FIRST_PIECE));
  }

  get data() {
    return this.out.subarray(0, Math.min(this.size, this.most + 1));
  }

  run(read) {
    let damage = null;
    try {
      read();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      damage = error.message;
      if (damage === DAMAGED) this.size = this.sound;
    }
    return { data: this.data, end: this.at, damage };
  }

  check(valid) {
    if (!valid) throw new Stop(DAMAGED);
  }

  /** Take in a byte; what was written before it is sound, whatever the byte is. */
  pull() {
    if (this.at >= this.bytes.length) throw new Stop(CUT);
    this.sound = this.size;
    this.hold |= this.bytes[this.at] << this.held;
    this.at += 1;
    this.held += 8;
  }

  bits(count) {
    while (this.held < count) this.pull();
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  symbol({ most, symbols }) {
    for (;;) {
      const entry = symbols[this.hold & ((1 << most) - 1)], length = entry & 15;
      if (length && length <= this.held) {
        this.hold >>>= length;
        this.held -= length;
        return entry >> 4;
      }
      this.check(this.held < most);
      this.pull();
    }
  }

  header() {
    const [, , method, flags] = [8, 8, 8, 8].map((count) => this.bits(count));
    this.check(method === 8 && flags < 32);
    for (let i = 0; i < 6; i++) this.bits(8); // time, extra flags and system
    if (flags & 4) for (let left = this.bits(8) | (this.bits(8) << 8); left > 0; left--) this.bits(8);
    for (const flag of [8, 16]) if (flags & flag) while (this.bits(8)); // name and comment
    if (flags & 2) this.bits(16);
  }

  blocks() {
    for (let last = 0; !last && this.size <= this.most;) {
      last = this.bits(1);
      const kind = this.bits(2);
      this.check(kind < 3);
      if (kind === 0) this.stored();
      else this.coded(...(kind === 1 ? FIXED : this.codes()));
    }
    this.hold = this.held = 0; // the rest of the last byte
  }

  stored() {
    this.hold = this.held = 0;
    let left = this.bits(16);
    this.check(left === (~this.bits(16) & 0xffff));
    for (; left > 0 && this.size <= this.most; left--) {
      this.pull();
      this.hold = this.held = 0;
      this.write(this.bytes[this.at - 1]);
    }
  }

  coded(literals, distances) {
    while (this.size <= this.most) {
      const symbol = this.symbol(literals);
      if (symbol === END) return;
      if (symbol < END) {
        this.write(symbol);
        continue;
      }
      this.check(symbol - 257 < LENGTHS.length);
      const length = LENGTHS[symbol - 257] + this.bits(LENGTH_BITS[symbol - 257]), code = this.symbol(distances);
      this.check(code < DISTANCES.length);
      const distance = DISTANCES[code] + this.bits(DISTANCE_BITS[code]);
      this.check(distance <= this.size);
      for (let i = 0; i < length; i++) this.write(this.out[this.size - distance]);
    }
  }

  write(byte) {
    if (this.size === this.out.length) {
      const more = new Uint8Array(Math.min(2 * this.size, this.most + MAX_MATCH + 1));
      more.set(this.out);
      this.out = more;
    }
    this.out[this.size] = byte;
    this.size += 1;
  }

  /** The codes of literals and distances, which are coded themselves. */
  codes() {
    const literals = this.bits(5) + 257, distances = this.bits(5) + 1, count = this.bits(4) + 4;
    this.check(literals <= 286 && distances <= 30);
    const own = Array(ORDER.length).fill(0), lengths = [];
    for (let i = 0; i < count; i++) own[ORDER[i]] = this.bits(3);
    const code = this.code(own, true);
    while (lengths.length < literals + distances) {
      const symbol = this.symbol(code);
      this.check(symbol !== 16 || lengths.length > 0);
      const times = symbol < 16 ? 1 : symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      const length = symbol < 16 ? symbol : symbol === 16 ? lengths.at(-1) : 0;
      this.check(lengths.length + times <= literals + distances);
      for (let i = 0; i < times; i++) lengths.push(length);
    }
    this.check(lengths[END] > 0);
    return [this.code(lengths.slice(0, literals)), this.code(lengths.slice(literals))];
  }

  code(lengths, whole = false) {
    const { left, most } = roomOf(lengths);
    this.check(left >= 0 && (left === 0 || most === 0 || (!whole && most === 1)) && !(whole && most === 0));
    return codeOf(lengths, most || 1);
  }
}

/** How many codes of the longest length are left over, below 0 for too many, and that length. */
function roomOf(lengths) {
  const most = lengths.reduce((a, b) => Math.max(a, b), 0);
  return { most, left: 2 ** most - lengths.reduce((sum, length) => sum + (length ? 2 ** (most - length) : 0), 0) };
}

/** A canonical code as a table by its next `most` bits: the symbol times 16, plus the length of its code; 0 for none. */
function codeOf(lengths, most) {
  const symbols = new Uint16Array(1 << most);
  let code = 0;
  for (let length = 1; length <= most; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < symbols.length; at += 1 << length) symbols[at] = (symbol << 4) | length;
      code += 1;
    }
  }
  return { most, symbols };
}

const lengthsOf = (...runs) => runs.flatMap(([count, length]) => Array(count).fill(length));
const FIXED = [codeOf(lengthsOf([144, 8], [112, 9], [24, 7], [8, 8]), 9), codeOf(lengthsOf([32, 5]), 5)];

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of gzip and zip. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
