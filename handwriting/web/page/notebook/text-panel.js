// The text beside the sheet, word by word. A word shows its ink when it is pointed at, and is corrected when pressed.

import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { notify } from "../shell/toast.js";
import { markdown } from "./readings.js";
import { closeWordMenu, interruptWordMenu, openWordMenu } from "./word-menu.js";

export function setUpTextPanel(notebook) {
  notebook.on("text", () => show(notebook));
  notebook.on("state", () => showState(notebook));
  notebook.on("quiet", closeWordMenu);
  let page = null;
  notebook.on("page", () => {
    if (notebook.page.id !== page) closeWordMenu();
    page = notebook.page.id;
  });
  const text = () => notebook.lines.map((line) => line.text).join("\n");
  const take = (make) => {
    $("copy-menu").open = false;
    copy(make());
  };
  $("copy").addEventListener("click", () => take(text));
  $("copy-markdown").addEventListener("click", () => take(() => markdown(notebook.title(notebook.page), notebook.lines)));
}

function show(notebook) {
  const active = document.activeElement?.closest?.("#lines .word");
  const place = active && [active.dataset.line, active.dataset.word];
  const { lines } = notebook;
  const reopen = interruptWordMenu();
  $("lines").replaceChildren(...lines.map((line, number) => lineItem(notebook, line, number)));
  if (place) $("lines").querySelector(`[data-line="${place[0]}"][data-word="${place[1]}"]`)?.focus();
  notebook.stage.overlay.show("word", []);
  reopen(notebook);
  $("lines-empty").hidden = lines.length > 0;
  $("copy").disabled = $("copy-markdown").disabled = !lines.length;
  $("pad").setAttribute("aria-label", lines.length ? t("sheet.says", { text: lines.map((line) => line.text).join(" / ") }) : t("sheet.empty"));
  showState(notebook);
}

/** Show the state of reading and storage; a page that was read earlier is not read again. */
function showState(notebook) {
  const count = notebook.lines.length;
  const read = count && notebook.readIn >= 1 ? t("text.read", { count, milliseconds: Math.round(notebook.readIn) }) : "";
  $("text-state").textContent = [notebook.notRead ?? read, notebook.library.stored ? "" : t("storage.unsaved")].filter(Boolean).join(" ");
}

function lineItem(notebook, line, number) {
  return h("li", {}, ...line.words.map((word, i) => {
    const button = h("button", { type: "button", className: word.correction ? "word corrected" : "word", textContent: word.text, dataset: { line: number, word: i } });
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    if (word.correction) button.title = t("word.was", { read: word.read });
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => notebook.stage.overlay.show("word", [word.box]));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => notebook.stage.overlay.show("word", []));
    button.addEventListener("click", () => openWordMenu(notebook, button, line, i));
    return button;
  }));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify(t("text.copied"));
  } catch {
    notify(t("text.notCopied"));
  }
}
