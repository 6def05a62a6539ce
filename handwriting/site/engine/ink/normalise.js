// Normalised ink: level, upright, of writing height 1. The twin of handwriting/geometry/normalise.py.

import { boxesOf, movedTo } from "./ink.js";
import { clamp, dot, length, median, min, sum } from "../numbers.js";

const MAX_SLOPE = Math.tan((30 * Math.PI) / 180);

/** Ink that is level, upright, of writing height 1, centred on y = 0 and beginning at x = 0. */
export const normalise = (ink) => resize(deslant(deskew(ink)));

export function deskew(ink) {
  const weight = shares(inkWeights(ink));
  let { x, y } = ink;
  for (let pass = 0; pass < 3; pass++) {
    const meanX = dot(weight, x), meanY = dot(weight, y);
    let xx = 0, yy = 0, xy = 0;
    for (let i = 0; i < x.length; i++) {
      const dx = x[i] - meanX, dy = y[i] - meanY;
      xx += weight[i] * dx * dx;
      yy += weight[i] * dy * dy;
      xy += weight[i] * dx * dy;
    }
    const spread = xx + 8 * yy;
    const angle = Math.atan(clamp(spread > 0 ? xy / spread : 0, -MAX_SLOPE, MAX_SLOPE));
    const cos = Math.cos(angle), sin = Math.sin(angle);
    [x, y] = [x.map((value, i) => cos * value + sin * y[i]), y.map((value, i) => cos * value - sin * x[i])];
  }
  return movedTo(ink, x, y);
}

export function deslant(ink) {
  const lean = slant(ink);
  return movedTo(ink, ink.x.map((value, i) => value - lean * ink.y[i]), ink.y);
}

/** The slope dx / dy of the downstrokes, from -1.5 to 1.5. */
export function slant(ink) {
  const [dx, dy] = segments(ink);
  let total = 0;
  for (let pass = 0; pass < 3; pass++) {
    let energy = 0, product = 0;
    for (let i = 0; i < dx.length; i++) {
      const sheared = dx[i] - total * dy[i];
      if (!(dy[i] > 0 && Math.abs(sheared) < 1.2 * dy[i])) continue;
      energy += dy[i] * dy[i];
      product += sheared * dy[i];
    }
    if (energy === 0) break;
    total = clamp(total + product / energy, -1.5, 1.5);
  }
  return total;
}

function resize(ink) {
  const weight = inkWeights(ink), height = writingHeight(ink), left = min(ink.x);
  const middle = dot(weight, ink.y) / sum(weight);
  return movedTo(ink, ink.x.map((value) => (value - left) / height), ink.y.map((value) => (value - middle) / height));
}

/** Four standard deviations of y, about the height of a capital. */
export function writingHeight(ink) {
  const weight = shares(inkWeights(ink)), mean = dot(weight, ink.y);
  const spread = 4 * Math.sqrt(dot(weight, ink.y.map((value) => (value - mean) ** 2)));
  const box = boxesOf(ink);
  const drawn = [...box.left].map((left, k) => Math.max(box.right[k] - left, box.bottom[k] - box.top[k])).filter((extent) => extent > 0);
  const height = Math.max(spread, drawn.length ? 0.2 * median(drawn) : 0);
  return height > 0 ? height : 1;
}

/** dx, dy and length of the step from each point to the next; 0 where the pen was up. */
export function segments({ x, y, starts }) {
  const count = Math.max(0, x.length - 1);
  const dx = new Float64Array(count), dy = new Float64Array(count), steps = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    dx[i] = x[i + 1] - x[i];
    dy[i] = y[i + 1] - y[i];
  }
  for (let k = 1; k < starts.length; k++) dx[starts[k] - 1] = dy[starts[k] - 1] = 0;
  for (let i = 0; i < count; i++) steps[i] = length(dx[i], dy[i]);
  return [dx, dy, steps];
}

/** The length of ink around each point; all 1 for ink without length. */
export function inkWeights(ink) {
  const [, , steps] = segments(ink);
  const weight = new Float64Array(ink.x.length);
  steps.forEach((step, i) => {
    weight[i] += step;
    weight[i + 1] += step;
  });
  return sum(weight) > 0 ? weight : weight.fill(1);
}

function shares(weight) {
  const total = sum(weight);
  return weight.map((value) => value / total);
}
