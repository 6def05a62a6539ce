// Markdown written out by hand. The twin of handwriting/composition/markdown.py, which says what of it is known.

import { block, wordsOf } from "./blocks.js";

const HEADING_SIZES = [1.5, 1.25, 1.1];
const SPACE = 0.5, INDENT = 0.9; // in line heights
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/s;
const ITEM = /^(\s*)([-*+]|\d{1,3}[.)])\s+(.*)$/s;
const RULE = /^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^\s*>\s?(.*)$/s;
const LINK = /!?\[([^\]]*)\]\([^)]*\)/g;
const EMPHASIS = /(\*{1,3}|(?<![\p{L}\p{N}_])_{1,3})(?=\S)(.+?)(?<=\S)(?:\1)(?![\p{L}\p{N}_])/gsu;
const ESCAPED = /\\([\\`*_{}[\]()#+\-.!>~|])/g;
const HIDDEN = 0xe000; // escaped characters are in a private area of Unicode until emphasis is resolved

/** The blocks of a text for lines that are `lineHeight` mm apart. */
export function parse(text, lineHeight, align = "left") {
  const pages = text.replaceAll("\r\n", "\n").split("\f").map((page) => [...blocksOf(page, lineHeight, align)]);
  const first = pages.findIndex(({ length }) => length);
  return pages.flatMap((blocks, page) => blocks.map(([one, apart], i) => (
    { ...one, before: apart && (page > first || i > 0) ? SPACE : 0, breaksPage: page > 0 && i === 0 }
  )));
}

/** The blocks of a page, and whether each is set apart from the one before it. */
function* blocksOf(page, lineHeight, align) {
  const rows = [...page.split("\n"), ""], indent = INDENT * lineHeight;
  let apart = true, gathered = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i], blank = !row.trim(), rule = RULE.test(row);
    const heading = row.trim().match(HEADING), item = row.match(ITEM), quote = row.match(QUOTE);
    if (blank || rule || heading || item || quote) {
      for (const line of broken(gathered)) {
        yield [block({ words: emphasised(line), align }), apart];
        apart = false;
      }
      gathered = [];
    }
    if (blank) apart = true;
    else if (rule) {
      yield [block({ rule: true }), true];
      apart = true;
    } else if (heading) {
      const size = HEADING_SIZES[heading[1].length - 1] ?? 1;
      yield [block({ words: emphasised(heading[2], size === 1), align, keep: true, size }), true];
      apart = true;
    } else if (item) {
      const left = indent * (1 + Math.floor(expanded(item[1]).length / 2));
      const marker = /\d/.test(item[2]) ? item[2].replace(")", ".") : "-";
      const words = [...wordsOf(marker), ...emphasised([item[3], ...continuation(rows, i + 1)].join(" "))];
      yield [block({ words, indent: -indent, left, marked: true }), apart];
      apart = false;
    } else if (quote) {
      yield [block({ words: emphasised(quote[1]), align, left: indent }), apart];
      apart = false;
    } else gathered.push(row);
  }
}

/** White space with tabs that reach to every fourth column. */
const expanded = (space) => [...space].reduce((before, one) => (one === "\t" ? before + " ".repeat(4 - (before.length % 4)) : before + one), "");

/** The indented rows from `at` on that continue an item; they are removed. */
function continuation(rows, at) {
  let end = at;
  while (end < rows.length && /^\s+\S/.test(rows[end]) && !ITEM.test(rows[end])) end += 1;
  return rows.splice(at, end - at).map((row) => row.trim());
}

/** The lines of a paragraph: rows are joined, except after two spaces or a backslash. */
function broken(rows) {
  const lines = [[]];
  for (const row of rows) {
    lines.at(-1).push(row.trimEnd().replace(/\\$/, "").trim());
    if (/(?: {2}|\\)$/.test(row)) lines.push([]);
  }
  return lines.filter(({ length }) => length).map((parts) => parts.join(" "));
}

/** The words of running text; those that are mostly emphasised are underlined. */
function emphasised(text, underlined = false) {
  const hidden = text.replace(ESCAPED, (found, character) => String.fromCharCode(HIDDEN + character.charCodeAt(0))).replace(LINK, "$1").replaceAll("`", "");
  let shown = "", at = 0;
  const marked = [];
  const show = (part, is) => {
    shown += part;
    for (let i = 0; i < part.length; i++) marked.push(is);
  };
  for (const found of hidden.matchAll(EMPHASIS)) {
    show(hidden.slice(at, found.index), underlined);
    show(found[2].replace(/^[*_]+|[*_]+$/g, ""), true);
    at = found.index + found[0].length;
  }
  show(hidden.slice(at), underlined);
  shown = shown.replace(/[\ue000-\ue07f]/g, (character) => String.fromCharCode(character.charCodeAt(0) - HIDDEN));
  return [...shown.matchAll(/\S+/g)].map(({ 0: word, index }) => (
    { text: word, underlined: 2 * marked.slice(index, index + word.length).filter(Boolean).length > word.length }
  ));
}
