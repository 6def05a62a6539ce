// Files that are dropped, pasted or chosen: ink becomes pages, a notebook all of its pages, a style one's own hand, and a
// text what is to be written.

import { sendFile } from "../shell/api.js";
import { t } from "../shell/strings.js";
import { UserError, notify } from "../shell/toast.js";
import { newStroke } from "../notebook/items.js";
import { fromNotebookFile } from "./notebook-file.js";
import { addStyle, strokesOf } from "../hand/styles.js";

const MAX_BYTES = 16 * 2 ** 20; // what the server takes
const MAX_TEXT = 20_000;
const PEN = 0.45; // millimetres, on paper as wide as A4
const STYLE = "handwriting-style";
const TEXTS = /\.(txt|md|text)$/i;

/** Take over files; `write` is called with a text. */
export async function bring(notebook, files, write) {
  for (const file of files) {
    if (file.size > MAX_BYTES) throw new UserError(t("bring.large", { name: file.name }));
    const content = await parsed(file);
    const pages = fromNotebookFile(content);
    if (pages) await addPages(notebook, pages, t("bring.pages", { count: pages.length, name: file.name }));
    else if (strokesOf(content).length || content?.format === STYLE) bringStyle(content);
    else if (TEXTS.test(file.name) && (await isText(file))) write((await file.text()).slice(0, MAX_TEXT));
    else await bringInk(notebook, file);
  }
}

/** What a JSON file says; null if it is none. */
async function parsed(file) {
  if (!(await file.slice(0, 200).text()).trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
}

/** Whether a text file is a text, and not ink in a text format, such as SVG that was pasted. */
async function isText(file) {
  const head = (await file.slice(0, 400).text()).trimStart();
  return !/^[<{[]|^\.(VERSION|DATA)/.test(head) && !head.includes("\u0000");
}

function bringStyle(content) {
  const name = typeof content.name === "string" && content.name.trim() ? content.name.slice(0, 60) : t("hand.unnamed");
  const { style } = addStyle({ ...content, name });
  notify(t("hand.added", { name: style.name }));
  location.hash = "#hand";
}

/** Have the server read the ink of a file, a page of the notebook for each of its pages. */
async function bringInk(notebook, file) {
  const { pages, notes } = await sendFile("api/ink", file);
  const now = Date.now();
  const added = pages.map(({ width, height, strokes, number }) => ({
    page: { name: pages.length > 1 ? `${file.name} (${number})` : file.name, width, height, ruling: "plain" },
    items: strokes.map((points) => strokeOf(points, now, (PEN * width) / 210)),
  }));
  const brought = t("bring.pages", { count: added.length, name: file.name });
  await addPages(notebook, added, notes.length ? `${brought} ${notes.join("; ")}.` : brought);
}

/** A stroke of a file: points [x, y, milliseconds or null, pressure or null]. */
function strokeOf(points, now, width) {
  const begin = points[0][2] ?? 0;
  return newStroke(points.flatMap(([x, y, time, pressure]) => [x, y, (time ?? begin) - begin, pressure ?? -1]), { color: "black", start: now + begin, width });
}

async function addPages(notebook, pages, message) {
  if (!pages.length) throw new UserError(t("bring.nothing"));
  const records = [];
  for (const { page, items } of pages) {
    records.push(notebook.library.record(page));
    await notebook.library.add(records.at(-1), items);
  }
  await notebook.open(records[0].id);
  location.hash = "#notebook";
  notify(message, { label: t("undo"), run: async () => {
    for (const { id } of records) await notebook.deletePage(id);
  } });
}

/** Let files be dropped anywhere on the page. */
export function setUpDrop(take) {
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (on) => document.body.classList.toggle("dropping", on);
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    mark(false);
    if (!carries(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
