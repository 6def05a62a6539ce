// Transforms of SVG drawings [a, b, c, d, e, f], as attributes and as CSS have them. The twin of
// handwriting/formats/svg_transform.py.

import { Refusal } from "../refusal.js";

const FUNCTION = /\s*,?\s*([a-zA-Z0-9]{1,20})\s*\(([^()]{0,500})\)/y;
const ARGUMENT = /([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)([a-z%]*)/gi;
const UNITS = {
  "": 1, px: 1, in: 96, cm: 96 / 2.54, mm: 96 / 25.4, pt: 96 / 72, pc: 16, q: 96 / 101.6,
  deg: 1, grad: 0.9, rad: 180 / Math.PI, turn: 360,
};
const WORDS = { left: 0, top: 0, center: 50, right: 100, bottom: 100 }; // percentages that words of an origin stand for

export const IDENTITY = [1, 0, 0, 1, 0, 0];
export const translate = (x, y) => [1, 0, 0, 1, x, y];

/** First `inner`, then `outer`. */
export function product([a, b, c, d, e, f], [p, q, r, s, u, v]) {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * u + c * v + e, b * u + d * v + f];
}

/** The product of the functions in a text, about an origin; what is not understood is refused. */
export function matrixOf(text, [x, y] = [0, 0]) {
  const end = text.lastIndexOf(")") + 1;
  if (/[^\s,]/.test(text.slice(end))) throw new Refusal("site.files");
  let found = IDENTITY, at = 0;
  while (at < end) {
    FUNCTION.lastIndex = at;
    const match = FUNCTION.exec(text);
    if (!match) throw new Refusal("site.files");
    found = product(found, one(match[1].toLowerCase(), numbersOf(match[2])));
    at = FUNCTION.lastIndex;
  }
  return product(product(translate(x, y), found), translate(-x, -y));
}

function numbersOf(body) {
  const found = [...body.matchAll(ARGUMENT)];
  if (found.map(([whole]) => whole).join("") !== body.replace(/[\s,]+/g, "") || found.some(([, , unit]) => !(unit.toLowerCase() in UNITS))) throw new Refusal("site.files");
  return found.map(([, number, unit]) => Number(number) * UNITS[unit.toLowerCase()]);
}

function one(name, values) {
  const [a, b, c] = values, count = values.length, tan = (degrees) => Math.tan((degrees * Math.PI) / 180);
  if (!values.every(Number.isFinite)) throw new Refusal("site.files");
  if (name === "matrix" && count === 6) return values;
  if ((name === "translate" && (count === 1 || count === 2)) || (name === "translate3d" && count === 3)) return translate(a, b ?? 0);
  if (name === "translatex" && count === 1) return translate(a, 0);
  if (name === "translatey" && count === 1) return translate(0, a);
  if (["scale", "scale3d"].includes(name) && count >= 1 && count <= 3) return [a, 0, 0, b ?? a, 0, 0];
  if (name === "scalex" && count === 1) return [a, 0, 0, 1, 0, 0];
  if (name === "scaley" && count === 1) return [1, 0, 0, a, 0, 0];
  if (["rotate", "rotatez"].includes(name) && (count === 1 || count === 3)) {
    const cos = Math.cos((a * Math.PI) / 180), sin = Math.sin((a * Math.PI) / 180);
    return product(product(translate(b ?? 0, c ?? 0), [cos, sin, -sin, cos, 0, 0]), translate(-(b ?? 0), -(c ?? 0)));
  }
  if (name === "skewx" && count === 1) return [1, 0, tan(a), 1, 0, 0];
  if (name === "skewy" && count === 1) return [1, tan(a), 0, 1, 0, 0];
  if (name === "skew" && (count === 1 || count === 2)) return [1, tan(b ?? 0), tan(a), 1, 0, 0];
  throw new Refusal("site.files");
}

/** The functions of `transform`, after those that CSS has as properties of their own. */
export function functionsOf(declared) {
  const own = ["translate", "rotate", "scale"].filter((name) => (declared[name] ?? "none") !== "none").map((name) => `${name}(${declared[name].trim().replace(/\s+/g, ",")})`);
  const text = declared.transform ?? "none";
  return [...own, text === "none" ? "" : text].join(" ").trim();
}

/** Whether functions do more than move, so that it matters about which point. */
export const turns = (text) => [...text.matchAll(/([a-zA-Z0-9]{1,20})\s*\(/g)].some(([, name]) => !name.toLowerCase().startsWith("translate"));

/** The point of a transform-origin; percentages and words are of the drawing's size. */
export function originOf(text, size) {
  const words = text.trim().split(/\s+/).slice(0, 2);
  if (["top", "bottom"].includes(words[0])) words.reverse();
  return [...words, "center"].slice(0, 2).map((word, i) => {
    const share = WORDS[word] ?? (word.endsWith("%") ? Number(word.slice(0, -1)) : null);
    return share === null ? numbersOf(word)[0] ?? 0 : (share / 100) * (size[i] ?? 0);
  });
}

/** Maps the view box to the frame, both [x, y, width, height] (preserveAspectRatio). */
export function fitted(box, frame, aspect) {
  const words = aspect.trim().split(/\s+/).filter(Boolean), name = (words[0] ?? "xMidYMid").toLowerCase();
  let scale = [frame[2] / box[2], frame[3] / box[3]], shares = [0, 0];
  if (name !== "none") {
    const both = words.includes("slice") ? Math.max(...scale) : Math.min(...scale), places = { min: 0, mid: 0.5, max: 1 };
    scale = [both, both];
    shares = [places[name.slice(1, 4)] ?? 0.5, places[name.slice(5, 8)] ?? 0.5];
  }
  const corner = [0, 1].map((i) => frame[i] + shares[i] * (frame[2 + i] - scale[i] * box[2 + i]) - scale[i] * box[i]);
  return [scale[0], 0, 0, scale[1], ...corner];
}
