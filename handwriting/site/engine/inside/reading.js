// How a line of ink was read, step by step: the reply of the server to /api/inside. The twin of
// handwriting/inspection/reading.py and records.py, and of handwriting/web/inside.py.

import { SIZE } from "../ink/bezier.js";
import { encode } from "../ink/encode.js";
import { boundsOf, inkOfPoints, pointsOf, strokeIndex, take } from "../ink/ink.js";
import { where } from "../numbers.js";
import { findLayout } from "../pages/layout.js";
import { BLANK, align, bestPath } from "../reading/decode.js";
import { pointsOfCharacters } from "../reading/ownership.js";
import { Refusal } from "../refusal.js";
import { eventsOf } from "./events.js";
import { readingLayers } from "./gates.js";
import { rounded } from "./rounded.js";
import { unitsRecord } from "./units.js";

const MIN_PROBABILITY = 0.05; // of a character that is shown
const PEN_UP = 8; // feature of a step

/**
 * Inspect the reading of a line of a page; lines without a text are not counted. `graph` is that of the recognizer and gives
 * the gates as well; units are found for `letter`.
 */
export async function insideReading(recognizer, graph, strokes, number = 0, letter = null) {
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
    ...unitsRecord(await readingLayers(graph, encoded), eventsOf(traceOf(recognizer, line.ink, encoded, frames, labels), letter)),
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
    if (v === BLANK || Math.max(...values) > MIN_PROBABILITY) probabilities[recognizer.characters[v]] = rounded(values);
  }
  return { text: recognizer.text(labels), greedy: recognizer.text(bestPath(frames).labels), path, characters, probabilities };
}

/** The line as `eventsOf` takes it. */
function traceOf(recognizer, ink, encoded, frames, labels) {
  const text = labels.map((label) => recognizer.characters[label]), { points, order } = encoded;
  const character = new Int32Array(ink.x.length).fill(-1); // of each point
  pointsOfCharacters(text.join(""), align(frames, labels), ink, encoded).forEach((own, i) => !own.empty && own.forEach((point) => (character[point] = i)));
  const ordered = Array.from(pointsOf(ink, order), (point) => character[point]);
  const up = Array.from({ length: frames.steps }, (_, t) => isUp(encoded, t));
  const owner = up.map((lifted, t) => (lifted ? -1 : mostFrequent(ordered.slice(points[2 * t], points[2 * t + 1]))));
  return { text, ink: take(ink, order), points, up, owner };
}

const isUp = ({ steps }, t) => steps[t * SIZE + PEN_UP] > 0.5;

/** The most frequent number, all being at least -1, and the lowest of several; -1 if there are none. */
function mostFrequent(values) {
  const counts = [];
  for (const value of values) counts[value + 1] = (counts[value + 1] ?? 0) + 1;
  return counts.length ? counts.indexOf(counts.reduce((a, b) => Math.max(a, b))) - 1 : -1;
}

/**
 * For each step its stroke, as the client numbers them, and its points, half-open; a move through the air has none.
 * `points` are the page's numbers of the line's points in the network's order.
 */
function stepsOf(encoded, points, page, numbers) {
  const owner = strokeIndex(page), found = [];
  for (let t = 0; 2 * t < encoded.points.length; t++) {
    const begin = Math.min(encoded.points[2 * t], points.length - 1), end = Math.max(encoded.points[2 * t + 1], begin + 1);
    const own = points.slice(begin, end), up = isUp(encoded, t);
    const stroke = owner[own[0]], start = page.starts[stroke], first = Math.min(...own) - start;
    found.push({ stroke: numbers[stroke], begin: first, end: up ? first : Math.max(...own) - start + 1, up });
  }
  return found;
}
