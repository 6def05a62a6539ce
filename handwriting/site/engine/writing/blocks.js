// Blocks of text to write, each a paragraph, a heading, an item of a list, a blank line or a rule. The twin of
// handwriting/composition/blocks.py.

const NONE = { words: [], align: "left", indent: 0, left: 0, before: 0, breaksPage: false, keep: false, size: 1, marked: false, rule: false };

/** A block of `words` { text, underlined }. */
export const block = (given) => ({ ...NONE, ...given });

/** The words of a text. */
export const wordsOf = (text) => text.split(/[\s\u0085]+/).filter(Boolean).map((word) => ({ text: word, underlined: false }));

/** The blocks of a plain text: each of its lines is a paragraph, and a form feed begins a new page. */
export function plain(text, align = "left") {
  return text.split("\f").flatMap((part, page) => part.replace(/^\n+|\n+$/g, "").split("\n").map((row, line) => (
    block({ words: wordsOf(row), align, breaksPage: page > 0 && line === 0 })
  )));
}
