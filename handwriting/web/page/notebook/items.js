// What lies on a page: strokes of ink, and corrections of what was read. Items are never modified, only replaced by
// others with the same id, so that a change is a list of items before and after it. Lengths are in millimetres.
//
// stroke      { id, kind: "stroke", revision, color, width, start, points }: `points` is a Float32Array with x, y,
//             milliseconds since `start` (of the clock) and pressure (-1 if unknown) of each point
// correction  { id, kind: "correction", pieces, text, read }: `pieces` are the parts of strokes [id, begin, end] that
//             were read as `read` and say `text`

export const FIELDS = 4;
export const PAGE = "page"; // stands for the page's record in the entries of a change, with { kind: PAGE, ...values }
export const COLORS = ["blue", "black", "red", "green"];
export const WIDTHS = { fine: 0.35, medium: 0.55, broad: 0.9 };

let latest = 0;

/** A new id; ids sort in the order in which they were made. */
export function newId() {
  latest = Math.max(latest + 1, Date.now() * 1000);
  return `${latest.toString(36).padStart(11, "0")}${Math.floor(Math.random() * 46656).toString(36).padStart(3, "0")}`;
}

const finite = (value, fallback) => (Number.isFinite(value) ? value : fallback);

/** A stroke through `points`, a flat array with FIELDS numbers a point. */
export function newStroke(points, { color = "blue", width = WIDTHS.medium, start = Date.now() } = {}) {
  return { id: newId(), kind: "stroke", revision: 0, color, width, start, points: Float32Array.from(points) };
}

/** A number for a stroke whose points have changed, which no earlier state of it had. */
export const newRevision = (stroke) => stroke.revision + 1 + Math.floor(Math.random() * 1e6);

export const pointCount = (stroke) => stroke.points.length / FIELDS;

/** The points as arrays [x, y, t, pressure]. */
export function pointsOf(stroke) {
  const points = [];
  for (let i = 0; i < stroke.points.length; i += FIELDS) points.push([...stroke.points.subarray(i, i + FIELDS)]);
  return points;
}

/** A stroke in another place: every point moved by dx, dy; `id` makes it a copy. */
export function moved(stroke, dx, dy, id = stroke.id) {
  const points = stroke.points.slice();
  for (let i = 0; i < points.length; i += FIELDS) {
    points[i] += dx;
    points[i + 1] += dy;
  }
  return { ...stroke, id, revision: id === stroke.id ? newRevision(stroke) : 0, points };
}

/** An item from a file, validated and converted to the types of items; null if it is invalid. */
export function itemFrom(record) {
  if (typeof record?.id !== "string" || !record.id || record.id.length > 40) return null;
  if (record.kind === "correction") {
    const pieces = Array.isArray(record.pieces) ? record.pieces.filter((piece) => typeof piece?.[0] === "string" && Number.isInteger(piece[1]) && Number.isInteger(piece[2])) : [];
    if (!pieces.length || typeof record.text !== "string") return null;
    return { id: record.id, kind: "correction", pieces, text: record.text.slice(0, 500), read: String(record.read ?? "").slice(0, 500) };
  }
  const numbers = Array.isArray(record.points) ? record.points : [];
  if (record.kind !== "stroke" || !numbers.length || numbers.length % FIELDS || !numbers.every((value) => Number.isFinite(value) && Math.abs(value) < 1e7)) return null;
  return {
    id: record.id,
    kind: "stroke",
    revision: finite(record.revision, 0),
    color: COLORS.includes(record.color) ? record.color : COLORS[0],
    width: Math.min(5, Math.max(0.05, finite(record.width, WIDTHS.medium))),
    start: finite(record.start, 0),
    points: Float32Array.from(numbers),
  };
}

/** An item as it is stored in a file. */
export function recordOf(item) {
  if (item.kind === "correction") return item;
  return { ...item, points: [...item.points].map((value) => Math.round(value * 1000) / 1000) };
}
