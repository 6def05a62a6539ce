// Shapes of strokes, in letter heights. The twin of handwriting/recognition/pages/shapes.py. A path is a list of points
// [x, y].

import { boundsOf, movedTo } from "../ink/ink.js";
import { segments } from "../ink/normalise.js";
import { resample } from "../ink/resample.js";
import { argsort, clamp, interpolate, length, max, median, min, range, sum } from "../numbers.js";

const STEP = 0.5;
export const TOUCH = 0.7;
const LOST_STEP = 1.5, SPIKE_STEP = 5;

export class Shapes {
  constructor(ink, height) {
    this.ink = ink;
    this.height = height;
    const scaled = resample(movedTo(ink, ink.x.map((x) => x / height), ink.y.map((y) => y / height)), STEP);
    this.count = ink.starts.length;
    this.points = Array.from(scaled.starts, (start, k) => range(scaled.ends[k] - start).map((i) => [scaled.x[start + i], scaled.y[start + i]]));
    this.boxes = Array.from(scaled.starts, (start, k) => boundsOf(scaled, start, scaled.ends[k]));
    this.length = this.points.map(lengthOf);
    this.turning = this.points.map(turningOf);
    this.chord = this.points.map((path) => [path.at(-1)[0] - path[0][0], path.at(-1)[1] - path[0][1]]);
    this.size = this.chord.map(([x, y]) => length(x, y));
    this.straight = this.points.map((path, k) => this.size[k] > 0 && this.length[k] < 1.12 * this.size[k] && bendOf(path) < Math.max(0.12 * this.size[k], 0.2));
    this.slope = this.chord.map(([x, y]) => modulo((Math.atan2(y, x) * 180) / Math.PI + 90, 180) - 90);
    this.level = this.straight.map((straight, k) => straight && Math.abs(this.slope[k]) < 20);
    this.torn = this.tornStrokes();
    this.all = range(this.count);
  }

  /** Whether the sensor lost the pen in a stroke: a long step among short ones, or there and back. */
  tornStrokes() {
    const [dx, dy, steps] = segments(this.ink).map((values) => values.map((value) => value / this.height));
    return Array.from(this.ink.starts, (start, k) => {
      const end = this.ink.ends[k], own = steps.subarray(start, end - 1);
      if (own.some((step) => step > LOST_STEP) && max(own) > 6 * median(own)) return true;
      for (let i = start + 1; i < end - 1; i++) {
        const far = Math.min(steps[i], steps[i - 1]) > SPIKE_STEP;
        if (far && dx[i] * dx[i - 1] + dy[i] * dy[i - 1] < -0.99 * steps[i] * steps[i - 1]) return true;
      }
      return false;
    });
  }

  /** How often another stroke crosses the stroke. */
  crossings(stroke, other) {
    const p = this.points[stroke], q = this.points[other];
    let count = 0;
    for (let i = 1; i < p.length; i++) for (let j = 1; j < q.length; j++) if (cross(p[i - 1], p[i], q[j - 1], q[j])) count += 1;
    return count;
  }

  /** The strokes whose box comes within `reach` of the stroke's box, without itself. */
  beside(stroke, reach = 0) {
    const one = this.boxes[stroke];
    return this.all.filter((k) => {
      const [left, top, right, bottom] = this.boxes[k];
      return k !== stroke && left < one[2] + reach && right > one[0] - reach && top < one[3] + reach && bottom > one[1] - reach;
    });
  }

  /** Points of other strokes within `reach` above and below a level one, and the share of it that has any above. */
  around(stroke, others, reach) {
    const [x, y] = rising(this.points[stroke]), left = x[0], right = x.at(-1);
    const cells = Math.max(1, Math.round(right - left)), covered = new Set();
    let above = 0, below = 0;
    for (const k of others) {
      if (this.level[k]) continue;
      for (const [at, height] of this.points[k]) {
        if (!(at >= left && at <= right)) continue;
        const away = height - interpolate(at, x, y);
        if (away > 0 && away < reach) below += 1;
        if (!(away < 0 && away > -reach)) continue;
        above += 1;
        covered.add(Math.floor(Math.min(((at - left) / Math.max(right - left, 1e-9)) * cells, cells - 1)));
      }
    }
    return [above, below, covered.size / cells];
  }

  /** Whether a stroke goes once around others, like a circle or a box. */
  encloses(stroke) {
    if (this.length[stroke] < 6 || this.turning[stroke] > 2.8 * Math.PI || !this.closed(stroke)) return false;
    const path = this.points[stroke];
    return this.beside(stroke).some((k) => this.length[k] > 1.2 && this.points[k].filter((point) => inside(point, path)).length / this.points[k].length > 0.8);
  }

  /** The angle between two straight strokes in degrees, at most 90. */
  turned(a, b) {
    return Math.abs(modulo(this.slope[a] - this.slope[b] + 90, 180) - 90);
  }

  closed(stroke) {
    const path = this.points[stroke], [x, y] = path[0];
    const gap = min(path.slice(-Math.max(2, Math.floor(path.length / 6))).map((point) => length(point[0] - x, point[1] - y)));
    return gap < Math.max(TOUCH, 0.1 * this.length[stroke]);
  }

  near(a, b) {
    const one = this.boxes[a], other = this.boxes[b];
    return [0, 1].every((axis) => one[axis] - TOUCH < other[axis + 2] && other[axis] - TOUCH < one[axis + 2]);
  }
}

const modulo = (value, by) => value - by * Math.floor(value / by);

export function lengthOf(path) {
  let total = 0;
  for (let i = 1; i < path.length; i++) total += length(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
  return total;
}

/** The angles by which a path turns, added up without their signs. */
function turningOf(path) {
  return sum(path.slice(2).map(([x, y], i) => {
    const ax = path[i + 1][0] - path[i][0], ay = path[i + 1][1] - path[i][1], bx = x - path[i + 1][0], by = y - path[i + 1][1];
    return Math.abs(Math.atan2(by * ax - bx * ay, bx * ax + by * ay));
  }));
}

/** How far a path bends away from its chord, to both sides together. */
function bendOf(path) {
  const dx = path.at(-1)[0] - path[0][0], dy = path.at(-1)[1] - path[0][1], size = length(dx, dy);
  const off = path.map(([x, y]) => ((y - path[0][1]) * dx - (x - path[0][0]) * dy) / size);
  return max(off) - min(off);
}

/** The distance of a point from the nearest place on a path. */
export function distance([x, y], path) {
  if (path.length === 1) return length(x - path[0][0], y - path[0][1]);
  let least = Infinity;
  for (let i = 1; i < path.length; i++) {
    const [ax, ay] = path[i - 1], dx = path[i][0] - ax, dy = path[i][1] - ay, size = dx * dx + dy * dy;
    const along = clamp(((x - ax) * dx + (y - ay) * dy) / (size > 0 ? size : 1), 0, 1);
    least = Math.min(least, length(x - ax - along * dx, y - ay - along * dy));
  }
  return least;
}

/** Whether a point lies inside a closed polygon, by the even-odd rule. */
function inside([x, y], polygon) {
  let within = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length];
    if (ay <= y !== by <= y && ax + ((y - ay) * (bx - ax)) / (by - ay) > x) within = !within;
  });
  return within;
}

/** x and y of a path, x in rising order. */
export function rising(path) {
  const order = argsort(path, ([x]) => x);
  return [order.map((i) => path[i][0]), order.map((i) => path[i][1])];
}

const side = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
const cross = (a, b, c, d) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
