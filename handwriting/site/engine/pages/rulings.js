// The ruling of the paper among straight strokes. The twin of handwriting/recognition/pages/rulings.py.

import { max, median } from "../numbers.js";

const MIN_LENGTH = 15;
const MIN_LINES = 4;
const MAX_ANGLE = 5;
const MAX_END_OFFSET = 0.04;
const MAX_UNEVENNESS = 0.2;
const MIN_UNEVEN_LINES = 6, MAX_UNEVEN_OFFSET = 0.02;

/** For each stroke, whether it is a line of ruled or squared paper. */
export function findRulings(shapes) {
  const ruling = shapes.all.map(() => false);
  for (const across of [1, 0]) {
    const tilt = (k) => (across ? Math.abs(shapes.slope[k]) : 90 - Math.abs(shapes.slope[k]));
    const lines = shapes.all.filter((k) => shapes.straight[k] && shapes.size[k] > MIN_LENGTH && tilt(k) < MAX_ANGLE);
    if (lines.length < MIN_LINES) continue;
    const edges = [1 - across, 3 - across], usual = edges.map((edge) => median(lines.map((k) => shapes.boxes[k][edge])));
    const offset = (k) => max(edges.map((edge, i) => Math.abs(shapes.boxes[k][edge] - usual[i]))) / (usual[1] - usual[0]);
    const aligned = lines.filter((k) => offset(k) < MAX_END_OFFSET);
    const isUneven = aligned.filter((k) => offset(k) < MAX_UNEVEN_OFFSET).length >= MIN_UNEVEN_LINES;
    if (isUneven || (aligned.length >= MIN_LINES && areEven(aligned.map((k) => (shapes.boxes[k][across] + shapes.boxes[k][across + 2]) / 2)))) {
      for (const k of aligned) ruling[k] = true;
    }
  }
  return ruling;
}

/** Whether most distances between lines at these places are the same; lines may be missing. */
function areEven(places) {
  const sorted = [...places].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((place, i) => place - sorted[i]), usual = Math.max(median(gaps), 1e-9);
  const steps = gaps.map((gap) => gap / usual);
  const even = steps.filter((step) => Math.abs(step - Math.round(step)) < MAX_UNEVENNESS);
  return even.length / steps.length > 0.75 && steps.every((step) => Math.round(step) >= 1);
}
