// Letters with marks and signs, drawn onto the base letters that the network wrote. The twin of
// handwriting/composition/marks.py, whose tables are in models/marks.json.

import { inkOfStrokes } from "../ink/ink.js";
import { interpolate, linspace, max, min, quantile, range, where } from "../numbers.js";

/**
 * The ink of a base text with its marks [[at, names]] and signs [[at, sign]]; `places` is the character of each point,
 * `shape` that of the hand, { xHeight, slant, shake }.
 */
export function addMarks(ink, places, { marks, signs }, shape, tables, random) {
  let strokes = without(ink, places, new Set(signs.map(([at]) => at)));
  for (const [at, names] of marks) {
    const box = boxOf(ink, places, at, shape);
    if (names.includes("no dot")) {
      strokes = strokes.filter((stroke) => !isDot(stroke, box, shape));
      box.top = Math.min(-shape.xHeight, bodyTop(ink, places, at));
    }
    for (const name of names) strokes.push(...placed(name, box, shape, tables).map((points) => drawn(points, shape, random)));
  }
  for (const [at, sign] of signs) {
    const { left, right } = boxOf(ink, places, at, shape), [width, template] = tables.signs[sign];
    const from = (left + right) / 2 - (width * shape.xHeight) / 2;
    strokes.push(...template.map((stroke) => drawn(stroke.map(([x, y]) => [x * shape.xHeight + from, -y * shape.xHeight]), shape, random, 0)));
  }
  return inkOfStrokes(strokes);
}

/** The strokes without the `removed` characters; a stroke that ran through one is split in two. */
function without({ x, y, starts, ends }, places, removed) {
  return Array.from(starts).flatMap((start, k) => {
    const parts = [[]];
    for (let i = start; i < ends[k]; i++) {
      if (!removed.has(places[i])) parts.at(-1).push([x[i], y[i]]);
      else if (parts.at(-1).length) parts.push([]);
    }
    return parts.filter(({ length }) => length > 1 || (length === 1 && ends[k] - start === 1));
  });
}

/** The box of the character `at`, or of the nearest one that has points. */
function boxOf(ink, places, at, { xHeight }) {
  const away = places.map((place) => Math.abs(place - at)), nearest = min(away), own = where(away, (one) => one === nearest);
  const x = own.map((i) => ink.x[i]), y = own.map((i) => ink.y[i]), left = quantile(x, 0.03);
  return { left, top: min(y), right: Math.max(quantile(x, 0.97), left + 0.1 * xHeight), bottom: max(y) };
}

/** The top of a character in the stroke that has most of its points: for i and j, without the dot. */
function bodyTop({ y, starts, ends }, places, at) {
  const own = Array.from(starts, (start, k) => range(ends[k] - start).map((i) => start + i).filter((i) => places[i] === at));
  const body = own.reduce((most, points) => (points.length > most.length ? points : most));
  return body.length ? min(body.map((i) => y[i])) : 0;
}

/** Whether a stroke is the dot of the i whose body has this box. */
function isDot(stroke, { left, right }, { xHeight }) {
  const [x, y] = [0, 1].map((axis) => stroke.map((point) => point[axis]));
  const middle = (min(x) + max(x)) / 2, small = Math.max(max(x) - min(x), max(y) - min(y)) < 0.6 * xHeight;
  return small && left - 0.6 * xHeight < middle && middle < right + 0.9 * xHeight && (min(y) + max(y)) / 2 < -1.05 * xHeight;
}

/** The strokes of a mark in their place. */
function placed(name, { left, top, right, bottom }, { xHeight }, { above, below, across, beside }) {
  const at = (strokes, x, y, width = xHeight, height = xHeight) => strokes.map((stroke) => stroke.map((point) => [x + width * point[0], y - height * point[1]]));
  if (name in across) return at(across[name], left, bottom, Math.max(right - left, 0.25 * xHeight), Math.max(bottom - top, 0.1 * xHeight));
  if (name in above) return at(above[name], (left + right) / 2, top);
  if (name in below) return at(below[name], (left + right) / 2, Math.min(bottom, 0.1 * xHeight));
  return name in beside ? at(beside[name], right, top) : []; // "no dot" removes ink and adds none
}

/** A template stroke in the hand: smooth, sheared about its lower end and slightly irregular. */
function drawn(points, { xHeight, slant, shake }, random, baseline = null) {
  const nodes = range(points.length), steps = linspace(0, points.length - 1, 4 * (points.length - 1) + 1);
  let [x, y] = [0, 1].map((axis) => steps.map((step) => interpolate(step, nodes, points.map((point) => point[axis]))));
  for (let pass = 0; pass < 2 && points.length > 3; pass++) [x, y] = [smooth(x), smooth(y)];
  const foot = baseline ?? max(y), jitter = (count, spread) => range(count).map(() => shake * xHeight * spread * random.normal());
  const [wanderX, wanderY] = [jitter(3, 1), jitter(3, 1)], [right, down] = jitter(2, 2), along = linspace(0, 2, x.length);
  return along.map((at, i) => [
    x[i] + slant * (foot - y[i]) + interpolate(at, [0, 1, 2], wanderX) + right,
    y[i] + interpolate(at, [0, 1, 2], wanderY) + down,
  ]);
}

const smooth = (values) => values.map((value, i) => (i && i + 1 < values.length ? (values[i - 1] + 2 * value + values[i + 1]) / 4 : value));
