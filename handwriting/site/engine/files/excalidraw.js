// Excalidraw drawings. The twin of handwriting/formats/excalidraw.py.

import { Refusal } from "../refusal.js";
import { max, min } from "../numbers.js";
import { isObject, parseJson, placesOf } from "./json.js";
import { stampOf } from "./numerals.js";
import { atMost } from "./tally.js";

const MAX_SHAPES = 20_000;
const HIGHLIGHTER = 60, WIDE = 8; // per cent below which a line of so many pixels is a highlighter's

/** The page of a drawing, see pages.js. */
export function readExcalidraw(text, tally) {
  const { elements } = parseJson(text, tally) ?? {};
  if (!Array.isArray(elements)) throw new Refusal("site.damagedFile");
  const drawn = elements.filter((element) => isObject(element) && element.isDeleted !== true), strokes = [];
  atMost(drawn.filter(({ type }) => type === "freedraw").length, MAX_SHAPES);
  for (const element of drawn) {
    if (element.type !== "freedraw") tally.count(element.type !== "text" || !isPlaced(element));
    else if (isHighlighter(element) || element.opacity === 0 || element.strokeColor === "transparent") tally.count();
    else tally.part(() => tally.add(strokes, strokeOf(element)));
  }
  return [{ strokes, units: "px" }];
}

const isPlaced = ({ x, y }) => {
  try {
    return Boolean(placesOf([[x, y]]));
  } catch {
    return false;
  }
};

/** The points of an element where they lie on the canvas, and their pressures. */
function strokeOf({ points, x, y, angle, pressures, simulatePressure }) {
  if (!Array.isArray(points) || !points.every((point) => Array.isArray(point) && point.length >= 2)) throw new Refusal("site.damagedFile");
  const [[left, top]] = placesOf([[x, y]]), turn = stampOf(angle || 0, 1), [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  let places = placesOf(points.map((point) => point.slice(0, 2))).map(([a, b]) => [a + left, b + top]);
  if (Number.isFinite(turn) && turn !== 0 && places.length) {
    const [middle, center] = [0, 1].map((axis) => (min(places.map((place) => place[axis])) + max(places.map((place) => place[axis]))) / 2);
    places = places.map(([a, b]) => [cosine * (a - middle) - sine * (b - center) + middle, sine * (a - middle) + cosine * (b - center) + center]);
  }
  const real = Array.isArray(pressures) && pressures.length === points.length && simulatePressure !== true;
  return { x: places.map(([a]) => a), y: places.map(([, b]) => b), t: null, p: real ? pressures.map((value) => stampOf(value, 1)) : null };
}

function isHighlighter({ customData, opacity = 100, strokeWidth = 1 }) {
  if (customData?.strokeOptions?.highlighter === true) return true;
  return typeof opacity === "number" && typeof strokeWidth === "number" && opacity > 0 && opacity < HIGHLIGHTER && strokeWidth >= WIDE;
}
