// Microsoft's Ink Serialized Format. The twin of handwriting/formats/isf.py.

import { Refusal } from "../refusal.js";
import { ByteReader } from "./bytes.js";
import { packet } from "./isf-packets.js";
import { atMost } from "./tally.js";

const RECTANGLE = 0, PENS = 2, PEN = 3, DESCRIPTORS = 4, DESCRIPTOR = 5, NO_X = 7, NO_Y = 8, STROKE = 10, TRANSFORMS = 15;
const PEN_INDEX = 9, DESCRIPTOR_INDEX = 13, TRANSFORM_INDEX = 23, METRIC_INDEX = 26;
const EXTENDED_TRANSFORMS = 31, LAST_TAG = 31;
const TRANSFORM = 16, ISOTROPIC = 17, ROTATE = 19, TRANSLATE = 20;
const VALUES = { 16: 6, 17: 1, 18: 2, 20: 2, 21: 4 }; // how many floats each kind of transform has
const MAX_TAGS = 100_000, MAX_POINTS = 1_000_000;
const KNOWN = 50; // tags from here are properties of points and pens
const PRESSURE = 56, STYLUS_WIDTH = 69, STYLUS_HEIGHT = 70, TRANSPARENCY = 80, RASTER_OPERATION = 87, MANTISSA = 27, MASK_PEN = 9;
const TRANSLUCENT = 64; // transparency, of 255, of a highlighter and of lines that cannot be seen

/** The page of a file, see pages.js. */
export function readIsf(bytes, tally) {
  return [new IsfReader(tally).page(new ByteReader(bytes, 1))];
}

/** What the tags so far have set. */
class IsfReader {
  constructor(tally) {
    Object.assign(this, { tally, strokes: [], pens: [], descriptors: [], transforms: [] });
    this.index = { [PEN_INDEX]: 0, [DESCRIPTOR_INDEX]: 0, [TRANSFORM_INDEX]: 0, [METRIC_INDEX]: 0 };
  }

  page(reader) {
    reader.number();
    this.tally.part(() => {
      for (let tags = 1; reader.left; tags++) {
        const tag = reader.number();
        atMost(tags, MAX_TAGS);
        if (tag in this.index) this.index[tag] = reader.number();
        else if (tag === RECTANGLE) for (let i = 0; i < 4; i++) reader.number();
        else if (tag in VALUES || tag === ROTATE) this.transforms = [transform(reader, tag, () => reader.float32())];
        else {
          const block = reader.block(reader.number() + Number(tag > LAST_TAG));
          this.tally.part(() => this.block(tag, block));
        }
      }
    });
    return { strokes: this.strokes, units: "himetric", largest: 0 };
  }

  block(tag, block) {
    if (tag === STROKE) this.stroke(block);
    else if (tag === PENS) this.pens = all(block, () => writes(block.block(block.number())));
    else if (tag === PEN) this.pens.push(writes(block));
    else if (tag === DESCRIPTORS) this.descriptors = all(block, () => numbers(block.block(block.number())));
    else if (tag === DESCRIPTOR) this.descriptors = [numbers(block)];
    else if (tag === TRANSFORMS || tag === EXTENDED_TRANSFORMS) {
      this.transforms = [];
      while (block.left) this.transforms.push(transform(block, block.number(), () => (tag === TRANSFORMS ? block.float32() : block.float64())));
    }
  }

  stroke(block) {
    if (this.pens[this.index[PEN_INDEX]] === false) {
      this.tally.count();
      return;
    }
    const tags = this.descriptors[this.index[DESCRIPTOR_INDEX]] ?? [];
    if (tags.includes(NO_X) || tags.includes(NO_Y)) throw new Refusal("site.damagedFile");
    const count = block.number();
    atMost(count, MAX_POINTS);
    if (!count) return;
    let x = packet(block, count), y = packet(block, count), p = null;
    const end = tags.findIndex((tag) => tag < KNOWN), place = tags.slice(0, end < 0 ? tags.length : end).indexOf(PRESSURE);
    for (let i = 0; i <= place; i++) p = packet(block, count);
    const matrix = this.transforms[this.index[TRANSFORM_INDEX]];
    if (matrix) {
      const [a, b, c, d, e, f] = matrix;
      [x, y] = [x.map((value, i) => a * value + b * y[i] + c), x.map((value, i) => d * value + e * y[i] + f)];
    }
    this.tally.add(this.strokes, { x, y, t: null, p });
  }
}

/** What `read` finds in a block until its end. */
function all(block, read) {
  const found = [];
  while (block.left) found.push(read());
  return found;
}

const numbers = (block) => all(block, () => block.number());

/** Whether a pen writes, by its drawing attributes, and neither highlights nor draws what cannot be seen. */
function writes(block) {
  while (block.left) {
    const tag = block.number();
    if (tag === RASTER_OPERATION) {
      if (block.take(4)[0] === MASK_PEN) return false;
    } else if (tag === STYLUS_WIDTH || tag === STYLUS_HEIGHT) {
      block.number();
      if (block.peek() === MANTISSA) {
        block.number();
        block.block(block.number() + 1);
      }
    } else if (tag === TRANSPARENCY) {
      if (block.number() >= TRANSLUCENT) return false;
    } else if (tag >= KNOWN && tag < 2 * KNOWN) block.number();
    else block.block(block.number() + 1); // a property of a program
  }
  return true;
}

/** A transform of x and y [a, b, c, d, e, f]: x' = a x + b y + c, y' = d x + e y + f. */
function transform(reader, tag, float) {
  if (tag === ROTATE) {
    const angle = (reader.number() / 100) * (Math.PI / 180), [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return [cosine, -sine, 0, sine, cosine, 0];
  }
  if (!(tag in VALUES)) throw new Refusal("site.damagedFile");
  const [first, second, ...others] = Array.from({ length: VALUES[tag] }, float);
  if (tag === TRANSLATE) return [1, 0, first, 0, 1, second];
  if (tag === TRANSFORM) return [first, others[0], others[2], second, others[1], others[3]];
  const [right, down] = others.length ? others : [0, 0];
  return [first, 0, right, 0, tag === ISOTROPIC ? first : second, down];
}
