// What each character adds to the score of a text. The twin of handwriting/recognition/language/scorer.py, without hints.

import { logAddExp } from "../numbers.js";
import { isLetter, nats } from "./characters.js";
import { NOWHERE, ROOT } from "./words.js";

export const SPACE = 0;
const APOSTROPHE = "'".charCodeAt(0) - 32, OTHER = "~".charCodeAt(0) - 32;
const ZERO = "0".charCodeAt(0) - 32, NINE = "9".charCodeAt(0) - 32;

export class LanguageScorer {
  /** `alphabet` is the text of all characters; `weights` are those on the language model's card. */
  constructor(alphabet, characters, words, weights) {
    Object.assign(this, { characters, words, weights });
    this.codes = [SPACE, ...codesOf(alphabet)];
    this.known = Math.log(weights.lexicon);
    this.open = Math.log(1 - weights.lexicon);
    this.maxScore = Math.max(0, weights.character + weights.word, weights.character);
    const { unknown } = words;
    const nothing = { characters: 0, inside: false, node: 0, rows: words.context(unknown, unknown), before: unknown, last: unknown, mass: 0, known: 0, open: 0, total: 0 };
    this.begin = this.step(nothing, SPACE)[1];
  }

  start() {
    return this.begin;
  }

  /** The score of a label after a state, and the new state. */
  extend(state, label) {
    const { language, character, word } = this.weights;
    const [added, after, ends] = this.step(state, this.codes[label]);
    return [language * added + character + (ends ? word : 0), after];
  }

  /** The score of ending the line: an unfinished word ends with it. */
  finish(state) {
    if (!state.inside) return 0;
    const opened = state.open + nats(this.characters.other[state.characters]);
    return this.weights.language * (logAddExp(this.ended(state), opened) - state.total) + this.weights.word;
  }

  /** A scorer whose scores are multiplied by a factor. */
  scaled(factor) {
    const { language, character, word } = this.weights;
    const weights = { ...this.weights, language: language * factor, character: character * factor, word: word * factor };
    return Object.assign(Object.create(LanguageScorer.prototype), this, { weights, maxScore: this.maxScore * factor });
  }

  /** The log-probability of a character, the new state, and whether a word ended. */
  step(state, code) {
    const [logProbability, following] = this.characters.step(state.characters, code);
    const { inside } = state;
    const child = this.words.trie.child(inside ? state.node : ROOT, code);
    const letter = isLetter(code) || (inside && code === APOSTROPHE && child !== NOWHERE);
    const after = { ...state, characters: following, inside: letter };
    if (letter) {
      this.spell(state, logProbability, child, after);
      return [after.total - (inside ? state.total : 0), after, false];
    }
    this.push(state, code, after);
    if (!inside) return [logProbability, after, false];
    const marked = logProbability - nats(this.characters.other[state.characters]);
    return [logAddExp(this.ended(state) + marked, state.open + logProbability) - state.total, after, true];
  }

  /** The state after a letter. */
  spell(state, logProbability, child, after) {
    const { inside } = state;
    const mass = child === NOWHERE ? -Infinity : this.massBelow(child, state.rows);
    const known = (inside ? state.known : this.known + nats(this.characters.letter[state.characters])) + mass - (inside ? state.mass : 0);
    const open = (inside ? state.open : this.open) + logProbability;
    Object.assign(after, { node: child, mass: Math.max(mass, -1e3), known, open, total: logAddExp(known, open) });
  }

  massBelow(node, rows) {
    const low = this.words.trie.low[node];
    return log(this.words.mass(low, low + this.words.trie.extent[node], rows));
  }

  /** The log-probability that the word so far is complete and one of the lexicon's. */
  ended(state) {
    if (!this.words.trie.whole(state.node)) return -Infinity;
    const low = this.words.trie.low[state.node];
    return state.known - state.mass + log(this.words.mass(low, low + 1, state.rows));
  }

  /** The tokens after a character that is not a letter: the word that it ends, and itself unless it is a space. */
  push(state, code, after) {
    const { words } = this;
    let { before, last } = state;
    if (state.inside) [before, last] = [last, words.trie.whole(state.node) ? words.trie.low[state.node] : words.unknown];
    const digit = code >= ZERO && code <= NINE, mark = words.size + (digit ? ZERO : code);
    if (code !== SPACE && !(digit && last === mark && !state.inside)) [before, last] = [last, mark];
    Object.assign(after, { before, last, rows: words.context(before, last) });
  }
}

/** The codes of the characters of a text: printable ASCII from 0 on, OTHER for the rest. */
export const codesOf = (text) => [...text].map((c) => (c >= " " && c <= "~" ? c.charCodeAt(0) - 32 : OTHER));

const log = (value) => Math.log(Math.max(value, 1e-30));
