// SVG drawings: the lines of pens, found in paths, polylines and lines. The twin of handwriting/formats/svg.py and
// svg_drawing.py.

import { Refusal } from "../refusal.js";
import { numbersIn, pointsOfLines, subpaths, throughCorners } from "./svg-path.js";
import { layoutOf, strokesOf } from "./svg-pens.js";
import { Sheets, Style } from "./svg-style.js";
import { IDENTITY, fitted, functionsOf, matrixOf, originOf, product, translate, turns } from "./svg-transform.js";
import { atMost } from "./tally.js";
import { millimetres } from "./units.js";
import { checkDepth, local } from "./xml.js";

const UNDRAWN = ["defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata", "script", "style", "title", "desc"];
const LINES = ["path", "polyline", "polygon", "line"];
const DOTS = ["circle", "ellipse"];
const OTHERS = ["text", "image", "rect", "foreignObject"]; // drawn, but not by a pen
const LABELS = ["class", "data-tool", "data-type", "data-name"]; // where programs say with which tool something was drawn
const INKSCAPE = "http://www.inkscape.org/namespaces/inkscape";
const TOOL = /\b(?:eraser|highlighter)s?\b/;
const WRITTEN = "data-written"; // a stroke's place in the order of writing, negative if it is drawn backward
const PAPER = "paper"; // class of the rulings in our own drawings
const RULINGS = 3; // so many lines from edge to edge belong to the paper
const MAX_ELEMENTS = 100_000, MAX_REUSED = 50_000, MAX_REUSE = 20, MAX_FUNCTIONS = 20_000;
const MAX_SELECTED = 1_000_000; // elements times rules for elements inside of others
const BLACK = ["black", "#000", "#000000", "currentcolor", "rgb(0,0,0)", "rgb(0, 0, 0)"];
const DEFAULT_SIZE = [300, 150]; // to which percentages refer in a drawing that does not state its own, as in CSS
const SVG_NAMESPACES = [null, "http://www.w3.org/2000/svg"];

/** The page of a drawing, see pages.js. */
export async function readSvg(root, tally) {
  if ([...root.children].some((child) => local(child) === "metadata")) {
    const pages = (await import("./tldraw.js")).embedded(root, tally);
    if (pages) return pages;
  }
  const sheet = sheetOf(root), drawing = new Drawing(root, sheet.user, tally);
  drawing.walk();
  const all = pointsOfLines(strokesOf(drawing.lines, layoutOf(root), tally)), lines = withoutRulings(all, sheet.user);
  if (!lines.length && drawing.outlines) throw new Refusal("site.outlines");
  const strokes = [], scaled = (values) => values.map((value) => value * sheet.scale);
  for (const { x, y } of lines) tally.part(() => tally.add(strokes, { x: scaled(x), y: scaled(y), t: null, p: null }));
  tally.count(drawing.outlines + all.length - lines.length);
  const size = sheet.atCorner ? { width: sheet.width, height: sheet.height } : {};
  return [{ strokes, units: sheet.units, ...size }];
}

/** The size of a drawing, and the length of its user unit. */
function sheetOf(root) {
  const lengths = ["width", "height"].map((name) => {
    const match = (root.getAttribute(name) ?? "").match(/^\s*([0-9.eE+-]{1,40})\s*(mm|cm|in|pt|pc|q)\s*$/i);
    return match && Number(match[1]) > 0 ? Number(match[1]) * millimetres(match[2]) : null;
  });
  const box = numbersOrNull(root.getAttribute("viewBox")) ?? [0, 0, 0, 0];
  let user = box.slice(2).map((value) => (value > 0 ? value : null)), scale = 1, units = null;
  if (lengths[0] && lengths[1]) {
    units = "mm";
    scale = user[0] && user[1] ? Math.min(lengths[0] / user[0], lengths[1] / user[1]) : millimetres("px");
    user = lengths.map((length) => length / scale);
  }
  const [width, height] = user.map((value) => (value === null ? null : value * scale));
  return { user, scale, units, width, height, atCorner: box[0] === 0 && box[1] === 0 };
}

function numbersOrNull(text) {
  const values = (text ?? "").replaceAll(",", " ").trim().split(/\s+/).map(Number);
  return values.length === 4 && values.every(Number.isFinite) ? values : null;
}

/** Lines except those printed on the paper: straight along an axis, from edge to edge. */
function withoutRulings(lines, [width, height]) {
  if (!width || !height) return lines;
  const printed = lines.filter(({ x, y }) => {
    const [across, down] = [Math.abs(x.at(-1) - x[0]), Math.abs(y.at(-1) - y[0])];
    return x.length === 2 && ((down < 1e-6 && across > 0.995 * width) || (across < 1e-6 && down > 0.995 * height));
  });
  return printed.length < RULINGS ? lines : lines.filter((line) => !printed.includes(line));
}

/** What an element says about the tool that drew it, in lower case. */
function labelsOf(element) {
  const labels = [...LABELS.map((name) => element.getAttribute(name)), element.getAttributeNS(INKSCAPE, "label")];
  return labels.join(" ").toLowerCase();
}

/** Whether a child of a switch needs no extension and no HTML. */
function canBeDrawn(element) {
  const known = SVG_NAMESPACES.includes(element.namespaceURI) && local(element) !== "foreignObject";
  return known && !element.hasAttribute("requiredExtensions") && !(element.getAttribute("requiredFeatures") ?? "").includes("Extensibility");
}

const colorOf = (color = BLACK[0]) => (BLACK.includes(color) ? BLACK[0] : color);
const scaleOf = ([a, b, c, d]) => Math.sqrt(Math.abs(a * d - b * c));

function moved(curve, [a, b, c, d, e, f]) {
  return [0, 2, 4, 6].flatMap((i) => [a * curve[i] + c * curve[i + 1] + e, b * curve[i] + d * curve[i + 1] + f]);
}

class Drawing {
  constructor(root, size, tally) {
    Object.assign(this, { root, size, tally, lines: [], outlines: 0, functions: 0, reused: 0 });
    const elements = 1 + root.querySelectorAll("*").length;
    atMost(elements, MAX_ELEMENTS);
    this.sheets = new Sheets(root);
    atMost(this.sheets.inner.length * elements, MAX_SELECTED);
  }

  /** Find the lines { curves, color, alpha, width, blended, closed, dot, written } in the user units of the document. */
  walk() {
    const declared = this.sheets.declared(this.root), [width, height] = this.size;
    // The outermost element turns about its center, as a box of a page does.
    const matrix = this.transformed(IDENTITY, declared, width && height ? [width / 2, height / 2] : [0, 0]);
    this.inside(this.root, matrix, new Style().within(declared), 0, []);
  }

  /** Draw what is in an element; `within` is what `use` draws around it, from outside in. */
  inside(element, matrix, style, depth, within) {
    for (const child of element.children) this.draw(child, matrix, style, depth + 1, within);
  }

  draw(element, matrix, above, depth, within, again = false) {
    checkDepth(depth);
    this.reused += Number(within.length > 0);
    atMost(this.reused, MAX_REUSED);
    const name = local(element);
    if (element.getAttribute("class") === PAPER || (UNDRAWN.includes(name) && !again)) return;
    const declared = this.sheets.declared(element), style = above.within(declared);
    if (!style.shown || OTHERS.includes(name)) {
      this.tally.count();
      return;
    }
    if (TOOL.test(labelsOf(element))) {
      this.tally.count(element.querySelectorAll(LINES.join()).length + Number(LINES.includes(name)));
      return;
    }
    try {
      const inner = this.transformed(matrix, declared);
      if (LINES.includes(name)) this.line(element, name, inner, style);
      else if (DOTS.includes(name)) this.dot(element, name, inner, style);
      else if (name === "use") this.use(element, inner, style, depth, within);
      else if (name === "switch") {
        const children = [...element.children].filter(canBeDrawn);
        const chosen = children.find((child) => !child.hasAttribute("systemLanguage")) ?? children[0];
        if (chosen) this.draw(chosen, inner, style, depth + 1, within);
      } else if (name === "svg" && ["width", "height"].some((side) => this.length(element, side) === 0)) this.tally.count();
      else this.inside(element, ["svg", "symbol"].includes(name) ? product(inner, this.viewport(element, element)) : inner, style, depth, within);
    } catch (error) {
      if (!(error instanceof Refusal) || error.message !== "site.files") throw error;
      this.tally.lost += 1; // what is not understood costs itself alone
    }
  }

  line(element, name, matrix, style) {
    const place = element.getAttribute(WRITTEN) ?? "", written = /^-?[0-9]{1,9}$/.test(place) ? Number(place) : 0;
    for (const { curves, closed } of this.outlinesOf(element, name)) {
      if (!style.visible) this.tally.count();
      else if (!style.isPen(closed)) this.outlines += 1;
      if (!style.visible || !style.isPen(closed)) continue;
      const look = { color: colorOf(style.values.stroke), alpha: style.alpha, width: style.width * scaleOf(matrix), blended: style.blended };
      this.lines.push({ curves: curves.map((curve) => moved(curve, matrix)), ...look, closed, dot: false, written });
    }
  }

  /** A circle as a line of one point; its width is 0 if it is not filled. */
  dot(element, name, matrix, style) {
    const [x, y] = ["cx", "cy"].map((key) => this.coordinate(element, key));
    const radius = Math.min(...(name === "circle" ? ["r"] : ["rx", "ry"]).map((key) => this.coordinate(element, key)));
    const look = { color: colorOf(style.values.fill), alpha: 1, width: style.filled ? 2 * radius * scaleOf(matrix) : 0, blended: false };
    this.lines.push({ curves: [moved([x, y, x, y, x, y, x, y], matrix)], ...look, closed: false, dot: true, written: 0 });
  }

  outlinesOf(element, name) {
    if (name === "path") {
      const found = subpaths(element.getAttribute("d") ?? "");
      if (!found) throw new Refusal("site.files");
      return found;
    }
    if (name !== "line") return throughCorners(numbersIn(element.getAttribute("points") ?? ""), name === "polygon");
    return throughCorners(["x1", "y1", "x2", "y2"].map((key) => this.coordinate(element, key)), false);
  }

  /** A length that is 0 unless it is given. */
  coordinate(element, name) {
    const length = this.length(element, name);
    if (length === null && (element.getAttribute(name) ?? "").trim()) throw new Refusal("site.files");
    return length ?? 0;
  }

  use(element, matrix, style, depth, within) {
    const reference = element.getAttribute("href") ?? element.getAttribute("xlink:href") ?? "";
    const name = reference.trim().replace(/^#/, "");
    this.byId ??= new Map([...this.root.querySelectorAll("[id]")].reverse().map((one) => [one.getAttribute("id"), one]));
    const target = this.byId.get(name);
    if (!target || target.contains(element) || within.includes(target) || within.length >= MAX_REUSE) throw new Refusal("site.files");
    const moved = product(matrix, translate(this.length(element, "x") ?? 0, this.length(element, "y") ?? 0));
    within = [...within, target];
    if (!["symbol", "svg"].includes(local(target))) this.draw(target, moved, style, depth + 1, within, true);
    else this.inside(target, product(moved, this.viewport(target, element)), style.within(this.sheets.declared(target)), depth, within);
  }

  /** How an inner svg or a symbol lies on what is around it; `sized` has its width and height. */
  viewport(element, sized) {
    const [x, y] = element === sized ? [this.length(element, "x") ?? 0, this.length(element, "y") ?? 0] : [0, 0];
    const box = numbersOrNull(element.getAttribute("viewBox"));
    if (!box || !(box[2] > 0) || !(box[3] > 0)) return translate(x, y);
    const size = ["width", "height"].map((name, i) => this.length(sized, name) || this.length(element, name) || this.size[i] || box[2 + i]);
    return fitted(box, [x, y, ...size], element.getAttribute("preserveAspectRatio") ?? "");
  }

  transformed(matrix, declared, center = [0, 0]) {
    const text = functionsOf(declared), given = declared["transform-origin"];
    if (!text) return matrix;
    this.functions += text.split("(").length - 1;
    atMost(this.functions, MAX_FUNCTIONS);
    if ((declared["transform-box"] ?? "view-box") !== "view-box" && turns(text)) throw new Refusal("site.files");
    return product(matrix, matrixOf(text, given === undefined ? center : originOf(given, this.size)));
  }

  /** A length in user units, null without one; a percentage is of the whole drawing. */
  length(element, name) {
    const text = (element.getAttribute(name) ?? "").trim(), axis = Number("yh".includes(name.replace(/^c/, "")[0]));
    const number = (word) => (word.trim() !== "" && Number.isFinite(Number(word)) ? Number(word) : null);
    if (text.endsWith("%")) {
      const whole = this.size[axis] ?? number((this.root.getAttribute(["width", "height"][axis]) ?? "").replace(/px$/, ""));
      return number(text.slice(0, -1)) === null ? null : (number(text.slice(0, -1)) / 100) * (whole ?? DEFAULT_SIZE[axis]);
    }
    const unit = millimetres(text.slice(-2)) ? text.slice(-2) : "", value = number(unit ? text.slice(0, -2) : text);
    return value === null || !unit ? value : (value * millimetres(unit)) / millimetres("px");
  }
}
