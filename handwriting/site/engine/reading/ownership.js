// Which points of the ink each character was written with. The twin of handwriting/recognition/ownership.py.

import { boxesOf, pointsOf, take } from "../ink/ink.js";

/** For each character of a text the numbers of its points; `ranges` are the steps of each label, `encoded` the input. */
export function pointsOfCharacters(text, ranges, ink, { points, order }) {
  const numbers = pointsOf(ink, order);
  const drawn = [...text].map((_, i) => i).filter((i) => text[i] !== " ");
  const cuts = divide(drawn.map((i) => ranges[i]), drawn.map((i, k) => k > 0 && i - drawn[k - 1] > 1), take(ink, order), points);
  const owned = [...text].map(() => []);
  drawn.forEach((i, k) => {
    const own = numbers.slice(cuts[k], cuts[k + 1]);
    // Two characters may share one spot, and the other one has its points.
    owned[i] = own.length ? own : [numbers[Math.min(cuts[k], numbers.length - 1)]];
    owned[i].empty = !own.length;
  });
  return owned;
}

/** Where the points of each character begin, and where the last one's end; `spaced` says that a space is before it. */
function divide(ranges, spaced, ink, points) {
  const last = points.length / 2 - 1, begin = ([first]) => points[2 * Math.min(first, last)], end = ([, next]) => points[2 * Math.min(next - 1, last) + 1];
  const { left, right } = boxesOf(ink);
  const cuts = [0];
  for (let k = 1; k < ranges.length; k++) {
    const from = end(ranges[k - 1]), to = begin(ranges[k]);
    let cut = (from + to) >> 1, least = Infinity;
    const middle = cut;
    ink.starts.forEach((start, stroke) => {
      if (start < Math.min(from, to) || start > Math.max(from, to)) return;
      const gap = stroke ? left[stroke] - right[stroke - 1] : 0;
      const badness = spaced[k] ? -gap : Math.abs(start - middle);
      if (badness < least) [cut, least] = [start, badness];
    });
    cuts.push(Math.max(cut, cuts.at(-1)));
  }
  return [...cuts, ink.x.length];
}
