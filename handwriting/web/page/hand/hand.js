// The My hand view: three copied lines, or a page of the notebook, make a hand that is written with at once.

import { send } from "../shell/api.js";
import { $ } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { draw } from "../letters/draw.js";
import { chooseStyle } from "../letters/letters.js";
import { Paper, picture } from "../letters/paper.js";
import { inkOf } from "../notebook/bands.js";
import { samples, setUpLines } from "./lines.js";
import { setUpOwn } from "./own.js";
import { addStyle, strokesOf } from "./styles.js";

const MOST_SAMPLES = 8, FEWEST_WORDS = 2; // of a page: lines with more words tell more of a hand
const MAX_STYLE_BYTES = 2 * 2 ** 20;
const SHEET = { width: 110, height: 0, margin: 6, lineHeight: 11, paper: "plain" };

export function setUpHand(notebook) {
  $("hand-name").value = t("hand.default");
  setUpLines();
  setUpOwn();
  $("hand-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => make(samples));
  });
  $("hand-page").addEventListener("click", () => attempt(() => make(async () => ofPage(notebook))));
  $("upload").addEventListener("change", () => attempt(upload));
}

/** The lines of the open page, with what they say as read and corrected. */
function ofPage(notebook) {
  const lines = notebook.lines.filter((line) => line.words.length >= FEWEST_WORDS);
  if (!lines.length) throw new UserError(t("hand.emptyPage"));
  const longest = [...lines].sort((a, b) => b.text.length - a.text.length).slice(0, MOST_SAMPLES);
  return longest.map(({ text, strokes }) => {
    const ids = new Set(strokes);
    return { text, strokes: inkOf(notebook.document.strokes.filter((stroke) => ids.has(stroke.id))) };
  });
}

/** Make a hand of samples { strokes, text }, and write with it. */
async function make(take) {
  try {
    $("hand-state").textContent = t("hand.reading");
    const taken = await take();
    $("hand-state").textContent = t("hand.making");
    const style = await send("api/styles", { name: $("hand-name").value.trim() || t("hand.unnamed"), samples: taken });
    await compare(keep(style));
  } catch (error) {
    $("hand-state").textContent = "";
    throw error;
  }
}

/** Store a hand, choose it for letters, and return it under the name that it got. */
function keep(made) {
  const { style, stored } = addStyle(made);
  chooseStyle(style.name);
  const renamed = style.name === made.name ? "" : `${t("hand.exists", { name: made.name })} `;
  $("hand-state").textContent = renamed + t(stored ? "hand.kept" : "hand.loose", { name: style.name });
  return style;
}

/** Show a line of the person's own writing, and the same line written in their hand. */
async function compare(style) {
  const [sample] = style.samples ?? [];
  $("hand-box").hidden = false;
  $("hand-real").replaceChildren();
  if (sample) picture($("hand-real"), strokesOf(style), 0.03, 16);
  const paper = new Paper($("hand-paper"));
  await draw(paper, { text: sample?.text ?? t("hand.sample"), style, bestOf: 4, replace: true, sheet: SHEET });
  await paper.end();
  $("hand-box").scrollIntoView({ block: "nearest", behavior: "smooth" });
}

/** Add the hand in a file, once the server has written with it. */
async function upload() {
  const [file] = $("upload").files;
  $("upload").value = "";
  if (!file) return;
  if (file.size > MAX_STYLE_BYTES) throw new UserError(t("hand.tooLarge", { file: file.name }));
  let style;
  try {
    style = JSON.parse(await file.text());
  } catch {
    style = null;
  }
  if (!(strokesOf(style).length || style?.code) || typeof style.name !== "string") throw new UserError(t("hand.noStyle", { file: file.name }));
  await compare(style);
  keep(style);
}
