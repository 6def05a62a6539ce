// Units that respond to an event: the area under the ROC curve (AUC) of their signals. The twin of
// handwriting/inspection/units.py, and of `units_record` in records.py.

import { argsort, range, searchsorted, sum } from "../numbers.js";
import { SIGNALS } from "./gates.js";
import { rounded } from "./rounded.js";

const SHIFTS = 20; // copies of an event, shifted along the line, that estimate chance
const UNITS = 2; // for each event

/** { events, units }: the units that respond best to each of `events`, the steps by name, with all their signals. */
export function unitsRecord(layers, events) {
  const steps = layers[0].cell.length / layers[0].units;
  const columns = layers.flatMap((layer) => SIGNALS.flatMap((signal) => range(layer.units).map((number) => ({ layer, signal, number }))));
  const names = Object.keys(events), masks = names.map((name) => [0, ...shiftsOf(steps)].map((shift) => events[name].map((t) => (t + shift) % steps)));
  const areas = names.map(() => new Float64Array(columns.length)), largest = names.map(() => new Float64Array(SHIFTS));
  columns.forEach((column, at) => {
    const ranks = ranksOf(valuesOf(column, steps));
    masks.forEach(([own, ...shifted], e) => {
      areas[e][at] = areaOf(ranks, own);
      shifted.forEach((mask, k) => (largest[e][k] = Math.max(largest[e][k], Math.abs(areaOf(ranks, mask) - 0.5))));
    });
  });
  const units = names.flatMap((event, e) => best(columns, areas[e]).map((at) => {
    const { layer, signal, number } = columns[at];
    const values = SIGNALS.map((name) => [name, rounded(valuesOf({ layer, signal: name, number }, steps))]);
    return {
      event, layer: layer.layer, direction: layer.direction, number, signal, auc: short(areas[e][at]), chance: short(0.5 + sum(largest[e]) / SHIFTS),
      ...Object.fromEntries(values),
    };
  }));
  return { events, units };
}

/** How far the copies are shifted: evenly over the line. */
const shiftsOf = (steps) => range(SHIFTS).map((k) => Math.trunc((k + 1) * (steps / (SHIFTS + 1))));

const valuesOf = ({ layer, signal, number }, steps) => Float32Array.from({ length: steps }, (_, t) => layer[signal][t * layer.units + number]);

/** The columns of the units that respond best, each with its best signal. */
function best(columns, areas) {
  const found = new Map(); // units to columns
  for (const at of argsort(areas, (area) => -Math.abs(area - 0.5))) {
    const { layer, number } = columns[at], unit = `${layer.layer} ${layer.direction} ${number}`;
    if (!found.has(unit)) found.set(unit, at);
    if (found.size === UNITS) break;
  }
  return [...found.values()];
}

/** The rank of each value, from 0; equal values share the mean of their ranks. */
function ranksOf(values) {
  const sorted = values.slice().sort(), ranks = new Float64Array(sorted.length);
  for (let begin = 0, end = 1; begin < sorted.length; begin = end++) {
    while (sorted[end] === sorted[begin]) end += 1;
    ranks.fill((begin + end - 1) / 2, begin, end);
  }
  return Float64Array.from(values, (value) => ranks[searchsorted(sorted, value)]);
}

/** The probability that the value is larger at a random one of `steps` than at a random other step. */
function areaOf(ranks, steps) {
  const inside = steps.length, outside = ranks.length - inside;
  let total = 0;
  for (const t of steps) total += ranks[t];
  return (total - (inside * (inside - 1)) / 2) / (inside * outside);
}

const short = (value) => rounded([value])[0];
