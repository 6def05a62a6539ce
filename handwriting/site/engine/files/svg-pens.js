// The strokes of pens among the lines of a drawing: no highlighters, whole strokes, dots, in the order of writing. The twin
// of handwriting/formats/svg_pens.py, which says when pieces are joined, and of layout_of in svg_own.py.

import { median } from "../numbers.js";
import { local } from "./xml.js";

const FAINT = 0.75, WIDE = 3; // opacity and width, in times the usual one, of a highlighter's line
const JOINS = 3, JOINED_SHARE = 0.5; // so many lines, and this share of them, begin where the one before ends
const GAP = 1e-9; // largest gap between two pieces, relative to the largest coordinate
const DOT_WIDTHS = [0.3, 3]; // of dots, in times the usual width
const TEXTS = ["title", "desc"], ROUND = ["fill", "stroke-linecap", "stroke-linejoin"];
const RULING = "#b4cbe2", EVENTS = "http://www.w3.org/2001/xml-events"; // of the page, and of svgwrite

/** The curves of each stroke of lines { curves, color, alpha, width, blended, closed, dot, written }. */
export function strokesOf(lines, layout, tally) {
  let pens = withoutHighlighters(lines);
  tally.count(lines.length - pens.length);
  if (layout === "page" || (layout === null && arePieces(pens))) pens = joined(pens);
  const strokes = withoutShapes(pens);
  tally.count(pens.length - strokes.length);
  return asWritten(strokes);
}

function withoutHighlighters(lines) {
  const opaque = lines.filter(({ alpha, blended, dot }) => !dot && alpha >= FAINT && !blended);
  if (!opaque.length) return lines;
  const wide = WIDE * median(opaque.map(({ width }) => width));
  return lines.filter((line) => line.dot || line.width < wide || (line.alpha >= FAINT && !line.blended));
}

/** Whether the lines are mostly pieces of strokes. Lines that record their order are whole strokes. */
function arePieces(lines) {
  const long = lines.filter(({ dot }) => !dot);
  const joins = continued(long).filter(Boolean).length;
  return joins >= Math.max(JOINS, JOINED_SHARE * long.length) && !long.some(({ written }) => written);
}

/** For each line, whether it continues the one before it. */
function continued(lines) {
  const size = lines.reduce((most, { curves }) => Math.max(most, ...curves.at(-1).slice(6).map(Math.abs)), 0);
  return lines.map((line, i) => {
    const before = lines[i - 1];
    if (!before || [line, before].some(({ closed, dot }) => closed || dot)) return false;
    if (["color", "alpha", "blended"].some((name) => line[name] !== before[name])) return false;
    const [x, y] = line.curves[0], [endX, endY] = before.curves.at(-1).slice(6);
    return Math.max(Math.abs(x - endX), Math.abs(y - endY)) <= GAP * size;
  });
}

function joined(lines) {
  const goesOn = continued(lines), found = [];
  lines.forEach((line, i) => {
    if (goesOn[i]) found.at(-1).curves.push(...line.curves);
    else found.push({ ...line, curves: [...line.curves] });
  });
  return found;
}

/** Lines without the filled circles that are not dots of the pen: as wide as it, in its color, and fewer than lines. */
function withoutShapes(lines) {
  const long = lines.filter(({ dot }) => !dot), width = long.length ? median(long.map((line) => line.width)) : 0;
  const colors = new Set(long.map(({ color }) => color));
  const isDot = (line) => line.dot && line.width >= DOT_WIDTHS[0] * width && line.width <= DOT_WIDTHS[1] * width && colors.has(line.color);
  return lines.filter(isDot).length > long.length ? long : lines.filter((line) => !line.dot || isDot(line));
}

/** The curves in the order and direction in which they were written, if every line records both. */
function asWritten(lines) {
  const places = new Set(lines.map(({ written }) => Math.abs(written)));
  if (places.has(0) || places.size < lines.length) return lines.map(({ curves }) => curves);
  const ordered = [...lines].sort((a, b) => Math.abs(a.written) - Math.abs(b.written));
  return ordered.map(({ curves, written }) => (written < 0 ? curves.map(backward).reverse() : curves));
}

function backward([x0, y0, x1, y1, x2, y2, x3, y3]) {
  return [x3, y3, x2, y2, x1, y1, x0, y0];
}

/** Which layout of this project a drawing has; null for the drawings of other programs. */
export function layoutOf(root) {
  const children = [...root.children], names = children.map(local);
  const references = ["aria-labelledby", "aria-describedby"].map((name) => root.getAttribute(name));
  if (children.some((child) => TEXTS.includes(local(child)) && /^(title|desc)-[0-9a-f]{8}$/.test(child.id) && references.includes(child.id))) return "drawing";
  const group = children.findLast((child) => local(child) === "g"), own = (element) => element.getAttributeNames().filter((name) => !name.startsWith("xmlns"));
  const has = (element, wanted) => element && own(element).sort().join() === [...wanted].sort().join();
  if (names.join() === "title,desc,rect,path,g" && has(root, ["width", "height", "viewBox"]) && has(group, ROUND)) {
    return children[3].getAttribute("stroke") === RULING ? "page" : null;
  }
  const shown = names.filter((name) => ![...TEXTS, "defs"].includes(name)).join();
  const bySvgwrite = root.getAttribute("baseProfile") === "full" && root.lookupNamespaceURI("ev") === EVENTS;
  return bySvgwrite && shown === "g" && has(group, [...ROUND, "stroke", "stroke-width"]) ? "ink" : null;
}
