// tldraw drawings and Obsidian Ink. The twin of handwriting/formats/tldraw.py, which describes their layouts.

import { Refusal } from "../refusal.js";
import { half } from "./bytes.js";
import { isObject, parseJson, placesOf } from "./json.js";
import { stampOf } from "./numerals.js";
import { atMost } from "./tally.js";
import { local } from "./xml.js";

const WRAPPERS = ["tldraw", "document", "store", "records"]; // keys under which the records are found, from outside in
const METADATA = ["tldraw", "ink-canvas"]; // elements of an SVG's metadata in which Obsidian Ink stores a drawing
const SILENT = ["writing-lines", "writing-container", "handwriting-lines", "handwriting-container", "group", "frame", "text", "note", "sticky"]; // paper, groups and typed text
const MAX_SHAPES = 20_000, MAX_DEPTH = 100, MAX_COORDINATE = 1e9;

const damaged = () => new Refusal("site.damagedFile");

/** A number that reading can do without: another one if it is missing or invalid. */
const finite = (value, other) => (typeof value === "number" && Math.abs(value) <= MAX_COORDINATE ? value : other);

/** The pages of a document, see pages.js. */
export const readTldraw = (text, tally) => pagesOf(parseJson(text, tally), tally);

/** The pages of the ink in the metadata of an SVG drawing; null when there is none. */
export function embedded(root, tally) {
  for (const metadata of [...root.children].filter((child) => local(child) === "metadata")) {
    for (const element of metadata.children) {
      if (METADATA.includes(local(element)) && element.textContent.trim()) return pagesOf(parseJson(element.textContent), tally);
    }
  }
  return null;
}

function pagesOf(content, tally) {
  const document = unwrapped(content);
  const strokes = isObject(document) && Array.isArray(document.strokes) ? document.strokes : null;
  if (strokes) return [pageOf(strokes.map((stroke) => () => plain(stroke)), tally)];
  return shapesOf(document).map((shapes) => pageOf(shapes.filter((shape) => isInk(shape, tally)).map((shape) => () => drawn(shape)), tally));
}

/** A page of strokes, each a function that returns its points of x, y and pressure. */
function pageOf(readers, tally) {
  const strokes = [];
  for (const read of readers) {
    tally.part(() => {
      const points = read(), p = points.map((point) => point[2]);
      tally.add(strokes, { x: points.map(([x]) => x), y: points.map(([, y]) => y), t: null, p: p.some(Number.isFinite) ? p : null });
    });
  }
  return { strokes, units: "px" };
}

function unwrapped(document) {
  for (let level = 0; level < 4 && isObject(document); level++) { // {"tldraw": {"document": {"store": ...}}}
    const key = WRAPPERS.find((name) => name in document);
    if (key) document = document[key];
  }
  return document;
}

/** The shapes of each page in their order, with the shapes around them as `chain`. */
function shapesOf(document) {
  if (isObject(document) && isObject(document.pages)) return Object.values(document.pages).filter(isObject).sort((a, b) => childIndex(a) - childIndex(b)).map(firstVersion);
  const records = (isObject(document) ? Object.values(document) : document);
  if (!Array.isArray(records)) throw damaged();
  const named = (kind) => records.filter((record) => isObject(record) && record.typeName === kind);
  const shapes = named("shape"), byId = new Map(shapes.map((shape) => [String(shape.id), shape]));
  atMost(shapes.length, MAX_SHAPES);
  const index = (record) => String(record.index ?? ""), byIndex = (a, b) => (index(a) < index(b) ? -1 : Number(index(a) > index(b)));
  const found = new Map(named("page").sort(byIndex).map(({ id }) => [String(id), []]));
  for (const shape of shapes.sort(byIndex)) {
    const chain = [shape];
    while (byId.has(String(chain.at(-1).parentId)) && chain.length < MAX_DEPTH) chain.push(byId.get(String(chain.at(-1).parentId)));
    const page = String(chain.at(-1).parentId);
    if (!found.has(page)) found.set(page, []);
    found.get(page).push({ ...shape, chain });
  }
  return [...found.values()];
}

/** The shapes of a page of tldraw 1. */
function firstVersion(page) {
  const shapes = isObject(page) && isObject(page.shapes) ? Object.values(page.shapes).filter(isObject) : [];
  return shapes.sort((a, b) => childIndex(a) - childIndex(b));
}

const childIndex = ({ childIndex: index }) => (typeof index === "number" ? index : 0);

function isInk(shape, tally) {
  const { type, chain = [shape] } = shape;
  if (type === "draw" && chain.every(({ opacity }) => opacity !== 0)) return true;
  tally.count(!SILENT.includes(type));
  return false;
}

/** The points of a drawn shape; one of tldraw 1 has no chain of shapes around it. */
function drawn(shape) {
  if (!shape.chain) return plain({ ...shape, offset: shape.point });
  const { segments, scaleX, scaleY } = shape.props ?? {};
  if (!Array.isArray(segments)) throw damaged();
  const [wide, high] = [finite(scaleX, 1), finite(scaleY, 1)], points = segments.flatMap(segmentOf).map(([x, y, p]) => [x * wide, y * high, p]);
  return points.length ? shape.chain.reduce(placed, points) : points;
}

/** Points of a shape in the coordinates of its parent: turned about its corner and moved. */
function placed(points, { x = 0, y = 0, rotation }) {
  const [[left, top]] = placesOf([[x, y]]), turn = finite(rotation, 0), [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  return points.map(([a, b, p]) => [cosine * a - sine * b + left, sine * a + cosine * b + top, p]);
}

/** The points of one segment, which has them in one of three forms. */
function segmentOf(segment) {
  const { path, points, dim } = segment ?? {};
  if (typeof path === "string") return differences(bytesOf(path), dim === 2 ? 2 : 3);
  if (typeof points === "string") {
    const raw = bytesOf(points);
    if (raw.byteLength % 6) throw damaged();
    return Array.from({ length: raw.byteLength / 6 }, (_, i) => [0, 2, 4].map((at) => half(raw.getUint16(6 * i + at, true))));
  }
  if (!Array.isArray(points) || !points.every(isObject)) throw damaged();
  return placesOf(points.map(({ x, y }) => [x, y])).map(([x, y], i) => [x, y, stampOf(points[i].z, 1)]);
}

/** A first point in single precision and half-float differences from point to point, of `size` values each. */
function differences(raw, size) {
  if (!raw.byteLength) return [];
  if (raw.byteLength < 4 * size || (raw.byteLength - 4 * size) % (2 * size)) throw damaged();
  let point = [0, 1, 2].slice(0, size).map((i) => raw.getFloat32(4 * i, true));
  const found = [point];
  for (let at = 4 * size; at < raw.byteLength; at += 2 * size) {
    point = point.map((value, i) => value + half(raw.getUint16(at + 2 * i, true)));
    found.push(point);
  }
  return found.map(([x, y, p = NaN]) => [x, y, p]);
}

/** The bytes that base64 stands for, as a view. */
function bytesOf(text) {
  if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw damaged();
  return new DataView(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}

/** A stroke of the newer Obsidian Ink: [x, y, pressure] with an offset. */
function plain(stroke) {
  const { points, offset } = stroke ?? {};
  if (!Array.isArray(points) || !points.every((point) => Array.isArray(point) && point.length >= 2)) throw damaged();
  if (!points.length) return [];
  const [[left, top]] = placesOf([isObject(offset) ? [offset.x ?? 0, offset.y ?? 0] : offset || [0, 0]]);
  return placesOf(points.map((point) => point.slice(0, 2))).map(([x, y], i) => [x + left, y + top, stampOf(points[i][2], 1)]);
}
