// Untrusted XML, parsed by the browser within limits, without entities that refer to others or to files.
// The twin of handwriting/formats/xml.py.

import { Refusal } from "../refusal.js";
import { atMost } from "./tally.js";
import { mended } from "./xml-damage.js";

const MAX_DEPTH = 200;
const MAX_MARKUP = 1_500_000; // attributes plus twice the tags
const MAX_EXPANDED = 2 ** 20; // characters that all entities may expand to

/** The root element of a document; of a damaged one with what is whole in it. */
export function parseXml(text, tally) {
  text = text.slice(0, lengthOf(text));
  let markup = 0;
  for (const [mark, weight] of [["<", 2], ["=", 1]]) {
    for (let at = text.indexOf(mark); at >= 0 && markup <= MAX_MARKUP; at = text.indexOf(mark, at + 1)) markup += weight;
  }
  atMost(markup, MAX_MARKUP);
  if (text.includes("<!ENTITY")) checkEntities(text);
  const root = parsed(text) ?? mended(text, parsed, tally);
  if (!root) throw new Refusal("site.damagedFile");
  return root;
}

/** The length of a text without the zero bytes that may fill the rest of a block on a disk. */
function lengthOf(text) {
  let end = text.length;
  while (text[end - 1] === "\0") end -= 1;
  return end;
}

/** The root element of a document; null when it is damaged. */
function parsed(text) {
  const found = new DOMParser().parseFromString(withPrefixes(text), "application/xml");
  return found.querySelector("parsererror") ? null : found.documentElement;
}

/** Entities are plain text, and do not expand to much. */
function checkEntities(text) {
  if (/<!ENTITY[^>]*(\bSYSTEM\b|\bPUBLIC\b|[&%])/.test(text)) throw new Refusal("site.damagedFile");
  const sizes = new Map([...text.matchAll(/<!ENTITY\s+([\w.-]+)\s+("[^"]*"|'[^']*')/g)].map(([, name, value]) => [name, value.length]));
  let expanded = 0;
  for (const [, name] of text.matchAll(/&([\w.-]+);/g)) {
    expanded += sizes.get(name) ?? 0;
    if (expanded > MAX_EXPANDED) throw new Refusal("site.damagedFile");
  }
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

/** Refuse elements that lie in more than `MAX_DEPTH` others. */
export function checkDepth(depth) {
  if (depth > MAX_DEPTH) throw new Refusal("site.damagedFile");
}
