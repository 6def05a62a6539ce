// Icons of the toolbar, drawn with lines on a square of 24 units.

import { svg } from "./dom.js";

const PATHS = {
  pen: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  eraser: "M9 20h11M4.5 14.5l9-9a2 2 0 0 1 2.8 0l3.2 3.2a2 2 0 0 1 0 2.8L11 20H8l-3.5-3.5a1.4 1.4 0 0 1 0-2zM9 10l6 6",
  strokes: "M3 8c4-4 6 4 10 0s5-2 8 0M8 13l8 8M16 13l-8 8",
  parts: "M3 12c2-3 3-2 5 0M16 12c2 2 3 3 5 0M10 8l4 8M14 8l-4 8",
  select: "M7 17c-3-1-4-3-4-5 0-4 4-7 9-7s9 3 9 7-4 7-9 7c-2 0-4 0-4 2",
  pan: "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  undo: "M4 9h10a5 5 0 0 1 0 10H8M4 9l4-4M4 9l4 4",
  redo: "M20 9H10a5 5 0 0 0 0 10h6M20 9l-4-4M20 9l-4 4",
  less: "M5 12h14",
  more: "M5 12h14M12 5v14",
  pages: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
};

export const icon = (name) => svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
