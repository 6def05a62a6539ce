// Which characters can be written, and what stands in for the others: `writable` and `respelled` of
// handwriting/synthesis/characters.py, with the spellings that were worked out when the site was exported.

import { Refusal } from "../refusal.js";

const LINE_ENDS = /\r\n|[\r\v\u0085\u2028\u2029]/g;
const NAMED = 8; // characters that are named in a message
const EDGE = "\0"; // around a symbol's name: a space where a word follows, nothing elsewhere

export class Spelling {
  /** `characters` of models.json, and its `spellings`. */
  constructor({ characters, replaced }, spellings) {
    this.known = new Set(characters);
    this.replaced = new Set(replaced);
    this.spellings = spellings;
  }

  /** The text with the nearest spelling of every character that cannot be written; what has none is left out. */
  nearest(text) {
    const single = (spelling) => (spelling.trim() || spelling).length === 1;
    return this.mapped(text, new Set([...this.replaced].filter((character) => single(this.spellings[character] ?? ""))));
  }

  /** The text as it will be written; refused if a character cannot be. */
  writable(text) {
    const bad = new Set([...text.normalize("NFC")].filter((c) => !this.known.has(c) && !this.replaced.has(c) && c !== "\n" && c !== "\f"));
    if (bad.size) throw new Refusal("letters.unwritable", { characters: [...bad].slice(0, NAMED).join(" ") });
    const mapped = this.mapped(text);
    if (!mapped.trim()) throw new Refusal("letters.nothing");
    return mapped;
  }

  /** The text with other spellings; characters of `kept` stay. */
  mapped(text, kept = new Set()) {
    const composed = text.normalize("NFC").replace(LINE_ENDS, "\n");
    const dashed = kept.has("—") ? composed : composed.replace(/(?<=[\w.,;:!?)’”])[—―](?=[\w(‘“])/g, " - ");
    const spelled = [...dashed].map((character) => {
      if (this.known.has(character) || kept.has(character) || character === "\n" || character === "\f") return character;
      return (this.spellings[character] ?? "").replace(/^ (?=.)|(?<=.) $/g, EDGE);
    });
    return spelled.join("").replace(/(?<=\w)\0+(?=\w)/g, " ").replaceAll(EDGE, "")
      .split("\n").map((line) => line.split(" ").filter(Boolean).join(" ")).join("\n");
  }
}
