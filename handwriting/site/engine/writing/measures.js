// The code of a hand from a few lines of it. The twin of handwriting/features/hand.py, and of `prepared` and `instant` in
// handwriting/synthesis.

import { level } from "../ink/baseline.js";
import { boundsOf, keep, movedTo } from "../ink/ink.js";
import { deskew, segments, slant, writingHeight } from "../ink/normalise.js";
import { repaced, stepOf } from "../ink/resample.js";
import { length, median, quantile, range, sum } from "../numbers.js";

const TURNS = [-180, -90, -45, -20, -8, 0, 8, 20, 45, 90, 180].map((degrees) => (degrees * Math.PI) / 180);
const QUANTILES = [0.1, 0.3, 0.5, 0.7, 0.9];
const JUMP_UNITS = 600;

/** What is measured of lines { ink, text }, their mean, as the regression takes it; `hand` is that of the network's card. */
export function measuresOfLines(lines, hand) {
  const rows = lines.map(({ ink, text }) => ({ row: measuresOfLine(prepared(ink, hand), text, hand), weight: [...text].length }));
  const total = sum(rows.map(({ weight }) => weight));
  return rows[0].row.map((_, i) => sum(rows.map(({ row, weight }) => row[i] * weight)) / total);
}

/** A line of ink at the height and the pace of the training ink, level and on y = 0. */
function prepared(ink, { rate, step, height }) {
  const flat = level(repaced(ink, rate, step)), scale = height / writingHeight(flat);
  return withoutJumps(movedTo(flat, flat.x.map((value) => value * scale), flat.y.map((value) => value * scale)));
}

function withoutJumps(ink) {
  const { x, y, starts, ends } = ink, kept = new Array(x.length).fill(true);
  starts.forEach((start, k) => {
    for (let i = start + 1, last = start; i < ends[k]; i++) {
      kept[i] = length(x[i] - x[last], y[i] - y[last]) <= JUMP_UNITS;
      if (kept[i]) last = i;
    }
  });
  return kept.includes(false) ? keep(ink, kept) : ink;
}

function measuresOfLine(ink, text, { height, step }) {
  const own = writingHeight(ink), pace = (stepOf(ink) * own) / (step * height);
  return [...measures(ink, text), Math.log(own / height), pace > 0 ? Math.log(pace) : 0];
}

/** 69 numbers that tell writers apart, whatever they wrote. */
function measures(ink, text) {
  const flat = deskew(ink), height = writingHeight(flat), [dx, dy, steps] = segments(flat);
  const down = range(steps.length).filter((i) => steps[i] > 0);
  const angle = down.map((i) => Math.atan2(dy[i], dx[i])), weight = down.map((i) => steps[i]);
  const turn = range(Math.max(0, angle.length - 1)).map((i) => modulo(angle[i + 1] - angle[i] + Math.PI, 2 * Math.PI) - Math.PI);
  const edges = range(25).map((i) => -Math.PI + (i * 2 * Math.PI) / 24);
  const directions = histogram(angle, edges, weight);
  const turns = histogram(turn, TURNS, turn.map((_, i) => (weight[i] + weight[i + 1]) / 2));
  const boxes = Array.from(flat.starts, (start, k) => boundsOf(flat, start, flat.ends[k]));
  const letters = Math.max(1, [...text].filter((character) => character.trim()).length);
  const moves = (values) => (flat.starts.length > 1 ? Array.from(flat.starts.slice(1), (start) => (values[start] - values[start - 1]) / height) : [0]);
  const [left, , right] = boundsOf(flat), middle = median(flat.y);
  const shares = (counts) => counts.map((count) => count / Math.max(sum(counts), 1e-9));
  const quantiles = (values, some = QUANTILES) => some.map((share) => quantile(values, share));
  return [
    ...shares(directions), ...shares(turns),
    slant(flat), boxes.length / letters, (right - left) / height / letters, sum(steps) / height / letters,
    ...quantiles(boxes.map((box) => (box[2] - box[0]) / height)), ...quantiles(boxes.map((box) => (box[3] - box[1]) / height)),
    ...quantiles(weight.length ? weight.map((step) => Math.log(step / height)) : [0]),
    ...quantiles(moves(flat.x)), ...quantiles(moves(flat.y)),
    ...quantiles(flat.y.map((value) => (value - middle) / height), [0.01, 0.05, 0.25, 0.75, 0.95, 0.99]),
  ];
}

const modulo = (value, by) => value - by * Math.floor(value / by);

/** The weight between each edge and the next; the last edge belongs to the last bin. */
function histogram(values, edges, weights) {
  const counts = new Array(edges.length - 1).fill(0);
  values.forEach((value, i) => {
    let bin = edges.findLastIndex((edge) => edge <= value);
    if (bin === counts.length && value <= edges.at(-1)) bin -= 1;
    if (bin >= 0 && bin < counts.length) counts[bin] += weights[i];
  });
  return counts;
}
