// Strokes as a few smooth cubic curves that stay near their points. The twin of handwriting/rendering/curves.py, which
// explains what is computed here and why.

import { clamp, interpolate, length, range } from "../numbers.js";
import { cut, join } from "../ink/piecewise.js";

const TOLERANCE_MM = 0.05;
const REACH_MM = 0.2; // over which directions are measured
const CORNER_RADIANS = (75 * Math.PI) / 180;
const ARM_RIDGE = 0.02;
const ARM_SHARES = [0.05, 1];
const BOW_SHARE = 0.2;

/**
 * The curve of each of the strokes of a drawing, points [x, y] in millimetres: segments of four points, the two in the
 * middle being controls.
 */
export function curvesOf(strokes) {
  const kept = strokes.map((stroke) => stroke.filter(([x, y], i) => !i || x !== stroke[i - 1][0] || y !== stroke[i - 1][1]));
  const trace = new Trace(kept.flat());
  let end = 0;
  const spans = kept.map(({ length: count }) => [end, (end += count) - 1]), corners = new Set();
  const runs = spans.flatMap(([first, last]) => {
    const inner = trace.corners(first, last);
    inner.forEach((corner) => corners.add(corner));
    return range(inner.length + 1).map((i) => [inner[i - 1] ?? first, inner[i] ?? last]);
  });
  const course = courseOf(trace, runs), fit = (first, last) => fitPiece(trace, course, first, last);
  const pieces = join(fit, cut(fit, runs), [0, 1, 0, 1], (point) => corners.has(point));
  let at = 0;
  return spans.map(([, last]) => {
    const from = at;
    while (at < pieces.length && pieces[at].first <= last) at += 1;
    return pieces.slice(from, at).map((piece) => segmentOf(piece, trace, course));
  });
}

function segmentOf({ first, last, fitted }, { points, along }, { leaving, arriving, before, after }) {
  const whole = along[last] - along[first];
  const [arm1, arm2] = fitted?.arms ?? [Math.min(whole, before[first]) / 3, Math.min(whole, after[last]) / 3];
  return [points[first], moved(points[first], leaving[first], arm1), moved(points[last], arriving[last], -arm2), points[last]];
}

const moved = ([x, y], [dx, dy], by) => [x + by * dx, y + by * dy];
const minus = ([x, y], [a, b]) => [x - a, y - b];
const scaled = ([x, y], by) => [x * by, y * by];
const plus = ([x, y], [a, b]) => [x + a, y + b];
const times = ([x, y], [a, b]) => x * a + y * b; // the scalar product
const unit = (vector) => scaled(vector, 1 / (length(...vector) || 1));

/** The points of all strokes, and the distance covered up to each. */
class Trace {
  constructor(points) {
    this.points = points;
    this.x = points.map(([x]) => x);
    this.y = points.map(([, y]) => y);
    this.along = [0];
    for (let i = 1; i < points.length; i++) this.along.push(this.along[i - 1] + length(...minus(points[i], points[i - 1])));
  }

  at(along) {
    return [interpolate(along, this.along, this.x), interpolate(along, this.along, this.y)];
  }

  /** The mean directions before and after a point of the piece from `first` to `last`, and over which lengths. */
  sides(i, first, last) {
    const { points, along } = this, here = along[i];
    const before = Math.min(Math.max(i ? here - along[i - 1] : 0, REACH_MM), here - along[first]);
    const after = Math.min(Math.max((along[i + 1] ?? here) - here, REACH_MM), along[last] - here);
    const arriving = scaled(minus(points[i], this.at(here - before)), 1 / (before || 1));
    return { arriving, leaving: scaled(minus(this.at(here + after), points[i]), 1 / (after || 1)), before, after };
  }

  /** The points where the stroke from `first` to `last` turns sharply: of each run of them the sharpest. */
  corners(first, last) {
    const found = [];
    let best = 0, before = -Infinity;
    for (let i = first + 1; i < last; i++) {
      const { arriving: [a, b], leaving: [c, d] } = this.sides(i, first, last), turn = Math.abs(Math.atan2(d * a - c * b, c * a + d * b));
      if (!(turn > CORNER_RADIANS)) continue;
      const next = i - before > 1 || this.along[i] - this.along[before] > REACH_MM;
      before = i;
      if (!next && turn <= best) continue;
      best = turn;
      if (next) found.push(i);
      else found[found.length - 1] = i;
    }
    return found;
  }
}

/** What is known of each point before the fit: its directions, and the distances to the points beside it in its piece. */
function courseOf(trace, runs) {
  const { points, along } = trace, step = points.map((_, i) => (i ? along[i] - along[i - 1] : Infinity));
  const before = [...step], after = [...step.slice(1), Infinity], leaving = [];
  for (const [begin, end] of runs) {
    for (let i = begin; i <= end; i++) {
      const side = trace.sides(i, begin, end), inner = plus(scaled(side.arriving, side.after), scaled(side.leaving, side.before));
      leaving[i] = unit(length(...inner) > 1e-9 ? inner : side.leaving); // unless the two sides are nearly opposite
    }
  }
  const arriving = [...leaving];
  for (const [begin, end] of runs) {
    const half = (along[end] - along[begin]) / 2;
    const ahead = Math.min(trace.sides(begin, begin, end).after, half), back = Math.min(trace.sides(end, begin, end).before, half);
    const parabola = (from, w) => minus(scaled(trace.at(from + w), 4), plus(scaled(trace.at(from), 3), trace.at(from + 2 * w)));
    leaving[begin] = unit(parabola(along[begin], ahead));
    arriving[end] = unit(scaled(parabola(along[end], -back), -1));
    before[begin] = after[end] = Infinity;
  }
  const bow = points.map((_, i) => BOW_SHARE * Math.min(before[i - 1] ?? Infinity, step[i], after[i]));
  return { leaving, arriving, before, after, bow };
}

/** Fit the points from `begin` to `end`, at least three, as one segment: least squares for the lengths of its two arms. */
function fitPiece({ points, along }, { leaving, arriving, bow }, begin, end) {
  const start = points[begin], stop = points[end], out = leaving[begin], back = arriving[end], whole = along[end] - along[begin];
  const count = end - begin, u = range(count).map((i) => (along[begin + 1 + i] - along[begin]) / whole);
  let arms, used, segment, misses;
  for (let pass = 0; pass < 3; pass++) {
    let a11 = ARM_RIDGE, a12 = 0, a22 = ARM_RIDGE, r1 = (ARM_RIDGE * whole) / 3, r2 = (ARM_RIDGE * whole) / 3;
    u.forEach((at, i) => {
      const [b0, b1, b2, b3] = bernstein(at), rest = moved(moved(points[begin + 1 + i], start, -(b0 + b1)), stop, -(b2 + b3));
      const column1 = scaled(out, b1), column2 = scaled(back, -b2);
      a11 += times(column1, column1);
      a12 += times(column1, column2);
      a22 += times(column2, column2);
      r1 += times(column1, rest);
      r2 += times(column2, rest);
    });
    const determinant = a11 * a22 - a12 * a12, [least, most] = ARM_SHARES;
    arms = [(a22 * r1 - a12 * r2) / determinant, (a11 * r2 - a12 * r1) / determinant];
    if (!arms.every((arm) => arm >= least * whole && arm <= most * whole)) arms = [whole / 3, whole / 3];
    segment = [start, moved(start, out, arms[0]), moved(stop, back, -arms[1]), stop];
    misses = u.map((at, i) => minus(points[begin + 1 + i], pointOf(segment, at)));
    used = [...u];
    used.forEach((at, i) => {
      const velocity = velocityOf(segment, at), speed2 = times(velocity, velocity);
      u[i] = i === count - 1 ? 1 : clamp(at + times(velocity, misses[i]) / (speed2 > 0 ? speed2 : 1), 0, 1);
    });
  }
  let greatest = -1, worst = begin + 1;
  used.forEach((at, i) => {
    const k = begin + 1 + i, [x, y] = minus(pointOf(segment, (at + (used[i - 1] ?? 0)) / 2), points[k]), [dx, dy] = minus(points[k], points[k - 1]);
    const aside = Math.abs(y * dx - x * dy) / length(dx, dy), error = Math.max(length(...misses[i]), (aside - bow[k]) / 2);
    if (error > greatest) [greatest, worst] = [error, k];
  });
  return { arms, good: greatest <= TOLERANCE_MM, worst: Math.min(worst, end - 1) };
}

const bernstein = (u) => [(1 - u) ** 3, 3 * u * (1 - u) * (1 - u), 3 * u * u * (1 - u), u ** 3];

/** The point of a segment at `u`. */
export function pointOf(segment, u) {
  const weights = bernstein(u);
  return [0, 1].map((axis) => segment.reduce((total, point, k) => total + weights[k] * point[axis], 0));
}

function velocityOf([a, b, c, d], u) {
  const weights = [(1 - u) * (1 - u), 2 * u * (1 - u), u * u], steps = [minus(b, a), minus(c, b), minus(d, c)];
  return [0, 1].map((axis) => 3 * steps.reduce((total, step, k) => total + weights[k] * step[axis], 0));
}
