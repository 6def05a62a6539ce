// A text on one sheet, line by line: the events of the server's /api/generate.

import { strokesOf } from "../ink/ink.js";
import { plain } from "./blocks.js";
import { Composer } from "./composer.js";
import { printed } from "./paper.js";
import { ASCENT } from "./typeset.js";

const SHOWN = 8; // points that are shown at a time
const DEFAULTS = { width: 210, height: 0, margin: 16, lineHeight: 12, paper: "ruled" };

/** Write `text`; `emit` is given the points of the first line while it is drawn. */
export async function* writePage(models, text, asked, hand, { bestOf, lively, emit, signal }) {
  const sheet = { ...DEFAULTS, ...asked }, { width, margin, lineHeight } = sheet;
  const blocks = plain(text), first = blocks.findIndex(({ words }) => words.length), baseline = (line) => margin + (line + ASCENT) * lineHeight;
  const shear = Math.tan((hand.slant * Math.PI) / 180), half = models.synthesizer.height / 3;
  let pen = [0, 0, 0], waiting = [[0, 0, 0]];
  const composer = new Composer(models, blocks, width - 2 * margin, lineHeight, hand, { bestOf, lively, signal, watch: ([dx, dy, end]) => {
    pen = [pen[0] + dx, pen[1] + dy, end];
    waiting.push(pen);
    if (waiting.length < SHOWN) return;
    const points = waiting.map(([x, y, lifted]) => [margin + (x - shear * (y - half)) * composer.scale, baseline(first) + (y - half) * composer.scale, lifted]);
    emit({ type: "points", line: first, points });
    waiting = [];
  } });
  const sheetOf = (lines) => {
    const height = Math.max(sheet.height, 2 * margin + lines * lineHeight);
    return { type: "sheet", width, height, lines, rulings: printed({ ...sheet, height, margins: [margin, margin, margin, margin] }).lines };
  };
  let lines = composer.estimate, count = 0;
  yield sheetOf(lines);
  for await (const line of composer.lines()) {
    count += 1;
    if (count > lines) yield sheetOf((lines = count));
    const strokes = line.words.flatMap(({ ink }, i) => (ink ? placed(ink, margin + line.x[i], baseline(count - 1)) : []));
    if (strokes.length) yield { type: "line", line: count - 1, text: line.words.map((word) => word.text).join(" "), strokes, same: count - 1 === first && composer.asShown };
  }
  if (count < lines) yield sheetOf(count);
}

/** The strokes of a word in its place, to a hundredth. */
function placed(ink, left, down) {
  const short = (value) => Math.round(value * 100) / 100;
  return strokesOf(ink).map((stroke) => stroke.map(([x, y]) => [short(x + left), short(y + down)]));
}
