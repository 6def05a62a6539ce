// The My hand view: three lines to copy, each of which is read, make a style that is written with at once.

import { save, send } from "../shell/api.js";
import { UserError, attempt, notify } from "../shell/toast.js";
import { draw } from "../letters/draw.js";
import { chooseStyle } from "../letters/letters.js";
import { Pad } from "./pad.js";
import { Paper, picture } from "../letters/paper.js";
import { svg as element } from "../shell/dom.js";
import { addStyle, onStyles, ownStyles, removeStyle, strokesOf } from "./styles.js";

const LINES = ["the quick brown fox", "jumps over a lazy dog", "while we sit and watch"];
const CLOSE = 0.2; // character error rate up to which a line counts as copied
const CHECK_MS = 350; // after the last stroke
const MAX_STYLE_BYTES = 2 * 2 ** 20;
const $ = (id) => document.getElementById(id);

let samples = [];

export function setUpHand() {
  samples = LINES.map(sample);
  $("hand-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(make);
  });
  $("upload").addEventListener("change", () => attempt(upload));
  document.addEventListener("recoloured", () => samples.forEach(({ pad }) => pad.redraw()));
  onStyles(showOwn);
  showOwn();
}

/** A line to copy: its text, its sheet, the verdict, and a field for what was written if that is something else. */
function sample(text, index) {
  const item = document.createElement("li");
  item.innerHTML = `<div class="head"><p><span class="muted">Write</span> <span class="say"></span></p><p class="verdict" role="status"></p><button type="button">Clear</button></div><div class="sheet"><canvas role="img"></canvas></div><label class="field actual" hidden><span>What you wrote</span><input type="text" maxlength="200"></label>`;
  item.querySelector(".say").textContent = text;
  const canvas = item.querySelector("canvas");
  canvas.setAttribute("aria-label", `Line ${index + 1}: copy “${text}” here`);
  const button = item.querySelector("button");
  button.setAttribute("aria-label", `Clear line ${index + 1}`);
  $("samples").append(item);
  const line = { text, verdict: item.querySelector(".verdict"), field: item.querySelector(".actual"), timer: 0, version: 0, checked: 0 };
  line.input = line.field.querySelector("input");
  line.input.addEventListener("input", () => (line.edited = true));
  line.pad = new Pad(canvas, { changed: () => changed(line), width: 2.4 });
  button.addEventListener("click", () => line.pad.clear());
  return line;
}

function changed(line) {
  clearTimeout(line.timer);
  line.version += 1;
  if (line.pad.strokes.length) line.timer = setTimeout(() => attempt(() => check(line)), CHECK_MS);
  else {
    line.edited = false;
    judge(line, "", "");
  }
}

/** Show a verdict, and the field with what was written where that is not the text to copy. */
function judge(line, kind, text, actual = null) {
  line.checked = line.version;
  line.verdict.className = `verdict ${kind}`;
  line.verdict.textContent = text;
  line.field.hidden = actual === null;
  if (actual !== null && !line.edited) line.input.value = actual;
}

/** Have the server read a line. */
async function check(line) {
  clearTimeout(line.timer);
  const { version } = line;
  let response;
  try {
    response = await send("api/styles/check", { strokes: line.pad.ink, text: line.text });
  } catch (error) {
    if (error.status !== 422) throw error;
    if (version === line.version) judge(line, "bad", error.message, "");
    return;
  }
  if (version !== line.version) return;
  if (response.cer === 0) judge(line, "good", "✓ Read correctly.");
  else if (response.cer <= CLOSE) judge(line, "good", `✓ Close enough: read as “${response.read}”.`);
  else if (response.read) judge(line, "bad", `Read as “${response.read}”. Clear the line and write it again, or correct the text below.`, response.read);
  else judge(line, "bad", "Nothing can be read. Write on, or clear the line and write it again.", "");
}

/** Make a style of the lines, with the texts that were really written. */
async function make() {
  const missing = samples.findIndex((line) => !line.pad.strokes.length);
  if (missing >= 0) throw new UserError(`Line ${missing + 1} is empty. Copy “${samples[missing].text}” first.`);
  $("hand-state").textContent = "Reading the lines …";
  try {
    await Promise.all(samples.filter((line) => line.checked !== line.version).map(check));
    const texts = samples.map((line) => (line.field.hidden ? line.text : line.input.value.trim()));
    const unknown = texts.findIndex((text) => !text);
    if (unknown >= 0) {
      samples[unknown].input.focus();
      throw new UserError(`Line ${unknown + 1} cannot be read. Clear it and write it again, or type what you wrote.`);
    }
    $("hand-state").textContent = "Making the style …";
    const style = await send("api/styles", { name: $("hand-name").value, samples: samples.map(({ pad }, i) => ({ strokes: pad.ink, text: texts[i] })) });
    await preview(keep(style));
  } catch (error) {
    $("hand-state").textContent = "";
    throw error;
  }
}

/** Store a style, choose it in the Generate view, and return it under the name that it got. */
function keep(made) {
  const { style, stored } = addStyle(made);
  chooseStyle(style.name);
  const renamed = style.name === made.name ? "" : `“${made.name}” exists already. `;
  $("hand-state").textContent = renamed + (stored ? `“${style.name}” is kept in this browser.` : `“${style.name}” lasts until this page is closed, because the browser does not store it. Download it.`);
  return style;
}

/** Write a line with a style. */
async function preview(style) {
  $("hand-box").hidden = false;
  const paper = new Paper($("hand-paper"));
  const sheet = { width: 110, height: 40, margin: 6, lineHeight: 11, paper: "plain" };
  await draw(paper, { text: "and this is written in my own hand", style, bestOf: 4, sheet });
  await paper.end();
  $("hand-box").scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function showOwn() {
  $("own").replaceChildren(...ownStyles().map(ownItem));
  $("own-empty").hidden = ownStyles().length > 0;
}

function ownItem(style) {
  const item = document.createElement("li");
  const svg = element("svg", { "aria-hidden": "true" });
  picture(svg, strokesOf(style), 0.04);
  const name = Object.assign(document.createElement("strong"), { textContent: style.name });
  const button = (text, work) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.setAttribute("aria-label", `${text} “${style.name}”`);
    made.addEventListener("click", () => attempt(work));
    return made;
  };
  item.append(
    svg,
    name,
    button("Use", () => {
      chooseStyle(style.name);
      location.hash = "#letters";
    }),
    button("Download", () => save(new Blob([JSON.stringify(style)], { type: "application/json" }), `${style.name}.json`)),
    button("Delete", () => {
      const undo = removeStyle(style.name);
      notify(`“${style.name}” is deleted.`, { label: "Undo", run: undo });
      $("hand-title").focus();
    }),
  );
  return item;
}

/** Add the style in a file, once the server has written with it. */
async function upload() {
  const [file] = $("upload").files;
  $("upload").value = "";
  if (!file) return;
  const remedy = "Choose a style file (JSON) that was downloaded here or made by “handwriting style create”.";
  if (file.size > MAX_STYLE_BYTES) throw new UserError(`“${file.name}” is too large for a style file. ${remedy}`);
  let style;
  try {
    style = JSON.parse(await file.text());
  } catch {
    style = null;
  }
  if (!strokesOf(style).length || typeof style.name !== "string") throw new UserError(`“${file.name}” is not a style file. ${remedy}`);
  await preview(style);
  keep(style);
}
