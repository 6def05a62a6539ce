// The lines of a block, from the positions of its strokes alone. The twin of handwriting/recognition/pages/lines.py, which
// explains the method. Lengths are in letter heights; a ridge is { x, y, weight }, the middle of a line.

import { argsort, clamp, interpolate, max, median, min, range, sum, weightedMedian, where } from "../numbers.js";

const MAX_SLOPE = 0.6;
const BLUR_X = 3, BLUR_Y = 0.5;
const DEFAULT_PITCH = 4.5;
const MIN_PITCH = 2, MAX_PITCH = 9;
const MIN_WEIGHT = 2.2;
const RIDGE_REACH = 0.3;
const MIN_SEPARATION = 0.6;
const MAX_CONTINUATION = 0.45;
const BAND_SD = 0.5;
const MIN_BAND_DISTANCE = 2.5, MIN_BAND_SHARE = 0.3, MAX_VALLEY_SHARE = 0.3;
const SMALL_STROKE_SHIFT = 0.25;
const SMALL_STROKE_HEIGHT = 0.6;

const bell = (value) => Math.exp(-(value * value) / 2);
const average = (values, weights) => sum(values.map((value, i) => value * weights[i])) / sum(weights);

/** The line of each stroke, numbered from the top without gaps. */
export function findLines(marks) {
  const strokes = marks.ink.starts.length, movements = marks.movements(), scale = marks.height;
  if (movements.length < 2 || strokes < 2) return new Array(strokes).fill(0);
  const slope = pageSlope(movements.map(({ x, y, weight }) => ({ x: x / scale, y: y / scale, weight })));
  const level = (x, y) => [x / scale, (y - slope * x) / scale];
  const flat = movements.map(({ x, y, weight, stroke }) => ({ x: level(x, y)[0], y: level(x, y)[1], weight, stroke }));
  const centers = marks.centers.map(([x, y], k) => {
    const [across, down] = level(x, y);
    return [across, down + ((marks.boxes[k][3] - marks.boxes[k][1]) / scale < SMALL_STROKE_HEIGHT ? SMALL_STROKE_SHIFT : 0)];
  });
  const sides = marks.boxes.map(([left, , right]) => [left / scale, right / scale]);
  let [lines, pitch] = firstLines(flat);
  let number = nearest(centers, lines);
  lines = lines.flatMap((line, k) => parted(flat.filter(({ stroke }) => number[stroke] === k), line));
  number = nearest(centers, lines);
  for (let pass = 0; pass < 2; pass++) {
    [lines, number] = joined(lines, number, sides, pitch);
    lines = lines.map((line, k) => drawn(flat.filter(({ stroke }) => number[stroke] === k)) ?? line);
    number = nearest(centers, lines);
  }
  const middle = lines.map((_, k) => {
    const own = centers.filter((__, i) => number[i] === k).map(([, y]) => y);
    return own.length ? median(own) : Infinity;
  });
  const used = argsort(middle).filter((k) => number.includes(k));
  return number.map((k) => used.indexOf(k));
}

/** The slope dy / dx along which the page's lines run. */
function pageSlope(movements) {
  let best = 0, most = -Infinity;
  for (let i = 0; i < 61; i++) {
    const slope = i === 60 ? MAX_SLOPE : -MAX_SLOPE + i * ((2 * MAX_SLOPE) / 60);
    const rest = movements.map(({ x, y }) => y - slope * x), lowest = min(rest);
    const profile = new Float64Array(Math.floor((max(rest) - lowest) / 0.3) + 1);
    rest.forEach((value, k) => (profile[Math.floor((value - lowest) / 0.3)] += movements[k].weight));
    let energy = 0;
    for (let k = 0; k < profile.length + 2; k++) energy += (0.25 * (profile[k] ?? 0) + 0.5 * (profile[k - 1] ?? 0) + 0.25 * (profile[k - 2] ?? 0)) ** 2;
    const sharpness = energy * (1 - 0.3 * Math.abs(slope));
    if (sharpness > most) [best, most] = [slope, sharpness];
  }
  return best;
}

/** First lines from the ridges of the blurred page, and the distance between lines. */
function firstLines(movements) {
  let pitch = DEFAULT_PITCH, across = BLUR_X, down = BLUR_Y, ridges = [];
  for (let pass = 0; pass < 2; pass++) {
    ridges = ridgesOf(movements, across, down);
    pitch = clamp(pitchOf(ridges) || DEFAULT_PITCH, MIN_PITCH, MAX_PITCH);
    [across, down] = [Math.max(BLUR_X, 0.9 * pitch), Math.max(BLUR_Y, 0.17 * pitch)];
  }
  const found = [];
  for (const ridge of ridges) {
    const own = movements.filter(({ x, y }) => Math.abs(y - interpolate(x, ridge.x, ridge.y)) < RIDGE_REACH * pitch && x >= ridge.x[0] && x <= ridge.x.at(-1));
    if (!own.length) continue;
    const left = min(own.map(({ x }) => x)) - 1, right = max(own.map(({ x }) => x)) + 1;
    const inside = part(ridge, (x) => x >= left && x <= right);
    if (inside.x.length) found.push([sum(own.map(({ weight }) => weight)), inside]);
  }
  const lines = [];
  for (const i of argsort(found, ([mass]) => -mass)) settle(lines, ...found[i], pitch);
  const middle = average(movements.map(({ x }) => x), movements.map(() => 1));
  if (!lines.length) lines.push({ x: [middle], y: [average(movements.map(({ y }) => y), movements.map(({ weight }) => weight))], weight: [1] });
  return [argsort(lines, (line) => heightAt(line, middle)).map((i) => lines[i]), pitch];
}

/** Add a ridge to lines, which hold stronger ridges: as a line, as part of a line, or not at all. */
function settle(lines, mass, ridge, pitch) {
  let continued = null, least = MAX_CONTINUATION * pitch, close = false;
  for (const line of lines) {
    const columns = new Set(line.x);
    const covered = ridge.x.filter((x) => columns.has(x)).length / ridge.x.length;
    const off = median(ridge.y.map((y, i) => Math.abs(y - heightAt(line, ridge.x[i]))));
    if (covered >= 0.35) close ||= off < MIN_SEPARATION * pitch;
    else if (off < least) [continued, least] = [line, off];
  }
  if (continued) {
    const columns = new Set(continued.x), fresh = part(ridge, (x) => !columns.has(x));
    const all = { x: [...continued.x, ...fresh.x], y: [...continued.y, ...fresh.y], weight: [...continued.weight, ...fresh.weight] };
    const order = argsort(all.x);
    for (const name of ["x", "y", "weight"]) continued[name] = order.map((i) => all[name][i]);
    continued.slope = undefined;
  } else if (!close && mass >= MIN_WEIGHT) lines.push(ridge);
}

/** The ridges of the blurred movements, each followed from left to right in steps of a letter height. */
function ridgesOf(movements, across, down) {
  const xs = movements.map(({ x }) => x), ys = movements.map(({ y }) => y);
  const columns = steps(min(xs), max(xs) + 1, 1), rows = steps(min(ys) - 2, max(ys) + 2, 0.125);
  const blurred = movements.map(({ y }) => Float64Array.from(rows, (row) => bell((row - y) / down)));
  const land = columns.map((column) => {
    const heights = new Float64Array(rows.length);
    movements.forEach(({ x, weight }, i) => {
      const share = bell((column - x) / across) * weight, own = blurred[i];
      for (let r = 0; share && r < heights.length; r++) heights[r] += share * own[r];
    });
    return heights;
  });
  const ridges = [];
  let ends = new Map();
  land.forEach((heights, column) => {
    const here = [];
    for (let r = 1; r + 1 < rows.length; r++) if (heights[r] > heights[r - 1] && heights[r] >= heights[r + 1]) here.push(r);
    const before = [...ends.keys()].sort((a, b) => a - b), going = new Map();
    for (const row of here) {
      const last = closest(before, row);
      // The two tops must be nearest to each other, and at most 20 degrees up or down.
      let ridge = last !== undefined && Math.abs(last - row) <= 3 && closest(here, last) === row ? ends.get(last) : null;
      if (!ridge) ridges.push((ridge = { x: [], y: [], weight: [] }));
      ridge.x.push(columns[column]);
      ridge.y.push(rows[row]);
      ridge.weight.push(heights[row]);
      going.set(row, ridge);
    }
    ends = going;
  });
  return ridges;
}

const steps = (begin, end, step) => range(Math.max(0, Math.ceil((end - begin) / step))).map((i) => begin + i * step);
const closest = (values, wanted) => values.reduce((best, value) => (best === undefined || Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best), undefined);

/** Weighted median distance between strong ridges above each other; null if there are none. */
function pitchOf(ridges) {
  const strongest = max([0, ...ridges.map(({ weight }) => sum(weight))]), at = new Map();
  for (const ridge of ridges) {
    if (!(sum(ridge.weight) > 0.25 * strongest)) continue;
    ridge.x.forEach((x, i) => at.set(x, [...(at.get(x) ?? []), [ridge.y[i], ridge.weight[i]]]));
  }
  const distances = [], weights = [];
  for (const column of at.values()) {
    column.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (let i = 1; i < column.length; i++) {
      distances.push(column[i][0] - column[i - 1][0]);
      weights.push(Math.min(column[i][1], column[i - 1][1]));
    }
  }
  return distances.length ? weightedMedian(distances, weights) : null;
}

const nearest = (centers, lines) => centers.map(([x, y]) => {
  let best = 0, least = Infinity;
  lines.forEach((line, k) => {
    const off = Math.abs(y - heightAt(line, x));
    if (off < least) [best, least] = [k, off];
  });
  return best;
});

/** Join neighbouring lines whose strokes never stand above each other, or that run into each other. */
function joined(lines, number, sides, pitch) {
  const used = [...new Set(number)].sort((a, b) => a - b);
  lines = used.map((k) => lines[k]);
  number = number.map((k) => used.indexOf(k));
  for (let k = 0; k + 1 < lines.length;) {
    const widths = [k, k + 1].map((one) => union(sides.filter((_, i) => number[i] === one)));
    const lengths = widths.map((width) => sum(width.map(([a, b]) => b - a)));
    const short = lengths[1] < lengths[0] ? 1 : 0;
    let over = 0;
    for (const [a, b] of widths[0]) for (const [c, d] of widths[1]) over += Math.max(0, Math.min(b, d) - Math.max(a, c));
    const off = median(widths[short].flat().map((x) => Math.abs(heightAt(lines[k], x) - heightAt(lines[k + 1], x))));
    if ((over < 0.5 * lengths[short] && off < 0.8 * pitch) || off < Math.max(1, 0.35 * pitch)) {
      lines.splice(k + short, 1);
      number = number.map((one) => (one > k ? one - 1 : one));
      k = 0;
    } else k += 1;
  }
  return [lines, number];
}

/** A line whose own movements lie in two bands, as two lines; one ridge ran between them. */
function parted(own, line) {
  if (own.length < 2) return [line];
  const off = own.map(({ x, y }) => y - heightAt(line, x));
  const at = steps(min(off), max(off) + 0.25, 0.25);
  const band = at.map((height) => sum(off.map((value, i) => bell((height - value) / BAND_SD) * own[i].weight)));
  const tops = where(band, (value, i) => i > 0 && i + 1 < band.length && value > band[i - 1] && value >= band[i + 1]);
  if (tops.length < 2) return [line];
  const [upper, lower] = argsort(tops, (top) => -band[top]).slice(0, 2).map((i) => tops[i]).sort((a, b) => a - b);
  const least = Math.min(band[upper], band[lower]), most = Math.max(band[upper], band[lower]);
  if (at[lower] - at[upper] < MIN_BAND_DISTANCE || least < MIN_BAND_SHARE * most || min(band.slice(upper, lower)) > MAX_VALLEY_SHARE * least) return [line];
  const total = sum(band);
  return [upper, lower].map((top) => ({ x: line.x, y: line.y.map((y) => y + at[top]), weight: line.weight.map((w) => (w * band[top]) / total) }));
}

/** Intervals, merged where they touch or nearly touch. */
function union(sides) {
  const merged = [];
  for (const [left, right] of sides.map(([a, b]) => [a - 0.2, b + 0.2]).sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (merged.length && left <= merged.at(-1)[1]) merged.at(-1)[1] = Math.max(merged.at(-1)[1], right);
    else merged.push([left, right]);
  }
  return merged;
}

/** A smooth line through its own movements, distant ones weighing less; null if there are fewer than two. */
function drawn(own) {
  if (own.length < 2) return null;
  const xs = own.map(({ x }) => x);
  const at = steps(min(xs), max(xs) + 1, 1);
  const near = at.map((column) => own.map(({ x, weight }) => bell((column - x) / 4) * weight + 1e-30));
  let middle = near.map((weights) => average(own.map(({ y }) => y), weights));
  for (let pass = 0; pass < 2; pass++) {
    const close = own.map(({ x, y }) => bell(y - interpolate(x, at, middle)));
    middle = near.map((weights) => {
      let total = 0, moment = 0;
      weights.forEach((value, i) => {
        const weight = value * close[i] + 1e-30;
        total += weight;
        moment += weight * own[i].y;
      });
      return moment / total;
    });
  }
  return { x: at, y: middle, weight: near.map(sum) };
}

/** The y of a ridge at x, extended straight beyond its ends. */
function heightAt(ridge, x) {
  ridge.slope ??= slopeOf(ridge);
  const over = Math.min(x - ridge.x[0], 0) + Math.max(x - ridge.x.at(-1), 0);
  return interpolate(x, ridge.x, ridge.y) + ridge.slope * over;
}

/** Slope of the whole ridge, shrunk towards 0 for a short one. */
function slopeOf({ x, y, weight }) {
  const meanX = average(x, weight), meanY = average(y, weight);
  const dx = x.map((value) => value - meanX), dy = y.map((value) => value - meanY);
  return average(dx.map((value, i) => value * dy[i]), weight) / (average(dx.map((value) => value * value), weight) + 30);
}

function part(ridge, chosen) {
  const kept = where(ridge.x, chosen);
  return { x: kept.map((i) => ridge.x[i]), y: kept.map((i) => ridge.y[i]), weight: kept.map((i) => ridge.weight[i]) };
}
