// The notebook: the pages, the one that is open, and what shows it. The panels around it listen to its events:
//
// pages      the list of pages has changed          page        another page is open
// items      something was done on the page         text        the page was read, or corrected
// state      what the reading or the storage is at  selection   other ink is selected
// tool       another tool is in use                 view        another part of the page is shown

import { prefer, preference } from "../shell/preferences.js";
import { t } from "../shell/strings.js";
import { notify } from "../shell/toast.js";
import { COLORS, WIDTHS, newId, newStroke } from "./items.js";
import { legacyStrokes, forgetLegacy } from "./legacy.js";
import { PageDocument } from "./page-document.js";
import { SIZES } from "./papers.js";
import { Reader } from "./reader.js";
import { readings } from "./readings.js";
import { Stage } from "./stage.js";
import { openStore } from "./store.js";
import { EraserTool } from "./tools/eraser.js";
import { PanTool } from "./tools/pan.js";
import { PenTool } from "./tools/pen.js";
import { SelectTool } from "./tools/select.js";

const KEPT_MS = 7 * 24 * 3600 * 1000; // a deleted page can be brought back for so long
const OTHER_TAB_MS = 150;

export class Notebook {
  constructor(elements) {
    this.listeners = {};
    this.pages = [];
    this.lines = [];
    this.bands = [];
    this.stored = true;
    this.pen = { color: preference("pen.color", COLORS[0]), width: preference("pen.width", "medium") };
    this.stage = new Stage(elements, this);
    const pen = () => ({ color: this.pen.color, width: WIDTHS[this.pen.width] ?? WIDTHS.medium });
    this.tools = { pen: new PenTool(this, pen), eraser: new EraserTool(this), select: new SelectTool(this), pan: new PanTool(this) };
    this.tools.current = this.tools.pen;
    this.stage.listen(this.tools);
    this.reader = new Reader({
      shown: (bands, milliseconds) => this.wasRead(bands, milliseconds),
      failed: (error, retried) => this.wasNotRead(error, retried),
    });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("handwriting") : null;
    this.channel?.addEventListener("message", ({ data }) => this.changedElsewhere(data));
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
    try {
      this.store = await openStore();
    } catch (error) {
      this.storageFailed(error);
    }
    const all = (await this.store?.pages()) ?? [];
    for (const page of all) if (page.deleted && page.deleted < Date.now() - KEPT_MS) await this.store.purge(page.id);
    this.pages = all.filter((page) => !page.deleted);
    const former = await this.migrate();
    if (!this.pages.length) await this.newPage();
    else await this.open(former ?? (this.pages.find((page) => page.id === preference("page", "")) ?? this.pages.at(-1)).id);
  }

  /** Take over the ink that earlier versions kept in another place; the id of its page, if there is any. */
  async migrate() {
    const strokes = legacyStrokes();
    if (!strokes.length) return null;
    const page = this.record();
    await this.addPage(page, strokes.map(({ points, start }) => newStroke(points, { start })));
    if (this.stored) forgetLegacy();
    return page.id;
  }

  /** The record of a new page. */
  record(values = {}) {
    const size = SIZES[preference("paper.size", window.innerWidth < 640 ? "a6" : "a4")] ?? SIZES.a4;
    const order = Math.max(0, ...this.pages.map((page) => page.order)) + 1;
    const now = Date.now();
    return { id: newId(), name: "", title: "", order, created: now, changed: now, done: 0, deleted: 0, ...size, ruling: preference("paper.ruling", "ruled"), ...values };
  }

  /** Add a page to the list, and to the store. */
  async addPage(page, items = []) {
    await this.saved(() => this.store.addPage(page, items));
    this.pages = [...this.pages, page];
    if (!this.stored) this.loose = { ...this.loose, [page.id]: items };
    this.emit("pages");
  }

  async newPage() {
    const page = this.record();
    await this.addPage(page);
    await this.open(page.id);
  }

  /** Open a page. */
  async open(id, { keepView = false } = {}) {
    const page = this.pages.find((one) => one.id === id);
    const loaded = this.stored && this.store ? await this.store.load(id) : { items: this.loose?.[id] ?? [], changes: [] };
    const reading = this.stored && this.store ? await this.store.reading(id) : null;
    const commit = (record, entries, number) => this.commit(record, entries, number);
    this.document = new PageDocument(page, loaded, { changed: (entries) => this.itemsChanged(entries), commit });
    this.tools.select.ids = new Set();
    this.bands = reading?.bands ?? [];
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
  async describe(id, values) {
    if (id === this.page.id) return this.document.describe(values);
    const page = { ...this.pages.find((one) => one.id === id), ...values };
    this.replacePage(page);
    return this.saved(() => this.store.putPage(page));
  }

  /** Delete a page; it stays in the store for a week, and the function that is returned brings it back. */
  async deletePage(id) {
    const page = { ...this.pages.find((one) => one.id === id), deleted: Date.now() };
    const at = this.pages.findIndex((one) => one.id === id);
    this.pages = this.pages.filter((one) => one.id !== id);
    await this.saved(() => this.store.putPage(page));
    if (!this.pages.length) await this.newPage();
    else if (id === this.page.id) await this.open(this.pages[Math.min(at, this.pages.length - 1)].id);
    this.emit("pages");
    return async () => {
      const back = { ...page, deleted: 0 };
      this.pages = [...this.pages, back].sort((a, b) => a.order - b.order);
      await this.saved(() => this.store.putPage(back));
      await this.open(id);
      this.emit("pages");
    };
  }

  /** The items of a page that is not open. */
  async itemsOf(id) {
    return this.stored && this.store ? (await this.store.load(id)).items : (this.loose?.[id] ?? []);
  }

  title(page) {
    return page.name || page.title || t("pages.untitled", { date: new Date(page.created).toLocaleDateString() });
  }

  replacePage(page) {
    this.pages = this.pages.map((one) => (one.id === page.id ? page : one));
    this.emit("pages");
  }

  /** Store a change of the open page; nothing waits for it, and a failure is shown. */
  commit(page, entries, number = null) {
    this.replacePage(page);
    this.saved(() => this.store.commit(page, entries, number));
  }

  /** Write to the store, and tell the other tabs unless they find out themselves. */
  async saved(write, { tell = true } = {}) {
    if (!this.store || !this.stored) return;
    try {
      await write();
      if (tell) this.channel?.postMessage({ page: this.document?.page.id });
    } catch (error) {
      this.storageFailed(error);
    }
  }

  storageFailed(error) {
    if (this.stored) notify(error?.name === "QuotaExceededError" ? t("storage.full") : t("storage.none"));
    this.stored = false;
    this.emit("state");
  }

  /** Another tab has written to the store. */
  changedElsewhere({ page }) {
    clearTimeout(this.elsewhere);
    this.elsewhere = setTimeout(async () => {
      if (this.stage.busy) return this.changedElsewhere({ page });
      this.pages = (await this.store.pages()).filter((one) => !one.deleted);
      this.emit("pages");
      const here = this.pages.some((one) => one.id === this.page.id);
      if (!here && this.pages.length) return this.open(this.pages.at(-1).id);
      if (here && page === this.page.id) return this.open(page, { keepView: true });
      return undefined;
    }, OTHER_TAB_MS);
  }

  itemsChanged(entries) {
    this.stage.change(entries);
    this.emit("items");
    if (entries.some(([, before, after]) => (after ?? before).kind === "stroke")) {
      this.selectionChanged();
      this.reader.read(this.document.strokes);
    } else this.showText(); // a correction
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
    const title = this.lines[0]?.text.slice(0, 60) ?? "";
    if (title !== this.page.title) this.document.describe({ title });
    this.saved(() => this.store.putReading({ page: this.page.id, bands: this.bands, lines: this.lines }), { tell: false });
    this.emit("text");
  }

  /** Correct what was read from the ink of `words`; an empty correction takes earlier ones back. */
  correct(words, text) {
    const pieces = words.flatMap((word) => word.pieces);
    const read = words.map((word) => word.read).join(" ");
    const entries = [...new Set(words.map((word) => word.correction))].filter(Boolean).map((one) => [one.id, one, null]);
    const said = text.trim().replace(/\s+/g, " ");
    if (said && said !== read) {
      const item = { id: newId(), kind: "correction", pieces, text: said, read };
      entries.push([item.id, null, item]);
    }
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

  setPaper(values, size) {
    if (size) prefer("paper.size", size);
    if (values.ruling) prefer("paper.ruling", values.ruling);
    this.document.describe(values);
    this.stage.showPaper(this.page);
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
