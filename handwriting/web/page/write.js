// The Write view: ink is sent to the server when the pen is lifted, and the reply is shown as lines of words.

import { UserError, attempt, download, notify, send, sendFile } from "./api.js";
import { storeInk, storedInk } from "./ink-store.js";
import { Pad } from "./pad.js";
import { element } from "./paper.js";

const FORMATS = { inkml: "InkML", xopp: "Xournal++", svg: "SVG", json: "JSON" };
const RETRY_MS = 3000; // between attempts to read while the server does not answer
const STORE_MS = 300; // after a change
const EMPTY = "Sheet to write on, empty. It takes pen, touch and mouse; ink files can be opened with the keyboard.";
const $ = (id) => document.getElementById(id);

let pad;
let lines = [];
const picked = new Map(); // the reading that was chosen for a line, by the line's strokes

export function setUpWrite() {
  pad = new Pad($("pad"), { changed, began: closeReadings });
  $("undo").addEventListener("click", () => pad.undo());
  $("redo").addEventListener("click", () => pad.redo());
  $("clear").addEventListener("click", () => pad.clear());
  $("copy").addEventListener("click", copy);
  $("open").addEventListener("change", () => attempt(openFile));
  document.addEventListener("keydown", shortcut);
  document.addEventListener("recoloured", () => pad.redraw());
  document.addEventListener("click", (event) => event.target.closest("#lines") || closeReadings());
  window.addEventListener("online", read);
  window.addEventListener("pagehide", store);
  for (const [format, name] of Object.entries(FORMATS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => {
      $("write-download").open = false;
      attempt(() => exportInk(format));
    });
    $("write-formats").append(button);
  }
  const strokes = storedInk();
  if (strokes.length) pad.restore(strokes);
  else show([]);
}

function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || $("write").hidden) return;
  if (event.target.matches?.("textarea, input[type=text], input[type=number]")) return;
  event.preventDefault();
  if (event.shiftKey) pad.redo();
  else pad.undo();
}

async function exportInk(format) {
  if (!pad.strokes.length) throw new UserError("There is no ink to download yet. Write something first.");
  return download(`api/export?format=${format}`, { strokes: pad.ink, text: text() }, `handwriting.${format}`);
}

/** Put the ink of a file on the sheet, as large as it fits and below what is there. */
async function openFile() {
  const [file] = $("open").files;
  $("open").value = "";
  if (!file) return;
  const { strokes, notes } = await sendFile("api/transcribe/file?alternatives=1", file);
  if (notes.length) notify(`“${file.name}”: ${notes.join("; ")}.`);
  const points = strokes.flat();
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [left, top] = [least(xs), least(ys)];
  const [width, height] = [most(xs) - left || 1, most(ys) - top || 1];
  const { clientWidth, clientHeight } = $("pad");
  const edge = 24;
  const below = most(pad.strokes.flat().map((point) => point.y), 0);
  const room = clientHeight - below - 2 * edge;
  const start = room > 60 ? below + edge : edge;
  const scale = Math.min((clientWidth - 2 * edge) / width, (clientHeight - start - edge) / height, 90 / lineHeight(strokes));
  pad.add(strokes.map((stroke) => stroke.map(({ x, y }, i) => ({ x: (x - left) * scale + edge, y: (y - top) * scale + start, t: 10 * i }))));
}

const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values, start = -Infinity) => values.reduce((a, b) => Math.max(a, b), start);

/** The height of the tallest stroke: about that of a line. */
const lineHeight = (strokes) => most(strokes.map((stroke) => most(stroke.map((p) => p.y)) - least(stroke.map((p) => p.y))), 1e-9);

function changed() {
  const empty = !pad.strokes.length;
  $("clear").disabled = empty;
  $("undo").disabled = !pad.done.length;
  $("redo").disabled = !pad.undone.length;
  $("write-sheet").classList.toggle("inked", !empty);
  clearTimeout(storing);
  storing = setTimeout(store, STORE_MS);
  read();
}

let storing;
let warned = false;

function store() {
  clearTimeout(storing);
  if (storeInk(pad.strokes) || warned) return;
  warned = true;
  notify("This browser does not store the ink: download it before you leave the page.");
}

let reading = false;
let stale = false; // the ink has changed since it was sent
let retry;

/** Read the ink. There is one request at a time: ink that changes meanwhile is sent when the response is there. */
async function read() {
  clearTimeout(retry);
  if (reading) {
    stale = true;
    return;
  }
  reading = true;
  try {
    do {
      stale = false;
      const ink = pad.ink;
      if (!ink.length) show([]);
      else {
        const started = performance.now();
        const response = await send("api/transcribe", { strokes: ink, hints: { alternatives: 5 } });
        if (!stale) show(response.lines, performance.now() - started);
      }
    } while (stale);
  } catch (error) {
    const offline = error.status === 0;
    if (offline) retry = setTimeout(read, RETRY_MS);
    if (!offline || !$("write-state").textContent.startsWith("Not read")) notify(error.message);
    $("write-state").textContent = offline ? "Not read yet: the server does not answer. Trying again …" : "";
  } finally {
    reading = false;
  }
}

const key = (line) => line.strokes.join(" ");
const shownText = (line) => picked.get(key(line)) ?? line.text;
const text = () => lines.map(shownText).join("\n");

function show(newLines, milliseconds = 0) {
  lines = newLines;
  const active = document.activeElement?.closest?.("#lines .word");
  const place = active && [active.dataset.line, active.dataset.word];
  $("lines").replaceChildren(...lines.map(lineItem));
  if (place) $("lines").querySelector(`[data-line="${place[0]}"][data-word="${place[1]}"]`)?.focus();
  highlight(null);
  $("lines-empty").hidden = lines.length > 0;
  $("copy").disabled = !lines.length;
  $("write-state").textContent = lines.length ? `${lines.length} ${lines.length === 1 ? "line" : "lines"}, read in ${Math.round(milliseconds)} ms` : "";
  $("pad").setAttribute("aria-label", lines.length ? `Sheet with ink that says: ${text()}` : EMPTY);
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
      show(lines);
      $("write-state").textContent = "Reading chosen";
      $("lines").querySelector(`[data-line="${button.dataset.line}"]`)?.focus();
    });
    menu.append(choice);
  }
  menu.addEventListener("keydown", (event) => menuKey(event, menu, button));
  item.append(menu);
  (menu.querySelector('[aria-checked="true"]') ?? menu.firstElementChild).focus();
  menu.scrollIntoView({ block: "nearest" });
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
    notify("Copied.");
  } catch {
    notify("The browser does not allow copying here. Select the text and copy it.");
  }
}
