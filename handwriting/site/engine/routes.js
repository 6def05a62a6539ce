// The routes of the server's API that the browser answers by itself. They run in a worker.

import { inkOfPoints } from "./ink/ink.js";
import { cards, marks, plainReader, reader, readerWithGates, writer, writerWithGates } from "./models.js";
import { Refusal } from "./refusal.js";
import { readPage } from "./reading/page.js";
import { errorRate } from "./reading/text.js";

const MIN_LINE_POINTS = 10; // of a copied line
const STYLE = { format: "handwriting-style", version: 2 };

export const routes = {
  "api/abilities": async () => ({}), // neither fits hands nor adapts recognizers
  "api/transcribe": async ({ strokes, hints }) => readPage(await reader(), strokes, hints?.alternatives ?? 1),
  "api/styles": async (body) => (body ? makeStyle(body) : (await cards()).styles),
  "api/pens": async () => Object.fromEntries(Object.entries((await cards()).pens).map(([name, pen]) => [name, pen.mean_width])),
  "api/characters": async () => (await cards()).characters,
  "api/characters/nearest": async ({ text }) => ({ text: (await spelling()).nearest(text) }),
  "api/styles/check": async ({ strokes, text }) => {
    const ink = inkOfPoints(strokes);
    if (ink.x.length < MIN_LINE_POINTS) throw new Refusal("site.hardlyInk");
    const [{ text: read }] = await (await plainReader()).read(ink);
    return { read, cer: errorRate(text, read) };
  },
  "api/inside": async ({ strokes, line, letter }) => {
    const { insideReading } = await import("./inside/reading.js");
    return insideReading(await reader(), await readerWithGates(), strokes, line, letter);
  },
  "api/inside/writing": async ({ text, ...asked }) => {
    const { insideWriting } = await import("./inside/writing.js");
    const words = await spelling(), synthesizer = await writer(), graph = await writerWithGates();
    return insideWriting(synthesizer, graph, words.writable(text), await handOf(synthesizer, asked), asked.letter);
  },
};

/** Routes that answer with one event after the other; `emit` sends further ones from within the work. */
export const streams = {
  async *"api/generate"({ text, replace, sheet, lively = 0, ...asked }, { emit, signal }) {
    const { writePage } = await import("./writing/page.js");
    const words = await spelling(), said = replace ? words.nearest(text) : text, { bestOf = 1 } = asked;
    const models = { spelling: words, synthesizer: await writer(), recognizer: bestOf > 1 ? await plainReader() : null };
    yield* writePage(models, said, sheet, await handOf(models.synthesizer, asked), { bestOf, lively, emit, signal });
  },

  async *"api/letter"({ text, progress, ...asked }, { emit, signal }) {
    const { writeLetter } = await import("./writing/letter.js");
    const { pens } = await cards();
    const models = { spelling: await spelling(), synthesizer: await writer(), recognizer: await plainReader(), pens };
    yield* writeLetter(models, text, asked, await handOf(models.synthesizer, asked), emit, signal);
  },
};

const spelling = async () => {
  const [{ Spelling }, card, tables] = await Promise.all([import("./writing/text.js"), cards(), marks()]);
  return new Spelling(card, tables);
};

/** The hand that a request asks for. */
async function handOf(synthesizer, { style, bias = 1, seed = 0, size = 1, slant = 0 }) {
  const found = typeof style === "string" ? (await cards()).styles.find(({ name }) => name === style) : style;
  const known = found && { ...found, code: await codeOf(synthesizer, found) };
  return { bias, seed, slant, size: size * (found?.size ?? 1), added: synthesizer.hand(known, seed) };
}

/** The code of a style: its own if it is one of this network, or that of its lines. */
async function codeOf(synthesizer, { code, samples }) {
  if (code?.network === synthesizer.codes.name || !samples?.length) return code;
  const { measuresOfLines } = await import("./writing/measures.js");
  const point = ([x, y, t]) => (t === undefined ? { x, y } : { x, y, t: 1000 * t });
  const lines = samples.map(({ text, strokes }) => ({ text, ink: inkOfPoints(strokes.map((stroke) => stroke.map(point))) }));
  return synthesizer.codes.regressed(measuresOfLines(lines, synthesizer.card.hand));
}

/** A style of copied lines, as a style's file holds it. */
async function makeStyle({ name, samples }) {
  const lines = samples.map(({ text, strokes }) => {
    const drawn = strokes.filter((stroke) => stroke.length), begin = drawn[0]?.[0].t;
    const row = ({ x, y, t }) => (Number.isFinite(begin) && Number.isFinite(t) ? [x, y, (t - begin) / 1000] : [x, y]);
    return { text, strokes: drawn.map((stroke) => stroke.map(row)) };
  });
  return { ...STYLE, name, size: 1, samples: lines, code: await codeOf(await writer(), { samples: lines }) };
}
