// The thread that has the page read: it divides the ink into bands and talks to the server, so that nobody who writes
// has to wait for it. It keeps the strokes, and is told what has changed: see reader.js.

import { send } from "../shell/api.js";
import { bandsOf, inkOf } from "./bands.js";

const ALTERNATIVES = 5;

let strokes = new Map();
let known = new Map(); // the lines of the bands that are read, by the bands' keys
let reader = null; // the name of an adapted recognizer; null for the default one
let version = 0; // of the ink; counted by the page

self.addEventListener("message", ({ data }) => {
  if (data.reader !== undefined) {
    reader = data.reader;
    known = new Map();
    version = data.version ?? version;
    return;
  }
  if (data.bands) {
    strokes = new Map();
    known = new Map(data.bands.map(({ key, lines }) => [key, lines]));
  }
  for (const id of data.removed) strokes.delete(id);
  for (const stroke of data.added) strokes.set(stroke.id, stroke);
  version = data.version;
  if (data.read) read();
});

/** Read what is new of the ink; stops when the ink changes meanwhile. */
async function read() {
  const own = version, lines = known;
  const started = performance.now();
  try {
    const bands = bandsOf(strokes.values());
    for (const band of bands) {
      if (lines.has(band.key)) continue;
      const response = await send("../api/transcribe", { strokes: inkOf(band.strokes), hints: { alternatives: ALTERNATIVES }, ...(reader && { reader }) });
      lines.set(band.key, linesOf(response, band.strokes));
      if (version !== own) break;
    }
    const found = version === own ? bands.map(({ key }) => ({ key, lines: lines.get(key) })) : null;
    self.postMessage({ version: own, bands: found, milliseconds: performance.now() - started });
  } catch ({ message, status, text }) {
    self.postMessage({ version: own, error: { message, status, text } });
  }
}

/** The lines of a response: { text, box, strokes, alternatives, words: [{ text, box, pieces }] }. */
function linesOf({ lines, predictions }, written) {
  const segments = predictions[0]?.segmentationResult ?? [];
  let at = 0;
  return lines.map((line) => {
    const graphemes = segments.slice(at, at + [...line.text].length);
    at += graphemes.length;
    const words = line.words.map(({ text, box, begin, end }) => ({ text, box, pieces: piecesOf(graphemes.slice(begin, end), written) }));
    return { text: line.text, box: line.box, strokes: line.strokes.map((number) => written[number].id), alternatives: line.alternatives.map(({ text }) => text), words };
  });
}

/** The parts of strokes [id, begin, end] that graphemes were drawn with, those of one stroke together. */
function piecesOf(graphemes, written) {
  const pieces = new Map();
  for (const { drawingSegments } of graphemes) {
    for (const { strokeIndex, beginPointIndex: begin, endPointIndex: end } of drawingSegments) {
      const one = pieces.get(strokeIndex);
      pieces.set(strokeIndex, one ? [Math.min(one[0], begin), Math.max(one[1], end)] : [begin, end]);
    }
  }
  return [...pieces].map(([number, [begin, end]]) => [written[number].id, begin, end]);
}
