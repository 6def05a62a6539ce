// A line drawn point by point. The twin of handwriting/synthesis/sampler.py and mixture_sampler.py, for one line at a time
// in a hand that is known (Graves 2013, arXiv 1308.0850, sections 5.3 and 5.4).

import { clamp } from "../numbers.js";
import { Random } from "./random.js";

const FINISH_POINTS = 40, POINTS_PER_CHARACTER = 60, EXTRA_POINTS = 300, MAX_DWELL = 90; // for a pen with 66 points a second
const BLOCK = 64;
const ATTEMPTS = 6;
export const RHO_LIMIT = 6, SPREAD_LIMIT = 20;

/**
 * Draw the characters `text` (from 1 on) in the hand that adds `hand`: normalised offsets { points, places, complete },
 * three numbers a point. A line that loses its way is drawn again. `watch` is called with every point of the first
 * attempt; `signal` stops the drawing.
 */
export async function sample(network, text, { bias, hand, seeds, watch = () => {}, signal }) {
  for (let attempt = 0; ; attempt++) {
    const last = attempt === ATTEMPTS - 1;
    const drawn = await draw(network, text, { bias, hand, random: new Random(...seeds, attempt), patient: last, watch: attempt ? () => {} : watch, signal });
    if (drawn.complete || last) return drawn;
  }
}

async function draw(network, text, { bias, hand, random, patient, watch, signal }) {
  const { pace } = network;
  const length = text.length, limit = Math.ceil((POINTS_PER_CHARACTER * length + EXTRA_POINTS) * pace);
  const finish = Math.round(FINISH_POINTS * pace), dwell = Math.round(MAX_DWELL * pace);
  const step = stepsOf(network, text, hand);
  const points = [[0, 0, 0]], places = [0];
  let past = 0;
  for (let t = 1; ; t++) {
    signal?.throwIfAborted();
    const { outputs, phi } = await step(points[t - 1]);
    const place = largest(phi, length + 1);
    past = place >= length ? past + 1 : 0;
    const complete = past > 0 && (points[t - 1][2] > 0.5 || past > finish) && t > 1;
    if (complete || t >= limit || (!patient && t % BLOCK === 0 && lost(places, t, dwell))) {
      points[t - 1][2] = 1;
      return { points, places, complete };
    }
    points.push(drawPoint(outputs, network, bias, random));
    places.push(place);
    watch(points[t], place);
  }
}

/** The step graph as a function from the last point to { outputs, phi, found }, where `found` has all of its outputs. */
export function stepsOf({ graph, sizes, characters }, text, hand) {
  const count = text.length + 1, cells = sizes.hidden_size * sizes.num_layers;
  const seen = new Float32Array(count * characters);
  text.forEach((character, i) => (seen[i * characters + character - 1] = 1));
  const tensor = (data, shape) => new graph.ort.Tensor("float32", data, shape);
  const fixed = {
    characters: tensor(seen, [1, count, characters]),
    positions: tensor(Float32Array.from({ length: count }, (_, i) => i + 1), [count]),
    hand: tensor(hand, [1, hand.length]),
  };
  let state = {
    h: tensor(new Float32Array(cells), [1, cells]), c: tensor(new Float32Array(cells), [1, cells]),
    kappa: tensor(new Float32Array(sizes.components), [1, sizes.components]), w: tensor(new Float32Array(characters), [1, characters]),
  };
  return async (point) => {
    const found = await graph.feed({ ...fixed, ...state, point: tensor(Float32Array.from(point), [1, 3]) });
    state = { h: found.next_h, c: found.next_c, kappa: found.next_kappa, w: found.next_w };
    return { outputs: found.outputs.data, phi: found.phi.data, found };
  };
}

/** Draw the next point from the outputs of the network. */
function drawPoint(outputs, { sizes: { mixtures: M }, floor }, bias, random) {
  let chosen = 0, most = -Infinity;
  for (let m = 0; m < M; m++) {
    const score = outputs[1 + m] * (1 + bias) + random.gumbel();
    if (score > most) [chosen, most] = [m, score];
  }
  const [muX, muY, spreadX, spreadY, lean] = [1, 2, 3, 4, 5].map((row) => outputs[1 + row * M + chosen]);
  const sigma = (spread, axis) => Math.exp(clamp(spread, Math.log(floor[axis]), SPREAD_LIMIT) - bias);
  const rho = Math.tanh(clamp(lean, -RHO_LIMIT, RHO_LIMIT));
  const x = random.normal(), y = random.normal();
  return [
    muX + sigma(spreadX, 0) * x,
    muY + sigma(spreadY, 1) * (rho * x + Math.sqrt(1 - rho * rho) * y),
    outputs[0] < random.logistic() ? 1 : 0,
  ];
}

function largest(values, count) {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Whether more points than any hand needs were drawn for one character of late. */
function lost(places, t, dwell) {
  const counts = new Map();
  for (const place of places.slice(Math.max(1, t - dwell - BLOCK), t)) counts.set(place, (counts.get(place) ?? 0) + 1);
  return Math.max(...counts.values()) > dwell;
}
