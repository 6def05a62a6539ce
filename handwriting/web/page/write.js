// The view to write on: ink goes to the server when the pen is lifted, and comes back as lines of words.

import { download, say, send, trying } from "./api.js";
import { Pad } from "./pad.js";
import { element } from "./paper.js";

const FORMATS = { inkml: "InkML", xopp: "Xournal++", svg: "SVG", json: "JSON" };
const $ = (id) => document.getElementById(id);

let pad;
let lines = [];
const picked = new Map(); // a line's strokes → the reading that was chosen for it

export function setUpWrite() {
  pad = new Pad($("pad"), { changed, began: closeReadings });
  $("undo").addEventListener("click", () => pad.undo());
  $("redo").addEventListener("click", () => pad.redo());
  $("clear").addEventListener("click", () => pad.clear());
  $("copy").addEventListener("click", copy);
  document.addEventListener("keydown", shortcut);
  document.addEventListener("recoloured", () => pad.redraw());
  document.addEventListener("click", (event) => event.target.closest("#lines") || closeReadings());
  for (const [format, name] of Object.entries(FORMATS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => {
      $("write-download").open = false;
      trying(() => exportInk(format));
    });
    $("write-formats").append(button);
  }
}

function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || $("write").hidden) return;
  if (["INPUT", "TEXTAREA"].includes(event.target.tagName)) return;
  event.preventDefault();
  if (event.shiftKey) pad.redo();
  else pad.undo();
}

async function exportInk(format) {
  if (!pad.strokes.length) return say("There is no ink to download yet; write something first.");
  return download(`api/export?format=${format}`, { strokes: pad.ink, text: text() }, `handwriting.${format}`);
}

function changed() {
  const empty = !pad.strokes.length;
  $("undo").disabled = $("clear").disabled = empty;
  $("redo").disabled = !pad.undone.length;
  $("write-sheet").classList.toggle("inked", !empty);
  read();
}

let reading = false;
let again = false;

/** Ask what the ink says. While an answer is on its way no second question is sent: the ink may change once more. */
async function read() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    do {
      again = false;
      const asked = pad.ink;
      if (!asked.length) show([]);
      else {
        const began = performance.now();
        const answer = await send("api/transcribe", { strokes: asked, hints: { alternatives: 5 } });
        if (!again) show(answer.lines, performance.now() - began);
      }
    } while (again);
  } catch (error) {
    $("write-state").textContent = "";
    say(error.message);
  } finally {
    reading = false;
  }
}

const key = (line) => line.strokes.join(" ");
const shownText = (line) => picked.get(key(line)) ?? line.text;
const text = () => lines.map(shownText).join("\n");

function show(read, milliseconds) {
  lines = read;
  const active = document.activeElement?.closest?.("#lines .word");
  const place = active && [active.dataset.line, active.dataset.word];
  $("lines").replaceChildren(...lines.map(lineItem));
  if (place) $("lines").querySelector(`[data-line="${place[0]}"][data-word="${place[1]}"]`)?.focus();
  highlight(null);
  $("lines-empty").hidden = lines.length > 0;
  $("copy").disabled = !lines.length;
  $("write-state").textContent = lines.length ? `${lines.length} ${lines.length === 1 ? "line" : "lines"}, read in ${Math.round(milliseconds)} ms` : "";
  $("pad").setAttribute("aria-label", lines.length ? `Sheet with ink that says: ${text()}` : "Sheet to write on, empty. It takes pen, touch and mouse.");
}

function lineItem(line, number) {
  const item = document.createElement("li");
  shownText(line).split(" ").forEach((word, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "word", textContent: word });
    Object.assign(button.dataset, { line: number, word: i });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    const box = shownText(line) === line.text ? line.words[i]?.box : null;
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => highlight(box ?? line.box));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => highlight(null));
    button.addEventListener("click", () => openReadings(item, button, line));
    item.append(button);
  });
  return item;
}

function highlight(box) {
  $("boxes").replaceChildren();
  if (!box) return;
  const [left, top, right, bottom] = box;
  $("boxes").append(element("rect", { x: left - 5, y: top - 5, width: right - left + 10, height: bottom - top + 10, rx: 6 }));
}

function openReadings(item, button, line) {
  const open = button.getAttribute("aria-expanded") === "true";
  closeReadings();
  if (open) return;
  button.setAttribute("aria-expanded", "true");
  const menu = Object.assign(document.createElement("div"), { className: "readings" });
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", "Other readings of the line");
  const best = shownText(line);
  for (const { text } of line.alternatives) {
    const choice = document.createElement("button");
    choice.type = "button";
    choice.setAttribute("role", "menuitemradio");
    choice.setAttribute("aria-checked", String(text === best));
    const words = best.split(" ");
    text.split(" ").forEach((word, i) => {
      const part = document.createElement(word === words[i] ? "span" : "b");
      part.textContent = i ? ` ${word}` : word;
      choice.append(part);
    });
    choice.addEventListener("click", () => {
      picked.set(key(line), text);
      show(lines, 0);
      $("write-state").textContent = "Reading chosen";
      $("lines").querySelector(`[data-line="${button.dataset.line}"]`)?.focus();
    });
    menu.append(choice);
  }
  menu.addEventListener("keydown", (event) => menuKey(event, menu, button));
  item.append(menu);
  (menu.querySelector('[aria-checked="true"]') ?? menu.firstElementChild).focus();
}

function menuKey(event, menu, button) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const choices = [...menu.children];
    choices.at((choices.indexOf(document.activeElement) + step) % choices.length).focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    closeReadings();
    button.focus();
  }
}

function closeReadings() {
  for (const menu of document.querySelectorAll("#lines .readings")) menu.remove();
  for (const word of document.querySelectorAll('#lines [aria-expanded="true"]')) word.setAttribute("aria-expanded", "false");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(text());
    say("Copied.");
  } catch {
    say("The browser does not allow copying here; select the text and copy it.");
  }
}
