// Rnote notebooks: JSON with a snapshot of the program's state. The twin of handwriting/formats/rnote.py.

import { median } from "../numbers.js";
import { Refusal } from "../refusal.js";
import { isObject, parseJson, placesOf } from "./json.js";
import { stampOf } from "./numerals.js";
import { atMost } from "./tally.js";

const PAGED = ["fixed_size", "fixed-size", "continuous_vertical", "continuous-vertical"]; // layouts in which pages follow each other
const MAX_SHAPES = 20_000, MAX_PAGES = 5000, MAX_COORDINATE = 1e9;
const STEPS = 8; // points that a curve of a path becomes

const objectOr = (value) => (isObject(value) ? value : {});
const length = (value) => (typeof value === "number" && value > 0 && value <= MAX_COORDINATE ? value : null);

/** The pages of a notebook, see pages.js. */
export function readRnote(text, tally) {
  const document = objectOr(parseJson(text, tally)), state = objectOr(document.data ?? document);
  const snapshot = state.engine_snapshot || state.store_snapshot;
  if (!isObject(snapshot) || !Array.isArray(snapshot.stroke_components)) throw new Refusal("site.damagedFile");
  const [components, chrono, trash] = ["stroke", "chrono", "trash"].map((name) => valuesOf(snapshot[`${name}_components`]));
  const drawn = [];
  components.forEach((value, number) => {
    if (value === null || trash[number]?.trashed === true) return;
    const [kind] = Object.keys(value), { layer, t } = chrono[number] ?? {}, stroke = value[kind];
    if (kind !== "brushstroke") tally.count(kind !== "textstroke" || !hasPlace(stroke));
    else if (["highlighter", "Highlighter"].includes(layer) || isClear(stroke)) tally.count();
    else drawn.push({ order: Number.isInteger(t) ? t : 0, stroke });
  });
  atMost(drawn.length, MAX_SHAPES);
  drawn.sort((a, b) => a.order - b.order);
  return pagesOf(drawn.map(({ stroke }) => stroke), sheetOf(snapshot, state), tally);
}

/** The values of a list of components; null for those that were deleted. */
const valuesOf = (components) => (Array.isArray(components) ? components : []).map((component) => (isObject(component?.value) ? component.value : null));

/** Whether a stroke is drawn in a color without opacity. */
const isClear = (stroke) => Object.values(objectOr(stroke?.style)).some((look) => isObject(look?.stroke_color) && look.stroke_color.a === 0);

/** Whether the place of a text box is known. */
function hasPlace(box) {
  const affine = box?.transform?.affine;
  return !isObject(box) || (Array.isArray(affine) && affine.length === 9 && affine.slice(6, 8).every((value) => Math.abs(value) <= MAX_COORDINATE));
}

/** The format of the document's pages. */
function sheetOf(snapshot, state) {
  const document = objectOr(snapshot.document || state.document), config = objectOr(document.config ?? document), form = objectOr(config.format);
  const [width, height, dpi] = [form.width, form.height, form.dpi].map(length);
  const units = dpi === null || dpi === 96 ? "px" : `1/${Math.round(dpi)} in`;
  return PAGED.includes(config.layout) && height !== null ? { units, width, height } : { units, width: null, height: null };
}

function pagesOf(drawn, sheet, tally) {
  const pages = [];
  for (const stroke of drawn) {
    tally.part(() => {
      const points = pointsOf(stroke?.path), y = points.map((point) => point[1]), p = points.map((point) => point[2]);
      if (!points.length) return;
      const number = sheet.height === null ? 0 : Math.min(MAX_PAGES - 1, Math.max(0, Math.floor(median(y) / sheet.height)));
      while (pages.length <= number) pages.push({ ...sheet, strokes: [] });
      const top = number * (sheet.height ?? 0), known = p.some(Number.isFinite);
      tally.add(pages[number].strokes, { x: points.map(([x]) => x), y: y.map((value) => value - top), t: null, p: known ? p : null });
    });
  }
  return pages;
}

/** Points [x, y, pressure] where the parts of a path end, and along its curves. */
function pointsOf(path) {
  const parts = isObject(path) ? path.segments : path;
  if (!Array.isArray(parts)) throw new Refusal("site.damagedFile");
  const found = [];
  let at = isObject(path) ? path.start ?? null : null;
  for (const part of parts) {
    const [inside] = isObject(part) && Object.keys(part).length === 1 ? Object.values(part) : [];
    if (!isObject(inside)) throw new Refusal("site.damagedFile");
    const end = inside.end ?? inside.element;
    at ??= inside.start ?? end; // versions before 0.5.9 repeat the start in every part
    const controls = ["cp", "cp1", "cp2"].filter((name) => name in inside).map((name) => inside[name]).slice(0, 2);
    const places = placesOf([at?.pos, ...controls, end?.pos]), pressures = [at, end].map(({ pressure }) => stampOf(pressure, 1));
    if (!found.length) found.push([...places[0], pressures[0]]);
    const steps = controls.length ? STEPS : 1;
    for (let step = 1; step <= steps; step++) {
      const t = step / steps, point = [...along(places, t), (1 - t) * pressures[0] + t * pressures[1]];
      if (!point.every((value, i) => (value || 0) === (found.at(-1)[i] || 0))) found.push(point);
    }
    at = end;
  }
  return found;
}

/** The point at `t` of a line or a Bézier curve, by de Casteljau's construction. */
function along(places, t) {
  if (places.length === 1) return places[0];
  return along(places.slice(1).map(([x, y], i) => [(1 - t) * places[i][0] + t * x, (1 - t) * places[i][1] + t * y]), t);
}
