// Ink sampled anew: at even distances, or as another pen would have seen it. The twin of handwriting/geometry/resample.py
// and pace.py.

import { interpolate, length, sum } from "../numbers.js";
import { makeInk } from "./ink.js";
import { segments, writingHeight } from "./normalise.js";

const TOLERANCE = 1.5;
const IMPLAUSIBLE = 6;

const evenly = (count, first, last) => Float64Array.from({ length: count }, (_, i) => (count > 1 ? first + ((last - first) * i) / (count - 1) : first));

/** Points about `spacing` apart along each stroke; the ends of strokes stay, and a dot stays one point. */
export function resample(ink, spacing) {
  return sampled(ink, (start, end) => {
    const path = new Float64Array(end - start);
    for (let i = 1; i < path.length; i++) path[i] = path[i - 1] + length(ink.x[start + i] - ink.x[start + i - 1], ink.y[start + i] - ink.y[start + i - 1]);
    const whole = path.at(-1);
    const steps = evenRound(whole / spacing) || (whole > spacing / 4 ? 1 : 0);
    return [path, evenly(steps + 1, 0, whole)];
  });
}

/** Ink as a pen that is read `rate` times a second would have seen it. */
function sampledInTime(ink, rate) {
  return sampled(ink, (start, end) => {
    const times = ink.t.slice(start, end);
    for (let i = 1; i < times.length; i++) times[i] = Math.max(times[i], times[i - 1]);
    const count = end - start > 1 ? Math.max(1, evenRound((times.at(-1) - times[0]) * rate)) + 1 : 1;
    return [times, evenly(count, times[0], times.at(-1))];
  });
}

/** Each stroke at other places; `places` gives where its points are, and where they shall be. */
function sampled(ink, places) {
  const x = [], y = [], starts = [];
  ink.starts.forEach((start, k) => {
    const end = ink.ends[k], [from, to] = places(start, end);
    const own = [ink.x.subarray(start, end), ink.y.subarray(start, end)];
    starts.push(x.length);
    for (const at of to) {
      x.push(interpolate(at, from, own[0]));
      y.push(interpolate(at, from, own[1]));
    }
  });
  return makeInk(Float64Array.from(x), Float64Array.from(y), Int32Array.from(starts));
}

/** Rounded to the nearest whole number, halves to even ones. */
function evenRound(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

/** Ink with about `rate` points a second or, without plausible times, points `step` writing heights apart. */
export function repaced(ink, rate, step) {
  const count = ink.x.length - ink.starts.length;
  const seconds = ink.t ? sum([...ink.starts].map((start, k) => ink.t[ink.ends[k] - 1] - ink.t[start])) : 0;
  const within = (factor, ratio) => ratio > 1 / factor && ratio < factor;
  const own = stepOf(ink), faster = count / seconds / rate;
  const timed = rate > 0 && seconds > 0 && count > 0 && (own === 0 || within(IMPLAUSIBLE, (own * faster) / step));
  if (timed) return within(TOLERANCE, faster) ? ink : sampledInTime(ink, rate);
  return own === 0 || within(TOLERANCE, own / step) ? ink : resample(ink, step * writingHeight(ink));
}

/** Mean distance from point to point while the pen is down, in writing heights. */
export function stepOf(ink) {
  const count = ink.x.length - ink.starts.length;
  return count ? sum(segments(ink)[2]) / count / writingHeight(ink) : 0;
}
