// Ink as JSON, in the shapes of web canvases and recognizers. The twin of handwriting/formats/json.py and json_shapes.py.

import { Refusal } from "../refusal.js";
import { partBeforeDamage, withoutLastCommas } from "./json-damage.js";
import { isObject, isWriting } from "./json-tools.js";
import { numberOf, stampOf } from "./numerals.js";
import { PointTable } from "./point-table.js";
import { atMost } from "./tally.js";
import { secondsOfDate } from "./units.js";

const KEYS = { x: ["x", "X", "clientX", "pageX"], y: ["y", "Y", "clientY", "pageY"], t: ["t", "T", "time", "timestamp"], p: ["p", "pressure", "force", "F"] };
const STROKES = ["strokes", "strokegroups", "events", "ink", "drawing", "requests"]; // names of a document's strokes, without case
const LISTS = ["points", "pointers", "paths", "path"]; // names of a stroke's points
const CONTAINERS = [...STROKES, "lines", "paths", "traces", "curves", "data", "canvas", "content"];
const MILLISECOND = 1e-3, MAX_COORDINATE = 1e9;
const POINT_VALUES = 4; // x, y, time and pressure
const MAX_VALUES = 2_000_000, MAX_PAGES = 5000, MAX_COLUMNS = 40;

export { isObject };

const firstOf = (object, names) => object[names.find((name) => name in object)];

/** The pages of a file, see pages.js: those of one document, or of one a line. */
export function readJson(text, tally) {
  const sheets = documentsOf(text, tally).flatMap((document) => (document === undefined ? [undefined] : sheetsOf(document)));
  const known = sheets.filter((sheet) => sheet !== undefined), empty = [{ strokes: [] }];
  atMost(known.length, MAX_PAGES);
  return sheets.flatMap((sheet) => {
    if (sheet === undefined) return empty;
    const found = known.length === 1 ? pagesOf(sheet, tally) : tally.part(() => pagesOf(sheet, tally));
    return found?.length ? found : empty;
  });
}

/** The documents of a file: one, or one a line, undefined for one that is damaged. */
function documentsOf(text, tally) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  const isDocument = (line) => typeof (wholeOf(line) ?? 0) === "object";
  if (lines.length < 2 || !lines.slice(0, 3).some(isDocument)) return [parseJson(text, tally)];
  const content = contentOf(text);
  if (content !== undefined) return [content];
  atMost(lines.length, MAX_PAGES);
  return lines.map((line) => tally.part(() => parseJson(line)));
}

/** The pages of a document, each of which is a document itself. */
function sheetsOf(document) {
  const inside = isObject(document) ? document.pages : document;
  if (!Array.isArray(inside) || !inside.length || !inside.every(isObject)) return [document];
  const kinds = inside.map((sheet) => ["strokes", "drawing", "ink"].some((key) => Array.isArray(sheet[key])));
  return (inside === document ? kinds.length > 1 && kinds.every(Boolean) : kinds.some(Boolean)) ? inside : [document];
}

/** What a document contains. With `tally`, damage is counted and what comes before it is returned; null if that is nothing. */
export function parseJson(text, tally = null) {
  const content = contentOf(text);
  if (content !== undefined) return content;
  if (!tally) throw new Refusal("site.damagedFile");
  tally.lost += 1;
  return partBeforeDamage(text).content;
}

/** What a document contains, which may have commas after last elements; undefined when it is damaged. */
function contentOf(text) {
  atMost(text.match(/[[{]/g)?.length ?? 0, MAX_VALUES);
  const content = wholeOf(text);
  return content === undefined ? wholeOf(withoutLastCommas(text)) : content;
}

/** What a document contains; undefined when it is damaged. */
function wholeOf(text) {
  try {
    return JSON.parse(text);
  } catch { /* or it is damaged only in the eyes of a browser */ }
  const { content, whole } = partBeforeDamage(text);
  return whole ? content : undefined;
}

function pagesOf(content, tally) {
  const head = isObject(content) ? content : {}, jiix = isJiix(content), found = jiix ? jiixStrokes(content) : strokesOf(content);
  if (found instanceof PointTable) return found.pages(tally, MILLISECOND);
  const strokes = [];
  for (const stroke of found) {
    if (stroke === null) tally.count();
    else tally.part(() => tally.add(strokes, typeof stroke === "function" ? stroke() : isObject(stroke) ? columns(stroke) : rowsOf(stroke)));
  }
  const size = (value) => (typeof value === "number" && value > 0 && value <= MAX_COORDINATE ? value : null);
  const units = jiix ? "mm" : typeof head.units === "string" ? head.units : null;
  return [{ strokes, units, width: size(head.width), height: size(head.height), timeUnit: MILLISECOND }];
}

/**
 * The strokes of a document in any shape but JIIX: lists of points, objects of columns, functions that return them, or null
 * for no writing; or a table.
 */
function strokesOf(content) {
  let found = content;
  for (let level = 0; level < 6; level++) {
    const around = Array.isArray(found) && found.length === 1 ? found[0] : found;
    found = (isObject(around) && insideOf(around)) || found;
  }
  if (!Array.isArray(found)) throw new Refusal("site.files");
  const isPoint = (point) => isObject(point) && ("x" in point || "X" in point) && !Array.isArray(firstOf(point, ["x", "X"]));
  const points = found.filter((point) => point !== null);
  if (points.length && points.every(isPoint)) return tableOf(found);
  if (hasColumns(found)) return found.map(([x, y, t, p]) => () => columns({ x, y, t, p }));
  const strokes = [], stack = [...separate(found)].reverse();
  while (stack.length) {
    const stroke = stack.pop();
    if (stroke === null || (isObject(stroke) && !Object.keys(stroke).length)) continue;
    if (isObject(stroke) && Array.isArray(stroke.strokes)) for (const inner of [...stroke.strokes].reverse()) stack.push(inner);
    else if (isObject(stroke)) strokes.push(isWriting(stroke) ? pairUp(stroke[LISTS.find((key) => Array.isArray(stroke[key]))] ?? stroke) : null);
    else strokes.push(stroke);
  }
  return strokes;
}

/** What a document has under the first of CONTAINERS, or null. Strokes that have names instead of an order become a list. */
function insideOf(document) {
  const names = new Map(Object.keys(document).map((name) => [name.toLowerCase(), name]));
  const found = document[names.get(CONTAINERS.find((key) => names.has(key)))];
  if (!isObject(found)) return Array.isArray(found) ? found : null;
  const named = Object.values(found).every((stroke) => stroke !== null && typeof stroke === "object");
  const known = Object.keys(found).some((name) => [...CONTAINERS, ...LISTS, "x"].includes(name.toLowerCase()));
  return named && !known ? Object.values(found) : found;
}

const areNumbers = (values) => Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === "number");

/** Points that are given as x, y, x, y as pairs, and anything else as it is. */
function pairUp(points) {
  if (!areNumbers(points) || points.length % 2) return points;
  return points.flatMap((x, i) => (i % 2 ? [] : [[x, points[i + 1]]]));
}

/** Strokes as lists of points, if null stands between their points, or if each is x, y, x, y; see json_shapes.py. */
function separate(strokes) {
  const known = strokes.filter((stroke) => stroke !== null), lengths = new Set(known.map((stroke) => stroke.length));
  if (!known.length || !known.every(areNumbers)) return strokes;
  const longest = Math.max(...lengths);
  if (known.length < strokes.length && longest <= POINT_VALUES) {
    const parts = [[]];
    for (const point of strokes) point === null ? parts.push([]) : parts.at(-1).push(point);
    return parts.filter(({ length }) => length);
  }
  const flat = lengths.size > 1 && longest > POINT_VALUES && [...lengths].every((length) => length % 2 === 0);
  return flat ? strokes.map(pairUp) : strokes;
}

/** A flat list of points, in which events, numbers or null tell the strokes apart. */
function tableOf(list) {
  let gaps = 0;
  const points = [], blanks = [];
  for (const point of list) {
    if (point === null) gaps += 1;
    else points.push(point), blanks.push(gaps);
  }
  const names = [...new Set(points.flatMap(Object.keys))].slice(0, MAX_COLUMNS);
  const rows = points.map((point) => names.map((name) => shown(point[name] ?? "").slice(0, 60)));
  return new PointTable(names, rows, blanks);
}

const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

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

/** A list of points, [x, y, t, p] or objects, as { x, y, t, p }. */
function rowsOf(points) {
  if (!Array.isArray(points)) throw new Refusal("site.damagedFile");
  const lists = { x: [], y: [], t: [], p: [] };
  for (const point of points) {
    const list = Array.isArray(point) && point.length >= 2;
    if (!list && !isObject(point)) throw new Refusal("site.damagedFile");
    const values = list ? point.slice(0, point.length > 4 ? 2 : 4) : valuesOf(point); // what more than four mean is unknown
    ["x", "y", "t", "p"].forEach((name, i) => lists[name].push(values[i]));
  }
  return rows(lists);
}

/** The values of a point; its place may be an object of its own. */
function valuesOf(point) {
  const place = firstOf(point, ["location", "position"]), whole = isObject(place) ? { ...point, ...place } : point;
  return Object.values(KEYS).map((names) => firstOf(whole, names));
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
  if (!isObject(content) || Object.keys(content).some((name) => STROKES.includes(name.toLowerCase()))) return false;
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
