// The Generate view: a text, a hand, and a page that is drawn while it is sampled.

import { UserError, attempt, download, notify, stream } from "./api.js";
import { Paper, element, picture } from "./paper.js";
import { onStyles, ownStyles, strokesOf } from "./styles.js";

const FORMATS = { svg: "SVG", png: "PNG", pdf: "PDF", inkml: "InkML", xopp: "Xournal++" };
const CHANGES_MS = 250; // changes of the options within this time are written as one
const $ = (id) => document.getElementById(id);

let paper;
let shipped = [];
let writable = new Set();
let running = null;
let soon;
let shown = null; // the page on the paper: its finished lines, and the request that they answer

export function setUpGenerate(styles, { characters, replaced }) {
  shipped = styles;
  writable = new Set(characters + replaced);
  paper = new Paper($("paper"));
  showStyles();
  onStyles(showStyles);
  showValues();
  check();
  $("text").addEventListener("input", check);
  $("text").addEventListener("scroll", () => ($("text-marks").scrollTop = $("text").scrollTop));
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("generate-form").requestSubmit();
  });
  $("generate-form").addEventListener("submit", (event) => {
    event.preventDefault();
    write();
  });
  $("generate-form").addEventListener("input", (event) => event.target.type === "range" && showValues());
  $("generate-form").addEventListener("change", (event) => {
    if (event.target.id !== "text" && started && $("generate-form").checkValidity()) writeSoon();
  });
  $("reroll").addEventListener("click", () => {
    $("seed").value = Math.floor(Math.random() * 100_000);
    writeSoon();
  });
  $("stop").addEventListener("click", stop);
  for (const [format, name] of Object.entries(FORMATS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => {
      $("generate-download").open = false;
      attempt(() => exportPage(format));
    });
    $("generate-formats").append(button);
  }
  document.addEventListener("shown", (event) => event.detail === "generate" && !started && write());
  if (!$("generate").hidden) write();
}

let started = false; // whether a page was written since the view was opened

/** Choose one of the person's own styles by its name. */
export function chooseStyle(name) {
  const input = [...document.getElementsByName("style")].find((one) => one.value === `own:${name}`);
  if (input) input.checked = true;
}

function showStyles() {
  const chosen = document.querySelector('[name="style"]:checked')?.value ?? "";
  const any = { name: "", title: "Any hand" };
  const all = [any, ...shipped.map((style) => ({ ...style, value: style.name })), ...ownStyles().map((style) => ({ ...style, value: `own:${style.name}` }))];
  $("styles").replaceChildren(...all.map((style) => styleChoice(style, chosen)));
}

function styleChoice(style, chosen) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "style", value: style.value ?? "" });
  input.checked = input.value === chosen;
  const svg = element("svg", { "aria-hidden": "true" });
  if (style.samples) picture(svg, strokesOf(style), 0.04);
  else svg.append(element("path", { class: "stroke", d: "M4 20c8-14 14-14 16 0s10 8 16-4 10 8 16 4 8-10 14-6 6 8 14 4", "stroke-width": 1.6, "stroke-dasharray": "3 3.4" }));
  const name = document.createElement("span");
  name.textContent = style.title ?? style.name.charAt(0).toUpperCase() + style.name.slice(1);
  label.append(input, svg, name);
  return label;
}

function showValues() {
  const put = (id, text) => ($(`${id}-value`).textContent = text);
  put("bias", Number($("bias").value).toFixed(1));
  put("size", `${Math.round(100 * $("size").value)} %`);
  put("slant", `${$("slant").value}°`);
  put("spacing", `${Number($("spacing").value)} mm`);
}

/** Mark characters that cannot be written, while the person types. */
function check() {
  const text = $("text").value.normalize("NFC");
  const bad = new Set();
  const parts = [];
  for (const character of text) {
    const fine = writable.has(character);
    if (fine) parts.push(document.createTextNode(character));
    else {
      bad.add(character);
      parts.push(Object.assign(document.createElement("mark"), { textContent: character }));
    }
  }
  $("text-marks").replaceChildren(...parts, document.createTextNode("\u200b"));
  $("text-marks").scrollTop = $("text").scrollTop;
  const named = [...bad].slice(0, 8).join(" ");
  $("text-fault").textContent = bad.size ? `Cannot be written: ${named}${bad.size > 8 ? " …" : ""}. Use another spelling.` : "";
  $("text").setAttribute("aria-invalid", String(bad.size > 0));
}

function sheet() {
  const narrow = window.innerWidth < 640;
  return { width: narrow ? 120 : 190, height: narrow ? 100 : 134, margin: narrow ? 8 : 14, lineHeight: Number($("spacing").value), paper: document.querySelector('[name="paper"]:checked').value };
}

function request() {
  const value = document.querySelector('[name="style"]:checked')?.value ?? "";
  const style = value.startsWith("own:") ? ownStyles().find((one) => `own:${one.name}` === value) : value || null;
  return {
    text: $("text").value,
    bias: Number($("bias").value),
    size: Number($("size").value),
    slant: Number($("slant").value),
    seed: Number($("seed").value),
    bestOf: Number($("best").value),
    style: style ?? null,
    sheet: sheet(),
  };
}

/** Write the page when the options have stopped changing. */
function writeSoon() {
  clearTimeout(soon);
  soon = setTimeout(write, CHANGES_MS);
}

/** Write the page; a page that is still being written is abandoned. */
async function write() {
  clearTimeout(soon);
  stop();
  started = true;
  if (!$("text").value.trim()) {
    notify("There is nothing to write. Type a text first.");
    $("text").focus();
    return;
  }
  const asked = request();
  const control = new AbortController();
  running = control;
  $("stop").disabled = false;
  $("generate-state").textContent = "Writing …";
  try {
    const lines = [];
    const begin = () => {
      shown = { lines, asked };
      $("paper").setAttribute("aria-label", `Handwriting that says: ${asked.text}`);
    };
    await draw(paper, asked, { signal: control.signal, begin, lines });
    await paper.end();
    if (running === control) $("generate-state").textContent = summary(lines);
  } catch (error) {
    if (error.name !== "AbortError") {
      notify(error.message);
      if (running === control) {
        paper.stop();
        $("generate-state").textContent = "Not written.";
      }
    }
  } finally {
    if (running === control) {
      running = null;
      $("stop").disabled = true;
    }
  }
}

/**
 * Draw the server's stream on a paper, and collect the finished lines in `lines`. What is on the paper stays until the
 * first event arrives; `begin` is called then.
 */
export async function draw(onto, asked, { signal, begin = () => {}, lines = [] } = {}) {
  let first = true;
  for await (const event of stream("api/generate", asked, signal)) {
    if (first) {
      onto.clear();
      begin();
      first = false;
    }
    if (event.type === "sheet") onto.sheet(event);
    else if (event.type === "points") onto.begun(event.line, event.points);
    else if (event.type === "line") {
      onto.finished(event.line, event.strokes, event.same);
      lines.push(event);
    }
  }
  return lines;
}

function summary(lines) {
  const misread = lines.filter((line) => !line.says);
  const candidates = lines[0]?.drawn ?? 1;
  const count = `${lines.length} ${lines.length === 1 ? "line" : "lines"}, best of ${candidates} each`;
  if (!misread.length) return `${count}; all are read correctly.`;
  const named = misread.slice(0, 3).map((line) => `“${line.text}” is read as “${line.read}”`).join("; ");
  return `${count}. Read differently: ${named}${misread.length > 3 ? ` and ${misread.length - 3} more` : ""}. Try another seed.`;
}

/** Stop writing: finished lines stay on the paper, an unfinished one is removed. */
function stop() {
  clearTimeout(soon);
  if (!running) return;
  running.abort();
  running = null;
  paper.stop();
  $("stop").disabled = true;
  $("generate-state").textContent = "Stopped.";
}

/** Download the page that is on the paper. */
async function exportPage(format) {
  if (!shown?.lines.length) throw new UserError("There is no page to download yet. Write one first.");
  const { lines, asked } = shown;
  const rows = Math.max(...lines.map((line) => line.line)) + 1;
  const strokes = [], counts = Array(rows).fill(0), texts = Array(rows).fill("");
  for (const line of lines) {
    counts[line.line] = line.strokes.length;
    texts[line.line] = line.text;
    for (const stroke of line.strokes) strokes.push(stroke.map(([x, y]) => ({ x, y })));
  }
  return download(`api/export?format=${format}`, { strokes, lines: counts, text: texts.join("\n"), sheet: asked.sheet }, `handwriting.${format}`);
}
