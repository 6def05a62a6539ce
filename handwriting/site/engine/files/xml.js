// XML from strangers: what the browser's parser makes of it, without entities that refer to others or to files.

import { Refusal } from "../refusal.js";

const DEEPEST = 200;

/** The root element of a document. */
export function parseXml(text) {
  if (/<!ENTITY[^>]*(\bSYSTEM\b|\bPUBLIC\b|[&%])/.test(text)) throw new Refusal("site.damagedFile");
  const parsed = new DOMParser().parseFromString(withPrefixes(text), "application/xml");
  if (parsed.querySelector("parsererror") || !parsed.documentElement) throw new Refusal("site.damagedFile");
  return parsed.documentElement;
}

/** Prefixes without a namespace are common in exported drawings, and harm nothing: declare them. */
function withPrefixes(text) {
  const used = new Set([...text.matchAll(/[<\s/]([A-Za-z_][\w.-]{0,40}):[A-Za-z_]/g)].map(([, prefix]) => prefix));
  const missing = [...used].filter((prefix) => !["xml", "xmlns"].includes(prefix) && !text.includes(`xmlns:${prefix}`));
  const declared = missing.map((prefix) => ` xmlns:${prefix}="urn:${prefix}"`).join("");
  return declared ? text.replace(/<([A-Za-z_][\w.:-]*)/, (tag) => tag + declared) : text;
}

export const local = (element) => element.localName;
export const idOf = (element) => element.getAttribute("xml:id") ?? element.getAttribute("id");

/** Refuse elements that lie in more than `DEEPEST` others. */
export function checkDepth(depth) {
  if (depth > DEEPEST) throw new Refusal("site.damagedFile");
}
