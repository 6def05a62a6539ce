// The list of pages, and the search over all of them.

import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { attempt, isShown, notify } from "../shell/toast.js";
import { union } from "./geometry.js";
import { find } from "./readings.js";

const SEARCH_MS = 120; // after a key
const MAX_HITS = 200;

export function setUpPagesPanel(notebook) {
  const narrow = matchMedia("(max-width: 1099px)");
  const toggle = (open) => {
    $("pages").hidden = !open;
    $("pages-toggle").setAttribute("aria-expanded", String(open));
  };
  $("pages-toggle").addEventListener("click", () => toggle($("pages").hidden));
  const close = () => narrow.matches && toggle(false);
  $("new-page").addEventListener("click", () => attempt(async () => {
    await notebook.newPage();
    close();
  }));
  $("pages").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !narrow.matches) return;
    close();
    $("pages-toggle").focus();
  });
  // A press beside the list closes it, and draws nothing.
  $("pad").addEventListener("pointerdown", (event) => {
    if (!narrow.matches || $("pages").hidden) return;
    event.stopImmediatePropagation();
    close();
  }, true);
  toggle(!narrow.matches);
  narrow.addEventListener("change", () => toggle(!narrow.matches));
  const search = new Search(notebook);
  const show = () => {
    if (!notebook.document) return;
    showPages(notebook, close);
  };
  notebook.on("pages", show);
  notebook.on("page", () => {
    show();
    bringIntoView($("page-list"), $("page-list").querySelector("[aria-current]"));
    search.mark();
  });
  notebook.on("text", () => search.soon());
}

/** Scroll a list to an entry. With scrollIntoView, the next Tab would go on from there, and skip what comes before. */
function bringIntoView(list, entry) {
  if (!entry) return;
  const inner = entry.getBoundingClientRect(), outer = list.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

/** Show the list of pages. Entries that say the same as before stay, and so does the one whose name is being typed. */
function showPages(notebook, opened) {
  const list = $("page-list");
  const active = document.activeElement?.closest?.("#page-list [data-page]")?.dataset.page;
  const before = new Map([...list.children].map((entry) => [entry.dataset.page, entry]));
  const entries = notebook.library.pages.map((page) => {
    const entry = before.get(page.id);
    return entry && (entry.dataset.naming || entry.dataset.says === says(notebook, page)) ? entry : item(notebook, page, opened);
  });
  for (const entry of before.values()) if (!entries.includes(entry)) entry.remove();
  // An entry that is in its place is not touched: an element that is moved loses the focus.
  entries.forEach((entry, i) => entry === list.children[i] || list.insertBefore(entry, list.children[i] ?? null));
  if (active && !list.contains(document.activeElement)) list.querySelector(`[data-page="${active}"] .open`)?.focus();
}

const isOpen = (notebook, page) => page.id === notebook.page.id;
const date = (page) => new Date(page.changed).toLocaleDateString();
const says = (notebook, page) => JSON.stringify([notebook.title(page), date(page), isOpen(notebook, page)]);

function item(notebook, page, opened) {
  const current = isOpen(notebook, page);
  const title = notebook.title(page);
  const open = () => attempt(async () => {
    await notebook.open(page.id);
    opened();
  });
  const button = h("button", { type: "button", className: "open", onclick: open, "aria-current": current ? "page" : undefined }, h("span", { className: "name", textContent: title }), h("small", { textContent: date(page) }));
  const parts = [button];
  if (current) {
    const named = (key, run) => h("button", { type: "button", textContent: t(key), "aria-label": t(`${key}.of`, { title }), onclick: run });
    parts.push(h("div", { className: "page-actions" }, named("page.rename", () => rename(notebook, page)), named("page.delete", () => remove(notebook, page))));
  }
  return h("li", { dataset: { page: page.id, says: says(notebook, page) } }, ...parts);
}

/** A field for the page's name in the place of its entry, until the name is settled. */
function rename(notebook, page) {
  const entry = $("page-list").querySelector(`[data-page="${page.id}"]`);
  const before = notebook.title(page);
  const field = h("input", { type: "text", value: before, maxlength: 80, "aria-label": t("page.name") });
  let settled = false;
  const settle = (name) => {
    if (settled) return;
    settled = true;
    if (!notebook.library.find(page.id)) return; // another tab has deleted it
    entry.remove(); // the list makes a new one
    if (name !== null && name !== before) notebook.describe(page.id, { name: name.trim() });
    notebook.emit("pages");
    $("page-list").querySelector(`[data-page="${page.id}"] .open`)?.focus();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // or the key would press the button that is focused now, or close the list
    settle(event.key === "Enter" ? field.value : null);
  });
  field.addEventListener("blur", () => settle(field.value));
  entry.dataset.naming = "true";
  entry.replaceChildren(field);
  field.select();
}

let deleted = { undo: [] }; // what brings back the pages that were deleted while the message `said` is shown

async function remove(notebook, page) {
  const title = notebook.title(page);
  const bringBack = await notebook.deletePage(page.id);
  if (!bringBack) return;
  if (!deleted.said || !isShown(deleted.said)) deleted = { undo: [] };
  deleted.undo.unshift(bringBack);
  const { undo } = deleted;
  deleted.said = undo.length > 1 ? t("pages.deleted", { count: undo.length }) : t("page.deleted", { title });
  notify(deleted.said, { label: t("undo"), run: async () => {
    for (const one of undo) await one();
  } });
  $("page-list").querySelector("[aria-current]")?.focus();
}

/** The search: hits in a list, and marked on the ink of the open page. */
class Search {
  constructor(notebook) {
    this.notebook = notebook;
    this.field = $("search");
    this.field.addEventListener("input", () => this.soon());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.field.value) return;
      this.field.value = "";
      this.run();
    });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => attempt(() => this.run()), SEARCH_MS);
  }

  async run() {
    const wanted = this.field.value.trim();
    const { notebook } = this;
    this.mark();
    const found = [];
    if (wanted) {
      const known = new Map((await notebook.library.readings()).map(({ page, lines }) => [page, lines]));
      known.set(notebook.page.id, notebook.lines);
      for (const page of notebook.library.pages) for (const hit of find(known.get(page.id) ?? [], wanted)) found.push({ page, line: known.get(page.id)[hit.line], hit });
    }
    $("page-list").hidden = Boolean(wanted);
    $("hit-list").hidden = !wanted;
    $("hit-list").replaceChildren(...found.slice(0, MAX_HITS).map((one) => this.item(one)));
    $("search-state").textContent = wanted ? t("search.found", { count: found.length }) : "";
  }

  /** Mark the hits on the open page. */
  mark() {
    const { lines, stage } = this.notebook;
    const hits = find(lines, this.field.value);
    stage.overlay.show("hits", hits.flatMap(({ line, words }) => lines[line].words.slice(...words).map((word) => word.box)));
  }

  item({ page, line, hit }) {
    const parts = line.words.flatMap((word, i) => [i ? " " : "", i >= hit.words[0] && i < hit.words[1] ? h("mark", { textContent: word.text }) : word.text]);
    const open = () => attempt(async () => {
      if (page.id !== this.notebook.page.id) await this.notebook.open(page.id);
      this.notebook.viewport.reveal(union(line.words.slice(...hit.words).map((word) => word.box)));
      this.mark();
    });
    return h("li", {}, h("button", { type: "button", className: "open", onclick: open }, h("small", { textContent: this.notebook.title(page) }), h("span", {}, ...parts)));
  }
}
