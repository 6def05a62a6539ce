// Delayed dots and bars go back behind their letters. The twin of handwriting/geometry/dots.py.

import { boxesOf, strokeIndex } from "./ink.js";
import { inkWeights, segments, writingHeight } from "./normalise.js";
import { length, max, median, range, sum } from "../numbers.js";

const MAX_DOT_HEIGHTS = 0.25;
const TICK_HEIGHTS = 0.12;
const MAX_BAR_HEIGHTS = 2.5;
const MIN_BAR_STRAIGHTNESS = 0.85;
const MAX_BAR_SLOPE = 0.6;
const DOT_REACH_HEIGHTS = 0.15, LETTER_REACH_HEIGHTS = 0.6, MAX_EDGE_HEIGHTS = 0.3;
const LETTER_WEIGHTS = [ // of the features, for dots and for bars
  [-1.84, 2.26, 2.17, -3.45, -9.13, -4.96, -0.51, -3.48],
  [-2.78, -1.87, -0.38, -3.30, -4.14, -3.82, -0.78, -8.30],
];
const TICK_REACH_HEIGHTS = 0.03;

/** The order of the strokes in which delayed dots and bars follow their letters. */
export function undelayedOrder(ink) {
  const count = ink.starts.length, order = range(count);
  const late = dotsAndBars(ink);
  if (!late.includes(true)) return order;
  const height = writingHeight(ink), { left, top, right, bottom } = boxesOf(ink);
  const boxes = order.map((k) => {
    const box = { left: left[k] / height, top: top[k] / height, right: right[k] / height, bottom: bottom[k] / height };
    return { ...box, center: (box.left + box.right) / 2 };
  });
  const after = range(count), letters = order.filter((k) => !late[k]);
  for (const k of order.filter((stroke) => late[stroke])) {
    const own = boxes[k];
    const near = letters.filter((l) => l < k && reaches(boxes[l], own, LETTER_REACH_HEIGHTS));
    const nearest = nearestLetter(k, near, boxes);
    late[k] = letters.some((l) => l > nearest && l < k && boxes[l].left > own.center);
    if (late[k]) {
      const weights = LETTER_WEIGHTS[isWide(own) ? 1 : 0];
      const scores = near.map((l, i) => sum(features(own, boxes[l], near.length - 1 - i).map((value, f) => value * weights[f])));
      after[k] = near[scores.indexOf(max(scores))];
    }
  }
  const key = (k) => (late[k] ? boxes[k].center : 0);
  return order.sort((a, b) => after[a] - after[b] || late[a] - late[b] || key(a) - key(b) || a - b);
}

const isWide = ({ left, top, right, bottom }) => right - left > Math.max(TICK_HEIGHTS, 1.5 * (bottom - top));

const reaches = (letter, own, reach) => letter.left - reach < own.right && letter.right + reach > own.left;

/** The letter nearest to a dot or bar; the stroke itself if none is close enough. */
function nearestLetter(k, near, boxes) {
  const own = boxes[k], close = near.filter((l) => reaches(boxes[l], own, DOT_REACH_HEIGHTS));
  const crossed = ({ left, top, right, bottom }) => left < own.right && right > own.left && top < own.bottom && bottom > own.top;
  const some = isWide(own) ? close.filter((l) => crossed(boxes[l])).slice(0, 1) : close.filter((l) => boxes[l].left < own.center);
  let letter = k, least = Infinity;
  for (const l of some.length ? some : close) {
    const away = Math.max(boxes[l].left - own.center, own.center - boxes[l].right, 0);
    if (away < least) [letter, least] = [l, away];
  }
  return letter;
}

/** What tells whether a letter is the one of a dot or bar, with the number of letters after it. */
function features({ left, right, bottom, center }, letter, later) {
  return [
    Math.abs(center - letter.center), Math.max(letter.top - bottom, 0), Number(letter.left < center), Number(later === 0),
    Math.min(Math.abs(center - letter.right), MAX_EDGE_HEIGHTS),
    Math.max(Math.min(right, letter.right) - Math.max(left, letter.left), 0), later, Math.sqrt(Math.max(letter.left - center, 0)),
  ];
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
