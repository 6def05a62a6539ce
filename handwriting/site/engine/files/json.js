// Ink as JSON, in the shapes of web canvases and recognizers. The twin of handwriting/formats/json.py and json_shapes.py.

import { Refusal } from "../refusal.js";
import { partBeforeDamage } from "./json-damage.js";
import { numberOf, stampOf } from "./numerals.js";
import { PointTable } from "./point-table.js";
import { atMost } from "./tally.js";
import { secondsOfDate } from "./units.js";

const KEYS = { x: ["x", "X", "clientX", "pageX"], y: ["y", "Y", "clientY", "pageY"], t: ["t", "T", "time", "timestamp"], p: ["p", "pressure", "force", "F"] };
const STROKES = ["strokes", "strokeGroups", "events", "ink", "drawing", "requests"]; // names of a document's strokes
const LISTS = ["points", "pointers", "paths"]; // names of a stroke's points
const TOOLS = ["type", "pointerType", "tool", "toolType", "penType", "pen", "brush", "mode", "kind", "name"];
const DRAWN = ["stroke", "pen", "pendown", "mouse", "touch", "line", "freehand", "freedraw", "path", "ink", "draw", ""];
const ERASERS = ["eraser", "isEraser", "erase", "erased", "isErasing", "deleted"];
const MILLISECOND = 1e-3, MAX_COORDINATE = 1e9;
const MAX_VALUES = 2_000_000, MAX_PAGES = 5000, MAX_COLUMNS = 40;

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const firstOf = (object, names) => object[names.find((name) => name in object)];

/** The pages of a file, see pages.js: one, or one a line. */
export function readJson(text, tally) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  if (lines.length < 2 || isDocument(text) || !lines.slice(0, 3).some(isDocument)) return [pageOf(parseJson(text, tally), tally)];
  atMost(lines.length, MAX_PAGES);
  return lines.map((line) => tally.part(() => pageOf(parseJson(line), tally)) ?? { strokes: [] });
}

/** What a document contains. With `tally`, damage is counted and what comes before it is returned; null if that is nothing. */
export function parseJson(text, tally = null) {
  atMost(text.match(/[[{]/g)?.length ?? 0, MAX_VALUES);
  try {
    return JSON.parse(text);
  } catch { /* or it is damaged only in the eyes of a browser */ }
  const { content, whole } = partBeforeDamage(text);
  if (!whole && !tally) throw new Refusal("site.damagedFile");
  if (!whole) tally.lost += 1;
  return content;
}

function isDocument(text) {
  try {
    return typeof (parseJson(text) ?? 0) === "object";
  } catch (error) {
    if (error instanceof Refusal && error.message === "site.damagedFile") return false;
    throw error;
  }
}

function pageOf(content, tally) {
  const head = isObject(content) ? content : {}, jiix = isJiix(content), found = jiix ? jiixStrokes(content) : strokesOf(content);
  if (found instanceof PointTable) return found.pages(tally, MILLISECOND)[0] ?? { strokes: [] };
  const strokes = [];
  for (const stroke of found) {
    if (stroke === null) tally.count();
    else tally.part(() => tally.add(strokes, typeof stroke === "function" ? stroke() : isObject(stroke) ? columns(stroke) : rowsOf(stroke)));
  }
  const size = (value) => (typeof value === "number" && value > 0 && value <= MAX_COORDINATE ? value : null);
  const units = jiix ? "mm" : typeof head.units === "string" ? head.units : null;
  return { strokes, units, width: size(head.width), height: size(head.height), timeUnit: MILLISECOND };
}

/**
 * The strokes of a document in any shape but JIIX: lists of points, objects of columns, functions that return them, or null
 * for no writing; or a table.
 */
function strokesOf(content) {
  let found = content;
  for (let level = 0; level < 4; level++) {
    if (isObject(found)) found = firstOf(found, STROKES) ?? found;
    else if (Array.isArray(found) && found.length === 1 && isObject(found[0])) found = firstOf(found[0], STROKES) ?? found;
  }
  const flat = Array.isArray(found) && found.length && found.every((point) => isObject(point) && "x" in point && !Array.isArray(point.x));
  if (!Array.isArray(found)) throw new Refusal("site.files");
  if (flat) return tableOf(found);
  if (hasColumns(found)) return found.map(([x, y, t, p]) => () => columns({ x, y, t, p }));
  const strokes = [], stack = [...found].reverse();
  while (stack.length) {
    const stroke = stack.pop();
    if (isObject(stroke) && Array.isArray(stroke.strokes)) stack.push(...[...stroke.strokes].reverse());
    else if (isObject(stroke)) strokes.push(isWriting(stroke) ? firstOf(stroke, LISTS) ?? stroke : null);
    else strokes.push(stroke);
  }
  return strokes;
}

/** A flat list of points, in which events or numbers tell the strokes apart. */
function tableOf(points) {
  const names = [...new Set(points.flatMap(Object.keys))].slice(0, MAX_COLUMNS);
  const rows = points.map((point) => names.map((name) => String(point[name] ?? "").slice(0, 60)));
  return new PointTable(names, rows, rows.map(() => 0));
}

/** Whether strokes are columns, [[x, ...], [y, ...], [t, ...]], and not lists of points. */
function hasColumns(strokes) {
  const lengths = new Set();
  for (const stroke of strokes) {
    if (!Array.isArray(stroke) || stroke.length < 2 || stroke.length > 4 || !stroke.every(Array.isArray)) return false;
    if (stroke.some((column) => column.length !== stroke[0].length)) return false;
    lengths.add(stroke[0].length);
  }
  return lengths.size > 0 && (lengths.size > 1 || [...lengths].some((length) => ![2, 3, 4].includes(length)));
}

/** Whether a stroke was drawn by a pen, and not by an eraser or a highlighter. */
function isWriting(stroke) {
  const named = TOOLS.filter((key) => key in stroke).map((key) => (isObject(stroke[key]) ? stroke[key].name ?? stroke[key].type : stroke[key]));
  const tools = named.map((tool) => (typeof tool === "string" ? tool.toLowerCase() : ""));
  const composite = String(stroke.compositeOperation ?? stroke.globalCompositeOperation ?? "");
  if (ERASERS.some((key) => stroke[key] === true) || stroke.drawMode === false || stroke.isHighlighter === true) return false;
  if (["destination-out", "multiply"].includes(composite) || tools.some((tool) => /eras|highlight/.test(tool))) return false;
  if (stroke.opacity === 0 || stroke.visible === false || stroke.hidden === true) return false;
  return typeof stroke.type !== "string" || DRAWN.includes(stroke.type.toLowerCase());
}

/** A list of points, [x, y, t, p] or objects, as { x, y, t, p }. */
function rowsOf(points) {
  if (!Array.isArray(points)) throw new Refusal("site.damagedFile");
  const lists = { x: [], y: [], t: [], p: [] };
  for (const point of points) {
    const list = Array.isArray(point) && point.length >= 2 && point.length <= 4;
    if (!list && !isObject(point)) throw new Refusal("site.damagedFile");
    const values = list ? point : Object.values(KEYS).map((names) => firstOf(point, names));
    ["x", "y", "t", "p"].forEach((name, i) => lists[name].push(values[i]));
  }
  return rows(lists);
}

/** A stroke with a list for each property; `begin` (ms) is added to its times, null drops them. */
function columns(stroke, begin = 0) {
  const [x, y, t, p] = Object.values(KEYS).map((names) => firstOf(stroke, names));
  if (!Array.isArray(x) || !Array.isArray(y) || x.length !== y.length) throw new Refusal("site.damagedFile");
  const fits = (list) => Array.isArray(list) && list.length === x.length;
  const found = rows({ x, y, t: fits(t) && begin !== null ? t : [], p: fits(p) ? p : [] });
  return { ...found, t: found.t?.map((value) => value + begin) ?? null };
}

function rows({ x, y, t, p }) {
  const known = (values) => values.some((value) => value !== null && value !== undefined);
  const values = (list, unit) => (known(list) ? list.map((value) => stampOf(value, unit)) : null);
  return { x: x.map(coordinate), y: y.map(coordinate), t: values(t, MILLISECOND), p: values(p, 1) };
}

/** A coordinate, which may be a number as text. */
const coordinate = (value) => (typeof value === "string" ? numberOf(value) : typeof value === "number" ? value : NaN);

/** Pairs of x and y as numbers; refused when one of them is no coordinate. */
export function placesOf(pairs) {
  return pairs.map((pair) => {
    const place = Array.isArray(pair) && pair.length === 2 ? pair.map(coordinate) : [NaN];
    if (!place.every((value) => Math.abs(value) <= MAX_COORDINATE)) throw new Refusal("site.damagedFile");
    return place;
  });
}

/** Every object in a document, outer ones first. */
function* objects(content) {
  const stack = [content];
  while (stack.length) {
    const item = stack.pop();
    if (isObject(item)) yield item;
    if (item !== null && typeof item === "object") stack.push(...Object.values(item).filter((value) => value !== null && typeof value === "object").reverse());
  }
}

/** Whether a document is JIIX: strokes with lists named X and Y somewhere in it. */
function isJiix(content) {
  if (!isObject(content) || STROKES.some((name) => name in content)) return false;
  for (const item of objects(content)) if (Array.isArray(item.X) && Array.isArray(item.Y)) return true;
  return false;
}

/** Every stroke of a JIIX document once; times count from the start of their stroke. */
function jiixStrokes(content) {
  const found = [], seen = new Set();
  for (const item of objects(content)) {
    if (!Array.isArray(item.X) || (item.type ?? "stroke") !== "stroke" || seen.has(item.id)) continue;
    found.push(item);
    if (typeof item.id === "string") seen.add(item.id);
  }
  const begins = found.map((stroke) => secondsOfDate(stroke.timestamp) * 1000), dated = begins.every(Number.isFinite);
  return found.map((stroke, i) => () => columns(stroke, dated ? begins[i] : found.length === 1 ? 0 : null));
}
