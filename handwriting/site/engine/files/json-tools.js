// What a stroke in JSON says about itself: which tool drew it, and whether it can be seen. The twin of
// handwriting/formats/json_tools.py.

import { plain } from "./column-names.js";

const TOOLS = ["tool", "type", "brush", "pen", "mode", "kind", "name", "class", "style", "ink"]; // how names of properties end
const ERASED = ["eraser", "iseraser", "erase", "erased", "iserased", "iserasing"];
const DELETED = ["deleted", "isdeleted", "removed", "isremoved", "undone"];
const HIDDEN = ["hidden", "ishidden", "invisible"], SHOWN = ["visible", "isvisible", "opacity", "alpha"];
const HIGHLIGHTER = ["highlighter", "ishighlighter"], COLORS = ["color", "strokecolor", "pencolor", "stroke"];
const OTHERS = [ // types of elements that are no ink, even if they have points
  "rect", "rectangle", "square", "circle", "ellipse", "triangle", "polygon", "shape", "arrow", "text", "image", "selection", "select",
  "lasso", "hover", "laser", "undo", "redo", "clear",
];
const TRANSLUCENT = 0.75; // opacity below which a marker is a highlighter

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Whether a stroke was drawn by a pen that can be seen, and not by an eraser or a highlighter. */
export function isWriting(stroke) {
  const values = new Map(Object.entries(stroke).map(([key, value]) => [plain(key), value])), words = wordsOf(stroke);
  const either = (one, other) => (values.has(one) ? values.get(one) : values.get(other));
  const says = (names, ...found) => names.some((name) => found.includes(values.get(name)));
  const composite = either("compositeoperation", "globalcompositeoperation"), opacity = either("opacity", "alpha");
  const translucent = typeof opacity === "number" && opacity < TRANSLUCENT;
  if (["destination-out", "multiply"].includes(composite) || values.get("drawmode") === false) return false;
  if (says([...ERASED, ...DELETED, ...HIDDEN, ...HIGHLIGHTER], true, 1) || says(SHOWN, false, 0) || says(COLORS, "transparent")) return false;
  if (words.some((word) => /eras(e|ing)|rubber|highlight/.test(word) || (translucent && word.includes("marker")))) return false;
  const kind = values.has("type") ? values.get("type") : "stroke";
  const drawn = kind === "stroke" || Object.values(stroke).some(Array.isArray);
  return typeof kind !== "string" || (drawn && !OTHERS.includes(kind.toLowerCase()));
}

/** What the properties of a stroke say about its tool, which may be an object with a name of its own. */
function wordsOf(properties, inside = false) {
  return Object.entries(properties).filter(([key]) => TOOLS.some((ending) => plain(key).endsWith(ending))).flatMap(([, value]) => {
    if (typeof value === "string") return [value.toLowerCase().slice(0, 40)];
    return isObject(value) && !inside ? wordsOf(value, true) : [];
  });
}
