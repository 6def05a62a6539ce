// A written line cut into words, by the characters that the window saw. The twin of handwriting/composition/words.py.

import { foot, level } from "../ink/baseline.js";
import { boundsOf, boxesOf, inkOfStrokes, movedTo, pointsOf, strokesOf, take } from "../ink/ink.js";
import { writingHeight } from "../ink/normalise.js";
import { clamp, max, median, min, range, where } from "../numbers.js";

const JOINED_SHARE = 0.2;
const ON_BASELINE = new Set("abcdehiklmnorstuvwxzABCDEFGHIKLMNOPRSTUVWXYZ0123456789.:!?&%");
const STRAY_DOT = 0.12, STRAY_GAP = 0.2, BASELINE_DRIFT = 0.15; // in writing heights
export const BAR = "|";
const BAR_HEIGHT = 2; // smallest height of a bar, in writing heights
const BREAK = /(?<=[_@./:\\-])(?=[\p{L}\p{N}_])/gu; // where a long word can be divided
const MIN_DIVIDED = 10; // characters
const LETTER_GAP = 0.2; // between the parts of a divided word, in writing heights
const LETTER = /[\p{L}\p{N}]/u;

/**
 * The words of a written line: { text, places, ink, gap, joined, strokes }; ink is null when no stroke belongs to a word.
 * `usual` is the writing height where the line has neither letters nor digits.
 */
export function cutWords(line, usual = 0) {
  const spans = wordSpans(line.text), { x, y } = line.ink, several = spans.length > 1;
  const down = several ? 0 : footOf(line.ink, line.places.map((place) => clamp(place, 0, line.text.length - 1)), line.text);
  const flat = several ? level(line.ink) : movedTo(line.ink, x, y.map((value) => value - down));
  const [owner, joined] = strokeOwners(flat, line.places, line.text, spans), height = writingHeight(flat);
  const least = line.text.includes(BAR) ? BAR_HEIGHT * heightBesideBars(flat, line, usual) : 0;
  const edges = [];
  const words = spans.map(([begin, end], number) => {
    const text = line.text.slice(begin, end);
    const strokes = withoutStrays(flat, where(owner, (one) => one === number), text, height);
    if (!strokes.length) return { text, places: [], ink: null, gap: null, joined: false, strokes };
    const ink = take(flat, strokes), [left, , right] = boundsOf(ink);
    edges[number] = [left, right];
    const places = Array.from(pointsOf(flat, strokes), (i) => clamp(line.places[i] - begin, 0, text.length - 1));
    const drift = several && stands(text) ? footOf(ink, places, text) : 0;
    const up = drift - clamp(drift, -BASELINE_DRIFT * height, BASELINE_DRIFT * height);
    const moved = movedTo(ink, ink.x.map((value) => value - left), ink.y.map((value) => value - up));
    const whole = text.includes(BAR) ? withWholeBars(moved, places, text, least) : { ink: moved, places };
    return { text, ...whole, gap: null, joined: joined.has(number), strokes };
  });
  words.forEach((word, k) => {
    if (edges[k] && edges[k + 1]) word.gap = edges[k + 1][0] - edges[k][1];
  });
  return words;
}

/** A long word with spaces where it can be divided, as in "first_ name@ mailbox. org". */
export const divided = (text) => (text.length >= MIN_DIVIDED ? text.replace(BREAK, " ") : text);

/** The parts of a `divided` word as one word; null ink if one of them has none. */
export function joinParts(parts) {
  if (parts.length === 1) return parts[0];
  const text = parts.map((part) => part.text).join(""), strokes = parts.flatMap((part) => part.strokes);
  if (parts.some((part) => !part.ink)) return { text, places: [], ink: null, gap: null, joined: false, strokes: [] };
  const height = median(parts.map((part) => writingHeight(part.ink)));
  let left = 0, first = 0;
  const places = [], ink = inkOfStrokes(parts.flatMap((part) => {
    const begin = left;
    places.push(...part.places.map((place) => place + first));
    left += boundsOf(part.ink)[2] + (part.joined && part.gap !== null ? part.gap : LETTER_GAP * height);
    first += part.text.length;
    return strokesOf(part.ink).map((stroke) => stroke.map(([x, y]) => [begin + x, y]));
  }));
  return { text, places, ink, gap: null, joined: false, strokes };
}

/** The writing height of ink without its bars, or `usual` if it has neither letters nor digits. */
function heightBesideBars(ink, { text, places }, usual) {
  const own = (k) => places.slice(ink.starts[k], ink.ends[k]).map((place) => clamp(place, 0, text.length - 1));
  const others = range(ink.starts.length).filter((k) => text[mostFrequent(own(k))] !== BAR);
  return others.length && LETTER.test(text) ? writingHeight(take(ink, others)) : usual;
}

/** A word in which each bar is a single stroke downward, at least `least` high, and the places of its points. */
function withWholeBars(ink, places, text, least) {
  const strokes = [], owners = [], bars = new Map();
  for (const [k, stroke] of strokesOf(ink).entries()) {
    const own = places.slice(ink.starts[k], ink.ends[k]), place = mostFrequent(own);
    if (text[place] === BAR) {
      const down = stroke[0][1] <= stroke.at(-1)[1] ? stroke : stroke.reverse();
      if (bars.has(place)) {
        bars.get(place).parts.push(down);
        continue;
      }
      bars.set(place, { number: strokes.length, parts: [down] });
    }
    strokes.push(stroke);
    owners.push(own);
  }
  for (const [place, { number, parts }] of bars) {
    const mean = (part) => part.reduce((sum, [, y]) => sum + y, 0) / part.length;
    const bar = [...parts].sort((a, b) => mean(a) - mean(b)).flat(), down = bar.map(([, y]) => y);
    const [top, bottom] = [min(down), max(down)], middle = (top + bottom) / 2;
    const growth = Math.max(1, least / Math.max(bottom - top, 1e-6));
    strokes[number] = bar.map(([x, y]) => [x, middle + growth * (y - middle)]);
    owners[number] = bar.map(() => place);
  }
  return { ink: inkOfStrokes(strokes), places: owners.flat() };
}

/** The most frequent of some numbers, the smallest among equals. */
function mostFrequent(numbers) {
  const count = (one) => numbers.filter((other) => other === one).length;
  return [...new Set(numbers)].sort((a, b) => count(b) - count(a) || a - b)[0];
}

/** The strokes of a word without the dots in the space around it, which belong to no character. */
function withoutStrays(ink, strokes, text, height) {
  const { left, top, right, bottom } = boxesOf(ink);
  const isDot = (k) => Math.max(right[k] - left[k], bottom[k] - top[k]) <= STRAY_DOT * height;
  const rest = strokes.filter((k) => !isDot(k));
  if (!rest.length) return strokes;
  const begin = LETTER.test(text[0]) ? min(rest.map((k) => left[k])) - STRAY_GAP * height : -Infinity;
  const end = LETTER.test(text.at(-1)) ? max(rest.map((k) => right[k])) + STRAY_GAP * height : Infinity;
  return strokes.filter((k) => !isDot(k) || (right[k] >= begin && left[k] <= end));
}

/** Whether a character of a text stands on the baseline, so that its ink shows where that is. */
export const stands = (text) => [...text].some((character) => ON_BASELINE.has(character));

/** y of the baseline of ink: the median of those of its characters that stand on it, or else that of all of it. */
function footOf(ink, places, text) {
  const bottoms = [...text].flatMap((character, at) => {
    const own = ON_BASELINE.has(character) ? ink.y.filter((_, i) => places[i] === at) : [];
    return own.length ? [max(own)] : [];
  });
  return bottoms.length ? median(bottoms) : foot(ink);
}

const wordSpans = (text) => [...text.matchAll(/[^ ]+/g)].map((found) => [found.index, found.index + found[0].length]);

/** The word of each stroke, and the words that a stroke joins to a neighbour. */
function strokeOwners({ starts, ends }, places, text, spans) {
  const before = range(text.length).map((i) => Math.max(0, spans.findLastIndex(([begin]) => begin <= i)));
  const joined = new Set();
  const owner = Array.from(starts, (start, k) => {
    const all = places.slice(start, ends[k]).map((place) => clamp(place, 0, text.length - 1));
    const drawn = all.filter((place) => text[place] !== " "), points = drawn.length ? drawn : all;
    const counts = new Map();
    for (const place of points) counts.set(before[place], (counts.get(before[place]) ?? 0) + 1);
    const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
    if (second && second[1] >= JOINED_SHARE * points.length) joined.add(first[0]).add(second[0]);
    return first[0];
  });
  return [owner, joined];
}
