// The notebook: the pages, the one that is open, and what shows it. The panels around it listen to its events:
//
// pages      the list of pages has changed          page        another page is open
// items      something was done on the page         text        the page was read, or corrected
// state      what the reading or the storage is at  selection   other ink is selected
// tool       another tool is in use                 view        another part of the page is shown

import { prefer, preference } from "../shell/preferences.js";
import { t } from "../shell/strings.js";
import { notify } from "../shell/toast.js";
import { COLORS, PAGE, WIDTHS, newId } from "./items.js";
import { Library } from "./library.js";
import { PageDocument } from "./page-document.js";
import { Reader } from "./reader.js";
import { readings } from "./readings.js";
import { Stage } from "./stage.js";
import { EraserTool } from "./tools/eraser.js";
import { PanTool } from "./tools/pan.js";
import { PenTool } from "./tools/pen.js";
import { SelectTool } from "./tools/select.js";

const OTHER_TAB_MS = 150;
const TITLE = 60; // characters
export const ERASERS = ["strokes", "parts"];

export class Notebook {
  constructor(elements) {
    this.listeners = {};
    this.lines = [];
    this.bands = [];
    this.library = new Library({ changed: () => this.emit("pages"), failed: (error) => this.storageFailed(error), recovered: () => this.storageRecovered() });
    this.pen = { color: preference("pen.color", COLORS[0]), width: preference("pen.width", "medium") };
    this.eraser = preference("eraser", ERASERS[0]);
    this.stage = new Stage(elements, this);
    const pen = () => ({ color: this.pen.color, width: WIDTHS[this.pen.width] ?? WIDTHS.medium });
    this.tools = { pen: new PenTool(this, pen), eraser: new EraserTool(this, () => this.eraser === "parts"), select: new SelectTool(this), pan: new PanTool(this) };
    this.tools.current = this.tools.pen;
    this.stage.listen(this.tools);
    this.reader = new Reader({
      shown: (bands, milliseconds) => this.wasRead(bands, milliseconds),
      failed: (error, retried) => this.wasNotRead(error, retried),
    });
    this.library.channel?.addEventListener("message", ({ data }) => this.changedElsewhere(data.page));
  }

  get viewport() {
    return this.stage.viewport;
  }

  get wet() {
    return this.stage.wet;
  }

  get page() {
    return this.document.page;
  }

  on(name, listener) {
    (this.listeners[name] ??= []).push(listener);
  }

  emit(name, value) {
    for (const listener of this.listeners[name] ?? []) listener(value);
  }

  /** Open the store and the page that was open last. */
  async start() {
    const former = await this.library.open();
    const { pages } = this.library;
    if (pages.length) await this.open(former ?? (this.library.find(preference("page", "")) ?? pages.at(-1)).id);
    else await this.newPage();
  }

  /** Open a new page immediately, without waiting for the storage. */
  newPage() {
    const page = this.library.record();
    const stored = this.library.add(page);
    this.opening = page.id;
    this.show(page.id, { items: [], changes: [], reading: null });
    return stored;
  }

  /** Open a page; of two that are opened one right after the other, the later one stays. */
  async open(id, { keepView = false } = {}) {
    this.opening = id;
    const content = await this.library.load(id);
    if (this.opening === id) this.show(id, content, keepView);
  }

  show(id, content, keepView = false) {
    const commit = (page, entries, number) => this.library.replace(page, (store) => store.commit(page, entries, number), document.content);
    const document = new PageDocument(this.library.find(id), content, { changed: (entries) => this.itemsChanged(entries), commit });
    this.document = document;
    this.tools.select.ids = new Set();
    this.bands = content.reading?.bands ?? [];
    this.lines = readings(this.bands, this.document.corrections);
    prefer("page", id);
    this.stage.open(this.document, keepView);
    this.emit("page");
    this.emit("items");
    this.selectionChanged();
    this.emit("text");
    this.reader.open(this.document.strokes, this.bands);
  }

  /** Change what the list says of a page. */
  describe(id, values) {
    if (id === this.page.id) this.document.describe(values);
    else this.library.replace({ ...this.library.find(id), ...values });
  }

  /** Delete a page, and open the one beside it; the function that is returned brings it back, null if there is no such page. */
  async deletePage(id) {
    const at = this.library.pages.findIndex((page) => page.id === id);
    const bringBack = await this.library.remove(id);
    if (!bringBack) return null;
    const { pages } = this.library;
    if (!pages.length) await this.newPage();
    else if (id === this.page.id) await this.open(pages[Math.min(at, pages.length - 1)].id);
    return async () => {
      await bringBack();
      await this.open(id);
    };
  }

  title(page) {
    return this.library.title(page);
  }

  storageFailed(error) {
    notify(error?.name === "QuotaExceededError" ? t("storage.full") : t("storage.none"));
    this.emit("state");
  }

  /** Another tab has changed a page. */
  changedElsewhere(id) {
    clearTimeout(this.elsewhere);
    this.elsewhere = setTimeout(async () => {
      if (this.stage.busy) return this.changedElsewhere(id);
      await this.library.refresh();
      if (!this.library.find(this.page.id) && this.library.pages.length) return this.open(this.library.pages.at(-1).id);
      if (id === this.page.id) return this.open(id, { keepView: true });
      return undefined;
    }, OTHER_TAB_MS);
  }

  storageRecovered() {
    notify(t("storage.again"));
    this.emit("state");
  }

  itemsChanged(entries) {
    if (entries.some(([id]) => id === PAGE)) this.stage.showPaper(this.page);
    this.stage.change(entries);
    this.emit("items");
    const strokes = entries.filter(([, before, after]) => (after ?? before).kind === "stroke");
    if (strokes.length) {
      this.selectionChanged();
      this.reader.change(strokes.map(([, , after]) => after).filter(Boolean), strokes.filter(([, , after]) => !after).map(([id]) => id));
    }
    if (entries.some(([, before, after]) => (after ?? before).kind === "correction")) this.showText();
  }

  wasRead(bands, milliseconds) {
    this.bands = bands;
    this.readIn = milliseconds;
    this.notRead = null;
    this.showText();
  }

  wasNotRead(error, retried) {
    if (!this.notRead || !retried) notify(error.message);
    this.notRead = retried ? t("text.offline") : error.message;
    this.emit("state");
  }

  /** Show what was read with its corrections, and keep it for the search. */
  showText() {
    this.lines = readings(this.bands, this.document.corrections);
    const { document, page } = this;
    document.reading = { page: page.id, bands: this.bands, lines: this.lines };
    document.entitle(this.lines[0]?.text.slice(0, TITLE) ?? "");
    this.library.keepReading(document.reading, document.content);
    this.emit("text");
  }

  /** Correct what was read from the ink of groups of words, as one change; an empty text reverts earlier corrections. */
  correct(groups, texts) {
    const entries = groups.flatMap((words, k) => {
      const earlier = [...new Set(words.map((word) => word.correction))].filter(Boolean).map((one) => [one.id, one, null]);
      const read = words.map((word) => word.read).join(" "), text = texts[k].trim().replace(/\s+/g, " ");
      if (!text || text === read) return earlier;
      const item = { id: newId(), kind: "correction", pieces: words.flatMap((word) => word.pieces), text, read };
      return [...earlier, [item.id, null, item]];
    });
    this.document.apply(entries);
  }

  /** The strokes of the word that a stroke belongs to. */
  wordOf(id) {
    const word = this.lines.flatMap((line) => line.words).find(({ pieces }) => pieces.some(([one]) => one === id));
    return word ? word.pieces.map(([one]) => one) : [id];
  }

  use(name) {
    this.tools.current = this.tools[name];
    this.toolName = name;
    if (name !== "select") this.tools.select.select([]);
    this.emit("tool");
  }

  setPen(values) {
    Object.assign(this.pen, values);
    for (const [name, value] of Object.entries(values)) prefer(`pen.${name}`, value);
    this.emit("tool");
  }

  /** Erase whole strokes or parts of them. */
  setEraser(name) {
    this.eraser = name;
    prefer("eraser", name);
    this.emit("tool");
  }

  setPaper(values, size) {
    if (size) prefer("paper.size", size);
    if (values.ruling) prefer("paper.ruling", values.ruling);
    this.document.describe(values);
  }

  // What the tools call.

  /** A stroke begins: nothing else is shown meanwhile. */
  quiet() {
    if (this.tools.select.ids.size) this.tools.select.select([]);
    this.emit("quiet");
  }

  hide(strokes) {
    this.stage.hide(strokes);
  }

  showLoop(points) {
    this.stage.overlay.showLoop(points);
  }

  selectionChanged(announce = true) {
    this.stage.overlay.showSelection(this.tools.select);
    if (announce) this.emit("selection");
  }
}
