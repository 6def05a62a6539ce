// Persistent pages: an IndexedDB database in this browser. Every change is one transaction, so a crash loses nothing.
//
// pages     what a page is called, its paper, and how many of its changes are done
// items     the strokes and corrections of a page, as they are now
// changes   everything that was done on a page, in order, to be undone and repeated; a large change in several parts
// lines     the lines of My hand, until they have become a hand or are cleared
// readings  the text of a page with the places of its words, for showing it at once and for searching

import { PAGE } from "./items.js";

const NAME = "handwriting";
const VERSION = 2;
const PART = 100; // entries that are stored at a time, so that no frame has to wait for thousands
const ofPage = (page) => IDBKeyRange.bound([page], [page, []]);

const asPromise = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The records of a change: its entries in parts, numbered between its own number and the next. */
function partsOf(page, number, entries) {
  const count = Math.ceil(entries.length / PART);
  return Array.from({ length: count }, (_, i) => ({ page, number: number + i / count, entries: entries.slice(i * PART, (i + 1) * PART) }));
}

/** The entries of each change, of all of its parts. */
function changesOf(parts) {
  const changes = [];
  for (const { number, entries } of parts) changes[Math.floor(number)] = (changes[Math.floor(number)] ?? []).concat(entries);
  return changes;
}

/** Store one value after the other; `store` returns its last request, if it makes any. */
function inTurn([value, ...rest], store) {
  if (value === undefined) return;
  const request = store(value);
  if (request) request.onsuccess = () => inTurn(rest, store);
  else inTurn(rest, store);
}

/** Open the database; rejects where the browser has none. */
export async function openStore() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const made = request.result;
    if (oldVersion < 1) {
      made.createObjectStore("pages", { keyPath: "id" });
      made.createObjectStore("items", { keyPath: ["page", "id"] });
      made.createObjectStore("changes", { keyPath: ["page", "number"] });
      made.createObjectStore("readings", { keyPath: "page" });
    }
    if (oldVersion < 2) made.createObjectStore("lines", { keyPath: "number" });
  };
  return new Store(await asPromise(request));
}

export class Store {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close(); // a newer page in another tab
  }

  /** Run `work` with the object stores of these names; resolves when everything is on disk. */
  async transaction(names, work) {
    const transaction = this.database.transaction(names, "readwrite");
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    });
    try {
      work(...names.map((name) => transaction.objectStore(name)));
    } catch (error) {
      transaction.abort();
      finished.catch(() => {});
      throw error;
    }
    return finished;
  }

  all(name, range) {
    return asPromise(this.database.transaction(name).objectStore(name).getAll(range));
  }

  /** The pages, in their order; deleted ones too, until they are purged. */
  async pages() {
    return (await this.all("pages")).sort((a, b) => a.order - b.order);
  }

  /** The items and the changes of a page. */
  async load(page) {
    const [items, changes] = await Promise.all([this.all("items", ofPage(page)), this.all("changes", ofPage(page))]);
    return { items: items.map(({ value }) => value), changes: changesOf(changes) };
  }

  putPage(page) {
    return this.transaction(["pages"], (pages) => pages.put(page));
  }

  /** Store a page with all that it has, in place of what was stored of it. */
  putWhole(page, { items, changes, reading }) {
    return this.transaction(["pages", "items", "changes", "readings"], (pages, stored, done, readings) => {
      for (const store of [stored, done]) store.delete(ofPage(page.id));
      pages.put(page);
      for (const value of items) stored.put({ page: page.id, id: value.id, value });
      changes.forEach((entries, number) => partsOf(page.id, number, entries).forEach((part) => done.put(part)));
      if (reading) readings.put(reading);
    });
  }

  /** Remove a page for good. */
  purge(page) {
    return this.transaction(["pages", "items", "changes", "readings"], (pages, items, changes, readings) => {
      pages.delete(page);
      items.delete(ofPage(page));
      changes.delete(ofPage(page));
      readings.delete(page);
    });
  }

  /**
   * Store a change of a page: its entries [id, before, after], of which `after` is in force now. If the change is new,
   * `number` is its place among the changes, and those from there on are replaced by it.
   */
  commit(page, entries, number = null) {
    return this.transaction(["pages", "items", "changes"], (pages, items, changes) => {
      pages.put(page);
      if (number !== null) changes.delete(IDBKeyRange.bound([page.id, number], [page.id, []]));
      inTurn(partsOf(page.id, number ?? 0, entries), (part) => {
        let request = null;
        for (const [id, , after] of part.entries) {
          if (id === PAGE) continue; // it is in the record
          request = after ? items.put({ page: page.id, id, value: after }) : items.delete([page.id, id]);
        }
        return number === null ? request : changes.put(part);
      });
    });
  }

  readings() {
    return this.all("readings");
  }

  async reading(page) {
    return asPromise(this.database.transaction("readings").objectStore("readings").get(page));
  }

  putReading(reading) {
    return this.transaction(["readings"], (readings) => readings.put(reading));
  }

  lines() {
    return this.all("lines");
  }

  putLine(line) {
    return this.transaction(["lines"], (lines) => lines.put(line));
  }

  deleteLine(number) {
    return this.transaction(["lines"], (lines) => lines.delete(number));
  }
}
