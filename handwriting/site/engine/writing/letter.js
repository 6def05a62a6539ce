// A letter over as many sheets as it takes: the events of the server's /api/letter. The twin of
// handwriting/composition/letter.py.

import { toXopp } from "../../files/ink-formats.js";
import { toPdf } from "../../files/pdf.js";
import { INK } from "../../files/sheet.js";
import { toSvg } from "../../files/svg.js";
import { newStroke } from "../../notebook/items.js";
import { SIZES } from "../../notebook/papers.js";
import { boundsOf, movedTo, strokesOf } from "../ink/ink.js";
import { min, sum } from "../numbers.js";
import { block, plain, wordsOf } from "./blocks.js";
import { Composer } from "./composer.js";
import { curvesOf } from "./curves.js";
import { parse } from "./markdown.js";
import { printed } from "./paper.js";
import { isUniform, outlineOf, widthsOf } from "./pens.js";
import { Random } from "./random.js";
import { ASCENT, Paginator } from "./typeset.js";

const BASELINE_SD_MM = 0.6; // how far lines wander at liveliness 1
const FILES = { pdf: ["application/pdf", toPdf], xopp: ["application/x-xopp", toXopp] };
const PROGRESS = 0.01; // least share of the work between two events

let latest = { key: "", pages: [], doubtful: [], whole: false }; // written last: its other formats need not be written again

/**
 * Write the letter that `asked` describes as `format`, or no more than the first `asked.pages` pages of it; `emit` is told
 * of the progress.
 */
export async function* writeLetter(models, text, { format, pages: limit, ...asked }, hand, emit, signal) {
  const key = JSON.stringify([text, asked]), most = Number(limit ?? Infinity);
  if (latest.key !== key || !(latest.whole || latest.pages.length >= most)) {
    latest = { key, pages: [], doubtful: [], whole: false };
    for await (const page of sheets(models, text, asked, hand, latest.doubtful, emit, signal)) {
      latest.pages.push(page);
      yield { type: "page", page: latest.pages.length, svg: await toSvg(page).text() };
      if (latest.pages.length >= most) break;
    }
    latest.whole = most === Infinity;
  }
  const pages = latest.pages.slice(0, most);
  const words = sum(pages.map(({ lines }) => sum(lines.map((line) => line.words.length))));
  yield { type: "done", name: `letter.${format}`, pages: pages.length, words, doubtful: latest.doubtful, ...(await fileOf(pages, format)) };
}

async function fileOf(pages, format) {
  if (!(format in FILES)) return {};
  const [media, make] = FILES[format];
  const bytes = new Uint8Array(await (await make(pages)).arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return { media, data: btoa(binary) };
}

/** The pages as the exporters of the notebook take them (files/sheet.js), each when it is full. */
async function* sheets(models, text, asked, hand, doubtful, emit, signal) {
  const { margins, lineHeight, paper } = asked.sheet, { width, height } = SIZES[asked.sheet.page];
  const [top, right, bottom, left] = margins, ruled = paper === "ruled" || paper === "seyes";
  const lively = ruled ? 0 : asked.lively, random = new Random(hand.seed, 6);
  const blocks = blocksOf(text, asked, ruled);
  let shown = 0;
  const composer = new Composer(models, blocks, width - left - right, lineHeight, hand, { lively, bestOf: asked.bestOf, signal, progress: (done) => {
    if (done - shown < PROGRESS * composer.total && done < composer.total) return;
    shown = done;
    emit({ type: "progress", done, total: composer.total });
  } });
  composer.doubtful = doubtful;
  const paginator = new Paginator(Math.floor((height - top - bottom) / lineHeight + 1e-9));
  const fresh = (number) => ({ name: `Page ${number}`, width, height, ruling: paper, lines: [], printed: printed({ paper, width, height, lineHeight, margins }) });
  let page = fresh(1), drawn = [], number = 0;
  for await (const line of composer.lines()) {
    const place = paginator.place(line, blocks[line.number], line.more);
    if (!place) continue;
    for (; number < place.page; number++) {
      yield { ...page, strokes: penStrokes(drawn, models.pens[asked.pen], asked.color) };
      [page, drawn] = [fresh(number + 2), []];
    }
    const tilt = (lively * BASELINE_SD_MM * random.normal()) / 100, rise = (lively * BASELINE_SD_MM * random.normal()) / 2;
    const down = top + (place.row + ASCENT) * lineHeight + rise;
    const placed = (ink, x) => movedTo(ink, ink.x.map((value) => value + left + x), ink.y.map((value) => value + down + tilt * (x + min(ink.x))));
    const words = line.words.map(({ text: said, ink }, i) => ({ text: said, ink: ink && placed(ink, line.x[i]) })).filter(({ ink }) => ink);
    drawn.push(...[...words.map((word) => word.ink), ...line.drawn.map((one) => placed(one, 0))].flatMap(strokesOf));
    if (line.words.length) page.lines.push({ text: line.words.map((word) => word.text).join(" "), words: words.map(({ text: said, ink }) => ({ text: said, box: boundsOf(ink) })) });
  }
  yield { ...page, strokes: penStrokes(drawn, models.pens[asked.pen], asked.color) };
}

/** The blocks of a text, with the header before them. */
function blocksOf(text, { align, header, markdown, sheet }, ruled) {
  const blocks = markdown ? parse(text, sheet.lineHeight, align) : plain(text, align), words = wordsOf(header ?? "");
  if (ruled) for (const one of blocks) one.before = Math.ceil(one.before); // writing stands on the rulings
  return words.length ? [block({ words, align: "right" }), ...blocks] : blocks;
}

/** Strokes of the notebook, with the outlines that a pen fills whose line is not of even width. */
function penStrokes(drawn, pen, color) {
  const name = Object.keys(INK).find((one) => INK[one] === color) ?? "black";
  const strokes = drawn.map((points) => newStroke(points.flatMap(([x, y]) => [x, y, 0, 0.5]), { color: name, width: pen.width, start: 0 }));
  if (isUniform(pen)) return strokes;
  const curves = curvesOf(drawn);
  return strokes.map((stroke, i) => {
    const widths = widthsOf(drawn[i], pen, i);
    return { ...stroke, widths, outline: outlineOf(curves[i], drawn[i], widths), opacity: pen.opacity };
  });
}
