// How a line of ink was read, step by step: the reply of the server to /api/inside, without the gates, which the graph of
// the recognizer does not give. The twin of handwriting/inspection/reading.py and records.py, and of handwriting/web/inside.py.

import { SIZE } from "../ink/bezier.js";
import { encode } from "../ink/encode.js";
import { boundsOf, inkOfPoints, pointsOf, strokeIndex } from "../ink/ink.js";
import { where } from "../numbers.js";
import { findLayout } from "../pages/layout.js";
import { BLANK, align, bestPath } from "../reading/decode.js";
import { Refusal } from "../refusal.js";
import { rounded } from "./rounded.js";

const LEAST_PROBABILITY = 0.05; // of a character that is shown
const PEN_UP = 8; // feature of a step

/** Look into the reading of a line of a page; lines without a text are not counted. */
export async function insideReading(recognizer, strokes, number = 0) {
  const page = inkOfPoints(strokes), traces = [];
  let above = "";
  for (const line of findLayout(page)) {
    const encoded = encode(line.ink, recognizer.features), frames = await recognizer.frames(encoded);
    const [{ labels, text }] = await recognizer.search(frames, 1, above);
    if (!text) continue;
    above = text;
    traces.push({ line, encoded, frames, labels, text });
  }
  if (number >= traces.length) throw new Refusal("site.noText");
  const { line, encoded, frames, labels } = traces[number];
  return {
    lines: traces.map(({ text }) => text),
    line: number,
    box: boundsOf(line.ink),
    steps: stepsOf(encoded, pointsOf(line.ink, encoded.order).map((point) => line.points[point]), page, where(strokes, (stroke) => stroke.length)),
    ...record(recognizer, frames, labels),
    events: {},
    units: [],
  };
}

/** Text, winning path, decisions and probabilities; see `reading_record` in handwriting/inspection/records.py. */
function record(recognizer, frames, labels) {
  const { data, steps, size } = frames, ranges = align(frames, labels);
  const path = Array(steps).fill("");
  const characters = labels.map((label, i) => {
    const [first, last] = ranges[i];
    let step = first;
    for (let t = first; t < last; t++) {
      path[t] = recognizer.characters[label];
      if (data[t * size + label] > data[step * size + label]) step = t;
    }
    return { text: recognizer.characters[label], step, first, last };
  });
  const probabilities = {};
  for (let v = 0; v < size; v++) {
    const values = Array.from({ length: steps }, (_, t) => Math.exp(data[t * size + v]));
    if (v === BLANK || Math.max(...values) > LEAST_PROBABILITY) probabilities[recognizer.characters[v]] = rounded(values);
  }
  return { text: recognizer.text(labels), greedy: recognizer.text(bestPath(frames).labels), path, characters, probabilities };
}

/**
 * For each step its stroke, as the client numbers them, and its points, half-open; a move through the air has none.
 * `points` are the page's numbers of the line's points in the network's order.
 */
function stepsOf(encoded, points, page, numbers) {
  const owner = strokeIndex(page), found = [];
  for (let t = 0; 2 * t < encoded.points.length; t++) {
    const begin = Math.min(encoded.points[2 * t], points.length - 1), end = Math.max(encoded.points[2 * t + 1], begin + 1);
    const own = points.slice(begin, end), up = encoded.steps[t * SIZE + PEN_UP] > 0.5;
    const stroke = owner[own[0]], start = page.starts[stroke], first = Math.min(...own) - start;
    found.push({ stroke: numbers[stroke], begin: first, end: up ? first : Math.max(...own) - start + 1, up });
  }
  return found;
}
