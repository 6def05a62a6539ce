// Xournal++ notebooks, in points of 1/72 inch. The twin of handwriting/formats/xournal.py.

import { Refusal } from "../refusal.js";
import { atMost } from "./tally.js";
import { local } from "./xml.js";

const MAX_PAGES = 5000;
const OTHERS = ["teximage", "link", "audio"]; // elements of a page that are neither strokes nor text nor pictures

/** The pages of a notebook, see pages.js. */
export function readXournal(root, tally) {
  const sheets = [...root.children].filter((child) => local(child) === "page");
  atMost(sheets.length, MAX_PAGES);
  return sheets.map((sheet) => {
    const all = [...sheet.querySelectorAll("*")], strokes = [];
    tally.count(all.filter((element) => OTHERS.includes(local(element))).length);
    for (const stroke of all.filter((element) => local(element) === "stroke")) {
      if (isPen(stroke)) tally.part(() => tally.add(strokes, strokeOf(stroke)));
      else tally.count();
    }
    const [width, height] = ["width", "height"].map((name) => (Number(sheet.getAttribute(name)) > 0 ? Number(sheet.getAttribute(name)) : null));
    return { strokes, units: "pt", width, height };
  });
}

function isPen(stroke) {
  const tool = (stroke.getAttribute("tool") ?? "pen").trim().toLowerCase();
  return tool === "pen" && !/^#[0-9a-f]{6}00$/i.test((stroke.getAttribute("color") ?? "").trim());
}

/** A stroke { x, y, t, p }. */
function strokeOf(stroke) {
  let values = stroke.textContent.split(/\s+/).filter(Boolean).map(Number);
  if (values.length % 2 || !values.every(Number.isFinite)) throw new Refusal("site.damagedFile");
  if (values.length === 4 && values[0] === values[2] && values[1] === values[3]) values = values.slice(0, 2); // a dot
  const x = values.filter((_, i) => i % 2 === 0), y = values.filter((_, i) => i % 2);
  const widths = `${stroke.getAttribute("width") ?? ""} ${stroke.getAttribute("pressures") ?? ""}`.trim().split(/\s+/).filter(Boolean);
  const pressure = pressureOf(widths.map((word) => Math.abs(Number(word))), x.length);
  if (pressure === undefined) throw new Refusal("site.damagedFile");
  return { x, y, t: null, p: pressure };
}

/** The ratio of a line's width to the pen's at each point; null where it is the same all along, undefined for no line. */
function pressureOf([pen, ...parts], points) {
  if (pen === undefined) return null;
  if (!parts.length) return Number.isFinite(pen) ? null : Array(points).fill(NaN);
  if (parts.every(Number.isNaN)) return undefined;
  if (!(pen > 0) || parts.length < points - 1) return Number.isNaN(pen) ? Array(points).fill(NaN) : null;
  // The line's pieces are one fewer than its points: the last point has the pressure of the last piece.
  return [...parts, parts.at(-1)].slice(0, points).map((part) => part / pen);
}
