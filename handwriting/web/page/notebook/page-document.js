// A page that is open: its items, and everything that was done on it. Undo has no end, and goes on after a reload.

export class PageDocument {
  /**
   * `page` is its record in the store, `items` and `changes` what the store loaded. After every change `changed` is
   * called with its entries [id, before, after], and `commit` with the arguments of Store.commit.
   */
  constructor(page, { items, changes }, { changed, commit }) {
    this.page = page;
    this.items = new Map(items.map((item) => [item.id, item]));
    this.changes = changes;
    this.changed = changed;
    this.commit = commit;
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

  /** Do something that can be undone: entries [id, before, after], where null is no item. */
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

  /** Change what the page's record says, such as its name or paper. */
  describe(changes) {
    this.page = { ...this.page, ...changes };
    this.commit(this.page, []);
  }

  put(entries, number = null) {
    for (const [id, , after] of entries) {
      if (after) this.items.set(id, after);
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
