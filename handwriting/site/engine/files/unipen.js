// UNIPEN: text files of keywords and pen components. The twin of handwriting/formats/unipen.py and unipen_document.py,
// without labels and without the files that a file includes.

import { Refusal } from "../refusal.js";
import { numberOf, parsed } from "./numerals.js";
import { atMost } from "./tally.js";

const HEAD = 16384;
const KEYWORD = /^[ \t]*\.([A-Z][A-Z0-9_]*)(?![^ \t\r\n])/gm;
const MARKS = ["VERSION", "INCLUDE", "COORD", "PEN_DOWN", "SEGMENT", "DATA_SOURCE"];
const MAX_KEYWORDS = 250_000;
const NUMERIC = /^[-+.]*[0-9]/; // how the points of a component begin, and no mention in running text
const MAX_COORDINATE = 1e9;

const lines = (text) => text.split(/\r\n|\r|\n/);
const words = (text) => text.split(/[ \t\n\r\v\f]+/).filter(Boolean);
const firstOf = (text) => numberOf(words(text)[0] ?? "");

export function isUnipen(text) {
  return [...text.slice(0, HEAD).matchAll(KEYWORD)].some(([, word]) => MARKS.includes(word));
}

/** The page of a file, see pages.js. */
export function readUnipen(file, tally) {
  const text = ended(file), reader = new UnipenReader(), found = [...text.matchAll(KEYWORD)];
  atMost(found.length, MAX_KEYWORDS);
  found.forEach((match, i) => reader.take(match[1], text.slice(match.index + match[0].length, found[i + 1]?.index)));
  if (!reader.components && reader.includes) throw new Refusal("site.files");
  return [reader.page(tally)];
}

/** A text without what fills the last block of a disk, and without DOS's end of a file. */
function ended(text) {
  let end = text.length;
  while (end > 0 && "\0\x1a".includes(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

class UnipenReader {
  constructor() {
    this.strokes = []; // { columns, values, begin, rate, clock }
    this.columns = ["X", "Y"];
    this.rate = NaN;
    this.resolution = {}; // points an inch, and as the file has them
    this.time = this.clock = this.components = 0;
    this.includes = false;
    this.units = null;
  }

  take(word, value) {
    if (word === "PEN_DOWN" || word === "PEN_UP") this.component(word === "PEN_DOWN", value);
    else if (word === "COORD") {
      const names = words(value.toUpperCase());
      if (!names.includes("X") || !names.includes("Y") || new Set(names).size < names.length) throw new Refusal("site.damagedFile");
      this.columns = names;
    } else if (word === "INCLUDE") this.includes = true;
    else if (word === "DT") this.pause(firstOf(value));
    else if (word === "POINTS_PER_SECOND") this.rate = firstOf(value);
    else if (/^[XY]_POINTS_PER/.test(word)) this.resolve(word[0], word.slice(13), firstOf(value));
  }

  component(down, value) {
    const [first] = words(value);
    if (first === undefined) {
      this.clock += Number(!down); // it is unknown how long the pen was in the air, unless .DT follows
      return;
    }
    if (!NUMERIC.test(first)) return;
    this.components += 1;
    const timed = this.columns.includes("T") || !(this.rate > 0);
    if (down) this.strokes.push({ columns: this.columns, values: value, begin: timed ? null : this.time, rate: this.rate, clock: timed ? 0 : this.clock });
    if (!timed) this.time += lines(value.trim()).length / this.rate;
  }

  /** .DT stands behind the empty .PEN_UP that lost the clock. */
  pause(milliseconds) {
    if (!(milliseconds >= 0) || this.clock <= 0) return;
    this.clock -= 1;
    this.time += milliseconds / 1000;
  }

  resolve(axis, unit, value) {
    if (!(value > 0)) return;
    if (unit === "INCH" || unit === "MM") this.resolution[axis] = [value * (unit === "MM" ? 25.4 : 1), value];
    const { X, Y } = this.resolution;
    if (X && Y) this.units = `1/${Y[1]} ${unit === "MM" ? "mm" : "in"}`;
  }

  page(tally) {
    const { X, Y } = this.resolution, ratio = X && Y ? Y[0] / X[0] : 1;
    const oneClock = new Set(this.strokes.map(({ clock }) => clock)).size === 1;
    const strokes = [];
    for (const stroke of this.strokes) {
      tally.part(() => {
        const rows = rowsOf(stroke, tally), at = (name) => stroke.columns.indexOf(name);
        const column = (name, of = (value) => value) => (at(name) < 0 ? null : rows.map((row) => of(row[at(name)])));
        const counted = stroke.begin === null ? null : rows.map((_, i) => stroke.begin + i / stroke.rate);
        const t = oneClock ? column("T", (value) => value / 1000) ?? counted : null;
        tally.add(strokes, { x: column("X", (value) => value * ratio), y: column("Y", (value) => -value), t, p: column("P") });
      });
    }
    return { strokes, units: this.units, timeUnit: 1, largest: 0 };
  }
}

/** The rows of a component, with NaN for values that are not numbers; a line that is damaged costs itself alone. */
function rowsOf({ columns, values }, tally) {
  const width = columns.length, all = words(values), flat = all.length % width === 0;
  let rows = lines(values.trim()).map(words);
  if (hasFurther(rows, width)) rows = rows.map((row) => row.slice(0, width));
  else if (flat) rows = Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
  else if (["X", "Y"].every((name) => columns.slice(0, 2).includes(name))) {
    rows = rows.map((row) => (row.length >= 2 ? [...row, ...Array(Math.max(0, width - row.length)).fill("?")] : row)); // only its time or pressure is missing
  }
  const whole = rows.filter((row) => row.length === width);
  const sound = whole.every((row) => !row.some((word) => Number.isNaN(parsed(word))));
  const found = whole.map((row) => row.map(sound ? parsed : numberOf));
  for (const at of ["X", "Y"].map((name) => columns.indexOf(name))) {
    if (!found.every((row) => Math.abs(row[at]) <= MAX_COORDINATE)) throw new Refusal("site.damagedFile");
  }
  if (!flat) tally.count(rows.length - whole.length);
  return found;
}

/** Whether every line has more values than there are columns, but not those of several points. */
function hasFurther(rows, width) {
  const sizes = new Set(rows.map((row) => row.length)), [size] = sizes;
  return sizes.size === 1 && size > width && size % width !== 0;
}
