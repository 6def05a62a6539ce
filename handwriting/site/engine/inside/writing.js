// How a line was written, point by point: the reply of the server to /api/inside/writing. The twin of
// handwriting/inspection/writing.py (Graves 2013, arXiv 1308.0850, equations 18 to 22).

import { clamp, max } from "../numbers.js";
import { RHO_LIMIT, SPREAD_LIMIT, sample, stepsOf } from "../writing/sampler.js";
import { inkOfOffsets } from "../writing/synthesizer.js";
import { eventsOf } from "./events.js";
import { writingLayers } from "./gates.js";
import { rounded } from "./rounded.js";
import { unitsRecord } from "./units.js";

const MIN_WEIGHT = 0.02; // of a component of the mixture that is shown

/**
 * Write `text` in a hand { bias, seed, added }; its points are then fed to the network again, to show what decided each.
 * `graph` is that of the synthesizer and gives the gates as well; units are found for `letter`.
 */
export async function insideWriting(synthesizer, graph, text, { bias, seed, added }, letter = null) {
  const { network, card: { normalizer: { mean, sd } } } = synthesizer;
  const characters = [...text].map((character) => synthesizer.indices.get(character));
  const drawn = await sample(network, characters, { bias, hand: added, seeds: [seed, 0] });
  const step = stepsOf({ ...network, graph }, characters, added);
  const strokes = [[]], window = [], mixture = [], end = [], steps = [];
  let pen = [0, 0];
  for (const [i, [x, y, lifted]] of drawn.points.slice(1).entries()) {
    const { outputs, phi, found } = await step(drawn.points[i]);
    steps.push(found);
    const density = densityOf(outputs, network, bias);
    window.push(rounded(phi));
    end.push(density.end);
    mixture.push(density.components.filter(([weight]) => weight > MIN_WEIGHT).map(([weight, muX, muY, sigmaX, sigmaY, rho]) => (
      rounded([weight, pen[0] + muX * sd[0] + mean[0], pen[1] + muY * sd[1] + mean[1], sigmaX * sd[0], sigmaY * sd[1], rho])
    )));
    pen = [pen[0] + x * sd[0] + mean[0], pen[1] + y * sd[1] + mean[1]];
    strokes.at(-1).push(rounded(pen));
    if (lifted > 0.5) strokes.push([]);
  }
  const ink = inkOfOffsets(drawn.points.slice(1).map(([x, y, lifted]) => [x * sd[0] + mean[0], y * sd[1] + mean[1], lifted]));
  return {
    text, complete: drawn.complete, strokes: strokes.filter((stroke) => stroke.length), window, mixture, end: rounded(end), bias: end.map(() => bias),
    ...unitsRecord(writingLayers(steps, network.sizes), eventsOf(traceOf([...text], ink, steps), letter)),
  };
}

/** The line as `eventsOf` takes it: every step is a point, and belongs to the character on which the window mostly is. */
function traceOf(text, ink, steps) {
  const up = steps.map((_, t) => ink.starts.includes(t));
  const owner = steps.map(({ phi: { data } }, t) => (up[t] ? -1 : data.indexOf(max(data.subarray(0, text.length)))));
  return { text, ink, points: steps.flatMap((_, t) => [t, t + 1]), up, owner };
}

/** The probability that the pen is lifted, and the components [weight, mu x, mu y, sigma x, sigma y, rho] of the next offset. */
function densityOf(outputs, { sizes: { mixtures: M }, floor }, bias) {
  const row = (k) => Array.from(outputs.subarray(1 + k * M, 1 + (k + 1) * M));
  const [scores, muX, muY, spreadX, spreadY, lean] = [0, 1, 2, 3, 4, 5].map(row);
  const top = Math.max(...scores), weights = scores.map((score) => Math.exp((score - top) * (1 + bias)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const sigma = (spread, axis) => Math.exp(clamp(spread, Math.log(floor[axis]), SPREAD_LIMIT) - bias);
  const components = weights.map((weight, m) => [weight / sum, muX[m], muY[m], sigma(spreadX[m], 0), sigma(spreadY[m], 1), Math.tanh(clamp(lean[m], -RHO_LIMIT, RHO_LIMIT))]);
  return { end: 1 / (1 + Math.exp(outputs[0])), components };
}
