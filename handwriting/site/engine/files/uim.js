// Wacom's Universal Ink Model, versions 3.0.0 and 3.1.0. The twin of handwriting/formats/uim.py.

import { Refusal } from "../refusal.js";
import { ByteReader } from "./bytes.js";
import { Message } from "./protobuf.js";
import { atMost } from "./tally.js";

const MATRIX = [1, 2, 4, 5, 6, 8]; // fields of a matrix that concern x and y: m00, m01, m03, m10, m11, m13
const IDENTITY = [1, 0, 0, 0, 1, 0];
const MAX_SHAPES = 20_000;

/** The page of a file, see pages.js. */
export function readUim(bytes, tally) {
  const chunks = chunksOf(bytes, tally), chunk = (name) => chunks.get(name) ?? new Uint8Array();
  const version = chunk("HEAD").subarray(0, 3).join("."), old = version === "3.0.0";
  if (!old && version !== "3.1.0") throw new Refusal("site.files");
  const outer = new Message(chunk(old ? "DATA" : "INKD"), tally), ink = old ? outer.message(2, tally) : outer;
  const matrix = tally.part(() => matrixOf(outer.message(old ? 7 : 3))) ?? IDENTITY;
  const brushes = ink.texts(4), modes = ink.texts(5), strokes = [];
  atMost(ink.contents(1).length, MAX_SHAPES);
  for (const content of ink.contents(1)) {
    tally.part(() => {
      const stroke = new Message(content), style = old ? stroke.message(22) : null;
      const writes = old ? isWriting(style.texts(2), style.texts(4)) : isWriting(named(stroke, 9, brushes), named(stroke, 11, modes));
      let [x, y] = old ? [stroke.floats(4), stroke.floats(5)] : spline(stroke);
      if (!writes) {
        tally.count();
        return;
      }
      if (x.length !== y.length) throw new Refusal("site.damagedFile");
      if (x.length > 2) [x, y] = [x.slice(1, -1), y.slice(1, -1)]; // the curve runs between the second point and the last but one
      const [a, b, c, d, e, f] = matrix;
      tally.add(strokes, { x: x.map((value, i) => a * value + b * y[i] + c), y: x.map((value, i) => d * value + e * y[i] + f), t: null, p: null });
    });
  }
  return [{ strokes }];
}

/** The chunks of a RIFF file by name; of one that is cut short, what there is. */
function chunksOf(bytes, tally) {
  const reader = new ByteReader(bytes, Math.min(12, bytes.length)), found = new Map();
  while (reader.left >= 8) {
    const name = String.fromCharCode(...reader.take(4)), size = reader.uint32();
    if (size > reader.left) tally.lost += 1;
    const content = reader.take(Math.min(size, reader.left));
    if (!found.has(name)) found.set(name, content);
    if (size % 2 && reader.left) reader.skip(1);
  }
  return found;
}

/** x and y of the control points of a stroke of version 3.1: plain, or differences with decimal places. */
function spline(stroke) {
  const plain = stroke.message(5), packed = stroke.message(6);
  if (plain.fields.size) return [plain.floats(1), plain.floats(2)];
  const scale = 10 ** ((stroke.signed(2).at(-1) ?? 0) & 15);
  return [1, 2].map((field) => {
    let sum = 0;
    return packed.signed(field).map((difference) => (sum += difference) / scale);
  });
}

/** A name that a stroke has by its index, from 1, or in the field after that. */
function named(stroke, field, names) {
  const name = names[(stroke.numbers(field).at(-1) ?? 0) - 1];
  return name === undefined ? stroke.texts(field + 1) : [name];
}

/** Whether a stroke writes, by its brush and its mode of drawing, and neither erases nor highlights. */
function isWriting(brush, mode) {
  const name = brush.join("").toLowerCase(), blend = mode.join("").toLowerCase();
  return !/eras|highlight/.test(name) && !/destination-?out|\/(min|multiply)$/.test(blend);
}

/** The transform of x and y; the identity where none is given. */
function matrixOf(message) {
  const values = MATRIX.map((field) => message.floats(field).at(-1) ?? 0);
  return values.some((value) => value !== 0) ? values : IDENTITY;
}
