// Ink of the database IAM-OnDB: the lines and forms of a whiteboard. The twin of handwriting/formats/iamondb.py.

import { numberOf, stampOf } from "./numerals.js";
import { local } from "./xml.js";

const inside = (element, name) => [...element.children].filter((child) => local(child) === name);

/** The page of a line or a form, see pages.js. */
export function readIamondb(root, tally) {
  const strokes = [];
  for (const stroke of inside(root, "StrokeSet").flatMap((set) => inside(set, "Stroke"))) {
    const points = inside(stroke, "Point"), column = (name) => points.map((point) => numberOf(point.getAttribute(name) ?? ""));
    const stamps = points.map((point) => point.getAttribute("time"));
    const t = stamps.some(Boolean) ? stamps.map((stamp) => stampOf(stamp, 1)) : null;
    tally.part(() => tally.add(strokes, { x: column("x"), y: column("y"), t, p: null }));
  }
  return [{ strokes, timeUnit: 1 }];
}
