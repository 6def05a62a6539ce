// Protocol Buffers messages by field number, without their schema. The twin of handwriting/formats/protobuf.py.

import { Refusal } from "../refusal.js";
import { ByteReader, zigzag } from "./bytes.js";
import { atMost } from "./tally.js";

const NUMBER = 0, FIXED = { 1: 8, 5: 4 }, BYTES = 2; // wire types, and the bytes of those of fixed size
const MAX_FIELDS = 400_000, MAX_VALUES = 1_000_000;

export class Message {
  /** With `tally`, damage is counted and what comes before it is kept, of the last field as much as there is. */
  constructor(bytes, tally = null) {
    this.fields = new Map();
    if (tally) tally.part(() => this.parse(new ByteReader(bytes), true));
    else this.parse(new ByteReader(bytes), false);
  }

  parse(reader, keep) {
    for (let count = 1; reader.left; count++) {
      const key = reader.number(), kind = key % 8, number = Math.floor(key / 8);
      if (!this.fields.has(number)) this.fields.set(number, []);
      const values = this.fields.get(number);
      if (kind === NUMBER) values.push(reader.number());
      else {
        const size = kind === BYTES ? reader.number() : FIXED[kind];
        if (keep && kind === BYTES && size > reader.left) values.push(reader.take(reader.left).slice());
        if (size === undefined || size > reader.left) throw new Refusal("site.damagedFile");
        values.push(reader.take(size));
      }
      atMost(count, MAX_FIELDS);
    }
  }

  /** The bytes of a field of messages or strings. */
  contents(number) {
    return (this.fields.get(number) ?? []).filter((value) => typeof value !== "number");
  }

  /** The message in a field; an empty one when it is missing. */
  message(number, tally = null) {
    return new Message(this.contents(number).at(-1) ?? new Uint8Array(), tally);
  }

  texts(number) {
    return this.contents(number).map((bytes) => new TextDecoder().decode(bytes.subarray(0, 200)));
  }

  /** The numbers of a field that is not packed. */
  numbers(number) {
    return (this.fields.get(number) ?? []).filter((value) => typeof value === "number");
  }

  /** The values of a field of 32-bit floats, packed or not. */
  floats(number) {
    const readers = this.contents(number).map((bytes) => new ByteReader(bytes)), found = [];
    for (const reader of readers) while (reader.left) found.push(reader.float32());
    return found;
  }

  /** The values of a field of signed integers, packed or not. */
  signed(number) {
    const found = this.numbers(number);
    if (found.length) return found.map(zigzag);
    for (const bytes of this.contents(number)) {
      for (const reader = new ByteReader(bytes); reader.left;) found.push(reader.number());
      atMost(found.length, MAX_VALUES);
    }
    return found.map(zigzag);
  }
}
