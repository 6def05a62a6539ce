// The Notebook view: the notebook with everything around it.

import { $, h } from "../shell/dom.js";
import { save } from "../shell/api.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { bring, setUpDrop } from "../files/bring.js";
import { toInkml, toJson, toXopp } from "../files/ink-formats.js";
import { toNotebookFile } from "../files/notebook-file.js";
import { toPdf } from "../files/pdf.js";
import { toPng } from "../files/png.js";
import { sheetOf } from "../files/sheet.js";
import { toSvg } from "../files/svg.js";
import { Clipboard } from "./clipboard.js";
import { setUpKeys } from "./keys.js";
import { Notebook } from "./notebook.js";
import { setUpPagesPanel } from "./pages-panel.js";
import { setUpTeaching } from "./teach.js";
import { setUpSelectionBar } from "./selection-bar.js";
import { setUpTextPanel } from "./text-panel.js";
import { setUpToolbar } from "./toolbar.js";

const FORMATS = { pdf: "PDF", png: "PNG", svg: "SVG", inkml: "InkML", xopp: "Xournal++", json: "JSON" };

/** Set the view up; `write` is called with a text that was brought in. */
export async function setUpNotebook(write) {
  const notebook = new Notebook({ sheet: $("sheet"), paper: $("paper-layer"), ink: $("ink-layer"), pad: $("pad"), overlay: $("overlay") });
  const take = (files) => attempt(() => bring(notebook, files, write));
  const clipboard = new Clipboard(notebook, take);
  setUpToolbar(notebook);
  setUpPagesPanel(notebook);
  setUpTextPanel(notebook);
  setUpSelectionBar(notebook, clipboard);
  setUpKeys(notebook, clipboard);
  setUpDrop(take);
  $("open").addEventListener("change", () => {
    const files = [...$("open").files];
    $("open").value = "";
    take(files);
  });
  $("export-notebook").addEventListener("click", () => attempt(() => exportNotebook(notebook)));
  setUpDownloads(notebook);
  setUpTeaching(notebook, () => contents(notebook));
  document.addEventListener("shown", ({ detail }) => detail === "notebook" && notebook.stage.fit());
  await notebook.start();
  return notebook;
}

function setUpDownloads(notebook) {
  const button = (name, run) => h("button", { type: "button", textContent: name, onclick: () => {
    $("notebook-download").open = false;
    attempt(run);
  } });
  $("notebook-formats").append(
    ...Object.entries(FORMATS).map(([format, name]) => button(name, () => downloadPage(notebook, format))),
    button(t("download.all"), () => downloadAll(notebook)),
  );
}

async function downloadPage(notebook, format) {
  const { document: page, lines } = notebook;
  if (!page.strokes.length) throw new UserError(t("download.empty"));
  const name = notebook.title(page.page);
  const sheet = sheetOf(name, page.page, page.strokes, lines);
  const make = { pdf: () => toPdf([sheet]), png: () => toPng(sheet), svg: () => toSvg(sheet), inkml: () => toInkml(sheet), xopp: () => toXopp([sheet]), json: () => toJson(sheet, page.corrections) };
  save(await make[format](), `${fileName(name)}.${format}`);
}

/** All pages that have ink in one PDF. */
async function downloadAll(notebook) {
  const sheets = [];
  for (const { page, items, lines } of await contents(notebook)) {
    const strokes = items.filter((item) => item.kind === "stroke");
    if (strokes.length) sheets.push(sheetOf(notebook.title(page), page, strokes, lines));
  }
  if (!sheets.length) throw new UserError(t("download.empty"));
  save(await toPdf(sheets), "notebook.pdf");
}

async function exportNotebook(notebook) {
  save(toNotebookFile(await contents(notebook)), "notebook.handwriting.json");
}

/** All pages with their items and lines. */
async function contents(notebook) {
  const found = [];
  for (const page of notebook.library.pages) {
    if (page.id === notebook.page.id) found.push({ page, items: [...notebook.document.items.values()], lines: notebook.lines });
    else {
      const { items, reading } = await notebook.library.load(page.id);
      found.push({ page, items: items.sort((a, b) => (a.id < b.id ? -1 : 1)), lines: reading?.lines ?? [] });
    }
  }
  return found;
}

const fileName = (title) => title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "page";
