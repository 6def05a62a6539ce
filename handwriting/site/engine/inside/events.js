// Events that a unit may respond to: pen-up moves, word gaps, loops, a letter. The twin of handwriting/inspection/events.py.

import { writingHeight } from "../ink/normalise.js";
import { strokeIndex } from "../ink/ink.js";
import { length, where } from "../numbers.js";

const MIN_LOOP = 0.15, MAX_LOOP = 4; // in writing heights
const MAX_LOOP_POINTS = 400; // in a loop

/**
 * The steps of each event by its name; events that do not occur are omitted. A trace has the characters of the `text`, the
 * `ink` in the network's order, and for each step the half-open range of its `points`, two numbers, whether the pen is `up`,
 * and the character that is its `owner`, -1 for none. `letter` is by default the most frequent one.
 */
export function eventsOf({ text, ink, points, up, owner }, letter = null) {
  const letters = text.filter((character) => character !== " ");
  const count = (wanted) => letters.filter((character) => character === wanted).length;
  letter ??= letters.reduce((best, character) => (count(character) > count(best) ? character : best));
  const onLoop = loops(ink);
  const found = {
    "pen-up": where(up),
    "word gap": wordGaps(text, up, owner),
    loop: where(up, (_, t) => onLoop.subarray(points[2 * t], points[2 * t + 1]).some(Boolean)),
    [`letter ${letter}`]: where(owner, (character) => text[character] === letter),
  };
  return Object.fromEntries(Object.entries(found).filter(([, steps]) => steps.length && steps.length < up.length));
}

/** The pen-up moves from one word to the next. */
function wordGaps(text, up, owner) {
  let word = 0;
  const words = text.map((character) => (word += character === " "));
  const drawn = where(owner, (character) => character >= 0 && text[character] !== " ");
  const between = drawn.slice(1).map((after, i) => [drawn[i], after]).filter(([before, after]) => words[owner[after]] > words[owner[before]]);
  return where(up, (lifted, t) => lifted && between.some(([before, after]) => before <= t && t <= after));
}

/** For each point whether it lies on a part of a stroke between two passes through the same place. */
function loops(ink) {
  const { x, y } = ink, count = x.length, stroke = strokeIndex(ink), height = writingHeight(ink);
  const along = new Float64Array(count), depth = new Int32Array(count + 1);
  for (let i = 1; i < count; i++) along[i] = along[i - 1] + length(x[i] - x[i - 1], y[i] - y[i - 1]) / height;
  const side = (a, b, c) => (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a]); // of c, from a to b
  for (let lag = 2; lag < Math.min(MAX_LOOP_POINTS, count - 1); lag++) {
    for (let a = 0; a + lag + 1 < count; a++) {
      const b = a + 1, c = a + lag, d = c + 1, around = along[c] - along[b];
      if (stroke[a] !== stroke[d] || around <= MIN_LOOP || around >= MAX_LOOP) continue;
      if (side(a, b, c) * side(a, b, d) >= 0 || side(c, d, a) * side(c, d, b) >= 0) continue;
      depth[b] += 1; // number of loops around each point, after the cumulative sum
      depth[d] -= 1;
    }
  }
  let inside = 0;
  return Uint8Array.from({ length: count }, (_, i) => (inside += depth[i]) > 0);
}
