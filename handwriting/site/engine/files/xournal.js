// Xournal++ notebooks, in points of 1/72 inch. The twin of handwriting/formats/xournal.py, without zip packages.

import { isSound } from "./pages.js";
import { local } from "./xml.js";

/** The pages of a notebook, see pages.js; `left` is the number of strokes that no pen wrote or that are damaged. */
export function readXournal(root) {
  const sheets = [...root.children].filter((child) => local(child) === "page");
  let left = 0;
  const pages = sheets.map((sheet) => {
    const strokes = [...sheet.querySelectorAll("stroke")], read = strokes.map(strokeOf).filter((stroke) => stroke && isSound(stroke));
    left += strokes.length - read.length;
    const [width, height] = ["width", "height"].map((name) => (Number(sheet.getAttribute(name)) > 0 ? Number(sheet.getAttribute(name)) : null));
    return { strokes: read, units: "pt", width, height };
  });
  return { pages, left };
}

/** A stroke { x, y, t, p }; null when no pen wrote it or it is damaged. */
function strokeOf(stroke) {
  const tool = (stroke.getAttribute("tool") ?? "pen").trim().toLowerCase();
  if (tool !== "pen" || /^#[0-9a-f]{6}00$/i.test((stroke.getAttribute("color") ?? "").trim())) return null;
  let values = stroke.textContent.trim().split(/\s+/).map(Number);
  if (values.length % 2 || !values.every(Number.isFinite)) return null;
  if (values.length === 4 && values[0] === values[2] && values[1] === values[3]) values = values.slice(0, 2); // a dot
  const x = values.filter((_, i) => i % 2 === 0), y = values.filter((_, i) => i % 2);
  const widths = `${stroke.getAttribute("width") ?? ""} ${stroke.getAttribute("pressures") ?? ""}`.trim().split(/\s+/).filter(Boolean);
  const pressure = pressureOf(widths.map((word) => Math.abs(Number(word))), x.length);
  return pressure === undefined ? null : { x, y, t: null, p: pressure };
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
