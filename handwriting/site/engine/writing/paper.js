// What is printed on paper. The twin of handwriting/rendering/paper.py, in one colour.

import { ASCENT } from "./typeset.js";

const SQUARE_MM = 5;
const SEYES_ROWS = 4;

/** { lines: [[x1, y1, x2, y2]], dots: [[x, y]] } of a sheet; one of the lines is on each baseline. */
export function printed({ paper, width, height, lineHeight, margins: [top, , bottom, left] }) {
  const first = top + ASCENT * lineHeight;
  const across = (rows) => rows.map((y) => [0, y, width, y]), down = (columns) => columns.map((x) => [x, 0, x, height]);
  if (paper === "ruled") return { lines: across(every(lineHeight, first, first, height - bottom)), dots: [] };
  if (paper === "seyes") {
    const rows = every(lineHeight / SEYES_ROWS, first, first - lineHeight, height - bottom);
    return { lines: [...across(rows), ...down(every(lineHeight, left, 0, width))], dots: [] };
  }
  if (paper !== "squared" && paper !== "dotted") return { lines: [], dots: [] };
  const step = lineHeight / Math.max(1, Math.round(lineHeight / SQUARE_MM));
  const rows = every(step, first, 0, height), columns = every(step, left, 0, width);
  if (paper === "squared") return { lines: [...across(rows), ...down(columns)], dots: [] };
  return { lines: [], dots: rows.flatMap((y) => columns.map((x) => [x, y])) };
}

/** Positions that are multiples of `step` away from `through`, above 0 and from `low` to below `high`. */
function every(step, through, low, high) {
  const first = Math.ceil((Math.max(low, 1e-6) - 1e-9 - through) / step), last = Math.floor((high - 1e-6 - through) / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Math.round((through + (first + k) * step) * 1e6) / 1e6);
}
