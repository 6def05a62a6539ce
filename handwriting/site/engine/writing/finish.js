// Drawn words in millimetres, in one size, with their marks, and lines drawn by hand. The twin of
// handwriting/composition/finish.py and drawn.py.

import { inkOfStrokes, movedTo, strokesOf } from "../ink/ink.js";
import { slant, writingHeight } from "../ink/normalise.js";
import { clamp, interpolate, linspace, max, median, min, range } from "../numbers.js";
import { addMarks } from "./marks.js";
import { Random } from "./random.js";

export const HEIGHT_PER_LINE_HEIGHT = 0.45;
export const UNDERLINE = 0.12, RULE = -0.2; // below the baseline, in line heights
const MIN_SPACE = 0.25, MAX_SPACE = 1.1, TYPICAL_SPACE = 0.6; // in writing heights
const MIN_HEIGHT_SHARE = 1 / 3;
const SMALL_LETTERS = new Set("aceimnorsuvwxz");
const ISOLATED_SCALE = 1.12; // factor by which networks write words larger by themselves
const SCALE_LIMITS = [0.65, 1.25], SIZE_TOLERANCE = 0.05; // factors; a run that differs by less stays as it was drawn
const MIN_PER_CHARACTER = 2, MIN_PER_RUN = 5;
const LETTER = /^[\p{L}\p{N}]$/u;
const LEAN_SD = 0.03, SIZE_LOG_SD = 0.06; // at liveliness 1
const SHAKE = 0.015, WAVER_SD = 0.012;

/** Measurements of a hand from words that it wrote: { height, space, shape, enlarged }. */
export function measureOf(words, usual) {
  const drawn = words.filter(({ ink }) => ink), some = drawn.filter(({ text }) => text.length > 3);
  const long = (some.length ? some : drawn).map(({ ink }) => ink);
  const height = long.length ? Math.max(median(long.map(writingHeight)), MIN_HEIGHT_SHARE * usual) : usual;
  const gaps = words.filter(({ gap }) => gap !== null).map(({ gap }) => gap);
  const letters = lettersOf(drawn.filter(({ changed }) => !changed));
  const small = letters.filter(([character]) => SMALL_LETTERS.has(character)).map(([, height]) => height);
  const shape = { xHeight: small.length ? median(small) : 0.5 * height, slant: long.length ? -median(long.map(slant)) : 0, shake: SHAKE };
  const space = clamp(gaps.length ? median(gaps) : TYPICAL_SPACE * height, MIN_SPACE * height, MAX_SPACE * height);
  const enlarged = median([ISOLATED_SCALE, ...words.map((word) => word.enlarged).filter(Boolean)]);
  return { height, space, shape, enlarged, letters: usualHeights(letters) };
}

/** The letters and digits of words that have ink, with their heights. */
export function lettersOf(words) {
  return words.flatMap(({ text, ink, places }) => [...(ink ? text : "")].flatMap((character, at) => {
    const own = LETTER.test(character) ? ink.y.filter((_, i) => places[i] === at) : [];
    return own.length > 3 && max(own) > min(own) ? [[character, max(own) - min(own)]] : [];
  }));
}

/** The median height of each character that occurs often enough. */
function usualHeights(letters) {
  const heights = new Map();
  for (const [character, height] of letters) heights.set(character, [...(heights.get(character) ?? []), height]);
  return new Map([...heights].filter(([, some]) => some.length >= MIN_PER_CHARACTER).map(([character, some]) => [character, median(some)]));
}

/**
 * The factor that scales a word to the size of the others. First drawings keep the sizes that they have in their run, which
 * is scaled as a whole. The factor of a word that was drawn again is the median of several estimates.
 */
function matching(word, measure) {
  if (!word.ink) return 1;
  if (!word.changed) {
    const factors = estimates(word.run, measure), factor = factors.length >= MIN_PER_RUN ? median(factors) : 1;
    return Math.abs(factor - 1) > SIZE_TOLERANCE ? clamp(factor, ...SCALE_LIMITS) : 1;
  }
  const { enlarged } = measure;
  return clamp(median([1 / enlarged, 1 / (word.enlarged || enlarged), ...estimates(lettersOf([word]), measure)]), ...SCALE_LIMITS);
}

/** By how much each of the letters should be larger to be as high as usual. */
const estimates = (found, { letters }) => found.filter(([character]) => letters.has(character)).map(([character, height]) => letters.get(character) / height);

/** The ink of words, set side by side with the sizes and spaces that they get on a page. */
export function inLine(words, measure) {
  let right = -measure.space;
  return inkOfStrokes(words.flatMap((word) => {
    const factor = matching(word, measure), left = right + measure.space - factor * min(word.ink.x);
    right = left + factor * max(word.ink.x);
    return strokesOf(word.ink).map((stroke) => stroke.map(([x, y]) => [left + factor * x, factor * y]));
  }));
}

/** Finishes words for lines that are `lineHeight` mm apart; `marks` are the tables of marks.json. */
export class Finisher {
  constructor({ size, slant: degrees, seed }, lineHeight, marks, lively = 0) {
    this.height = HEIGHT_PER_LINE_HEIGHT * size * lineHeight;
    this.shear = Math.tan((degrees * Math.PI) / 180);
    Object.assign(this, { lineHeight, marks, lively, random: new Random(seed, 5), waver: new Random(seed, 7) });
  }

  /** The `spelled` word with { ink, width, space } in millimetres, as it was `drawn`; wider than `room`, it is made narrower. */
  word(drawn, spelled, measure, size, room) {
    const usual = (size * this.height) / measure.height, space = usual * measure.space;
    const growth = usual * matching(drawn, measure);
    const lean = this.shear + this.lively * LEAN_SD * this.random.normal();
    const varied = growth * Math.exp(this.lively * SIZE_LOG_SD * this.random.normal());
    if (!drawn.ink) return { ...spelled, ink: null, width: space, space };
    const marked = spelled.marks.length || spelled.signs.length;
    const ink = marked ? addMarks(drawn.ink, drawn.places, spelled, measure.shape, this.marks, this.random) : drawn.ink;
    const x = ink.x.map((value, i) => (value - lean * ink.y[i]) * varied), left = min(x);
    const narrower = Math.min(1, room / Math.max(max(x) - left, 1e-9));
    const placed = movedTo(ink, x.map((value) => (value - left) * narrower), ink.y.map((value) => value * varied));
    return { ...spelled, ink: placed, width: max(placed.x), space };
  }

  /** A line drawn by hand from `left` to `right`, `below` line heights below the baseline. */
  stroke(left, right, below) {
    const count = Math.max(3, Math.trunc((right - left) / (0.4 * this.lineHeight)));
    const wavering = (value) => value + WAVER_SD * this.lineHeight * this.waver.normal();
    const x = linspace(left, right, count).map(wavering), y = x.map(() => wavering(below * this.lineHeight));
    const at = linspace(0, count - 1, 4 * count), nodes = range(count);
    return inkOfStrokes([at.map((value) => [interpolate(value, nodes, x), interpolate(value, nodes, y)])]);
  }
}
