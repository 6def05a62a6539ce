// The lines of a page, ready to be read: columns, lines, and the order of the strokes in each. The twin of
// handwriting/recognition/pages/splitting.py and order.py, with one difference: where the strokes of a page have neither
// times nor the order of writing, they are read from left to right without the networks for direction and order.

import { dotsAndBars } from "../ink/dots.js";
import { keep, pointsOf, take } from "../ink/ink.js";
import { argsort, max, min } from "../numbers.js";
import { findColumns } from "./columns.js";
import { findDrawings } from "./drawings.js";
import { findLines } from "./lines.js";
import { Marks } from "./marks.js";

const MAX_TRAVEL = 2.5;

/** The lines of a page, in reading order, { strokes, points, ink }; strokes and points are numbers on the page. */
export function findLayout(ink) {
  const page = new Marks(ink), drawn = new Set(findDrawings(page));
  const writing = [...ink.starts.keys()].filter((k) => !drawn.has(k));
  const text = drawn.size ? new Marks(take(ink, writing)) : page;
  return linesOf(text).map((line) => {
    const strokes = line.map((k) => writing[k]);
    const own = pointsOf(text.ink, line), sound = own.map((point) => text.sound[point]);
    return { strokes, points: pointsOf(ink, strokes).filter((_, i) => sound[i]), ink: keep(take(text.ink, line), sound) };
  });
}

function linesOf(text) {
  const lines = [];
  for (const block of findColumns(text)) {
    const number = findLines(block.length === text.ink.starts.length ? text : new Marks(take(text.ink, block)));
    for (let k = 0; k <= max(number); k++) lines.push(block.filter((_, i) => number[i] === k));
  }
  return writingOrder(text, lines);
}

function writingOrder(text, lines) {
  const { t, starts } = text.ink;
  if (t) return lines.map((line) => argsort(line, (k) => t[starts[k]]).map((i) => line[i]));
  const ordered = lines.map((line) => [...line].sort((a, b) => a - b));
  return looksWritten(text, ordered) ? ordered : ordered.map((line) => leftToRight(text, line));
}

/** Whether the order of the strokes follows the lines of the page. */
function looksWritten({ centers }, lines) {
  let way = 0, width = 0;
  for (const line of lines) {
    const x = line.map((k) => centers[k][0]);
    for (let i = 1; i < x.length; i++) way += Math.abs(x[i] - x[i - 1]);
    width += max(x) - min(x);
  }
  return way <= MAX_TRAVEL * width;
}

/** Strokes from left to right, dots and bars last. */
function leftToRight({ ink, centers }, line) {
  const late = dotsAndBars(take(ink, line));
  return line.map((_, i) => i).sort((a, b) => late[a] - late[b] || centers[line[a]][0] - centers[line[b]][0] || a - b).map((i) => line[i]);
}
