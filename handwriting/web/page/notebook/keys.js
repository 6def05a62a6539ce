// The keyboard on the notebook: tools, undo, the selection, the clipboard, and the view.

import { $, isTyping } from "../shell/dom.js";

const TOOL_KEYS = { p: "pen", e: "eraser", s: "select", h: "pan" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SCROLL = 60; // pixels of an arrow key

export function setUpKeys(notebook, clipboard) {
  document.addEventListener("keydown", (event) => {
    const shortcut = (event.ctrlKey || event.metaKey) && event.target.matches("select"); // which has no use for it
    if ($("notebook").hidden || (isTyping(event.target) && !shortcut)) return;
    if (act(notebook, clipboard, event)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => event.key === " " && (notebook.stage.input.space = false));
}

/** Handle a key; true if it is a shortcut. */
function act(notebook, clipboard, event) {
  const { document: page, tools } = notebook;
  const { select } = tools;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return done(() => (event.shiftKey ? page.redo() : page.undo()));
    if (key === "y") return done(() => page.redo());
    if (key === "a") return done(() => selectAll(notebook));
    if (key === "d" && select.ids.size) return done(() => clipboard.duplicate());
    if (key === "0") return done(() => notebook.viewport.fit());
    if (key === "+" || key === "=") return done(() => notebook.viewport.zoom(1.25));
    if (key === "-") return done(() => notebook.viewport.zoom(0.8));
    return false;
  }
  if (event.altKey || event.target.closest?.("[role=menu], dialog")) return false;
  if (key === "Escape" && select.ids.size) return done(() => select.select([]));
  if ((key === "Delete" || key === "Backspace") && select.ids.size) return done(() => select.remove());
  if (event.target !== $("pad")) return false;
  if (key in TOOL_KEYS) return done(() => notebook.use(TOOL_KEYS[key]));
  if (key === " ") return done(() => (notebook.stage.input.space = true));
  if (key in ARROWS) return done(() => arrow(notebook, ARROWS[key], event.shiftKey));
  if (key === "+" || key === "=") return done(() => notebook.viewport.zoom(1.25));
  if (key === "-") return done(() => notebook.viewport.zoom(0.8));
  if (key === "0") return done(() => notebook.viewport.fit());
  if (key === "PageDown" || key === "PageUp") return done(() => notebook.viewport.pan(0, (key === "PageDown" ? -0.8 : 0.8) * notebook.viewport.height));
  return false;
}

function done(work) {
  work();
  return true;
}

function selectAll(notebook) {
  notebook.use("select");
  notebook.tools.select.select(notebook.document.strokes.map((stroke) => stroke.id));
}

/** An arrow moves the selection by a millimetre, or by five with Shift; without a selection it moves the page. */
function arrow(notebook, [x, y], far) {
  const { select } = notebook.tools;
  if (select.ids.size) select.move(far ? 5 * x : x, far ? 5 * y : y);
  else notebook.viewport.pan(-x * SCROLL, -y * SCROLL);
}
