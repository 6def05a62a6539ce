// How a stroke looks: smooth, and wider where the pen was pressed or slow. It is drawn as a few paths of even width,
// made once and kept, so that zooming and scrolling only fill pixels.

import { FIELDS } from "./items.js";

const STEP = 0.16; // widths are rounded to this share of the pen's width
const PLAIN = 1.8; // pixels; thinner lines are drawn in one even width, in which nobody sees a difference
const FAST = 0.42; // millimetres per millisecond of a quick pen
const DOT = 1.25; // diameter of a dot, in widths
const made = new WeakMap(), plain = new WeakMap();

/** The width of the line at a point, given the width before it: by pressure or by speed, and smoothed. */
export function widthAt(points, i, width, before) {
  const pressure = points[i + 3];
  let wanted = width;
  if (pressure >= 0) wanted *= 0.45 + 1.1 * pressure;
  else if (i) {
    const length = Math.hypot(points[i] - points[i - FIELDS], points[i + 1] - points[i - FIELDS + 1]);
    wanted *= 1.22 - 0.62 * Math.min(1, length / Math.max(1, points[i + 2] - points[i - FIELDS + 2]) / FAST);
  }
  return i ? 0.7 * before + 0.3 * wanted : wanted;
}

/** The pieces of a stroke, each { width, path }: curves from the middle between two points to the next. */
export function piecesOf(stroke) {
  let pieces = made.get(stroke);
  if (!pieces) made.set(stroke, (pieces = build(stroke, (width) => ({ width, path: new Path2D() }))));
  return pieces;
}

/** The same pieces with paths as SVG markup. */
export function svgPieces(stroke) {
  return build(stroke, (width) => ({ width, path: new MarkupPath() })).map(({ width, path }) => ({ width, d: path.d }));
}

/** The path around an outline of points [x, y], as SVG markup. */
export function outlinePath(outline) {
  const path = new MarkupPath();
  outline.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  return path.d;
}

function build({ points, width }, start) {
  const pieces = [];
  const last = points.length - FIELDS;
  if (!last) {
    const dot = start(width * DOT);
    dot.path.moveTo(points[0], points[1]);
    dot.path.lineTo(points[0] + 0.001, points[1]);
    return [dot];
  }
  let thick = width, piece = null, level = null;
  for (let i = 0; i <= last; i += FIELDS) {
    thick = widthAt(points, i, width, thick);
    const [x, y] = [points[i], points[i + 1]];
    const from = i ? [(points[i - FIELDS] + x) / 2, (points[i - FIELDS + 1] + y) / 2] : [x, y];
    const to = i < last ? [(points[i + FIELDS] + x) / 2, (points[i + FIELDS + 1] + y) / 2] : [x, y];
    const exact = thick / (width * STEP);
    if (level === null || Math.abs(exact - level) > 0.8) {
      level = Math.max(1, Math.round(exact));
      piece = start(level * width * STEP);
      piece.path.moveTo(...from);
      pieces.push(piece);
    }
    piece.path.quadraticCurveTo(x, y, ...to);
  }
  return pieces;
}

class MarkupPath {
  d = "";

  moveTo(x, y) {
    this.d += `M${short(x)} ${short(y)}`;
  }

  lineTo(x, y) {
    this.d += `L${short(x)} ${short(y)}`;
  }

  quadraticCurveTo(a, b, x, y) {
    this.d += `Q${short(a)} ${short(b)} ${short(x)} ${short(y)}`;
  }
}

const short = (value) => Math.round(value * 1000) / 1000;

/** Draw a stroke on a canvas whose unit is the millimetre, of `scale` pixels. */
export function drawStroke(context, stroke, color, scale) {
  context.strokeStyle = color;
  const pieces = stroke.width * scale < PLAIN ? plainPiece(stroke) : piecesOf(stroke);
  for (const { width, path } of pieces) {
    context.lineWidth = width;
    context.stroke(path);
  }
}

/** A stroke as a single piece. */
function plainPiece(stroke) {
  let piece = plain.get(stroke);
  if (!piece) {
    const path = new Path2D();
    const pieces = build(stroke, (width) => ({ width, path }));
    piece = [{ width: pieces.reduce((sum, { width }) => sum + width, 0) / pieces.length, path }];
    plain.set(stroke, piece);
  }
  return piece;
}
