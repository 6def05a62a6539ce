// Blocks of text beside each other. The twin of handwriting/recognition/pages/columns.py. Boxes are [left, top, right,
// bottom] in letter heights.

import { argsort, max, min, quantile, range, searchsorted } from "../numbers.js";

const MAX_ROW_HEIGHT = 3.5;
const MIN_ROWS = 3;
const MIN_GUTTER = 2.5;
const COINCIDENCE = 8;
const EXTRA_WORD_GAPS = 3;
const MAX_STRAY_SHARE = 0.01;
const MAX_CUTS = 12;

/** The stroke numbers of each block, in reading order; most pages are one block. */
export function findColumns({ boxes, height }) {
  return blocks(boxes.map((box) => box.map((edge) => edge / height)), range(boxes.length));
}

function blocks(boxes, strokes) {
  const own = strokes.map((k) => boxes[k]);
  const divided = (mask) => [strokes.filter((_, i) => mask[i]), strokes.filter((_, i) => !mask[i])];
  const both = (mask) => divided(mask).flatMap((part) => blocks(boxes, part));
  const left = leftOfGutter(own);
  if (left) return both(left);
  for (const above of aboveGaps(own)) {
    if (divided(above).some((part) => leftOfGutter(part.map((k) => boxes[k]), 1.5))) return both(above);
  }
  const loose = leftOfGutter(own, 0.5, Math.floor(MAX_STRAY_SHARE * strokes.length));
  return loose ? both(loose) : [strokes];
}

/** Which boxes are left of the widest gutter; null if there is none. */
function leftOfGutter(boxes, wider = 0.5, stray = 0) {
  if (boxes.length < 2 || max(boxes.map((box) => box[3])) - min(boxes.map((box) => box[1])) < MIN_ROWS * MAX_ROW_HEIGHT) return null;
  const middle = boxes.map((box) => (box[0] + box[2]) / 2);
  for (const [begin, end] of gaps(boxes.map((box) => box[0]), boxes.map((box) => box[2]), stray)) {
    const left = middle.map((x) => x < (begin + end) / 2);
    const parts = [boxes.filter((_, i) => left[i]), boxes.filter((_, i) => !left[i])];
    const tops = parts.map((part) => min(part.map((box) => box[1]))), bottoms = parts.map((part) => max(part.map((box) => box[3])));
    const rows = (min(bottoms) - max(tops)) / MAX_ROW_HEIGHT;
    if (!(rows >= MIN_ROWS && end - begin >= MIN_GUTTER + COINCIDENCE / rows) || !parts.every(isText)) continue;
    if (end - begin > (wider + EXTRA_WORD_GAPS / rows) * max(parts.map(wordGap))) return left;
  }
  return null;
}

const isText = (boxes) => boxes.length >= 10 && quantile(boxes.map((box) => box[2]), 0.9) - quantile(boxes.map((box) => box[0]), 0.1) > 2 * MAX_ROW_HEIGHT;

/** The 90 % quantile of the gaps between a stroke and the next one to its right. */
function wordGap(boxes) {
  const every = Math.max(1, Math.floor(boxes.length / 500)), found = [];
  for (let i = 0; i < boxes.length; i += every) {
    const [, top, right, bottom] = boxes[i];
    let least = Infinity;
    for (const next of boxes) {
      if (Math.abs((top + bottom) / 2 - (next[1] + next[3]) / 2) < 1 && next[2] > right) least = Math.min(least, Math.max(next[0] - right, 0));
    }
    if (least > 0 && least < Infinity) found.push(least);
  }
  return found.length ? quantile(found, 0.9) : 0;
}

const aboveGaps = (boxes) => gaps(boxes.map((box) => box[1]), boxes.map((box) => box[3]), 0).slice(0, MAX_CUTS)
  .map(([begin, end]) => boxes.map((box) => (box[1] + box[3]) / 2 < (begin + end) / 2));

/** The inner intervals that at most `stray` of the intervals from `begin` to `end` cover, the widest first. */
function gaps(begin, end, stray) {
  const edges = [...new Set([...begin, ...end])].sort((a, b) => a - b);
  const begins = Float64Array.from(begin).sort(), ends = Float64Array.from(end).sort();
  const upTo = (sorted, value) => {
    let at = searchsorted(sorted, value);
    while (at < sorted.length && sorted[at] === value) at += 1;
    return at;
  };
  const empty = edges.map((edge, i) => i + 1 < edges.length && upTo(begins, edge) - upTo(ends, edge) <= stray);
  const found = [];
  for (let i = 0; i < edges.length; i++) {
    if (!empty[i] || empty[i - 1]) continue;
    let last = i;
    while (empty[last + 1]) last += 1;
    found.push([edges[i], edges[last + 1]]);
  }
  const inner = found.filter(([a, b]) => end.filter((value) => value <= a + 1e-9).length > stray && begin.filter((value) => value >= b - 1e-9).length > stray);
  return argsort(inner, ([a, b]) => a - b).map((i) => inner[i]);
}
