// The pages of the notebook as a list: kept in the store, or only while this page is open where nothing is stored.

import { preference } from "../shell/preferences.js";
import { t } from "../shell/strings.js";
import { newId, newStroke } from "./items.js";
import { forgetLegacy, legacyStrokes } from "./legacy.js";
import { SIZES } from "./papers.js";
import { openStore } from "./store.js";

const KEPT_MS = 7 * 24 * 3600 * 1000; // a deleted page can be brought back for so long

export class Library {
  /** `changed` is called when the list changes, `failed` with the error when nothing can be stored any more. */
  constructor({ changed, failed }) {
    this.changed = changed;
    this.failed = failed;
    this.pages = [];
    this.stored = true;
    this.loose = new Map(); // the content of pages that are not stored, or not yet
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("handwriting") : null;
  }

  /** Open the store and list its pages; the id of the page with the ink of an earlier version, if there is any. */
  async open() {
    try {
      this.store = await openStore();
      const all = await this.store.pages();
      for (const page of all) if (page.deleted && page.deleted < Date.now() - KEPT_MS) await this.store.purge(page.id);
      this.pages = all.filter((page) => !page.deleted);
    } catch (error) {
      this.fail(error);
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
    this.loose.set(page.id, { items, changes: [] });
    this.changed();
    await this.save((store) => store.addPage(page, items), page.id);
    if (this.stored) this.loose.delete(page.id);
  }

  /** The items, changes and reading of a page. */
  async load(id) {
    if (this.loose.has(id) || !this.store) return { items: [], changes: [], ...this.loose.get(id), reading: null };
    const [content, reading] = await Promise.all([this.store.load(id), this.store.reading(id)]);
    return { ...content, reading };
  }

  /** The record of a page is this now; `write` stores it, together with what has changed on the page. */
  replace(page, write = (store) => store.putPage(page)) {
    this.pages = this.pages.map((one) => (one.id === page.id ? page : one));
    this.changed();
    return this.save(write, page.id);
  }

  /** Remember the items and changes of a page that is not stored, so that it can be opened again. */
  hold(page, content) {
    if (!this.stored || this.loose.has(page.id)) this.loose.set(page.id, content);
  }

  /**
   * Delete a page; it stays in the store for a week, and the function that is returned brings it back. Null if the page is
   * gone already: the button was pressed twice, or another tab was faster.
   */
  async remove(id) {
    const found = this.find(id);
    if (!found) return null;
    const page = { ...found, deleted: Date.now() };
    this.pages = this.pages.filter((one) => one.id !== id);
    await this.save((store) => store.putPage(page), id);
    this.changed();
    return async () => {
      const back = { ...page, deleted: 0 };
      this.pages = [...this.pages, back].sort((a, b) => a.order - b.order);
      await this.save((store) => store.putPage(back), id);
      this.changed();
    };
  }

  /** What was read on all pages: { page, lines }. */
  async readings() {
    return this.store ? this.store.readings() : [];
  }

  title(page) {
    return page.name || page.title || t("pages.untitled", { date: new Date(page.created).toLocaleDateString() });
  }

  /** Write to the store, and tell the other tabs that a page has changed, unless they find out themselves. */
  async save(write, page = null) {
    if (!this.stored) return;
    try {
      await write(this.store);
      if (page) this.channel?.postMessage({ page });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name === "DataError") throw error; // a fault of the page, not of the store
      this.fail(error);
    }
  }

  fail(error) {
    const first = this.stored;
    this.stored = false;
    if (!first) return;
    window.addEventListener("beforeunload", (event) => event.preventDefault()); // the browser asks
    this.failed(error);
  }

  /** List the pages again, because another tab has written to the store. */
  async refresh() {
    this.pages = (await this.store.pages()).filter((page) => !page.deleted);
    this.changed();
  }
}
