// Ink: `S` strokes of `N` points, as in handwriting/ink.py. Coordinates are Float64Array, y grows downward.

/** Ink of coordinates and of the first point of each stroke; `t` holds seconds or is null. */
export function makeInk(x, y, starts, t = null) {
  return { x, y, starts, t, ends: Int32Array.from(starts, (_, i) => (i + 1 < starts.length ? starts[i + 1] : x.length)) };
}

/** Ink of strokes in the format of the API, points { x, y, t } with t in milliseconds; empty strokes are left out. */
export function inkOfPoints(strokes) {
  const drawn = strokes.filter((stroke) => stroke.length), flat = drawn.flat();
  const column = (name) => Float64Array.from(flat, (point) => point[name]);
  const timed = flat.every((point) => point.t !== undefined && point.t !== null);
  const t = timed ? column("t").map((value) => (value - flat[0].t) / 1000) : null;
  let at = 0;
  const starts = Int32Array.from(drawn, (stroke) => (at += stroke.length) - stroke.length);
  return makeInk(column("x"), column("y"), starts, t);
}

/** Ink of strokes that are lists of points [x, y]. */
export function inkOfStrokes(strokes) {
  const points = strokes.flat();
  let at = 0;
  const starts = Int32Array.from(strokes, (stroke) => (at += stroke.length) - stroke.length);
  return makeInk(Float64Array.from(points, ([x]) => x), Float64Array.from(points, ([, y]) => y), starts);
}

/** The strokes as lists of points [x, y]. */
export const strokesOf = ({ x, y, starts, ends }) => Array.from(starts, (start, k) => Array.from(x.subarray(start, ends[k]), (value, i) => [value, y[start + i]]));

/** The same strokes with other coordinates. */
export const movedTo = (ink, x, y) => ({ ...ink, x, y });

/** The numbers of the points of some strokes, in their order. */
export function pointsOf(ink, strokes) {
  const points = [];
  for (const k of strokes) for (let i = ink.starts[k]; i < ink.ends[k]; i++) points.push(i);
  return Int32Array.from(points);
}

/** Some strokes, in the order given. */
export function take(ink, strokes) {
  const points = pointsOf(ink, strokes);
  let at = 0;
  const starts = Int32Array.from(strokes, (k) => (at += ink.ends[k] - ink.starts[k]) - (ink.ends[k] - ink.starts[k]));
  return makeInk(pick(ink.x, points), pick(ink.y, points), starts, ink.t && pick(ink.t, points));
}

/** The points where `mask` is true; strokes that lose all their points vanish. */
export function keep(ink, mask) {
  const owner = strokeIndex(ink), points = [], starts = [];
  let before = -1;
  for (let i = 0; i < ink.x.length; i++) {
    if (!mask[i]) continue;
    if (owner[i] !== before) starts.push(points.length);
    before = owner[i];
    points.push(i);
  }
  return makeInk(pick(ink.x, points), pick(ink.y, points), Int32Array.from(starts), ink.t && pick(ink.t, points));
}

const pick = (values, at) => Float64Array.from(at, (i) => values[i]);

/** The stroke of each point. */
export function strokeIndex(ink) {
  const owner = new Int32Array(ink.x.length);
  ink.starts.forEach((start, k) => owner.fill(k, start, ink.ends[k]));
  return owner;
}

/** Left, top, right and bottom of each stroke, in one array each. */
export function boxesOf(ink) {
  const count = ink.starts.length;
  const box = { left: new Float64Array(count), top: new Float64Array(count), right: new Float64Array(count), bottom: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    const [left, top, right, bottom] = boundsOf(ink, ink.starts[k], ink.ends[k]);
    box.left[k] = left;
    box.top[k] = top;
    box.right[k] = right;
    box.bottom[k] = bottom;
  }
  return box;
}

/** Left, top, right and bottom of the points `begin` to `end`, half-open. */
export function boundsOf({ x, y }, begin = 0, end = x.length) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (let i = begin; i < end; i++) {
    left = Math.min(left, x[i]);
    right = Math.max(right, x[i]);
    top = Math.min(top, y[i]);
    bottom = Math.max(bottom, y[i]);
  }
  return [left, top, right, bottom];
}
