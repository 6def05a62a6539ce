// The pages of the notebook as a list: kept in the store, or only while this page is open where nothing is stored.

import { preference } from "../shell/preferences.js";
import { t } from "../shell/strings.js";
import { newId, newStroke } from "./items.js";
import { forgetLegacy, legacyStrokes } from "./legacy.js";
import { SIZES } from "./papers.js";
import { openStore } from "./store.js";

const RETENTION_MS = 7 * 24 * 3600 * 1000; // for which a deleted page can be restored
const RETRY_MS = 10_000; // after something could not be stored
const UNDO_MS = 60_000; // a page that another tab deleted so lately may be brought back there

export class Library {
  /**
   * `changed` is called when the list changes, `failed` with the error when something cannot be stored, and `recovered`
   * when everything is stored again.
   */
  constructor({ changed, failed, recovered }) {
    Object.assign(this, { changed, failed, recovered });
    this.pages = [];
    this.kept = new Map(); // of pages that the store does not have, or not completely: functions that return their content
    this.unsaved = new Set(); // pages that could not be stored
    this.deleted = new Set(); // pages that were deleted here
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("handwriting") : null;
  }

  /** Whether everything is stored, or about to be. */
  get stored() {
    return Boolean(this.store) && !this.unsaved.size;
  }

  /** Open the store and list its pages; the id of the page with the ink of an earlier version, if there is any. */
  async open() {
    try {
      this.store = await openStore();
      const all = await this.store.pages();
      for (const page of all) if (page.deleted && page.deleted < Date.now() - RETENTION_MS) await this.store.purge(page.id);
      this.pages = all.filter((page) => !page.deleted);
    } catch (error) {
      this.store = null;
      this.warn(error);
    }
    const strokes = legacyStrokes();
    if (!strokes.length) return null;
    const page = this.record();
    await this.add(page, strokes.map(({ points, start }) => newStroke(points, { start })));
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

  find(id) {
    return this.pages.find((page) => page.id === id);
  }

  /** Add a page; it is in the list, and can be opened, before it is stored. */
  async add(page, items = []) {
    this.pages = [...this.pages, page];
    const content = { items, changes: [], reading: null };
    this.kept.set(page.id, () => content);
    this.changed();
    await this.save(page.id, (store) => store.putWhole(page, content));
    if (this.store && !this.unsaved.has(page.id)) this.kept.delete(page.id);
  }

  /** The items, changes and reading of a page. */
  async load(id) {
    if (this.kept.has(id)) return this.kept.get(id)();
    const [content, reading] = await Promise.all([this.store.load(id), this.store.reading(id)]);
    return { ...content, reading: reading ?? null };
  }

  /**
   * The record of a page is this now; `write` stores it, together with what has changed on the page. `content` returns
   * all of an open page, in case that it cannot be stored.
   */
  replace(page, write = (store) => store.putPage(page), content = null) {
    this.pages = this.pages.map((one) => (one.id === page.id ? page : one));
    this.changed();
    return this.save(page.id, write, content);
  }

  /**
   * Delete a page; it stays in the store for a week, unless the space is needed, and the function that is returned brings
   * it back. Null if the page is gone already: the button was pressed twice, or another tab was faster.
   */
  async remove(id) {
    const found = this.find(id);
    if (!found) return null;
    const page = { ...found, deleted: Date.now() };
    this.pages = this.pages.filter((one) => one.id !== id);
    this.deleted.add(id);
    await this.save(id, (store) => store.putPage(page));
    await this.resume();
    this.changed();
    return async () => {
      const back = { ...page, deleted: 0 };
      this.pages = [...this.pages, back].sort((a, b) => a.order - b.order);
      this.deleted.delete(id);
      if (this.kept.has(id)) this.unsaved.add(id);
      await this.save(id, (store) => store.putPage(back));
      await this.resume();
      this.changed();
    };
  }

  /** What was read on all pages: { page, lines }. */
  async readings() {
    return this.store ? this.store.readings() : [];
  }

  /** Store what was read on a page; the other tabs read it themselves. */
  keepReading(reading, content) {
    return this.save(reading.page, (store) => store.putReading(reading), content, false);
  }

  title(page) {
    return page.name || page.title || t("pages.untitled", { date: new Date(page.created).toLocaleDateString() });
  }

  /** Write to the store what has changed on a page, and tell the other tabs. */
  async save(id, write, content = null, tell = true) {
    if (content && (!this.store || this.unsaved.has(id) || this.kept.has(id))) this.kept.set(id, content);
    if (!this.store || this.unsaved.has(id)) return; // all of the page will be stored
    try {
      await write(this.store);
      if (tell) this.channel?.postMessage({ page: id });
    } catch (error) {
      this.missed(id, content, error);
      await this.resume();
    }
  }

  /** Remember a page that could not be stored. */
  missed(id, content, error) {
    if (!(error instanceof DOMException) || error.name === "DataError") throw error; // an error of the page, not of the store
    this.error = error;
    this.unsaved.add(id);
    if (content) this.kept.set(id, content);
  }

  /** Retry what could not be stored; if space is needed, deleted pages are purged. */
  async resume() {
    if (!this.store || !this.unsaved.size || this.resuming) return;
    clearTimeout(this.timer);
    this.resuming = true;
    try {
      await this.emptyTrash();
      for (const id of [...this.unsaved]) await this.saveWhole(id);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    } finally {
      this.resuming = false;
      if (this.unsaved.size) this.warn(this.error);
      else if (this.warned) this.calm();
    }
  }

  /** Store a page with all that it has. What is done on it meanwhile is written afterwards. */
  async saveWhole(id) {
    const page = this.find(id), content = this.kept.get(id);
    this.unsaved.delete(id);
    try {
      if (!page) return;
      await (content ? this.store.putWhole(page, content()) : this.store.putPage(page));
      if (!this.unsaved.has(id)) this.kept.delete(id);
      this.channel?.postMessage({ page: id });
    } catch (error) {
      this.missed(id, content ?? null, error);
    }
  }

  /** Remove deleted pages from the store, but keep at hand those that can still be brought back here. */
  async emptyTrash() {
    for (const { id, deleted } of await this.store.pages()) {
      if (!this.deleted.has(id) && !(deleted && deleted < Date.now() - UNDO_MS)) continue;
      if (this.deleted.has(id) && !this.kept.has(id)) {
        const content = await this.load(id);
        if (this.find(id)) continue; // it was brought back meanwhile
        this.kept.set(id, () => content);
      }
      await this.store.purge(id);
    }
  }

  warn(error) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.resume(), RETRY_MS);
    if (this.warned) return;
    this.warned = true;
    window.addEventListener("beforeunload", ask);
    this.failed(error);
  }

  calm() {
    this.warned = false;
    window.removeEventListener("beforeunload", ask);
    this.recovered();
  }

  /** List the pages again, because another tab has written to the store. */
  async refresh() {
    if (!this.store) return;
    const isOwn = ({ id }) => this.unsaved.has(id) || this.kept.has(id);
    const stored = (await this.store.pages()).filter((page) => !page.deleted && !isOwn(page));
    this.pages = [...stored, ...this.pages.filter(isOwn)].sort((a, b) => a.order - b.order);
    this.changed();
  }
}

/** Have the browser ask before the page is closed. */
const ask = (event) => event.preventDefault();
