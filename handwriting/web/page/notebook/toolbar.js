// The tools over the sheet: what the pen does and looks like, undo, zoom, and the paper.

import { $, h } from "../shell/dom.js";
import { icon } from "../shell/icons.js";
import { t } from "../shell/strings.js";
import { COLORS, WIDTHS } from "./items.js";
import { ERASERS } from "./notebook.js";
import { RULINGS, SIZES } from "./papers.js";

const TOOLS = ["pen", "eraser", "select", "pan"];
const STEP = 1.25; // of the zoom buttons

export function setUpToolbar(notebook) {
  $("tool-choice").append(...TOOLS.map((name) => radio("tool", name, icon(name), () => notebook.use(name))));
  $("color-choice").append(...COLORS.map((name) => radio("color", name, h("i", { className: `dot ${name}` }), () => notebook.setPen({ color: name }))));
  $("width-choice").append(...Object.keys(WIDTHS).map((name) => radio("width", name, h("i", { className: `line ${name}` }), () => notebook.setPen({ width: name }))));
  $("eraser-choice").append(...ERASERS.map((name) => radio("eraser", name, icon(name), () => notebook.setEraser(name))));
  for (const [id, name] of Object.entries({ undo: "undo", redo: "redo", "zoom-out": "less", "zoom-in": "more", "pages-toggle": "pages" })) $(id).prepend(icon(name));
  $("undo").addEventListener("click", () => notebook.document.undo());
  $("redo").addEventListener("click", () => notebook.document.redo());
  $("clear").addEventListener("click", () => {
    $("paper-menu").open = false;
    notebook.document.remove([...notebook.document.items.values()]);
  });
  $("zoom-out").addEventListener("click", () => notebook.viewport.zoom(1 / STEP));
  $("zoom-in").addEventListener("click", () => notebook.viewport.zoom(STEP));
  $("zoom-fit").addEventListener("click", () => notebook.viewport.fit());
  $("paper-size").append(...Object.keys(SIZES).map((name) => h("option", { value: name, textContent: t(`paper.${name}`) })));
  $("paper-ruling").append(...RULINGS.map((name) => h("option", { value: name, textContent: t(`ruling.${name}`) })));
  $("paper-size").addEventListener("change", () => notebook.setPaper(SIZES[$("paper-size").value], $("paper-size").value));
  $("paper-ruling").addEventListener("change", () => notebook.setPaper({ ruling: $("paper-ruling").value }));
  const showTool = () => {
    check("tool", TOOLS.find((name) => notebook.tools[name] === notebook.tools.current));
    check("eraser", notebook.eraser);
    const erases = notebook.tools.current === notebook.tools.eraser;
    $("eraser-choice").hidden = !erases;
    $("width-choice").hidden = erases; // in its place, so that the sheet does not move
    check("color", notebook.pen.color);
    check("width", notebook.pen.width);
    $("pad").dataset.tool = notebook.toolName ?? "pen";
  };
  notebook.on("tool", showTool);
  notebook.on("items", () => {
    $("undo").disabled = !notebook.document.canUndo;
    $("redo").disabled = !notebook.document.canRedo;
    $("clear").disabled = !notebook.document.items.size;
    $("sheet").classList.toggle("inked", notebook.document.strokes.length > 0);
    const { width, height, ruling } = notebook.page;
    $("paper-size").value = Object.keys(SIZES).find((name) => SIZES[name].width === width && SIZES[name].height === height) ?? "";
    $("paper-ruling").value = ruling;
  });
  notebook.on("view", () => ($("zoom-fit").textContent = `${notebook.viewport.percent} %`));
  showTool();
}

function radio(group, name, picture, choose) {
  const label = t(`${group}.${name}`);
  const input = h("input", { type: "radio", name: group, value: name, "aria-label": label, onchange: choose });
  return h("label", { title: label }, input, h("span", {}, picture));
}

function check(group, name) {
  const input = document.querySelector(`input[name="${group}"][value="${name}"]`);
  if (input) input.checked = true;
}
