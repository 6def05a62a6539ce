// Which characters can be written, and what stands in for the others: handwriting/composition/blocks.py, and `writable` and
// `respelled` of handwriting/synthesis/characters.py, with the spellings that were worked out when the site was exported.

import { Refusal } from "../refusal.js";
import { wordsOf } from "./blocks.js";

const LINE_ENDS = /\r\n|[\r\v\u0085\u2028\u2029]/g;
const DASH_BETWEEN_WORDS = /(?<=[\p{L}\p{N}_])[—―](?=[\p{L}\p{N}_])/gu;
const DASH_AFTER_PUNCTUATION = /(?<=[\p{L}\p{N}_.,;:!?)’”])[—―](?=[\p{L}\p{N}_(‘“])/gu;
const NAMED = 8; // characters that are named in a message
const EDGE = "\0"; // around a symbol's name: a space where a word follows, nothing elsewhere

export class Spelling {
  /** `known` characters, those that are `replaced` and the `spellings` of models.json, and marks.json. */
  constructor({ known, characters: { replaced }, spellings }, marks) {
    this.known = new Set(known);
    this.replaced = new Set(replaced);
    this.spellings = spellings;
    this.marks = marks;
  }

  /** The text with the nearest spelling of every character that cannot be written or drawn; what has none is left out. */
  nearest(text) {
    const single = (spelling) => (spelling.trim() || spelling).length === 1;
    const alike = [...this.replaced].filter((character) => single(this.spellings[character] ?? ""));
    return this.mapped(text, new Set([...alike, ...Object.keys(this.marks.drawn)]));
  }

  /** The text as the network will write it, without marks; refused if a character cannot be. */
  writable(text) {
    this.check([...text.normalize("NFC")].filter((character) => character !== "\n" && character !== "\f"));
    const mapped = this.mapped(text);
    if (!mapped.trim()) throw new Refusal("letters.nothing");
    return mapped;
  }

  check(characters) {
    const bad = new Set(characters.filter((character) => !this.known.has(character) && !this.replaced.has(character)));
    if (bad.size) throw new Refusal("letters.unwritable", { characters: [...bad].slice(0, NAMED).join(" ") });
  }

  /**
   * The words of each block as the network writes them, { text, base, marks: [[at, names]], signs: [[at, sign]] }; words
   * longer than `longest` are hyphenated. Refused if there are none or a character cannot be written.
   */
  words(blocks, longest) {
    const spell = (word) => wordsOf(word.text.replace(DASH_BETWEEN_WORDS, " $& ")).map(({ text }) => ({ ...word, text, ...this.spell(text) }));
    const rows = blocks.map(({ words }) => words.flatMap(spell));
    this.check(rows.flat().flatMap(({ base }) => [...base]));
    const spelled = rows.map((row) => row.flatMap((word) => this.typographic(word)).flatMap((word) => hyphenated(word, longest)));
    if (!spelled.flat().length) throw new Refusal("letters.nothing");
    return spelled;
  }

  /** A word as base letters, with the marks and signs that are added to them. */
  spell(text) {
    const marks = [], signs = [];
    let base = "";
    for (const character of text.normalize("NFC")) {
      const [letters, ...names] = this.marks.drawn[character] ?? [character];
      if (letters !== character && character in this.marks.signs) signs.push([base.length, character]);
      else if (names.length) marks.push([base.length, names]);
      base += letters;
    }
    return { base, marks, signs };
  }

  /** The word with its typography mapped; a word without marks may become several. */
  typographic(word) {
    const base = this.mapped(word.base);
    if (base.length === word.base.length && !base.includes(" ")) return [{ ...word, base }];
    return wordsOf(base).map(({ text }) => ({ ...word, text, base: text, marks: [], signs: [] }));
  }

  /** The text with other spellings; characters of `kept` stay. */
  mapped(text, kept = new Set()) {
    const composed = text.normalize("NFC").replace(LINE_ENDS, "\n");
    const dashed = kept.has("—") ? composed : composed.replace(DASH_AFTER_PUNCTUATION, " - ");
    const spelled = [...dashed].map((character) => {
      if (this.known.has(character) || kept.has(character) || character === "\n" || character === "\f") return character;
      return (this.spellings[character] ?? "").replace(/^ (?=.)|(?<=.) $/g, EDGE);
    });
    return spelled.join("").replace(/(?<=[\p{L}\p{N}_])\0+(?=[\p{L}\p{N}_])/gu, " ").replaceAll(EDGE, "")
      .split("\n").map((line) => line.split(" ").filter(Boolean).join(" ")).join("\n");
  }
}

/** A word in pieces of at most `longest` characters that end in a hyphen. */
function hyphenated(word, longest) {
  const pieces = [];
  while (word.base.length > longest) {
    const own = word.base.lastIndexOf("-", longest - 1), cut = own > 0 ? own + 1 : longest - 1;
    pieces.push({ ...partOf(word, 0, cut, own > 0 ? "" : "-"), cut: true }); // the rest follows on the next line
    word = partOf(word, cut, word.base.length);
  }
  return [...pieces, word];
}

function partOf(word, begin, end, hyphen = "") {
  const own = (added) => added.filter(([at]) => begin <= at && at < end).map(([at, what]) => [at - begin, what]);
  const text = word.text.length === word.base.length ? word.text : word.base; // æ is written as two letters
  return { ...word, text: text.slice(begin, end) + hyphen, base: word.base.slice(begin, end) + hyphen, marks: own(word.marks), signs: own(word.signs) };
}
