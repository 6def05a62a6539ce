// What a page says: the lines as they were read, with the corrections that lie on their ink.
//
// A line is { text, box, alternatives, strokes, words }, a word { text, box, pieces, read, correction }: `read` is what
// was read, and `correction` the item that says something else, if there is one.

import { union } from "./geometry.js";

const SHARE = 0.5; // of a word's ink that a correction must cover

/** The lines of bands { key, lines } with `corrections` applied. */
export function readings(bands, corrections) {
  const newest = [...corrections].sort((a, b) => (a.id < b.id ? 1 : -1));
  return bands.flatMap(({ lines }) => lines.map((line) => corrected(line, newest)));
}

function corrected(line, corrections) {
  const words = [];
  for (const word of line.words) {
    const correction = corrections.find((one) => covers(one, word)) ?? null;
    const last = words.at(-1);
    if (correction && last?.correction === correction) {
      Object.assign(last, { box: union([last.box, word.box]), pieces: [...last.pieces, ...word.pieces], read: `${last.read} ${word.text}` });
    } else words.push({ text: correction ? correction.text : word.text, box: word.box, pieces: word.pieces, read: word.text, correction });
  }
  const shown = words.filter((word) => word.text);
  return { text: shown.map((word) => word.text).join(" "), box: line.box, alternatives: line.alternatives, strokes: line.strokes, words: shown };
}

/** Whether a correction covers most of a word's ink. */
function covers(correction, word) {
  let [all, common] = [0, 0];
  for (const [id, begin, end] of word.pieces) {
    all += end - begin;
    for (const [other, from, to] of correction.pieces) if (other === id) common += Math.max(0, Math.min(end, to) - Math.max(begin, from));
  }
  return all > 0 && common / all >= SHARE;
}

/** Other readings of a word: the words in its place in the other readings of the line that have as many words. */
export function alternativesOf(line, number) {
  const count = line.words.length;
  const found = new Set([line.words[number].read]);
  for (const text of line.alternatives) {
    const words = text.split(" ");
    if (words.length === count) found.add(words[number]);
  }
  for (const shown of [line.words[number].text, ""]) found.delete(shown);
  return [...found];
}

/** Other readings of a whole line, without the reading as nothing. */
export const lineAlternatives = (line) => line.alternatives.filter((text) => text && text !== line.text);

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Where lines have a text: [{ line, words: [first, past the last] }]; case and accents do not matter. */
export function find(lines, wanted) {
  const needle = folded(wanted.trim().replace(/\s+/g, " "));
  const hits = [];
  if (!needle) return hits;
  lines.forEach((line, number) => {
    const words = line.words.map((word) => folded(word.text)); // a correction may contain spaces
    const text = words.join(" ");
    const owner = words.flatMap((word, k) => Array(word.length + 1).fill(k)); // of each character of the text
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      hits.push({ line: number, words: [owner[at], owner[at + needle.length - 1] + 1] });
    }
  });
  return hits;
}

/** A page as Markdown: its name as a heading, and each line on its own. */
export function markdown(name, lines) {
  const escaped = (text) => text.replace(/[\\`*_[\]<>]/g, "\\$&").replace(/^(\d+)([.)]\s)/, "$1\\$2").replace(/^[#+-]/, "\\$&");
  return `# ${escaped(name)}\n\n${lines.map((line) => escaped(line.text)).join("  \n")}\n`;
}
