// A page that is open: its items, and everything that was done on it. Undo is unlimited and survives a reload.

import { PAGE } from "./items.js";

export class PageDocument {
  /**
   * `page` is its record in the store, `items`, `changes` and `reading` what the store loaded. After every change `changed` is
   * called with its entries [id, before, after], and `commit` with the arguments of Store.commit.
   */
  constructor(page, { items, changes, reading }, { changed, commit }) {
    this.page = page;
    this.items = new Map(items.map((item) => [item.id, item]));
    this.changes = changes;
    this.reading = reading;
    this.changed = changed;
    this.commit = commit;
    /** Everything to store of the page besides its record. */
    this.content = () => ({ items: [...this.items.values()], changes: this.changes, reading: this.reading });
  }

  get canUndo() {
    return this.page.done > 0;
  }

  get canRedo() {
    return this.page.done < this.changes.length;
  }

  /** The strokes in the order of writing. */
  get strokes() {
    return (this.sorted ??= [...this.items.values()].filter((item) => item.kind === "stroke").sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  get corrections() {
    return [...this.items.values()].filter((item) => item.kind === "correction");
  }

  /** Apply an undoable change: entries [id, before, after], where null is no item. */
  apply(entries) {
    if (!entries.length) return;
    const number = this.page.done;
    this.changes.length = number;
    this.changes.push(entries);
    this.page = { ...this.page, done: number + 1, changed: Date.now() };
    this.put(entries, number);
  }

  add(items) {
    this.apply(items.map((item) => [item.id, null, item]));
  }

  remove(items) {
    this.apply(items.map((item) => [item.id, item, null]));
  }

  replace(items) {
    this.apply(items.map((item) => [item.id, this.items.get(item.id), item]));
  }

  undo() {
    if (!this.canUndo) return;
    const number = this.page.done - 1;
    this.page = { ...this.page, done: number, changed: Date.now() };
    this.put(this.changes[number].map(([id, before, after]) => [id, after, before]));
  }

  redo() {
    if (!this.canRedo) return;
    const number = this.page.done;
    this.page = { ...this.page, done: number + 1, changed: Date.now() };
    this.put(this.changes[number]);
  }

  /** Change what the page's record says, such as its name or paper; this can be undone. */
  describe(values) {
    const names = Object.keys(values).filter((name) => values[name] !== this.page[name]);
    const pick = (from) => ({ kind: PAGE, ...Object.fromEntries(names.map((name) => [name, from[name]])) });
    if (names.length) this.apply([[PAGE, pick(this.page), pick(values)]]);
  }

  /** Call the page after its first line, as long as it has no name. */
  entitle(title) {
    if (title === this.page.title) return;
    this.page = { ...this.page, title };
    this.commit(this.page, []);
  }

  put(entries, number = null) {
    for (const [id, , after] of entries) {
      if (id === PAGE) {
        const { kind, ...values } = after;
        this.page = { ...this.page, ...values };
      } else if (after) this.items.set(id, after);
      else this.items.delete(id);
    }
    this.sorted = this.sorted && merged(this.sorted, entries);
    this.commit(this.page, entries, number);
    this.changed(entries);
  }
}

/** Sorted strokes after a change; null if they have to be sorted anew, because it is not only the newest that came. */
function merged(sorted, entries) {
  const changed = new Set(entries.map(([id]) => id));
  const kept = sorted.filter(({ id }) => !changed.has(id));
  const added = entries.map(([, , after]) => after).filter((item) => item?.kind === "stroke");
  const inOrder = [...kept.slice(-1), ...added].every(({ id }, i, all) => !i || all[i - 1].id < id);
  return inOrder ? [...kept, ...added] : null;
}
