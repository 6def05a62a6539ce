// A written line cut into words, by the characters that the window saw. The twin of handwriting/composition/words.py.

import { foot, level } from "../ink/baseline.js";
import { boundsOf, keep, movedTo, pointsOf, take } from "../ink/ink.js";
import { clamp, range, where } from "../numbers.js";

const JOINED_SHARE = 0.2;
const STANDING = new Set("abcdehiklmnorstuvwxzABCDEFGHIKLMNOPRSTUVWXYZ0123456789.:!?&%");

/** The words of a written line: { text, places, ink, gap, joined, strokes }; ink is null when no stroke belongs to a word. */
export function cutWords(line) {
  const spans = wordSpans(line.text), { x, y } = line.ink;
  const down = spans.length > 1 ? 0 : wordFoot(line);
  const flat = spans.length > 1 ? level(line.ink) : movedTo(line.ink, x, y.map((value) => value - down));
  const [owner, joined] = strokeOwners(flat, line.places, line.text, spans);
  const edges = [];
  const words = spans.map(([begin, end], number) => {
    const text = line.text.slice(begin, end), strokes = where(owner, (one) => one === number);
    if (!strokes.length) return { text, places: [], ink: null, gap: null, joined: false, strokes };
    const ink = take(flat, strokes), [left, , right] = boundsOf(ink);
    edges[number] = [left, right];
    const places = Array.from(pointsOf(flat, strokes), (i) => clamp(line.places[i] - begin, 0, text.length - 1));
    return { text, places, ink: movedTo(ink, ink.x.map((value) => value - left), ink.y), gap: null, joined: joined.has(number), strokes };
  });
  words.forEach((word, k) => {
    if (edges[k] && edges[k + 1]) word.gap = edges[k + 1][0] - edges[k][1];
  });
  return words;
}

/** Whether a character of a text stands on the baseline, so that its ink shows where that is. */
export const stands = (text) => [...text].some((character) => STANDING.has(character));

/** y of the baseline of a word by itself: where those of its characters stand that do. */
function wordFoot({ text, ink, places }) {
  const standing = places.map((place) => STANDING.has(text[clamp(place, 0, text.length - 1)]));
  return foot(standing.includes(true) ? keep(ink, standing) : ink);
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
