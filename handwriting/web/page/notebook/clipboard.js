// Selected ink is cut, copied and pasted, on this page or another, in this tab or another. Other files and texts that
// are pasted go to `bring`.

import { $, isTyping } from "../shell/dom.js";
import { boundsOf, union } from "./geometry.js";
import { itemFrom, recordOf } from "./items.js";

const MARK = "handwriting-ink";
const BESIDE = 6; // millimetres from the original to a copy

export class Clipboard {
  constructor(notebook, bring) {
    this.notebook = notebook;
    const here = (event) => !$("notebook").hidden && !isTyping(event.target);
    const copy = (event) => {
      if (!here(event) || !this.select.ids.size || String(getSelection())) return false;
      event.clipboardData.setData("text/plain", JSON.stringify({ format: MARK, strokes: this.select.strokes.map(recordOf) }));
      event.preventDefault();
      return true;
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", (event) => copy(event) && this.select.remove());
    document.addEventListener("paste", (event) => {
      if (!here(event)) return;
      const files = [...event.clipboardData.files];
      const text = event.clipboardData.getData("text/plain");
      if (!files.length && !text) return;
      event.preventDefault();
      const strokes = files.length ? null : strokesIn(text);
      if (strokes) this.paste(strokes);
      else bring(files.length ? files : [new File([text], "pasted.txt", { type: "text/plain" })]);
    });
  }

  get select() {
    return this.notebook.tools.select;
  }

  duplicate() {
    this.select.paste(this.select.strokes, BESIDE, BESIDE);
  }

  /** Paste strokes beside where they were copied if that is in view, else in the middle of the view. */
  paste(strokes) {
    this.notebook.use("select");
    const [left, top, right, bottom] = union(strokes.map(boundsOf));
    const [a, b, c, d] = this.notebook.viewport.box;
    const seen = left >= a && top >= b && right <= c && bottom <= d;
    if (seen) this.select.paste(strokes, BESIDE, BESIDE);
    else this.select.paste(strokes, (a + c - left - right) / 2, (b + d - top - bottom) / 2);
  }
}

/** The strokes in a text that was copied here; null if it is another text. */
function strokesIn(text) {
  if (!text.includes(MARK)) return null;
  try {
    const { format, strokes } = JSON.parse(text);
    const found = format === MARK ? strokes.map(itemFrom).filter((item) => item?.kind === "stroke") : [];
    return found.length ? found : null;
  } catch {
    return null;
  }
}
