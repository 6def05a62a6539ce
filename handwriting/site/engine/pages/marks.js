// Measurements of the strokes of a page. The twin of handwriting/recognition/pages/marks.py.

import { boundsOf, strokeIndex } from "../ink/ink.js";
import { length, median, weightedMedian } from "../numbers.js";

const MIN_HEIGHT_SHARE = 1e-3;
const MAX_STEP_MEDIANS = 20;
const JUMP = 6;
const TREMOR = 0.15;

export class Marks {
  constructor(ink) {
    this.ink = ink;
    this.owner = strokeIndex(ink);
    this.steps = stepsOf(ink, this.owner);
    this.rises = risesOf(ink, this.owner);
    this.height = this.letterHeight();
    this.sound = this.soundPoints();
    this.boxes = this.soundBoxes();
    this.centers = this.soundCenters();
  }

  /** Approximate height of a small letter. */
  letterHeight() {
    const { ink, rises } = this;
    const moved = this.steps.filter((step) => step > 0);
    const limit = moved.length ? MAX_STEP_MEDIANS * median(moved) : Infinity;
    const wild = new Int32Array(ink.x.length);
    for (let i = 0; i < this.steps.length; i++) wild[i + 1] = wild[i] + (this.steps[i] > limit ? 1 : 0);
    const heights = rises.filter(({ first, last, height }) => wild[first] === wild[last] && height > 0).map(({ height }) => height);
    const [left, top, right, bottom] = boundsOf(ink);
    const least = Math.max(Math.max(right - left, bottom - top) * MIN_HEIGHT_SHARE, 1e-150);
    return Math.max(heights.length ? weightedMedian(heights, heights) : (right - left) / 10 || 1, least);
  }

  /** False for points that are far away because of a sensor jump. */
  soundPoints() {
    const { ink, steps } = this, limit = JUMP * this.height;
    const sound = new Uint8Array(ink.x.length).fill(1);
    for (let k = 0; k < ink.starts.length; k++) {
      const begin = ink.starts[k], end = ink.ends[k], own = steps.subarray(begin, end - 1);
      if (!own.some((step) => step > limit)) continue;
      const usual = JUMP * median(own);
      const part = [0];
      for (const step of own) part.push(part.at(-1) + (step > limit && step > usual ? 1 : 0));
      if (part.at(-1) === 0) continue;
      const sizes = new Int32Array(part.at(-1) + 1);
      for (const p of part) sizes[p] += 1;
      const largest = sizes.indexOf(Math.max(...sizes));
      const from = begin + part.indexOf(largest);
      const [left, top, right, bottom] = boundsOf(ink, from, from + sizes[largest]);
      const far = new Uint8Array(sizes.length);
      part.forEach((p, i) => {
        const x = ink.x[begin + i], y = ink.y[begin + i];
        if (!(x >= left - limit && x <= right + limit && y >= top - limit && y <= bottom + limit)) far[p] = 1;
      });
      part.forEach((p, i) => (sound[begin + i] = far[p] ? 0 : 1));
    }
    return sound;
  }

  /** [left, top, right, bottom] of each stroke's sound points. */
  soundBoxes() {
    const { x, y, starts, ends } = this.ink;
    return Array.from(starts, (start, k) => {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = start; i < ends[k]; i++) {
        if (!this.sound[i]) continue;
        box[0] = Math.min(box[0], x[i]);
        box[1] = Math.min(box[1], y[i]);
        box[2] = Math.max(box[2], x[i]);
        box[3] = Math.max(box[3], y[i]);
      }
      return box;
    });
  }

  /** [x, y] of each stroke: the medians along its sound ink. */
  soundCenters() {
    const { ink, sound, steps } = this;
    const weight = Float64Array.from(sound, (good) => (good ? 1e-6 * this.height : 0));
    for (let i = 0; i < steps.length; i++) {
      if (!sound[i] || !sound[i + 1]) continue;
      weight[i] += steps[i];
      weight[i + 1] += steps[i];
    }
    return Array.from(ink.starts, (start, k) => {
      const end = ink.ends[k], own = weight.subarray(start, end);
      return [weightedMedian(ink.x.subarray(start, end), own), weightedMedian(ink.y.subarray(start, end), own)];
    });
  }

  /** Vertical movements { x, y, weight, stroke, height } from which lines are found, with heights in letter heights. */
  movements() {
    const { x, y } = this.ink;
    return this.rises
      .filter(({ first, last, height }) => this.sound[first] && this.sound[last] && height > TREMOR * this.height)
      .map(({ first, last, height }) => {
        const rise = height / this.height;
        return { x: (x[first] + x[last]) / 2, y: (y[first] + y[last]) / 2, weight: rise / (1 + (rise / 1.5) ** 4), stroke: this.owner[first], height: rise };
      });
  }
}

/** Distance from each point to the next, 0 where the pen was up. */
function stepsOf({ x, y }, owner) {
  const steps = new Float64Array(Math.max(0, x.length - 1));
  for (let i = 0; i < steps.length; i++) steps[i] = owner[i] === owner[i + 1] ? length(x[i + 1] - x[i], y[i + 1] - y[i]) : 0;
  return steps;
}

/** Movements of the pen up or down until it turns or is lifted: { first, last, height }. */
function risesOf({ x, y, starts, ends }, owner) {
  const count = x.length - 1;
  const direction = new Int8Array(Math.max(0, count));
  for (let i = 0; i < count; i++) direction[i] = Math.sign(y[i + 1] - y[i]);
  const moving = direction.findIndex((way) => way !== 0);
  if (moving < 0) return [];
  for (let i = 0; i < moving; i++) direction[i] = direction[moving];
  for (let i = moving + 1; i < count; i++) if (!direction[i]) direction[i] = direction[i - 1]; // a level step continues
  const turns = new Uint8Array(x.length);
  turns[0] = turns[count] = 1;
  for (let i = 1; i < count; i++) if (direction[i] !== direction[i - 1]) turns[i] = 1;
  starts.forEach((start, k) => (turns[start] = turns[ends[k] - 1] = 1));
  const rises = [];
  let before = -1;
  for (let i = 0; i < x.length; i++) {
    if (!turns[i]) continue;
    if (before >= 0 && owner[before] === owner[i]) rises.push({ first: before, last: i, height: Math.abs(y[i] - y[before]) });
    before = i;
  }
  return rises;
}
