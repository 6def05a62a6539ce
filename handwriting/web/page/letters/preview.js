// The first line of the letter, drawn again while the text is typed or the hand changed.

import { $ } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { draw } from "./draw.js";
import { Paper } from "./paper.js";

const PAUSE_MS = 40; // without a change, before a line that is being drawn is abandoned
const RETRY_MS = 3000; // after the server could not be reached
const WIDTH = 150, LINE = 12, EDGE = 4; // millimetres
const MAX_CHARACTERS = 28; // characters: what fits on the line in the usual size
const MAX_WORD_SHARE = 0.7; // share of them in one word; a longer word would be hyphenated

export class Preview {
  /** `request` returns the letter's request; `pens` has the line width of each pen in millimetres. */
  constructor(request, pens) {
    this.request = request;
    this.pens = pens;
    this.paper = new Paper($("preview"));
    this.paper.still = { matches: true }; // there at once
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), this.control ? PAUSE_MS : 0);
  }

  async draw() {
    clearTimeout(this.timer);
    this.control?.abort();
    this.control = null;
    const { text, markdown, ...hand } = this.request();
    const line = firstLine(markdown ? withoutMarks(text) : text, Math.floor(MAX_CHARACTERS / Math.max(1, hand.size)));
    if (!line) return this.empty();
    const control = (this.control = new AbortController());
    const sheet = { width: WIDTH, margin: EDGE, lineHeight: LINE, paper: "plain", color: hand.color };
    const asked = { text: line, style: hand.style, bias: hand.bias, seed: hand.seed, size: hand.size, slant: hand.slant, bestOf: 1, lively: isRuled(hand.sheet.paper) ? 0 : hand.lively, replace: true, sheet };
    this.paper.thickness = this.pens[hand.pen];
    $("preview").style.setProperty("--ink", hand.color);
    try {
      await draw(this.paper, asked, { signal: control.signal, begin: () => $("preview").setAttribute("aria-label", line) });
    } catch (error) { // writing the letter reports the error
      if (this.control !== control) return undefined;
      this.empty();
      if (!error.status) this.timer = setTimeout(() => this.draw(), RETRY_MS);
    } finally {
      if (this.control === control) this.control = null;
    }
    return undefined;
  }

  empty() {
    this.paper.clear();
    $("preview").setAttribute("aria-label", t("letters.preview"));
  }
}

/** Whether the paper has rulings, which keep the writing straight. */
const isRuled = (paper) => ["ruled", "seyes"].includes(paper);

/** A text without the markup of Markdown. */
const withoutMarks = (text) => text.replace(/^\s*(#{1,6}|[-*+>]|\d+[.)])\s+/gm, "").replace(/[*_`]/g, "");

/** The first line that has text, and of it as many words as fit in `most` characters. */
function firstLine(text, most) {
  const line = text.split(/[\n\f]/).map((one) => one.trim()).find(Boolean) ?? "";
  const words = line.split(/ +/).map((word) => word.slice(0, MAX_WORD_SHARE * most));
  while (words.length > 1 && words.join(" ").length > most) words.pop();
  return words.join(" ");
}
