// The Letters view: a text is written as a letter, page by page, and downloaded as it is seen.

import { save, stream } from "../shell/api.js";
import { $, h, scrollTo } from "../shell/dom.js";
import { prefer, preference } from "../shell/preferences.js";
import { t } from "../shell/strings.js";
import { UserError, attempt, notify } from "../shell/toast.js";
import { chosenStyle, setUpHands } from "./hands.js";
import { Preview } from "./preview.js";
import { check, setText, setUpText } from "./text.js";

export { chooseStyle } from "./hands.js";

const FORMATS = { pdf: "PDF", xopp: "Xournal++", svg: "SVG" };
const PAPERS = ["plain", "ruled", "squared", "dotted", "seyes"];
const SIZES = ["a4", "a5", "a6", "letter"];
const ALIGNS = ["left", "justify", "center", "right"];
const COLORS = ["#1c2f6b", "#1b1b1f", "#b3261e", "#1f6a3a"]; // as in the notebook: blue, black, red, green
const COLOR_NAMES = ["blue", "black", "red", "green"];

let running = null; // AbortController of the letter that is being written
let shown = null; // the letter that is on the screen: { request, pages: [SVG markup] }
let preview;

export function setUpLetters(styles, characters, pens) {
  const select = (id, values, text) => $(id).append(...values.map((value, i) => h("option", { value, textContent: text(value, i) })));
  select("letter-pen", Object.keys(pens), (name) => t(`pen.${name}`));
  select("letter-color", COLORS, (color, i) => t(`color.${COLOR_NAMES[i]}`));
  select("letter-paper", PAPERS, (name) => t(`ruling.${name}`));
  select("letter-size", SIZES, (name) => t(`paper.${name}`));
  select("letter-align", ALIGNS, (name) => t(`align.${name}`));
  $("text").value ||= preference("letter.text", t("letters.sample"));
  preview = new Preview(request, pens);
  setUpText(characters, () => {
    prefer("letter.text", $("text").value);
    preview.soon();
  });
  setUpHands(styles, () => preview.soon());
  showValues();
  const form = $("letters-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(write);
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "range") showValues();
    if (event.target.id !== "text" && !event.target.closest("#styles")) preview.soon();
  });
  form.addEventListener("invalid", ({ target }) => { // show the invalid field
    const around = target.closest("details");
    if (around) around.open = true;
  }, true);
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  $("reroll").addEventListener("click", () => {
    $("seed").value = Math.floor(Math.random() * 100_000);
    preview.soon();
  });
  $("stop").addEventListener("click", stop);
  $("letters-formats").append(...Object.entries(FORMATS).map(([format, name]) => h("button", { type: "button", textContent: name, onclick: () => {
    $("letters-download").open = false;
    attempt(() => download(format));
  } })));
  document.addEventListener("shown", ({ detail }) => detail === "letters" && preview.draw());
  if (!$("letters").hidden) preview.draw();
}

/** Show a text to write, with undo for the one before it. */
export function writeText(text) {
  const before = $("text").value;
  setText(text);
  location.hash = "#letters";
  if (before.trim() && before !== t("letters.sample")) notify(t("letters.taken"), { label: t("undo"), run: () => setText(before) });
}

function showValues() {
  const put = (id, text) => ($(`${id}-value`).textContent = text);
  put("bias", Number($("bias").value).toFixed(1));
  put("size", `${Math.round(100 * $("size").value)} %`);
  put("slant", `${$("slant").value}°`);
  put("spacing", `${Number($("spacing").value)} mm`);
  put("lively", Number($("lively").value).toFixed(1));
}

function request() {
  const page = $("letter-size").value;
  const margin = { a6: 10, a5: 14 }[page] ?? 20;
  return {
    text: $("text").value,
    style: chosenStyle(),
    bias: Number($("bias").value),
    size: Number($("size").value),
    slant: Number($("slant").value),
    seed: Number($("seed").value) || 0,
    bestOf: Number($("best").value) || 8,
    pen: $("letter-pen").value,
    color: $("letter-color").value,
    align: $("letter-align").value,
    header: $("letter-header").value,
    lively: Number($("lively").value),
    markdown: $("letter-markdown").checked,
    sheet: { page, margins: [margin, margin, margin, margin], lineHeight: Number($("spacing").value), paper: $("letter-paper").value },
  };
}

/** Write the letter; one that is still being written is abandoned. */
async function write() {
  stop();
  const asked = request();
  if (!asked.text.trim()) {
    $("text").focus();
    throw new UserError(t("letters.nothing"));
  }
  if (!check()) { // the message below the text lists what cannot be written
    $("text").focus();
    return;
  }
  const control = (running = new AbortController());
  const pages = [];
  busy(true);
  $("letters-state").textContent = t("letters.writing");
  try {
    let done = null;
    for await (const event of stream("api/letter?format=zip&progress=true", asked, control.signal)) {
      if (event.type === "progress") Object.assign($("letters-progress"), { max: event.total, value: event.done });
      else if (event.type === "page") {
        if (!pages.length) begin(asked, pages);
        pages.push(event.svg);
        showPage(event.svg, pages.length);
      } else if (event.type === "done") done = event;
    }
    shown.whole = true;
    $("letters-state").textContent = summary(done);
  } catch (error) {
    if (running === control) $("letters-state").textContent = error.name === "AbortError" ? "" : pages.length ? t("letters.broken", { count: pages.length }) : t("letters.failed");
    throw error;
  } finally {
    if (running === control) {
      running = null;
      busy(false);
    }
  }
}

function busy(is) {
  $("stop").disabled = !is;
  $("letters-progress").hidden = !is;
  $("letters-progress").removeAttribute("value");
}

/** The first page of a letter has arrived: it replaces the previous letter. */
function begin(asked, pages) {
  shown = { request: asked, pages, whole: false };
  for (const image of document.querySelectorAll("#letter-pages img")) URL.revokeObjectURL(image.src);
  $("letter-pages").replaceChildren();
}

function showPage(markup, number) {
  const url = URL.createObjectURL(new Blob([markup], { type: "image/svg+xml" }));
  const image = h("img", { src: url, alt: t("letters.page", { number }) });
  if (number === 1) image.addEventListener("load", reveal, { once: true });
  $("letter-pages").append(h("li", {}, image, h("p", { className: "muted", textContent: t("letters.page", { number }) })));
}

/** On a narrow screen the pages are below all fields. */
function reveal() {
  if (matchMedia("(max-width: 900px)").matches) scrollTo($("letter-pages"), "start");
}

function summary({ pages, words, doubtful }) {
  const said = `${t("letters.pages", { count: pages })}, ${t("letters.words", { count: words })}.`;
  if (!doubtful.length) return `${said} ${t("letters.sure")}`;
  const named = doubtful.slice(0, 3).map(({ text, read }) => t("letters.readAs", { text, read })).join("; ");
  return `${said} ${t("letters.doubtful", { named: named + (doubtful.length > 3 ? " …" : "") })}`;
}

/** Stop writing, but keep the finished pages. */
function stop() {
  if (!running) return;
  running.abort();
  running = null;
  busy(false);
  $("letters-state").textContent = t("letters.stopped");
}

/** Download the pages on the screen; the server caches recent letters, so that this is quick. */
async function download(format) {
  if (!shown) throw new UserError(t("letters.none"));
  if (format === "svg") {
    shown.pages.forEach((markup, i) => save(new Blob([markup], { type: "image/svg+xml" }), `letter-${i + 1}.svg`));
    return;
  }
  notify(t("letters.preparing"));
  const most = shown.whole ? "" : `&pages=${shown.pages.length}`;
  for await (const event of stream(`api/letter?format=${format}&progress=true${most}`, shown.request)) {
    if (event.type !== "done") continue;
    const bytes = Uint8Array.from(atob(event.data), (character) => character.charCodeAt(0));
    save(new Blob([bytes], { type: event.media }), event.name);
  }
}
