// A text as lines of handwriting, one after another. The twin of handwriting/composition/composer.py and runs.py, for one
// run at a time.

import { movedTo } from "../ink/ink.js";
import { writingHeight } from "../ink/normalise.js";
import { max, min, sum } from "../numbers.js";
import { readWords } from "../reading/words.js";
import { Finisher, HEIGHT_PER_LINE_HEIGHT, RULE, UNDERLINE, inLine, lettersOf, measureOf } from "./finish.js";
import { breakLines } from "./typeset.js";
import { BAR, cutWords, divided, joinParts, stands } from "./words.js";

const RUN_CHARACTERS = 32; // about those of a line that the network was trained on
const FIRST_CHARACTERS = 24; // of the first run, for which somebody waits
const MEASURED_CHARACTERS = 40; // that show a hand's size
const MAX_WORD_SHARE = 0.8; // of the characters of a line: longer words are hyphenated
const WHOLE_DRAWINGS = 4; // after which a long word is drawn in parts
const REPAIR_STREAM = 1_000_000; // random streams of words that are drawn again

/**
 * `blocks` are those of blocks.js, spelled by `spelling`; `hand` is { bias, seed, size, slant, added }. A word that
 * `recognizer` misreads is drawn up to `bestOf` times. `progress` is told how many characters are drawn, `watch` sees the
 * offsets of the first run.
 */
export class Composer {
  constructor({ synthesizer, recognizer = null, spelling }, blocks, room, lineHeight, hand, { lively = 0, bestOf = 1, progress = () => {}, watch, signal } = {}) {
    Object.assign(this, { synthesizer, blocks, room, hand, recognizer, bestOf, progress, watch, signal });
    this.finisher = new Finisher(hand, lineHeight, spelling.marks, lively);
    this.scale = (HEIGHT_PER_LINE_HEIGHT * hand.size * lineHeight) / synthesizer.height;
    const perLine = Math.max(3, Math.floor(room / (synthesizer.advance * this.scale)));
    this.words = spelling.words(blocks, Math.max(3, Math.floor(MAX_WORD_SHARE * perLine)));
    const bases = this.words.map((words) => words.map(({ base }) => base));
    this.runs = bases.flatMap((words, number) => runsOf(words).map((text) => ({ number, text })));
    if (watch && this.runs.length) {
      const [{ number, text }] = this.runs, parts = runsOf(text.split(" "), Math.min(FIRST_CHARACTERS, perLine));
      this.runs.splice(0, 1, ...parts.map((part) => ({ number, text: part })));
    }
    this.estimate = sum(bases.map((words) => 1 + Math.floor(words.join(" ").length / perLine)));
    this.total = sum(this.runs.map(({ text }) => text.length));
    this.doubtful = []; // words that may not be readable, { text, read }
    this.asShown = true; // whether the first run is kept as it was drawn
  }

  /** Lines { number, first, x, words, drawn, more }, each as soon as it is known where it ends. */
  async *lines() {
    const finished = this.blocks.map(() => []);
    let at = 0, begun = 0;
    for await (const rows of this.measured()) {
      for (const { number, words } of rows) finished[number].push(...this.finish(number, finished[number].length, words));
      for (; at < this.blocks.length; [at, begun] = [at + 1, 0]) {
        const whole = finished[at].length >= this.words[at].length;
        const lines = this.broken(at, finished[at]);
        for (const [k, line] of lines.entries()) {
          const more = k + 1 < lines.length;
          if (line.first < begun || !(whole || more)) continue;
          begun = line.first + line.x.length;
          const words = finished[at].slice(line.first, begun);
          yield { number: at, ...line, words, drawn: this.drawn(this.blocks[at], line.x, words), more };
        }
        if (!whole) break;
      }
    }
  }

  broken(number, words) {
    const block = this.blocks[number], [marker, ...rest] = words;
    const all = block.marked && marker ? [{ ...marker, space: Math.max(marker.space, -block.indent - marker.width) }, ...rest] : words;
    return breakLines(all, block, this.room); // the text of an item begins where its further lines do
  }

  /** The lines that are drawn by hand under words or instead of them, from the left margin and with the baseline at y = 0. */
  drawn({ rule, left, size }, x, words) {
    const spans = [];
    words.forEach(({ underlined, width }, i) => {
      if (!underlined) return;
      if (i && words[i - 1].underlined) spans.at(-1)[1] = x[i] + width;
      else spans.push([x[i], x[i] + width]);
    });
    const under = spans.map(([begin, end]) => this.finisher.stroke(begin, end, UNDERLINE * size));
    return rule ? [this.finisher.stroke(left, this.room, RULE), ...under] : under;
  }

  /** The words of a block from `begin` on, finished as they were drawn. */
  finish(number, begin, drawn) {
    const { size, left, indent } = this.blocks[number], room = this.room - left - Math.max(0, indent);
    return drawn.map((word, k) => this.finisher.word(word, this.words[number][begin + k], this.measure, size, room));
  }

  /** The words of runs, when enough of them are drawn to measure the hand. */
  async *measured() {
    let waiting = [], characters = 0;
    for (const [k, { number, text }] of this.runs.entries()) {
      waiting.push({ number, words: await this.draw(text, k) });
      characters += text.length;
      this.progress(characters);
      if (!this.measure && characters < MEASURED_CHARACTERS && k + 1 < this.runs.length && !this.watch) continue;
      this.measure ??= measureOf(waiting.flatMap(({ words }) => words), this.synthesizer.height);
      yield waiting;
      waiting = [];
    }
    if (!this.runs.length) yield [];
  }

  /** The words of a run; one that is misread, left out or joined to a neighbour is drawn again by itself. */
  async draw(text, run) {
    const line = await this.write(text, [run], run ? undefined : this.watch);
    const words = await this.judged(cutLine(line, this.synthesizer.height));
    if (run === 0) {
      const strokes = words.flatMap((word) => word.strokes), [first] = this.words.filter(({ length }) => length);
      const marked = first.slice(0, words.length).some(({ marks, signs }) => marks.length || signs.length) || text.includes(BAR);
      this.asShown = !marked && strokes.length === line.ink.starts.length && strokes.every((stroke, i) => stroke === i);
    }
    for (const [k, first] of words.entries()) {
      for (let drawing = 1; drawing < Math.max(this.bestOf, isWhole(words[k]) ? 1 : 2) && rank(words[k]); drawing++) {
        const text = drawing < WHOLE_DRAWINGS ? first.text : divided(first.text);
        const alone = joinParts(cutLine(await this.write(text, [REPAIR_STREAM * drawing + run, k]), this.synthesizer.height));
        const tried = { ...alone, run: first.run, ink: asHigh(alone, words[k]), gap: first.gap, changed: true, enlarged: enlarged(alone, words[k], first) };
        const begin = Math.max(0, k - 1), around = words.with(k, tried).slice(begin, k + 2);
        const read = (await this.judged(around, words))[k - begin]; // between its neighbours, as it will be seen
        if (!(rank(read) < rank(words[k]))) continue;
        words[k] = read;
        if (run === 0) this.asShown = false;
      }
      if (isDoubtful(words[k])) this.doubtful.push({ text: first.text, read: words[k].read });
    }
    return words;
  }

  write(text, seeds, watch) {
    const { bias, seed, added: hand } = this.hand;
    return this.synthesizer.write(text, { bias, hand, seeds: [seed, ...seeds], watch, signal: this.signal });
  }

  /**
   * The words with what is read of each when they are set as on a page, in the hand of the words `among` if none is known
   * yet; without a recognizer they are read as their text.
   */
  async judged(words, among = words) {
    if (!this.recognizer || this.bestOf === 1) return words.map((word) => ({ ...word, read: word.text, errors: 0, tied: false }));
    const shown = words.filter(({ ink }) => ink), missing = ({ text }) => ({ read: "", errors: text.length, tied: false });
    if (!shown.length) return words.map((word) => ({ ...word, ...missing(word) }));
    const ink = inLine(shown, this.measure ?? measureOf(among.some((word) => word.ink) ? among : shown, this.synthesizer.height));
    const read = await readWords(this.recognizer, ink, shown.map(({ text }) => text).join(" "));
    return words.map((word) => ({ ...word, ...(word.ink ? read[shown.indexOf(word)] : missing(word)) }));
  }
}

/** The words of a line, see cutWords; where the pen lost its way, the last one has no ink. */
function cutLine(line, usual) {
  const words = cutWords(line, usual), lost = line.complete ? null : words.findLast(({ ink }) => ink);
  const drawn = words.map((word) => (word === lost ? { ...word, ink: null } : word)), run = lettersOf(drawn);
  return drawn.map((word) => ({ ...word, run }));
}

/** The ink of a word that was drawn by itself; one that does not stand on the line, such as "-", is as high as it was. */
function asHigh({ text, ink }, before) {
  if (!ink || !before.ink || stands(text)) return ink;
  const middle = (one) => (min(one.y) + max(one.y)) / 2, up = middle(ink) - middle(before.ink);
  return movedTo(ink, ink.x, ink.y.map((y) => y - up));
}

/** How much higher a word is than when it was first drawn; null where that shows no size. */
function enlarged(word, before, first) {
  const known = before.changed ? before.enlarged : 1;
  return known && word.ink && before.ink && !first.joined ? (known * writingHeight(word.ink)) / writingHeight(before.ink) : null;
}

const isWhole = ({ ink, joined }) => ink && !joined;
const isDoubtful = (word) => !isWhole(word) || word.errors > 0;
const rank = (word) => (isWhole(word) ? 0 : 1000) + word.errors + (word.tied ? 0.5 : 0);

/** Words in runs of at most so many characters, the first one of at most `first`; a longer word is a run by itself. */
function runsOf(words, first = RUN_CHARACTERS) {
  const runs = [];
  for (const word of words) {
    const limit = runs.length > 1 ? RUN_CHARACTERS : first;
    if (runs.length && runs.at(-1).length + 1 + word.length <= limit) runs.push(`${runs.pop()} ${word}`);
    else runs.push(word);
  }
  return runs;
}
