// The whole notebook as one file, to be kept or taken to another browser.

import { t } from "../shell/strings.js";
import { UserError } from "../shell/toast.js";
import { itemFrom, recordOf } from "../notebook/items.js";
import { RULINGS, SIZES } from "../notebook/papers.js";

const FORMAT = "handwriting-notebook", VERSION = 1;

/** The file of pages { page, items }. */
export function toNotebookFile(pages) {
  const records = pages.map(({ page: { name, title, created, changed, width, height, ruling }, items }) => ({ name, title, created, changed, width, height, ruling, items: items.map(recordOf) }));
  return new Blob([JSON.stringify({ format: FORMAT, version: VERSION, pages: records })], { type: "application/json" });
}

/**
 * The pages { page, items } of a parsed file; null if it is not a notebook. Damaged items are omitted; a notebook of
 * another version is refused.
 */
export function fromNotebookFile(content) {
  if (content?.format !== FORMAT || !Array.isArray(content.pages)) return null;
  if (content.version !== VERSION) throw new UserError(t("bring.version"));
  const text = (value, length) => (typeof value === "string" ? value.slice(0, length) : "");
  const side = (value, fallback) => (value >= 20 && value <= 2000 ? value : fallback);
  const time = (value) => (Number.isFinite(value) ? value : Date.now());
  return content.pages.filter((record) => record && typeof record === "object").map((record) => ({
    page: {
      name: text(record.name, 80),
      title: text(record.title, 80),
      created: time(record.created),
      changed: time(record.changed),
      width: side(record.width, SIZES.a4.width),
      height: side(record.height, SIZES.a4.height),
      ruling: RULINGS.includes(record.ruling) ? record.ruling : "plain",
    },
    items: (Array.isArray(record.items) ? record.items : []).map(itemFrom).filter(Boolean),
  }));
}
