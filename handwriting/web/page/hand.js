// The view that makes a style: three lines to copy, each checked, and then written with at once.

import { Refused, save, say, send, trying } from "./api.js";
import { chooseStyle, draw } from "./generate.js";
import { Pad } from "./pad.js";
import { Paper, element, picture } from "./paper.js";
import { addStyle, onStyles, ownStyles, removeStyle, strokesOf } from "./styles.js";

const LINES = ["the quick brown fox", "jumps over a lazy dog", "while we sit and watch"];
const CLOSE = 0.2; // share of characters that may be read otherwise
const $ = (id) => document.getElementById(id);

let samples = [];

export function setUpHand() {
  samples = LINES.map(sample);
  $("hand-form").addEventListener("submit", (event) => {
    event.preventDefault();
    trying(make);
  });
  $("upload").addEventListener("change", () => trying(upload));
  document.addEventListener("recoloured", () => samples.forEach(({ pad }) => pad.redraw()));
  onStyles(showOwn);
  showOwn();
}

function sample(text, number) {
  const item = document.createElement("li");
  item.innerHTML = `<div class="head"><p><span class="muted">Write</span> <span class="say"></span></p><p class="verdict" role="status"></p><button type="button">Clear</button></div><div class="sheet"><canvas role="img"></canvas></div>`;
  item.querySelector(".say").textContent = text;
  const canvas = item.querySelector("canvas");
  canvas.setAttribute("aria-label", `Line ${number + 1}: copy “${text}” here`);
  const button = item.querySelector("button");
  button.setAttribute("aria-label", `Clear line ${number + 1}`);
  $("samples").append(item);
  const one = { text, verdict: item.querySelector(".verdict"), timer: 0, asked: 0 };
  one.pad = new Pad(canvas, { changed: () => changed(one), width: 2.4 });
  button.addEventListener("click", () => one.pad.clear());
  return one;
}

function changed(one) {
  clearTimeout(one.timer);
  one.asked += 1;
  if (one.pad.strokes.length) one.timer = setTimeout(() => trying(() => check(one)), 350);
  else judge(one, "", "");
}

function judge(one, kind, text) {
  one.verdict.className = `verdict ${kind}`;
  one.verdict.textContent = text;
}

/** Read a line and say how it was read. */
async function check(one) {
  const number = one.asked;
  let answer;
  try {
    answer = await send("api/styles/check", { strokes: one.pad.ink, text: one.text });
  } catch (error) {
    if (error.status === 422) return judge(one, "", error.message);
    throw error;
  }
  if (number !== one.asked) return undefined;
  if (answer.cer === 0) return judge(one, "good", "✓ Read as it should be.");
  if (answer.cer <= CLOSE) return judge(one, "good", `✓ Near enough: read as “${answer.read}”.`);
  return judge(one, "bad", answer.read ? `Read as “${answer.read}”. Write on, or clear it and write it again.` : "Nothing can be read yet. Write on.");
}

async function make() {
  const missing = samples.findIndex((one) => !one.pad.strokes.length);
  if (missing >= 0) throw new Refused(`Line ${missing + 1} is empty: copy “${samples[missing].text}” first.`);
  $("hand-state").textContent = "Making the style …";
  try {
    const style = await send("api/styles", { name: $("hand-name").value, samples: samples.map(({ pad, text }) => ({ strokes: pad.ink, text })) });
    keep(style);
    await preview(style);
  } catch (error) {
    $("hand-state").textContent = "";
    throw error;
  }
}

function keep(style) {
  const kept = addStyle(style);
  chooseStyle(style.name);
  $("hand-state").textContent = kept ? `“${style.name}” is kept in this browser.` : `“${style.name}” holds until this page is closed; the browser keeps nothing. Download it.`;
}

/** Write with a style at once. */
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
    made.addEventListener("click", () => trying(work));
    return made;
  };
  item.append(
    svg,
    name,
    button("Use", () => {
      chooseStyle(style.name);
      location.hash = "#generate";
    }),
    button("Download", () => save(new Blob([JSON.stringify(style)], { type: "application/json" }), `${style.name}.json`)),
    button("Delete", () => {
      removeStyle(style.name);
      say(`“${style.name}” is gone from this browser.`);
      $("own-empty").hidden = ownStyles().length > 0;
      $("hand-title").focus();
    }),
  );
  return item;
}

/** Take a style from a file; the server is asked to write with it, which tells whether it is one. */
async function upload() {
  const [file] = $("upload").files;
  $("upload").value = "";
  if (!file) return;
  if (file.size > 2 * 2 ** 20) throw new Refused("A style's file is small; this one is over 2 MB. Choose the JSON file that was downloaded here.");
  let style;
  try {
    style = JSON.parse(await file.text());
  } catch {
    throw new Refused(`“${file.name}” is no style. Choose a JSON file that was downloaded here, or made by 'style create'.`);
  }
  if (!strokesOf(style).length || typeof style.name !== "string") {
    throw new Refused(`“${file.name}” holds no style. Choose a JSON file that was downloaded here, or made by 'style create'.`);
  }
  await preview(style);
  keep(style);
}
