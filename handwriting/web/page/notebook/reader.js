// Has the server read the page: the bands that have changed, one request at a time, again when it is back.

import { send } from "../shell/api.js";
import { bandsOf, inkOf } from "./bands.js";

const PAUSE_MS = 120; // after the pen was lifted
const RETRY_MS = 3000; // while the server does not answer
const ALTERNATIVES = 5;

export class Reader {
  /**
   * `shown` is called with all bands that are read, { key, lines }, and with how long it took; `failed` with an error,
   * and whether it is tried again.
   */
  constructor({ shown, failed }) {
    this.shown = shown;
    this.failed = failed;
    this.known = new Map(); // key → lines
    this.strokes = [];
    this.running = false;
    window.addEventListener("online", () => this.soon(0));
  }

  /** Another page: its ink, and what was read there earlier. */
  open(strokes, bands) {
    this.known = new Map(bands.map(({ key, lines }) => [key, lines]));
    this.read(strokes, 0);
  }

  /** The ink has changed. */
  read(strokes, pause = PAUSE_MS) {
    this.strokes = strokes;
    this.soon(pause);
  }

  soon(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), milliseconds);
  }

  async run() {
    clearTimeout(this.timer);
    if (this.running) return void (this.again = true);
    this.running = true;
    const { strokes, known } = this;
    const started = performance.now();
    try {
      const bands = bandsOf(strokes);
      for (const band of bands) {
        if (known.has(band.key)) continue;
        const response = await send("api/transcribe", { strokes: inkOf(band.strokes), hints: { alternatives: ALTERNATIVES } });
        known.set(band.key, linesOf(response, band.strokes));
        if (this.strokes !== strokes) break; // there is newer ink: read that
      }
      if (this.strokes === strokes) {
        const found = bands.map(({ key }) => ({ key, lines: known.get(key) }));
        this.shown(found, performance.now() - started);
      } else this.again = true;
    } catch (error) {
      const offline = error.status === 0;
      if (offline && this.strokes === strokes) this.soon(RETRY_MS);
      else if (this.strokes !== strokes) this.again = true;
      this.failed(error, offline);
    } finally {
      this.running = false;
      if (this.again) {
        this.again = false;
        this.soon(0);
      }
    }
  }
}

/** The lines of a response: { text, box, alternatives, words: [{ text, box, pieces }] }. */
function linesOf({ lines, predictions }, strokes) {
  const segments = predictions[0]?.segmentationResult ?? [];
  let at = 0;
  return lines.map((line) => {
    const graphemes = segments.slice(at, at + [...line.text].length);
    at += graphemes.length;
    const words = line.words.map(({ text, box, begin, end }) => ({ text, box, pieces: piecesOf(graphemes.slice(begin, end), strokes) }));
    return { text: line.text, box: line.box, strokes: line.strokes.map((number) => strokes[number].id), alternatives: line.alternatives.map(({ text }) => text), words };
  });
}

/** The parts of strokes [id, begin, end] that graphemes were drawn with, those of one stroke together. */
function piecesOf(graphemes, strokes) {
  const pieces = new Map();
  for (const { drawingSegments } of graphemes) {
    for (const { strokeIndex, beginPointIndex: begin, endPointIndex: end } of drawingSegments) {
      const known = pieces.get(strokeIndex);
      pieces.set(strokeIndex, known ? [Math.min(known[0], begin), Math.max(known[1], end)] : [begin, end]);
    }
  }
  return [...pieces].map(([number, [begin, end]]) => [strokes[number].id, begin, end]);
}
