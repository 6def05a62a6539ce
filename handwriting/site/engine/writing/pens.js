// Pens whose line is wider where they move slowly or have a broad nib: strokes as outlines to be filled. The twin of
// handwriting/rendering/pens.py for ink without pressure, which a synthesizer does not write.

import { clamp, interpolate, length, max, range, sum } from "../numbers.js";
import { pointOf } from "./curves.js";
import { Random } from "./random.js";

const SAMPLES = 6, CAP_POINTS = 7, SMOOTHING = 5;

/** Whether a pen's line has the same width everywhere; pens are in models.json. */
export const isUniform = (pen) => !(pen.by_speed || pen.by_pressure || pen.roughness) && pen.nib_degrees === null;

/** The width of the line in millimetres at each point [x, y] of a stroke. */
export function widthsOf(stroke, pen, seed = 0) {
  const count = stroke.length, steps = stroke.slice(1).map((point, i) => distance(stroke[i], point));
  const middles = steps.map((_, i) => i + 0.5), speed = stroke.map((_, i) => (count > 1 ? interpolate(i, middles, steps) : 0));
  const mean = sum(speed) / count || 1, along = gradient(stroke), random = new Random(seed, count);
  const factors = stroke.map((_, i) => {
    const factor = 1 + pen.by_speed * (1 - clamp(speed[i] / mean, 0, 2));
    if (pen.nib_degrees === null || count < 2) return factor;
    const angle = Math.atan2(-along[i][1], along[i][0]) - (pen.nib_degrees * Math.PI) / 180; // y grows downward
    return factor * (pen.thinnest + (1 - pen.thinnest) * Math.abs(Math.sin(angle)));
  });
  const near = (i) => range(SMOOTHING).map((k) => factors[clamp(i + k - (SMOOTHING >> 1), 0, count - 1)]);
  const smooth = factors.map((factor, i) => (count < SMOOTHING ? factor : sum(near(i)) / SMOOTHING));
  return smooth.map((factor) => pen.width * Math.max(0.15, pen.roughness ? factor * Math.exp(pen.roughness * random.normal()) : factor));
}

/** The outline of a curve through a stroke of these widths: a polygon of points [x, y], filled by the nonzero rule. */
export function outlineOf(curve, stroke, widths) {
  const sampled = curve.flatMap((segment) => range(SAMPLES).map((k) => pointOf(segment, k / SAMPLES)));
  const all = [...sampled, curve.at(-1)[3]], points = all.filter((point, i) => !i || distance(all[i - 1], point) > 1e-9);
  if (points.length < 2) return turns(range(16).map((k) => (k * Math.PI) / 8), points[0], [max(widths) / 2, 0]);
  const progress = progressOf(stroke), along = gradient(points);
  const normals = progressOf(points).map((share, i) => {
    const [x, y] = along[i], half = interpolate(share, progress, widths) / 2 / Math.max(length(x, y), 1e-12);
    return [-y * half, x * half];
  });
  const cap = range(CAP_POINTS).map((k) => (-(k + 1) * Math.PI) / (CAP_POINTS + 1)), side = (sign) => points.map(([x, y], i) => [x + sign * normals[i][0], y + sign * normals[i][1]]);
  const [dx, dy] = normals[0];
  return [...turns(cap, points[0], [-dx, -dy]), ...side(1), ...turns(cap, points.at(-1), normals.at(-1)), ...side(-1).reverse()];
}

const distance = ([x, y], [a, b]) => length(x - a, y - b);

/** Points around `center`, at `radius` turned by some angles. */
const turns = (angles, [x, y], [dx, dy]) => angles.map((angle) => {
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return [x + cos * dx - sin * dy, y + sin * dx + cos * dy];
});

/** The step per point at each of some points, as numpy.gradient gives it. */
function gradient(points) {
  return points.map((_, i) => {
    const from = Math.max(0, i - 1), to = Math.min(points.length - 1, i + 1);
    return [0, 1].map((axis) => (points[to][axis] - points[from][axis]) / Math.max(1, to - from));
  });
}

/** The share of the way along points at each of them. */
function progressOf(points) {
  let way = 0;
  const passed = points.map((point, i) => (way += i ? distance(points[i - 1], point) : 0));
  return way > 0 ? passed.map((one) => one / way) : points.map((_, i) => i / Math.max(1, points.length - 1));
}
