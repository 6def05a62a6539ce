// Words that are struck through or scribbled over. The twin of handwriting/recognition/pages/crossed_out.py.

import { take } from "../ink/ink.js";
import { interpolate, length, median, min, sum, weightedMedian, where } from "../numbers.js";
import { Marks } from "./marks.js";
import { TOUCH, rising } from "./shapes.js";

const MIN_SIDE = 2.5;
const MIN_CROSSINGS = 8, MIN_CROSSINGS_STRAIGHT = 5;
const MIN_SCRIBBLE_WIDTH = 1.6;
const MIN_STRIKE_LENGTH = 2;
const MIN_CUT = 0.7, MIN_CUT_LONG = 0.5;
const MAX_BELOW_MIDDLE = 0.1, MAX_BELOW_MIDDLE_LINE = 0.3;

/** The strokes of all words that are crossed out, with those that cover them; the strokes in `spared` cross out nothing. */
export function crossedOut(shapes, drawn, spared) {
  const found = new Set();
  let known = null;
  const movements = () => (known ??= new Marks(take(shapes.ink, where(drawn, (value) => !value))).movements());
  for (const stroke of shapes.all) {
    if (spared[stroke] || !(shapes.length[stroke] > MIN_STRIKE_LENGTH) || shapes.torn[stroke] || shapes.encloses(stroke) || isSide(shapes, stroke, drawn)) continue;
    const others = shapes.beside(stroke).filter((k) => shapes.length[k] > 1.2 && !drawn[k] && !shapes.torn[k]);
    if (!others.length) continue;
    const crossed = others.reduce((total, k) => total + shapes.crossings(stroke, k), 0);
    if (!strikes(shapes, stroke, others, crossed, movements) && !scratches(shapes, stroke, crossed)) continue;
    const under = covered(shapes, stroke, drawn);
    if (under.length) for (const k of [stroke, ...under]) found.add(k);
  }
  return [...found];
}

/** Whether a straight stroke runs through the middle of letters, and not under them or on top. */
function strikes(shapes, stroke, others, crossed, movements) {
  if (!shapes.straight[stroke] || !(Math.abs(shapes.slope[stroke]) < 30)) return false;
  const long = shapes.size[stroke] > 4.5;
  if (crossed < Math.max(long ? MIN_CROSSINGS_STRAIGHT : MIN_CROSSINGS_STRAIGHT - 1, (long ? 0.5 : 0.8) * shapes.length[stroke])) return false;
  const [above, below] = shapes.around(stroke, others, 1.5), share = above / Math.max(above + below, 1);
  if (!(share > 0.25 && share < 0.8)) return false;
  return cutsLetters(shapes, stroke, movements(), long ? (shapes.size[stroke] > 15 ? MAX_BELOW_MIDDLE_LINE : MAX_BELOW_MIDDLE) : null);
}

/** Whether a stroke cuts most of the letters along it; with `lowest`, fewer unless it is farther below their middle. */
function cutsLetters(shapes, stroke, movements, lowest) {
  const [lineX, lineY] = rising(shapes.points[stroke]), first = lineX[0], last = lineX.at(-1);
  const near = movements
    .map((one) => ({ x: one.x / shapes.height, y: one.y / shapes.height, height: one.height }))
    .filter(({ x, height }) => x > first && x < last && height > 0.4 && height < 4)
    .map(({ x, y, height }) => ({ below: y - interpolate(x, lineX, lineY), height, weight: Math.min(height, 1.5) }))
    .filter(({ below }) => Math.abs(below) < 1.5);
  if (!near.length) return false;
  const weight = (some) => sum(some.map((one) => one.weight));
  const cut = weight(near.filter(({ below, height }) => Math.abs(below) < height / 2)) / weight(near);
  const middle = weightedMedian(near.map((one) => one.below), near.map((one) => one.weight));
  return cut > MIN_CUT || (lowest !== null && cut > MIN_CUT_LONG && middle > -lowest);
}

function scratches(shapes, stroke, crossed) {
  const [left, , right] = shapes.boxes[stroke];
  if (right - left < MIN_SCRIBBLE_WIDTH || shapes.straight[stroke]) return false;
  const smooth = shapes.turning[stroke] < 0.7 * shapes.length[stroke];
  return crossed >= Math.max(MIN_CROSSINGS, smooth ? 0.5 * shapes.length[stroke] : 0);
}

/** The strokes that lie under one that crosses them out. */
function covered(shapes, stroke, drawn) {
  const [left, top, right, bottom] = shapes.boxes[stroke].map((edge, i) => edge + (i < 2 ? -0.3 : 0.3));
  const [x, y] = rising(shapes.points[stroke]);
  return shapes.beside(stroke, 1.5).filter((k) => {
    const path = shapes.points[k];
    if (drawn[k] && shapes.length[k] > 2 * shapes.length[stroke]) return false;
    const close = !shapes.straight[stroke] || Math.abs(median(path.map(([at, height]) => height - interpolate(at, x, y)))) < 1.3;
    const under = path.filter(([at, height]) => at > left && at < right && (shapes.straight[stroke] ? close : height > top && height < bottom));
    return under.length / path.length > 0.6;
  });
}

/** Whether both ends of a straight stroke meet others, as do those of a box's sides and of a table's rules. */
function isSide(shapes, stroke, drawn) {
  if (!drawn[stroke] || !shapes.straight[stroke]) return false;
  const path = shapes.points[stroke];
  return [path[0], path.at(-1)].every(([x, y]) => shapes.all.some((k) => {
    if (k === stroke || !shapes.straight[k] || !(shapes.length[k] > MIN_SIDE) || !shapes.near(stroke, k) || !(shapes.turned(stroke, k) > 30)) return false;
    // Of a long stroke any place may be met; a short one, which may be a letter, only at a corner.
    const other = shapes.points[k], met = drawn[k] ? other : [other[0], other.at(-1)];
    return min(met.map((point) => length(point[0] - x, point[1] - y))) < TOUCH;
  }));
}
