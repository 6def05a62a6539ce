// A page is read in bands: parts that white space separates, so that only what has changed is sent to the server.

import { boundsOf } from "./geometry.js";
import { FIELDS } from "./items.js";

const GAP = 4; // millimetres of white between two bands
const MAX_POINTS = 5000; // of a band; with more it is divided where the least ink is
const ROW = 0.5; // millimetres between the heights where it may be divided
const STEP = 0.2; // millimetres between the points that are sent
const MAX_PAUSE_MS = 10_000; // milliseconds between two strokes that are sent; a page may be written over weeks
const thinned = new WeakMap();

/** The numbers of the points of a stroke that are sent: the first, the last, and others that are STEP apart. */
export function sentPoints(stroke) {
  let kept = thinned.get(stroke);
  if (kept) return kept;
  const { points } = stroke;
  kept = [0];
  const last = points.length / FIELDS - 1;
  for (let i = 1; i < last; i++) {
    const before = kept.at(-1) * FIELDS;
    if (Math.hypot(points[i * FIELDS] - points[before], points[i * FIELDS + 1] - points[before + 1]) >= STEP) kept.push(i);
  }
  if (last) kept.push(last);
  thinned.set(stroke, kept);
  return kept;
}

const load = (strokes) => strokes.reduce((sum, stroke) => sum + sentPoints(stroke).length, 0);

/** Divide strokes into bands from top to bottom: { key, strokes }, where the key names the ink. */
export function bandsOf(strokes) {
  const sorted = [...strokes].sort((a, b) => boundsOf(a)[1] - boundsOf(b)[1]);
  const bands = [];
  let end = -Infinity;
  for (const stroke of sorted) {
    const [, top, , bottom] = boundsOf(stroke);
    if (top - end > GAP) bands.push([]);
    bands.at(-1).push(stroke);
    end = Math.max(end, bottom);
  }
  return bands.flatMap(divided).map((band) => {
    const ordered = band.sort((a, b) => (a.id < b.id ? -1 : 1));
    return { key: keyOf(ordered), strokes: ordered };
  });
}

/** A band in parts with at most MAX_POINTS points. */
function divided(band) {
  if (band.length < 2 || load(band) <= MAX_POINTS) return [band];
  const center = (stroke) => (boundsOf(stroke)[1] + boundsOf(stroke)[3]) / 2;
  const centers = band.map(center).sort((a, b) => a - b);
  const cut = emptiest(band, centers[Math.floor(centers.length * 0.3)], centers[Math.floor(centers.length * 0.7)]);
  const above = band.filter((stroke) => center(stroke) < cut), below = band.filter((stroke) => center(stroke) >= cut);
  return above.length && below.length ? [...divided(above), ...divided(below)] : [band];
}

/** The height between `low` and `high` that the fewest strokes cross. */
function emptiest(strokes, low, high) {
  const rows = Math.max(1, Math.ceil((high - low) / ROW));
  const begun = new Int32Array(rows + 2);
  const row = (y) => Math.min(rows + 1, Math.max(0, Math.ceil((y - low) / ROW)));
  for (const stroke of strokes) {
    const [, top, , bottom] = boundsOf(stroke);
    begun[row(top)] += 1;
    begun[row(bottom)] -= 1;
  }
  let best = 0, least = Infinity, crossing = 0;
  for (let i = 0; i <= rows; i++) {
    crossing += begun[i];
    if (crossing < least) [best, least] = [i, crossing];
  }
  return low + best * ROW;
}

/** The key of this ink: FNV-1a over the ids and revisions of the strokes. */
function keyOf(strokes) {
  let a = 0x811c9dc5, b = 0x1000193;
  for (const { id, revision } of strokes) {
    for (const character of `${id}:${revision} `) {
      a = Math.imul(a ^ character.charCodeAt(0), 0x01000193);
      b = Math.imul(b ^ character.charCodeAt(0), 0x85ebca6b);
    }
  }
  return `${strokes.length}-${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

/** Strokes in the format of the API: millimetres, and milliseconds from the first point without the long pauses. */
export function inkOf(strokes) {
  const round = (value) => Math.round(value * 1000) / 1000;
  let begin = 0, end = strokes[0]?.start ?? 0;
  return strokes.map((stroke) => {
    begin += Math.min(MAX_PAUSE_MS, Math.max(0, stroke.start - end));
    const points = sentPoints(stroke).map((number) => {
      const [x, y, t] = stroke.points.subarray(number * FIELDS, number * FIELDS + 3);
      return { x: round(x), y: round(y), t: round(begin + t) };
    });
    begin = points.at(-1).t;
    end = stroke.start + stroke.points.at(-2);
    return points;
  });
}
