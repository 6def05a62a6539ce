// The routes of the server's API that the browser answers by itself. They run in a worker.

import { inkOfPoints } from "./ink/ink.js";
import { cards, plainReader, reader, writer } from "./models.js";
import { readPage } from "./reading/page.js";
import { errorRate } from "./reading/text.js";

const FEWEST_POINTS = 10; // of a copied line

/** What is wrong with a request, as a key of the page's texts. */
export class Refusal extends Error {}

export const routes = {
  "api/transcribe": async ({ strokes, hints }) => readPage(await reader(), strokes, hints?.alternatives ?? 1),
  "api/styles": async (body) => (body ? (await writer()).style(body) : (await cards()).styles),
  "api/characters": async () => (await cards()).characters,
  "api/styles/check": async ({ strokes, text }) => {
    const ink = inkOfPoints(strokes);
    if (ink.x.length < FEWEST_POINTS) throw new Refusal("site.hardlyInk");
    const [{ text: read }] = await (await plainReader()).read(ink);
    return { read, cer: errorRate(text, read) };
  },
};

/** Routes that answer with one event after the other. */
export const streams = {};
