// Normalised ink as cubic Bézier curves, one network step each. The twin of handwriting/features/bezier.py, which explains
// what is computed here and why.

import { cut, join } from "./piecewise.js";
import { clamp, length } from "../numbers.js";

export const SIZE = 14; // features of a step
const MAX_TURN_RADIANS = 3.3;
const BULGE_TOLERANCES = 2;
const TREMOR_HEIGHTS = 0.02;
const RIDGE = 1e-4;
const STRAIGHT = { ax: 0, ay: 0, bx: 0, by: 0 }; // offsets of the two control points from the thirds of the chord

/** Features of all steps (T × SIZE), and the half-open range of points that each covers, [begin, end] in one array. */
export function encodeBezier(ink, tolerance) {
  const { x, y, starts, ends } = ink;
  const arc = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) arc[i] = arc[i - 1] + length(x[i] - x[i - 1], y[i] - y[i - 1]);
  const fit = (first, last) => fitPiece(x, y, arc, first, last, tolerance);
  const pieces = join(fit, cut(fit, Array.from(starts, (start, k) => [start, ends[k] - 1])));
  const curves = [];
  let stroke = 0;
  for (const { first, last, fitted } of pieces) {
    if (first >= ends[stroke]) curves.push(curve(x, y, ends[stroke] - 1, ends[stroke++], STRAIGHT, true));
    curves.push(curve(x, y, first, last, fitted ?? STRAIGHT, false));
  }
  const steps = new Float32Array(curves.length * SIZE), points = new Int32Array(2 * curves.length);
  curves.forEach((one, i) => {
    steps.set(features(one), i * SIZE);
    points[2 * i] = one.penUp ? one.last : one.first;
    if (i) points[2 * i - 1] = points[2 * i];
  });
  points[points.length - 1] = x.length;
  return { steps, points };
}

function curve(x, y, first, last, { ax, ay, bx, by }, penUp) {
  const thirdX = (x[last] - x[first]) / 3, thirdY = (y[last] - y[first]) / 3;
  return {
    first, last, penUp,
    x0: x[first], y0: y[first], x1: x[first] + thirdX + ax, y1: y[first] + thirdY + ay,
    x2: x[last] - thirdX + bx, y2: y[last] - thirdY + by, x3: x[last], y3: y[last],
  };
}

function features({ penUp, x0, y0, x1, y1, x2, y2, x3, y3 }) {
  const chordX = x3 - x0, chordY = y3 - y0, arm1X = x1 - x0, arm1Y = y1 - y0, arm2X = x3 - x2, arm2Y = y3 - y2;
  const arm1 = length(arm1X, arm1Y), arm2 = length(arm2X, arm2Y), chord = length(chordX, chordY);
  const polygon = arm1 + length(x2 - x1, y2 - y1) + arm2;
  const relative = 1 / length(polygon, TREMOR_HEIGHTS);
  const [cos, sin] = direction(chordX, chordY);
  const [cos1, sin1] = direction(3 * arm1X, 3 * arm1Y), [cos2, sin2] = direction(3 * arm2X, 3 * arm2Y);
  return [
    chordX, chordY,
    arm1 * relative, arm2 * relative,
    cos1 * cos + sin1 * sin, sin1 * cos - cos1 * sin,
    cos2 * cos + sin2 * sin, sin2 * cos - cos2 * sin,
    penUp ? 1 : 0,
    -(0.125 * y0 + 0.375 * y1 + 0.375 * y2 + 0.125 * y3),
    chord * relative,
    cos, sin,
    polygon,
  ];
}

function direction(x, y) {
  const size = length(length(x, y), TREMOR_HEIGHTS);
  return [x / size, y / size];
}

/** Fit the points from `first` to `last`, at least three. */
function fitPiece(x, y, arc, first, last, tolerance) {
  const count = last - first, ox = x[first], oy = y[first];
  const chordX = x[last] - ox, chordY = y[last] - oy, size = arc[last] - arc[first];
  const u = new Float64Array(count), rx = new Float64Array(count), ry = new Float64Array(count);
  let bow = 0, farthest = first + 1;
  for (let i = 0; i < count; i++) {
    const at = first + 1 + i;
    u[i] = (arc[at] - arc[first]) / (size > 0 ? size : 1);
    rx[i] = x[at] - ox - u[i] * chordX;
    ry[i] = y[at] - oy - u[i] * chordY;
    const away = length(rx[i], ry[i]);
    if (away > bow) [bow, farthest] = [away, at];
  }
  let offsets = solve(rx, ry, u);
  for (let i = 0; i < count; i++) {
    const { ax, ay, bx, by } = offsets, v = 1 - u[i], at = first + 1 + i;
    const near = 3 * v * (v - 2 * u[i]), far = 3 * u[i] * (2 * v - u[i]);
    const velocityX = chordX + near * ax + far * bx, velocityY = chordY + near * ay + far * by;
    const bend = 3 * u[i] * v;
    const missX = rx[i] - bend * (v * ax + u[i] * bx), missY = ry[i] - bend * (v * ay + u[i] * by);
    const speed2 = velocityX * velocityX + velocityY * velocityY;
    u[i] = clamp(u[i] + (missX * velocityX + missY * velocityY) / (speed2 > 0 ? speed2 : 1), 0, 1);
    rx[i] = x[at] - ox - u[i] * chordX;
    ry[i] = y[at] - oy - u[i] * chordY;
  }
  offsets = solve(rx, ry, u);
  const { ax, ay, bx, by } = offsets;
  let worst = 0, uBefore = 0, beforeX = 0, beforeY = 0;
  for (let i = 0; i < count; i++) {
    const at = first + 1 + i, px = x[at] - ox, py = y[at] - oy;
    const bend = 3 * u[i] * (1 - u[i]);
    const error = length(rx[i] - bend * ((1 - u[i]) * ax + u[i] * bx), ry[i] - bend * ((1 - u[i]) * ay + u[i] * by));
    const middle = (u[i] + uBefore) / 2, arch = 3 * middle * (1 - middle);
    const asideX = middle * chordX + arch * ((1 - middle) * ax + middle * bx) - (px + beforeX) / 2;
    const asideY = middle * chordY + arch * ((1 - middle) * ay + middle * by) - (py + beforeY) / 2;
    const gapX = px - beforeX, gapY = py - beforeY, distance = length(gapX, gapY);
    const bulge = Math.abs(asideY * gapX - asideX * gapY) / (distance > 0 ? distance : 1);
    worst = Math.max(worst, error, bulge / BULGE_TOLERANCES);
    [uBefore, beforeX, beforeY] = [u[i], px, py];
  }
  const thirdX = chordX / 3, thirdY = chordY / 3;
  const arm1X = thirdX + ax, arm1Y = thirdY + ay, arm2X = thirdX - bx, arm2Y = thirdY - by;
  const centerX = thirdX + bx - ax, centerY = thirdY + by - ay;
  const turn = angle(arm1X, arm1Y, centerX, centerY) + angle(centerX, centerY, arm2X, arm2Y);
  const good = worst <= tolerance && (turn <= MAX_TURN_RADIANS || bow <= tolerance);
  return { ax, ay, bx, by, good, worst: Math.min(farthest, last - 1) };
}

const angle = (ax, ay, bx, by) => Math.abs(Math.atan2(by * ax - bx * ay, bx * ax + by * ay));

/** Least squares: residual = b1·a + b2·b for the offsets a and b. */
function solve(rx, ry, u) {
  let a11 = 0, a12 = 0, a22 = 0, r1x = 0, r1y = 0, r2x = 0, r2y = 0;
  for (let i = 0; i < u.length; i++) {
    const v = 1 - u[i], b1 = 3 * u[i] * v * v, b2 = 3 * u[i] * u[i] * v;
    a11 += b1 * b1;
    a12 += b1 * b2;
    a22 += b2 * b2;
    r1x += b1 * rx[i];
    r1y += b1 * ry[i];
    r2x += b2 * rx[i];
    r2y += b2 * ry[i];
  }
  a11 += RIDGE;
  a22 += RIDGE;
  const determinant = a11 * a22 - a12 * a12;
  return {
    ax: (a22 * r1x - a12 * r2x) / determinant, ay: (a22 * r1y - a12 * r2y) / determinant,
    bx: (a11 * r2x - a12 * r1x) / determinant, by: (a11 * r2y - a12 * r1y) / determinant,
  };
}
