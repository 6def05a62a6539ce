// Files that are dropped, pasted or chosen: ink becomes pages, a notebook all of its pages, a style one's own hand, and a
// text what is to be written.

import { sendFile } from "../shell/api.js";
import { t } from "../shell/strings.js";
import { UserError, notify } from "../shell/toast.js";
import { newStroke } from "../notebook/items.js";
import { fromNotebookFile } from "./notebook-file.js";
import { addStyle, saysStyle, styleFrom } from "../hand/styles.js";

const MAX_BYTES = 16 * 2 ** 20; // of ink, which the server reads
const MAX_TEXT = 20_000;
const MAX_SAID = 5; // sentences of one message
const PEN = 0.45; // millimetres, on paper as wide as A4
const TEXTS = /\.(txt|md|text)$/i;
const XML = /^(<!--.*?-->\s*)*<(\?xml|!doctype|svg|ink|xournal|whiteboardcapturesession|\w+:(svg|ink))\b/is;
const JSON_INK = /^(\{\s*"|\[[[\s]*(\{\s*"|-?\d[\d.e+-]*\s*,))/i; // an array must begin with points, unlike "[1] Dear Anna"
const UNIPEN = /^\.(VERSION|DATA)/;

/** Import files, and report the result for each; `write` is called with a text. */
export async function bring(notebook, files, write) {
  const faults = [], said = [], added = [];
  for (const file of files) {
    try {
      const { message, ids = [] } = await bringFile(notebook, file, write);
      if (message) said.push(message);
      added.push(...ids);
    } catch (error) {
      faults.push(faultOf(file, error));
    }
  }
  const all = [...faults, ...said];
  if (!all.length) return;
  const undo = async () => {
    for (const id of added) await notebook.deletePage(id);
  };
  notify(all.slice(0, MAX_SAID).join(" ") + (all.length > MAX_SAID ? " …" : ""), added.length ? { label: t("undo"), run: undo } : null);
}

/** Import a file: { message, ids } with the message to show and the ids of its pages. */
async function bringFile(notebook, file, write) {
  const content = await parsed(file);
  const pages = fromNotebookFile(content);
  if (pages) return addPages(notebook, pages, t("bring.pages", { count: pages.length, name: file.name }));
  if (saysStyle(content)) return bringStyle(file, content);
  if (TEXTS.test(file.name) && (await isText(file))) return bringText(file, write);
  return bringInk(notebook, file);
}

/** Why a file could not be imported, with its name. */
function faultOf(file, error) {
  if (!(error instanceof UserError)) console.error(error);
  const reason = error instanceof UserError ? error.message : t("error.page", { reason: error.message });
  return reason.includes(file.name) ? reason : t("bring.failed", { name: file.name, reason });
}

/** The contents of a JSON file; null if it is not JSON. */
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
  return ![XML, JSON_INK, UNIPEN].some((ink) => ink.test(head)) && !head.includes("\u0000");
}

async function bringText(file, write) {
  const text = decoded(await file.arrayBuffer()).replace(/\r\n?/g, "\n");
  write(text.slice(0, MAX_TEXT));
  return { message: text.length > MAX_TEXT ? t("bring.cut", { name: file.name }) : "" };
}

/** A text in UTF-8, or else in the encoding of older programs for western languages. */
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function bringStyle(file, content) {
  const made = styleFrom(content);
  if (!made) throw new UserError(t("hand.noStyle", { file: file.name }));
  const { style, stored } = addStyle(made);
  location.hash = "#hand";
  return { message: t(stored ? "hand.added" : "hand.loose", { name: style.name }) };
}

/** Have the server read the ink of a file, a page of the notebook for each of its pages. */
async function bringInk(notebook, file) {
  if (file.size > MAX_BYTES) throw new UserError(t("bring.large", { name: file.name }));
  const { pages, notes } = await sendFile("api/ink", file);
  const now = Date.now();
  const added = pages.map(({ width, height, strokes, number }) => ({
    page: { name: pages.length > 1 ? `${file.name} (${number})` : file.name, width, height, ruling: "plain" },
    items: strokes.map((points) => strokeOf(points, now, (PEN * width) / 210)),
  }));
  const brought = t("bring.pages", { count: added.length, name: file.name });
  return addPages(notebook, added, notes.length ? `${brought} ${notes.join("; ")}.` : brought);
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
  return { message, ids: records.map(({ id }) => id) };
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
