// A page as the exporters take it: everything in millimetres from the upper left corner of the paper.

import { boundsOf, grown, union } from "../notebook/geometry.js";
import { moved } from "../notebook/items.js";
import { printed } from "../notebook/papers.js";

/** The colours of ink on white paper. */
export const INK = { blue: "#1c2f6b", black: "#1b1b1f", red: "#b3261e", green: "#1f6a3a" };
export const RULING = "#b4cbe2";

/**
 * { name, width, height, printed, strokes, lines } of a page; a paper that ink sticks out of is enlarged. A stroke that a
 * letter's pen drew has an `outline` of points [x, y], filled with an `opacity`, and the `widths` of its line as well.
 */
export function sheetOf(name, page, strokes, lines) {
  const [left, top, right, bottom] = union([[0, 0, page.width, page.height], ...strokes.map((stroke) => grown(boundsOf(stroke), stroke.width))]);
  const shift = ([a, b, c, d]) => [a - left, b - top, c - left, d - top];
  const size = { width: right - left, height: bottom - top };
  return {
    name,
    ...size,
    ruling: page.ruling,
    printed: printed({ ...size, ruling: page.ruling }),
    strokes: left || top ? strokes.map((stroke) => moved(stroke, -left, -top)) : strokes,
    lines: lines.map((line) => ({ ...line, box: shift(line.box), words: line.words.map((word) => ({ ...word, box: shift(word.box) })) })),
  };
}

export const textOf = (sheet) => sheet.lines.map((line) => line.text).join("\n");

/** Text inside of XML: control characters, which it cannot hold, are left out. */
// eslint-disable-next-line no-control-regex
export const escapeXml = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[found]);

/** The bytes of a blob after compression: "gzip", or "deflate" for zlib. */
export async function compressed(data, format) {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
