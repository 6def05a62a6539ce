// Cutting strokes: what is left of a stroke where an eraser went over it.

import { boundsOf, grown, overlap, toSegment, union } from "./geometry.js";
import { FIELDS, newRevision } from "./items.js";

const MIN_STEP = 0.1; // millimetres between the points where a stroke may be cut
const MIN_LENGTH = 0.15; // millimetres; shorter remainders are erased too
const CODE = 36;

/**
 * The pieces of a stroke outside of an eraser of `radius` that went from a to b; null if it is not touched. The first
 * piece is the stroke itself in a new revision, and the ids of the others sort after it.
 */
export function cut(stroke, a, b, radius) {
  const reach = radius + stroke.width / 2;
  const [left, top, right, bottom] = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const area = grown([left, top, right, bottom], reach);
  if (!overlap(boundsOf(stroke), area)) return null;
  const erased = (x, y) => toSegment(x, y, ...a, ...b) <= reach;
  const runs = [[]];
  let touched = false;
  for (const point of fine(stroke, area, reach / 4)) {
    if (erased(point[0], point[1])) {
      touched = true;
      if (runs.at(-1).length) runs.push([]);
    } else runs.at(-1).push(point);
  }
  if (!touched) return null;
  return runs.filter((run) => lengthOf(run) >= MIN_LENGTH).map((run, number) => piece(stroke, run, number));
}

/** The points of a stroke [x, y, t, pressure], with more between them inside of `area`. */
function* fine({ points }, area, step) {
  const at = (i) => [...points.subarray(i, i + FIELDS)];
  for (let i = 0; i < points.length; i += FIELDS) {
    const point = at(i);
    yield point;
    if (i + FIELDS >= points.length) return;
    const next = at(i + FIELDS);
    if (!overlap(union([[...point.slice(0, 2), ...point.slice(0, 2)], [...next.slice(0, 2), ...next.slice(0, 2)]]), area)) continue;
    const parts = Math.ceil(Math.hypot(next[0] - point[0], next[1] - point[1]) / Math.max(step, MIN_STEP));
    for (let part = 1; part < parts; part++) yield point.map((value, field) => value + ((next[field] - value) * part) / parts);
  }
}

const lengthOf = (run) => run.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - run[i][0], y - run[i][1]), 0);

function piece(stroke, run, number) {
  const begin = run[0][2];
  const start = stroke.start + begin;
  const points = Float32Array.from(run.flatMap(([x, y, t, pressure]) => [x, y, t - begin, pressure]));
  if (!number) return { ...stroke, revision: newRevision(stroke), start, points };
  const place = Math.max(0, Math.round(start) + number).toString(CODE).padStart(9, "0");
  const random = Math.floor(Math.random() * CODE ** 3).toString(CODE).padStart(3, "0");
  return { ...stroke, id: `${stroke.id.slice(0, 14)}${place}${random}`, revision: 0, start, points };
}
