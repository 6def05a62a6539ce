// Ink as the input of the recognizer. The twin of `encode` in handwriting/features/__init__.py.

import { encodeBezier } from "./bezier.js";
import { undelayedOrder } from "./dots.js";
import { take } from "./ink.js";
import { normalise } from "./normalise.js";
import { clamp } from "../numbers.js";

const MAX_FEATURE = 6;

/** Features of the steps, the points that each step covers, and the order of the strokes that both are in. */
export function encode(ink, { tolerance }) {
  const order = undelayedOrder(ink);
  const { steps, points } = encodeBezier(normalise(take(ink, order)), tolerance);
  return { steps: steps.map((value) => clamp(value, -MAX_FEATURE, MAX_FEATURE)), points, order };
}
