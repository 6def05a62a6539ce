// The line that letters stand on, and ink moved so that it is y = 0. The twin of handwriting/geometry/baseline.py.

import { argsort, interpolate, max, median, min, sum } from "../numbers.js";
import { movedTo } from "./ink.js";
import { deskew, writingHeight } from "./normalise.js";

const MAX_BASELINE_SLOPE = 0.25, MAX_REMAINING_SLOPE = 0.05, SLOPE_STEP = 0.005;
export const BOTTOM_SD_HEIGHTS = 0.06;
const DRIFT_SD_HEIGHTS = 3;

const bell = (value) => Math.exp(-(value * value) / 2);

/** Rotate, straighten and move ink so that its baseline is y = 0 and its leftmost point is at x = 0. */
export function level(ink) {
  ink = deskew(ink);
  for (const steepest of [MAX_BASELINE_SLOPE, MAX_REMAINING_SLOPE]) {
    const [slope, height] = baseline(ink, steepest), angle = Math.atan(slope), cos = Math.cos(angle), sin = Math.sin(angle);
    const { x, y } = ink;
    ink = movedTo(ink, x.map((value, i) => cos * value + sin * (y[i] - height)), y.map((value, i) => cos * (value - height) - sin * x[i]));
  }
  for (let pass = 0; pass < 2; pass++) {
    const off = drift(ink);
    ink = movedTo(ink, ink.x, ink.y.map((value, i) => value - off[i]));
  }
  const left = min(ink.x);
  return movedTo(ink, ink.x.map((value) => value - left), ink.y);
}

/** How far the writing has drifted from its straight baseline at each point. */
function drift(ink) {
  const height = writingHeight(ink), found = bottoms(ink), order = argsort(found, ([x]) => x);
  const x = order.map((i) => found[i][0]), y = order.map((i) => found[i][1]);
  if (x.length < 6 || x.at(-1) - x[0] < 2 * DRIFT_SD_HEIGHTS * height) return new Float64Array(ink.x.length);
  let local = new Float64Array(x.length);
  for (let pass = 0; pass < 6; pass++) {
    const near = 4 ** (1 - pass / 5) * BOTTOM_SD_HEIGHTS * height; // from wide to narrow
    const before = local;
    local = Float64Array.from(x, (at, i) => {
      let total = 0, moment = 0;
      for (let k = 0; k < x.length; k++) {
        const weight = bell((at - x[k]) / (DRIFT_SD_HEIGHTS * height)) * bell((y[k] - before[i]) / near) + 1e-12;
        total += weight;
        moment += weight * y[k];
      }
      return moment / total;
    });
  }
  return ink.x.map((value) => interpolate(value, x, local));
}

/** The slope of the baseline, at most `steepest` up or down, and its y at x = 0. */
function baseline(ink, steepest) {
  const found = bottoms(ink), near = BOTTOM_SD_HEIGHTS * writingHeight(ink);
  const xs = found.map(([x]) => x), ys = found.map(([, y]) => y);
  const width = found.length ? max(xs) - min(xs) : 0;
  if (found.length < 4 || width < 20 * near) return [0, found.length ? median(ys.filter((y) => y >= median(ys))) : max(ink.y)];
  const count = 2 * Math.round(steepest / SLOPE_STEP) + 1;
  let best = -1, slope = 0, height = 0;
  for (let k = 0; k < count; k++) {
    const candidate = -steepest + (k * 2 * steepest) / (count - 1), rest = found.map(([x, y]) => y - candidate * x);
    const [peak, density] = densest(rest, near), score = density * (1 - Math.abs(candidate));
    if (score > best) [best, slope, height] = [score, candidate, rest[peak]];
  }
  const weight = found.map(([x, y]) => bell((y - slope * x - height) / near)), total = sum(weight);
  const mean = (values) => sum(values.map((value, i) => value * weight[i])) / total;
  const meanX = mean(xs), meanY = mean(ys), spread = mean(xs.map((x) => (x - meanX) ** 2));
  if (spread > near ** 2) slope = mean(found.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  return [slope, meanY - slope * meanX];
}

/** The number of the value with most others near it, and their density. */
function densest(values, near) {
  let best = 0, most = -1;
  values.forEach((value, i) => {
    const density = sum(values.map((other) => bell((value - other) / near)));
    if (density > most) [best, most] = [i, density];
  });
  return [best, most];
}

/** The points [x, y] where the pen stops going down, within a stroke or at one of its ends; none of dots. */
function bottoms({ x, y, starts, ends }) {
  const found = [];
  starts.forEach((start, k) => {
    for (let i = start; i < ends[k] && ends[k] - start > 1; i++) {
      const down = i === start || y[i] > y[i - 1], up = i === ends[k] - 1 || y[i + 1] <= y[i];
      if (down && up) found.push([x[i], y[i]]);
    }
  });
  return found;
}

/** y of the level line with most bottoms of strokes near it, below its uppermost third. */
export function foot(ink) {
  const limit = 0.64 * min(ink.y) + 0.36 * max(ink.y), ys = bottoms(ink).map(([, y]) => y).filter((y) => y >= limit);
  if (!ys.length) return max(ink.y);
  return ys[densest(ys, 1.5 * BOTTOM_SD_HEIGHTS * writingHeight(ink))[0]];
}
