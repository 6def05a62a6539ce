// The synthesizer: text in, ink out. The twin of handwriting/synthesis/synthesizer.py and strays.py.

import { keep, makeInk, movedTo } from "../ink/ink.js";
import { clamp, length, max, min } from "../numbers.js";
import { HandCodes } from "./hands.js";
import { sample } from "./sampler.js";

const GROWTH_CHARACTERS = 30; // characters after which a line has all of its growth
const DOT = 0.12, PAST = 0.75; // of stray strokes

export class Synthesizer {
  constructor(card, graph, hands) {
    this.card = card;
    this.codes = new HandCodes(hands, card.name);
    this.height = card.hand.height;
    this.advance = card.hand.advance;
    this.network = { graph, sizes: card.network, characters: card.alphabet.length, floor: card.floor, pace: card.pace };
    this.indices = new Map([...card.alphabet].map((character, i) => [character, i + 1]));
  }

  /** What the hand of a style adds, or of nobody's hand that a seed chooses. */
  hand(style, seed) {
    return this.codes.added(style?.code ?? this.codes.random(seed));
  }

  /** Write a line: { text, ink, places, complete } in the units of the training ink. */
  async write(text, { bias, hand, seeds, watch, signal }) {
    const drawn = await sample(this.network, [...text].map((character) => this.indices.get(character)), {
      bias, hand, seeds, signal, watch: watch && ((point, place) => watch(this.offset(point, place, text.length))),
    });
    const offsets = drawn.points.map((point, i) => (i ? this.offset(point, drawn.places[i], text.length) : [0, 0, point[2]]));
    const whole = inkOfOffsets(offsets);
    const [begin, end] = ownPoints(whole, drawn.places, text.length, this.height);
    const ink = keep(whole, drawn.places.map((_, i) => i >= begin && i < end));
    const [x, y] = [ink.x[0], ink.y[0]];
    const moved = movedTo(ink, ink.x.map((value) => value - x), ink.y.map((value) => value - y));
    return { text, ink: moved, places: drawn.places.slice(begin, end), complete: drawn.complete };
  }

  /** A normalised offset in the units of the ink; a line grows from its first character to its last. */
  offset([x, y, end], place, characters) {
    const { mean, sd } = this.card.normalizer;
    const part = clamp(place / Math.max(1, characters), 0, 1) - 0.5;
    const factor = 1 + (this.card.hand.growth ?? 0) * Math.min(1, characters / GROWTH_CHARACTERS) * part;
    return [(x * sd[0] + mean[0]) * factor, (y * sd[1] + mean[1]) * factor, end];
  }
}

/** Ink of offsets [dx, dy, end of stroke]. */
export function inkOfOffsets(offsets) {
  const x = new Float64Array(offsets.length), y = new Float64Array(offsets.length), starts = [0];
  offsets.forEach(([dx, dy, end], i) => {
    x[i] = (i ? x[i - 1] : 0) + dx;
    y[i] = (i ? y[i - 1] : 0) + dy;
    if (end > 0.5 && i + 1 < offsets.length) starts.push(i + 1);
  });
  return makeInk(x, y, Int32Array.from(starts));
}

/** The points that say the text, without strokes before and after it. */
function ownPoints(ink, places, characters, height) {
  const { starts, ends } = ink;
  let first = starts.findIndex((start, k) => max(places.slice(start, ends[k])) >= 0);
  if (first < 0) first = 0;
  const begin = starts[first], end = endOfText(ink, places, characters, height);
  return [begin, end > begin ? end : ink.x.length];
}

function endOfText({ x, y, starts }, places, characters, height) {
  const start = starts.at(-1), count = x.length;
  const beyondText = places.slice(start).filter((place) => place >= characters).length;
  if (start === 0 || beyondText / (count - start) < PAST) return count;
  let drawn = 0;
  for (let i = start + 1; i < count; i++) drawn += length(x[i] - x[i - 1], y[i] - y[i - 1]);
  const beyond = min(x.subarray(start)) > max(x.subarray(0, start));
  const begun = starts.slice(0, -1).some((at) => places[at] === characters - 1);
  return beyond && (begun || drawn > DOT * height) ? start : count;
}
