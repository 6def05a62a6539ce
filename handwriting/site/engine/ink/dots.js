// Delayed dots and bars go back behind their letters. The twin of handwriting/geometry/dots.py.

import { boxesOf, strokeIndex } from "./ink.js";
import { inkWeights, segments, writingHeight } from "./normalise.js";
import { length, median, range } from "../numbers.js";

const MAX_DOT_HEIGHTS = 0.25;
const TICK_HEIGHTS = 0.12;
const MAX_BAR_HEIGHTS = 2.5;
const MIN_BAR_STRAIGHTNESS = 0.85;
const MAX_BAR_SLOPE = 0.6;
const DOT_REACH_HEIGHTS = 0.15;
const TICK_REACH_HEIGHTS = 0.03;

/** The order of the strokes in which delayed dots and bars follow their letters. */
export function undelayedOrder(ink) {
  const count = ink.starts.length, order = range(count);
  const late = dotsAndBars(ink);
  if (!late.includes(true)) return order;
  const { left, top, right, bottom } = boxesOf(ink);
  const height = writingHeight(ink), center = order.map((k) => (left[k] + right[k]) / 2);
  const after = range(count), letters = order.filter((k) => !late[k]);
  for (const k of order.filter((stroke) => late[stroke])) {
    const reach = DOT_REACH_HEIGHTS * height;
    const near = letters.filter((l) => l < k && left[l] - reach < right[k] && right[l] + reach > left[k]);
    let own;
    if (right[k] - left[k] > Math.max(TICK_HEIGHTS * height, 1.5 * (bottom[k] - top[k]))) {
      own = near.filter((l) => left[l] < right[k] && right[l] > left[k] && top[l] < bottom[k] && bottom[l] > top[k]).slice(0, 1);
    } else own = near.filter((l) => left[l] < center[k]);
    if (!own.length) own = near;
    let letter = k, least = Infinity;
    for (const l of own) {
      const away = Math.max(Math.max(left[l] - center[k], center[k] - right[l]), 0);
      if (away < least) [letter, least] = [l, away];
    }
    late[k] = letters.some((l) => l > letter && l < k && left[l] > center[k]);
    after[k] = late[k] ? letter : k;
  }
  const key = (k) => (late[k] ? center[k] : 0);
  return order.sort((a, b) => after[a] - after[b] || late[a] - late[b] || key(a) - key(b) || a - b);
}

/** Which strokes are i-dots or t-bars. */
export function dotsAndBars(ink) {
  const height = writingHeight(ink), weight = inkWeights(ink), stroke = strokeIndex(ink), box = boxesOf(ink);
  const [, , steps] = segments(ink);
  const x = ink.x.map((value) => value / height), y = ink.y.map((value) => value / height);
  const middle = median(y);
  return Array.from(ink.starts, (start, k) => {
    const end = ink.ends[k];
    const left = box.left[k] / height, top = box.top[k] / height, right = box.right[k] / height, bottom = box.bottom[k] / height;
    const wide = right - left, high = bottom - top;
    if (!((top + bottom) / 2 < middle)) return false;
    const dx = x[end - 1] - x[start], dy = y[end - 1] - y[start];
    let path = 0;
    for (let i = start; i < end - 1; i++) path += steps[i] / height;
    const small = Math.max(wide, high) < MAX_DOT_HEIGHTS;
    const level = length(dx, dy) > MIN_BAR_STRAIGHTNESS * path && Math.abs(dy) < MAX_BAR_SLOPE * Math.abs(dx) && wide < MAX_BAR_HEIGHTS;
    if (!small && !level) return false;
    let reach = 0, share = 0.5;
    if (!(level && wide > TICK_HEIGHTS)) {
      reach = high > Math.max(TICK_HEIGHTS, wide) ? TICK_REACH_HEIGHTS : DOT_REACH_HEIGHTS;
      share = 0.6;
    }
    let total = 0, below = 0;
    for (let i = 0; i < x.length; i++) {
      if (!(x[i] > left - reach && x[i] < right + reach) || stroke[i] === k) continue;
      total += weight[i];
      if (y[i] > bottom) below += weight[i];
    }
    return total > 0 && below >= share * total;
  });
}
