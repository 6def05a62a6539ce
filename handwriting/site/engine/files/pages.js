// The pages of an ink file as the page brings them in: the reply of the server to /api/ink. The twin of
// handwriting/web/ink_files.py, rendering/placed.py, and formats/strokes.py.

import { max, min } from "../numbers.js";
import { millimetres, secondsOf } from "./units.js";

const WIDTH = 210, MARGIN = 15, MAX_SIDE = 5000; // millimetres

/**
 * Pages in millimetres. Each one given is { strokes, units, width, height, timeUnit, largest }: strokes { x, y, t, p } with
 * NaN for what is unknown and t or p null without any, the unit of length, its size if it has one, the seconds of a unit of
 * its times, and its largest pressure.
 */
export function placed(pages, tally) {
  return pages.map((page, i) => ({ page, number: i + 1 })).filter(({ page }) => page.strokes.length).map(({ page, number }) => place(page, number, tally));
}

function place({ strokes, units = null, width = null, height = null, timeUnit = 1e-3, largest = 1 }, number, tally) {
  const xs = strokes.flatMap(({ x }) => [...x]), ys = strokes.flatMap(({ y }) => [...y]);
  let [left, top, right, bottom] = [min(xs), min(ys), max(xs), max(ys)];
  const sized = width !== null && height !== null;
  if (sized) [left, top, right, bottom] = [Math.min(left, 0), Math.min(top, 0), Math.max(right, width), Math.max(bottom, height)];
  const margin = sized ? 0 : MARGIN, unit = sized ? millimetres(units) : null;
  let scale = unit || (WIDTH - 2 * margin) / Math.max(right - left, 0.25 * (bottom - top), 1e-300);
  const [wide, high] = [(right - left) * scale + 2 * margin, (bottom - top) * scale + 2 * margin];
  const smaller = Math.min(1, MAX_SIDE / Math.max(wide, high));
  scale *= smaller;
  const origin = [left - (margin * smaller) / scale, top - (margin * smaller) / scale];
  const milliseconds = timesOf(complete(strokes, "t", tally), timeUnit), pressures = pressuresOf(complete(strokes, "p", tally), largest);
  const at = (value, begin) => round(Math.max(0, (value - begin) * scale), 3);
  let i = 0;
  const put = strokes.map(({ x, y }) => Array.from(x, (value, k) => {
    const point = [at(value, origin[0]), at(y[k], origin[1]), milliseconds ? round(milliseconds[i], 2) : null, pressures ? round(pressures[i], 3) : null];
    i += 1;
    return point;
  }));
  return { number, width: wide * smaller, height: high * smaller, strokes: put };
}

const round = (value, digits) => Number(value.toFixed(digits));

/** A property of every point; null when only some points have it. */
function complete(strokes, name, tally) {
  const known = strokes.filter((stroke) => stroke[name]), values = known.flatMap((stroke) => [...stroke[name]]);
  const sound = values.every(Number.isFinite);
  tally.dropped ||= !sound;
  return sound && known.length === strokes.length ? values : null;
}

/** Milliseconds from the first point. */
function timesOf(t, unit) {
  if (!t) return null;
  const factor = secondsOf(t, unit) * 1000;
  return t.map((value) => (value - t[0]) * factor);
}

function pressuresOf(values, largest) {
  const top = values && Math.max(max(values), largest);
  return top > 0 ? values.map((value) => Math.max(0, value) / top) : null;
}
