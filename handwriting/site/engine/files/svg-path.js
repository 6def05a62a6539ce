// Outlines of SVG elements as cubic curves [x0, y0, ..., x3, y3], and curves as points. The twin of
// handwriting/formats/svg_path.py.

import { Refusal } from "../refusal.js";
import { max, min } from "../numbers.js";

const FLATNESS = 1 / 20_000; // largest distance of a chord from its curve, as a share of the drawing's size
const MAX_CURVES = 100_000;
const TOKEN = /([a-zA-Z])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/g;
const FLAG = /\s*,?\s*([01])/y;
const ARGUMENTS = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };

export const numbersIn = (text) => (text.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g) ?? []).map(Number);
const straight = (x, y, endX, endY) => [x, y, x, y, endX, endY, endX, endY];

/** A line through corners [x, y, x, y, ...]; a single one is a dot. */
export function throughCorners(values, closed) {
  const corners = values.slice(0, values.length - (values.length % 2));
  if (corners.length < 2) return [];
  if (closed || corners.length === 2) corners.push(corners[0], corners[1]);
  const curves = [];
  for (let i = 2; i < corners.length; i += 2) curves.push(straight(corners[i - 2], corners[i - 1], corners[i], corners[i + 1]));
  return [{ curves, closed }];
}

/** The subpaths of path data: their curves, and whether they are closed. Null for data that is damaged. */
export function subpaths(data) {
  const found = [];
  let open = null, x = 0, y = 0, startX = 0, startY = 0, before = null; // `before` is the last control point, for s and t
  const begin = () => found.push((open = { curves: [], closed: false }));
  for (const [command, values] of commands(data) ?? [["?", []]]) {
    const kind = command.toLowerCase(), relative = command === kind;
    if (!(kind in ARGUMENTS) || values.some((value) => !Number.isFinite(value)) || (!open && kind !== "m")) return null;
    const [ox, oy] = relative ? [x, y] : [0, 0];
    const add = (curve, control = null) => {
      if (open.ended) begin();
      open.curves.push(curve);
      [x, y] = curve.slice(6);
      before = control;
    };
    if (kind === "m") {
      [x, y] = [startX, startY] = [values[0] + ox, values[1] + oy];
      begin();
      before = null;
    } else if (kind === "z") {
      if (x !== startX || y !== startY || !open.curves.length) add(straight(x, y, startX, startY));
      open.closed = open.ended = true;
      [x, y] = [startX, startY];
    } else if (kind === "l") add(straight(x, y, values[0] + ox, values[1] + oy));
    else if (kind === "h") add(straight(x, y, values[0] + ox, y));
    else if (kind === "v") add(straight(x, y, x, values[0] + oy));
    else if (kind === "a") for (const curve of arc(x, y, ...values.slice(0, 5), values[5] + ox, values[6] + oy)) add(curve);
    else {
      const places = values.map((value, i) => value + (i % 2 ? oy : ox));
      const reflected = before?.kind === (kind === "s" || kind === "c" ? "c" : "q") ? [2 * x - before.x, 2 * y - before.y] : [x, y];
      const whole = kind === "s" || kind === "t" ? [...reflected, ...places] : places;
      if (whole.length === 6) add([x, y, ...whole], { kind: "c", x: whole[2], y: whole[3] });
      else {
        const [qx, qy, ex, ey] = whole, third = (a, b) => a + (2 / 3) * (b - a);
        add([x, y, third(x, qx), third(y, qy), third(ex, qx), third(ey, qy), ex, ey], { kind: "q", x: qx, y: qy });
      }
    }
  }
  if (found.reduce((sum, { curves }) => sum + curves.length, 0) > MAX_CURVES) throw new Refusal("site.tooMuchInk");
  return found.filter(({ curves }) => curves.length); // a pen that is only moved draws nothing
}

/** Commands of path data with as many values as each takes; null for data that is damaged. */
function commands(data) {
  const found = [];
  let command = null, fresh = false, values = [], at = 0; // `fresh`: it has had no values yet
  const wanted = () => ARGUMENTS[command?.toLowerCase()];
  while (at < data.length) {
    if (command?.toLowerCase() === "a" && (values.length === 3 || values.length === 4)) { // flags may stand without a space
      FLAG.lastIndex = at;
      const flag = FLAG.exec(data);
      if (!flag) return null;
      values.push(Number(flag[1]));
      at = FLAG.lastIndex;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(data);
    if (!token || data.slice(at, token.index).trim().replaceAll(",", "").trim()) {
      if (data.slice(at).trim().replaceAll(",", "").trim()) return null;
      break;
    }
    at = TOKEN.lastIndex;
    if (token[1]) {
      if (values.length || (fresh && wanted())) return null;
      [command, fresh] = [token[1], true];
      if (wanted() === undefined) return null;
      if (wanted() === 0) found.push([command, []]);
    } else {
      if (!command || wanted() === 0) return null;
      values.push(Number(token[2]));
    }
    if (values.length && values.length === wanted()) {
      found.push([fresh ? command : { m: "l", M: "L" }[command] ?? command, values]); // more points after a move are lines
      [values, fresh] = [[], false];
    }
  }
  return values.length || (fresh && wanted()) ? null : found;
}

/** An arc of an ellipse as cubic curves, one for each quarter (SVG 2, appendix B.2). */
function arc(x, y, rx, ry, degrees, large, sweep, ex, ey) {
  if (!rx || !ry || (x === ex && y === ey)) return [straight(x, y, ex, ey)];
  const phi = (degrees * Math.PI) / 180, cos = Math.cos(phi), sin = Math.sin(phi);
  const dx = (cos * (x - ex) + sin * (y - ey)) / 2, dy = (cos * (y - ey) - sin * (x - ex)) / 2;
  const grow = Math.max(1, Math.hypot(dx / rx, dy / ry));
  const [a, b] = [Math.abs(rx) * grow, Math.abs(ry) * grow];
  const share = Math.sqrt(Math.max(0, (a * a * b * b - a * a * dy * dy - b * b * dx * dx) / (a * a * dy * dy + b * b * dx * dx)));
  const side = Boolean(large) === Boolean(sweep) ? -share : share;
  const [cx, cy] = [(side * a * dy) / b, (-side * b * dx) / a];
  const place = (ux, uy) => [cos * a * ux - sin * b * uy + cos * cx - sin * cy + (x + ex) / 2, sin * a * ux + cos * b * uy + sin * cx + cos * cy + (y + ey) / 2];
  const theta = Math.atan2((dy - cy) / b, (dx - cx) / a);
  let delta = Math.atan2((-dy - cy) / b, (-dx - cx) / a) - theta;
  if (sweep && delta < 0) delta += 2 * Math.PI;
  if (!sweep && delta > 0) delta -= 2 * Math.PI;
  const pieces = Math.max(1, Math.ceil(Math.abs(delta) / (Math.PI / 2) - 1e-9)), handle = (4 / 3) * Math.tan(delta / pieces / 4);
  return Array.from({ length: pieces }, (_, k) => {
    const from = theta + (delta * k) / pieces, to = theta + (delta * (k + 1)) / pieces;
    const [ux, uy, vx, vy] = [Math.cos(from), Math.sin(from), Math.cos(to), Math.sin(to)];
    return [...place(ux, uy), ...place(ux - handle * uy, uy + handle * ux), ...place(vx + handle * vy, vy - handle * vx), ...place(vx, vy)];
  });
}

/** The points { x, y } along each line of cubic curves, so close that no chord leaves its curve visibly. */
export function pointsOfLines(lines) {
  const all = lines.flat(), xs = all.flatMap((curve) => [curve[0], curve[2], curve[4], curve[6]]), ys = all.flatMap((curve) => [curve[1], curve[3], curve[5], curve[7]]);
  const extent = Math.hypot(max(xs) - min(xs), max(ys) - min(ys));
  return lines.map((curves) => {
    const found = { x: [curves[0][0]], y: [curves[0][1]] };
    const [first] = curves;
    if (curves.length === 1 && first[0] === first[6] && first[1] === first[7]) return found;
    for (const curve of curves) {
      const count = pieces(curve, extent);
      for (let k = 1; k <= count; k++) {
        const t = k / count, s = 1 - t;
        const at = (i) => (k === count ? curve[6 + i] : s ** 3 * curve[i] + 3 * t * s * s * curve[2 + i] + 3 * t * t * s * curve[4 + i] + t ** 3 * curve[6 + i]);
        found.x.push(at(0));
        found.y.push(at(1));
      }
    }
    return found;
  });
}

/** The number of chords of a curve: its distance from one of n is at most 6/8 of its second difference / n². */
function pieces([x0, y0, x1, y1, x2, y2, x3, y3], extent) {
  if (x0 === x1 && y0 === y1 && x2 === x3 && y2 === y3) return 1;
  const bend = Math.max(Math.abs(x2 - 2 * x1 + x0) + Math.abs(y2 - 2 * y1 + y0), Math.abs(x3 - 2 * x2 + x1) + Math.abs(y3 - 2 * y2 + y1));
  return Math.min(200, Math.max(1, Math.ceil(Math.sqrt((0.75 * bend) / Math.max(extent * FLATNESS, 1e-12)))));
}
