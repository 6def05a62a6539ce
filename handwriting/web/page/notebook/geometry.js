// Measuring strokes: bounds, distances, and what lies inside of a loop.

import { FIELDS } from "./items.js";

const known = new WeakMap();

/** Left, top, right and bottom of a stroke's points. */
export function boundsOf(stroke) {
  let box = known.get(stroke);
  if (!box) {
    box = [Infinity, Infinity, -Infinity, -Infinity];
    const { points } = stroke;
    for (let i = 0; i < points.length; i += FIELDS) {
      box[0] = Math.min(box[0], points[i]);
      box[1] = Math.min(box[1], points[i + 1]);
      box[2] = Math.max(box[2], points[i]);
      box[3] = Math.max(box[3], points[i + 1]);
    }
    known.set(stroke, box);
  }
  return box;
}

export const union = (boxes) => boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])], [Infinity, Infinity, -Infinity, -Infinity]);

export const grown = ([left, top, right, bottom], by) => [left - by, top - by, right + by, bottom + by];

export const overlap = (a, b) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

/** The distance of the point p to the segment from a to b. */
export function toSegment(px, py, ax, ay, bx, by) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = length ? Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay));
}

/** The distance of a point to a stroke; Infinity if it is farther than `most`. */
export function distance(stroke, x, y, most) {
  const reach = most + stroke.width / 2;
  if (!overlap(grown(boundsOf(stroke), reach), [x, y, x, y])) return Infinity;
  const { points } = stroke;
  let least = Math.hypot(points[0] - x, points[1] - y);
  for (let i = FIELDS; i < points.length; i += FIELDS) {
    least = Math.min(least, toSegment(x, y, points[i - FIELDS], points[i - FIELDS + 1], points[i], points[i + 1]));
  }
  return least <= reach ? least : Infinity;
}

/** Whether a stroke comes nearer than `radius` to the segment from a to b. */
export function touches(stroke, [ax, ay], [bx, by], radius) {
  const steps = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / Math.max(radius, 0.1)));
  for (let i = 0; i <= steps; i++) {
    if (distance(stroke, ax + ((bx - ax) * i) / steps, ay + ((by - ay) * i) / steps, radius) < Infinity) return true;
  }
  return false;
}

/** Whether a point is inside of a polygon, by the even-odd rule. */
export function inside(polygon, x, y) {
  let result = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i], [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) result = !result;
  }
  return result;
}

/** Whether more than half of a stroke's points are inside of a polygon. */
export function mostlyInside(polygon, stroke) {
  let count = 0;
  const { points } = stroke;
  for (let i = 0; i < points.length; i += FIELDS) if (inside(polygon, points[i], points[i + 1])) count += 1;
  return count > points.length / FIELDS / 2;
}
