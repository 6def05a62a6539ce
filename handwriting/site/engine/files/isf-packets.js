// Packets of Microsoft's ink: the values of one property of all points of a stroke, compressed. The twin of
// handwriting/formats/isf_packets.py.

import { Refusal } from "../refusal.js";

const TABLES = [ // bits of a value after each length of prefix
  [0, 1, 2, 4, 6, 8, 12, 16, 24, 32], [0, 1, 1, 2, 4, 8, 12, 16, 24, 32], [0, 1, 1, 1, 2, 4, 8, 14, 22, 32],
  [0, 2, 2, 3, 5, 8, 12, 16, 24, 32], [0, 3, 4, 5, 8, 12, 16, 24, 32], [0, 4, 6, 8, 12, 16, 24, 32],
  [0, 6, 8, 12, 16, 24, 32], [0, 7, 8, 12, 16, 24, 32],
];
const METHOD = 0xc0, HUFFMAN = 0x80, PACKED = 0x00, DIFFERENCES = 0x20, SIZE = 0x1f;

/** The values of the next packet, `count` of them. */
export function packet(reader, count) {
  const method = reader.uint8(), size = method & SIZE;
  if ((method & METHOD) === HUFFMAN && size < TABLES.length) return summed(huffman(reader, count, TABLES[size]));
  if ((method & METHOD) !== PACKED) throw new Refusal("site.damagedFile");
  if (!(method & DIFFERENCES)) return plain(reader, count, size || 32);
  const first = Array.from({ length: Math.min(count, 2) }, () => signed(reader.number()));
  return summed([...first, ...plain(reader, count - first.length, size || 32)]);
}

const signed = (value) => (value % 2 ? -(value - 1) / 2 : value / 2);

/** Values from the differences of their differences. */
function summed(differences) {
  let speed = 0, value = 0;
  return differences.map((difference) => {
    speed += difference;
    value += speed;
    return value;
  });
}

/** Signed numbers of `size` bits each, the highest bit first. */
function plain(reader, count, size) {
  const bits = new Bits(reader.block(Math.ceil((count * size) / 8)));
  return Array.from({ length: count }, () => {
    const value = bits.number(size);
    return value >= 2 ** (size - 1) ? value - 2 ** size : value;
  });
}

/** Differences of differences: ones that choose a size, a zero, and the value with its sign last. */
function huffman(reader, count, table) {
  const lows = [0, 1], bits = new Bits(reader);
  for (const size of table.slice(1, -1)) lows.push(lows.at(-1) + 2 ** (size - 1));
  return Array.from({ length: count }, () => {
    let prefix = 0;
    while (bits.number(1)) prefix += 1;
    if (prefix >= table.length) throw new Refusal("site.damagedFile");
    const code = bits.number(table[prefix]), magnitude = Math.floor(code / 2) + lows[prefix];
    return code % 2 ? -magnitude : magnitude;
  });
}

/** The bits of a reader's bytes, the highest first; a byte is taken when its first bit is. */
class Bits {
  constructor(reader) {
    Object.assign(this, { reader, byte: 0, left: 0 });
  }

  number(count) {
    let value = 0;
    for (let i = 0; i < count; i++) {
      if (!this.left) [this.byte, this.left] = [this.reader.uint8(), 8];
      this.left -= 1;
      value = 2 * value + ((this.byte >> this.left) & 1);
    }
    return value;
  }
}
