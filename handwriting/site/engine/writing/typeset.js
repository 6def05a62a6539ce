// Words brought to one size and set on lines and pages. The twin of handwriting/composition/finish.py and typeset.py, for
// words without marks.

import { movedTo } from "../ink/ink.js";
import { clamp, max, median, min } from "../numbers.js";
import { writingHeight } from "../ink/normalise.js";
import { Random } from "./random.js";

export const HEIGHT_PER_LINE_HEIGHT = 0.45;
export const ASCENT = 0.7; // share of the line height above the first baseline
const MIN_SPACE = 0.25, MAX_SPACE = 1.1, TYPICAL_SPACE = 0.6; // in writing heights
const SMALLEST = 1 / 3;
const SMALL_LETTERS = new Set("aceimnorsuvwxz");
const MATCHED = [0.75, 1.35]; // a word that was drawn by itself is brought to the size of the others within these
const LEAN = 0.03, SIZE_SPREAD = 0.06; // at liveliness 1
const ROUNDING_MM = 1e-6;

/** What is known of a hand from words that it wrote: its height, its x-height, and its space between words. */
export function measureOf(words, usual) {
  const drawn = words.filter(({ ink }) => ink), long = drawn.filter(({ text }) => text.length > 3);
  const height = drawn.length ? Math.max(median((long.length ? long : drawn).map(({ ink }) => writingHeight(ink))), SMALLEST * usual) : usual;
  const gaps = words.filter(({ gap }) => gap !== null).map(({ gap }) => gap);
  const small = drawn.flatMap(smallLetters);
  return { height, xHeight: small.length ? median(small) : 0.5 * height, space: clamp(gaps.length ? median(gaps) : TYPICAL_SPACE * height, MIN_SPACE * height, MAX_SPACE * height) };
}

/** The heights of the letters of a word that are as high as an x. */
function smallLetters({ text, ink, places }) {
  return [...text].flatMap((character, at) => {
    const own = SMALL_LETTERS.has(character) ? ink.y.filter((_, i) => places[i] === at) : [];
    return own.length > 3 ? [max(own) - min(own)] : [];
  });
}

/** Finishes words for lines that are `lineHeight` mm apart. */
export class Finisher {
  constructor({ size, slant, seed }, lineHeight, lively = 0) {
    this.height = HEIGHT_PER_LINE_HEIGHT * size * lineHeight;
    this.shear = Math.tan((slant * Math.PI) / 180);
    this.lively = lively;
    this.random = new Random(seed, 5);
  }

  /** { text, ink, width, space } in millimetres; a word that is wider than `room` is drawn narrower. */
  word(word, measure, room) {
    const { text, ink } = word, usual = this.height / measure.height, space = usual * measure.space;
    const small = word.changed ? smallLetters(word) : [];
    const growth = small.length ? usual * clamp(measure.xHeight / Math.max(median(small), 1e-9), ...MATCHED) : usual;
    const lean = this.shear + this.lively * LEAN * this.random.normal();
    const varied = growth * Math.exp(this.lively * SIZE_SPREAD * this.random.normal());
    if (!ink) return { text, ink: null, width: space, space };
    const x = ink.x.map((value, i) => (value - lean * ink.y[i]) * varied), left = min(x);
    const narrower = Math.min(1, room / Math.max(max(x) - left, 1e-9));
    const placed = movedTo(ink, x.map((value) => (value - left) * narrower), ink.y.map((value) => value * varied));
    return { text, ink: placed, width: max(placed.x), space };
  }
}

/** The lines of a paragraph, filled greedily: { first, x }, the number of the first word and the left edge of each. */
export function breakLines(words, width, align) {
  if (!words.length) return [{ first: 0, x: [] }];
  const lines = [];
  for (let first = 0; first < words.length;) {
    let end = first + 1, used = words[first].width;
    while (end < words.length && used + words[end - 1].space + words[end].width <= width + ROUNDING_MM) {
      used += words[end - 1].space + words[end].width;
      end += 1;
    }
    const slack = width - used, gaps = end - first - 1;
    const stretch = align === "justify" && end < words.length && gaps ? slack / gaps : 0;
    let at = { center: slack / 2, right: slack }[align] ?? 0;
    lines.push({ first, x: words.slice(first, end).map((word) => {
      const left = at;
      at += word.width + word.space + stretch;
      return left;
    }) });
    first = end;
  }
  return lines;
}

/** Places lines on pages of `rows` lines each, in their order. */
export class Paginator {
  page = 0;
  row = 0;
  begun = false;

  constructor(rows) {
    this.rows = rows;
  }

  /** { page, row } of the next line; null for a blank line at the top of a page. `more` lines of its paragraph follow. */
  place(line, { breaksPage, more }) {
    if (line.first === 0 && breaksPage && this.begun) [this.page, this.row] = [this.page + 1, 0];
    this.begun = true;
    const needed = Math.min(line.first === 0 && more ? 2 : 1, this.rows);
    if (this.row > 0 && this.row + needed > this.rows) [this.page, this.row] = [this.page + 1, 0];
    if (!line.x.length && this.row === 0 && this.page > 0) return null;
    this.row += 1;
    return { page: this.page, row: this.row - 1 };
  }
}
