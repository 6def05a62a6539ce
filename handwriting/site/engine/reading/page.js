// A page that is read: the reply of the server to /api/transcribe. The twin of `transcription` in handwriting/web/schemas.py.

import { boundsOf, inkOfPoints, strokeIndex } from "../ink/ink.js";
import { where } from "../numbers.js";
import { findLayout } from "../pages/layout.js";

/** Read strokes of points { x, y, t }; each line has at most so many readings. */
export async function readPage(recognizer, strokes, alternatives) {
  const page = inkOfPoints(strokes), owner = strokeIndex(page);
  const numbers = where(strokes, (stroke) => stroke.length); // as the client counts them, empty ones too
  const lines = [], segments = [];
  let above = "";
  for (const line of findLayout(page)) {
    const readings = await recognizer.read(line.ink, alternatives, above);
    const [{ text, points }] = readings;
    if (!text) continue;
    above = text;
    lines.push({
      text,
      box: boundsOf(line.ink),
      strokes: line.strokes.map((k) => numbers[k]),
      alternatives: readings.map((one) => ({ text: one.text, logProbability: one.logProbability })),
      words: wordsOf(text).map(([begin, end]) => ({ text: text.slice(begin, end), begin, end, box: boxOf(line.ink, points.slice(begin, end)) })),
    });
    [...text].forEach((grapheme, i) => segments.push({ grapheme, drawingSegments: pieces(points[i], line.points, page, owner, numbers) }));
  }
  return { lines, predictions: [{ text: lines.map(({ text }) => text).join("\n"), segmentationResult: segments }] };
}

/** The half-open ranges of the words of a text. */
export function wordsOf(text) {
  return [...text.matchAll(/[^ ]+/g)].map((found) => [found.index, found.index + found[0].length]);
}

/** The box of characters; one that owns no points stands where its neighbour does. */
function boxOf({ x, y }, characters) {
  const own = characters.filter((points) => points.length && !points.empty);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of own.length ? own : characters.slice(0, 1)) {
    for (const i of points) {
      box[0] = Math.min(box[0], x[i]);
      box[1] = Math.min(box[1], y[i]);
      box[2] = Math.max(box[2], x[i]);
      box[3] = Math.max(box[3], y[i]);
    }
  }
  return box;
}

/** Where a character stands: strokes, and for each the first of its points and one past the last. */
function pieces(points, onPage, page, owner, numbers) {
  const found = new Map();
  for (const i of points.empty ? [] : points) {
    const point = onPage[i], stroke = owner[point], at = point - page.starts[stroke];
    const one = found.get(stroke);
    found.set(stroke, one ? [Math.min(one[0], at), Math.max(one[1], at + 1)] : [at, at + 1]);
  }
  return [...found].map(([stroke, [beginPointIndex, endPointIndex]]) => ({ strokeIndex: numbers[stroke], beginPointIndex, endPointIndex }));
}
