// The My hand view: three copied lines, or a page of the notebook, make a hand that is written with at once.

import { send, stream } from "../shell/api.js";
import { abilities } from "../shell/abilities.js";
import { $, scrollTo } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { draw } from "../letters/draw.js";
import { chooseStyle } from "../letters/letters.js";
import { Paper, picture } from "../letters/paper.js";
import { inkOf } from "../notebook/bands.js";
import { forgetLines, samples, setUpLines } from "./lines.js";
import { setUpOwn } from "./own.js";
import { addStyle, strokesOf, styleFrom } from "./styles.js";

const MAX_SAMPLES = 8, MIN_WORDS = 2; // of a page: lines with more words are better samples of a hand
const MAX_STYLE_BYTES = 2 * 2 ** 20;
const SHEET = { height: 0, margin: 6, lineHeight: 11, paper: "plain" };
const WIDTHS = { narrow: 75, wide: 110 }; // millimetres, so that the writing is about as large as the person's own line

let made = null; // the hand that is shown, and what it was made of: { style, samples }
let fitting = null; // AbortController of the fit

export function setUpHand(notebook) {
  $("hand-name").value = t("hand.default");
  attempt(() => setUpLines(notebook?.library.store));
  setUpOwn();
  $("hand-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      if (await make(samples)) forgetLines();
    });
  });
  $("hand-page").addEventListener("click", () => attempt(() => make(async () => ofPage(notebook))));
  $("hand-fit").addEventListener("click", () => attempt(fit));
  $("hand-fit-stop").addEventListener("click", () => fitting?.abort());
  $("upload").addEventListener("change", () => attempt(upload));
}

/** The lines of the open page, with what they say as read and corrected. */
function ofPage(notebook) {
  const lines = notebook.lines.filter((line) => line.words.length >= MIN_WORDS);
  if (!lines.length) throw new UserError(t("hand.emptyPage"));
  const longest = [...lines].sort((a, b) => b.text.length - a.text.length).slice(0, MAX_SAMPLES);
  return longest.map(({ text, strokes }) => {
    const ids = new Set(strokes);
    return { text, strokes: inkOf(notebook.document.strokes.filter((stroke) => ids.has(stroke.id))) };
  });
}

/** Make a hand from samples { strokes, text } and write with it; returns whether it is stored. */
async function make(take) {
  const busy = (is) => ($("hand-make").disabled = $("hand-page").disabled = is);
  busy(true);
  try {
    $("hand-state").textContent = t("hand.reading");
    const taken = await take();
    $("hand-state").textContent = t("hand.making");
    const { style, stored } = keep(await send("api/styles", { name: $("hand-name").value.trim() || t("hand.unnamed"), samples: taken }));
    fitting?.abort();
    made = { style, samples: taken };
    await compare(style);
    return stored;
  } catch (error) {
    $("hand-state").textContent = "";
    throw error;
  } finally {
    busy(false);
  }
}

/** Store a hand under its name or another one, and choose it for letters: { style, stored }. */
function keep(made) {
  const { style, stored } = addStyle(made);
  chooseStyle(style.name);
  const renamed = style.name === made.name ? "" : `${t("hand.exists", { name: made.name })} `;
  $("hand-state").textContent = renamed + t(stored ? "hand.kept" : "hand.loose", { name: style.name });
  return { style, stored };
}

/** Show a line of the person's own writing, and the same line written in their hand. */
async function compare(style) {
  const [sample] = style.samples ?? [];
  $("hand-box").hidden = false;
  $("hand-real").replaceChildren();
  if (sample) picture($("hand-real"), strokesOf(style), 0.03);
  $("hand-fitted").setAttribute("hidden", "");
  $("hand-fitted-title").hidden = true;
  $("hand-fit-state").textContent = "";
  $("hand-fit").hidden = true;
  await show("hand-paper", style);
  // Only now: the box grows while the hand is drawn, which would move the button away from the pointer.
  $("hand-fit").hidden = !abilities.fit || made?.style !== style || made.samples.length < 2;
  scrollTo($("hand-box"), "nearest");
}

/** Write what the first line of a hand says, in that hand. */
async function show(id, style) {
  const paper = new Paper($(id));
  const sheet = { ...SHEET, width: matchMedia("(max-width: 640px)").matches ? WIDTHS.narrow : WIDTHS.wide };
  await draw(paper, { text: style.samples?.[0]?.text ?? t("hand.sample"), style, bestOf: 4, replace: true, sheet });
  await paper.end();
}

/** Have the server fit the hand to its lines, and show both hands with the real line. */
async function fit() {
  const { style, samples: lines } = made;
  const control = (fitting = new AbortController());
  const busy = (is) => {
    $("hand-fit").disabled = is;
    $("hand-fit-stop").hidden = $("hand-progress").hidden = !is;
    $("hand-progress").removeAttribute("value");
  };
  busy(true);
  $("hand-fit-state").textContent = t("hand.fitting");
  try {
    const asked = { name: t("hand.fittedName", { name: style.name }).slice(0, 60), samples: lines };
    for await (const event of stream("api/styles/fit", asked, control.signal)) {
      if (event.type === "progress") Object.assign($("hand-progress"), { max: event.total, value: event.done });
      else if (event.type === "done") {
        const { style: fitted } = keep(event.style);
        $("hand-fit-state").textContent = $("hand-state").textContent;
        $("hand-fitted").removeAttribute("hidden");
        $("hand-fitted-title").hidden = false;
        $("hand-fit").hidden = true;
        await show("hand-fitted", fitted);
      }
    }
  } catch (error) {
    $("hand-fit-state").textContent = error.name === "AbortError" ? t("letters.stopped") : t("hand.fitFailed");
    throw error;
  } finally {
    if (fitting === control) fitting = null;
    busy(false);
  }
}

/** Add the hand in a file, once the server has written with it. */
async function upload() {
  const [file] = $("upload").files;
  $("upload").value = "";
  if (!file) return;
  if (file.size > MAX_STYLE_BYTES) throw new UserError(t("hand.tooLarge", { file: file.name }));
  const style = await file.text().then(JSON.parse).then(styleFrom).catch(() => null);
  if (!style) throw new UserError(t("hand.noStyle", { file: file.name }));
  await compare(style);
  keep(style);
}
