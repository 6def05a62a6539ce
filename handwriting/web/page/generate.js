// The view that writes: a text, a hand, and a page that is drawn while it is sampled.

import { download, say, stream, trying } from "./api.js";
import { Paper, element, picture } from "./paper.js";
import { onStyles, ownStyles, strokesOf } from "./styles.js";

const FORMATS = { svg: "SVG", png: "PNG", pdf: "PDF", inkml: "InkML", xopp: "Xournal++" };
const $ = (id) => document.getElementById(id);

let paper;
let shipped = [];
let writable = new Set();
let running = null;
let written = null; // what is on the paper: lines of strokes, texts, sheet

export function setUpGenerate(styles, { characters, replaced }) {
  shipped = styles;
  writable = new Set(characters + replaced);
  paper = new Paper($("paper"));
  const link = location.hash === "#generate";
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
    if (event.target.id !== "text" && written && $("generate-form").checkValidity()) write();
  });
  $("reroll").addEventListener("click", () => {
    $("seed").value = Math.floor(Math.random() * 100_000);
    write();
  });
  $("stop").addEventListener("click", stop);
  for (const [format, name] of Object.entries(FORMATS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => {
      $("generate-download").open = false;
      trying(() => exportPage(format));
    });
    $("generate-formats").append(button);
  }
  let fresh = true;
  document.addEventListener("shown", (event) => {
    if (event.detail === "generate" && fresh) {
      fresh = false;
      write();
    }
  });
  if (link) {
    fresh = false;
    write();
  }
}

/** Choose a style by its name, as My hand does. */
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

/** Mark what cannot be written, while typing. */
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
  $("text-fault").textContent = bad.size ? `Cannot be written: ${named}${bad.size > 8 ? " …" : ""}. Spell it otherwise.` : "";
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

/** Write the page; one that is being written is given up. */
async function write() {
  stop();
  if (!$("text").value.trim()) {
    say("There is nothing to write: type a text first.");
    $("text").focus();
    return;
  }
  const asked = request();
  const control = new AbortController();
  running = control;
  $("stop").disabled = false;
  $("generate-state").textContent = "Writing …";
  try {
    const lines = await draw(paper, asked, control.signal);
    written = { lines, asked };
    $("paper").setAttribute("aria-label", `Handwriting that says: ${asked.text}`);
    await paper.end();
    if (running === control) $("generate-state").textContent = summary(lines);
  } catch (error) {
    if (error.name !== "AbortError") {
      say(error.message);
      if (running === control) $("generate-state").textContent = error.message;
    }
  } finally {
    if (running === control) {
      running = null;
      $("stop").disabled = true;
    }
  }
}

/** Draw what the server streams on a paper; the lines that came. */
export async function draw(onto, asked, signal) {
  onto.clear();
  const lines = [];
  for await (const event of stream("api/generate", asked, signal)) {
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
  const unsaid = lines.filter((line) => !line.says);
  const tries = lines[0]?.drawn ?? 1;
  const count = `${lines.length} ${lines.length === 1 ? "line" : "lines"}, the best of ${tries} each`;
  if (!unsaid.length) return `${count}; all are read as they should.`;
  const named = unsaid.slice(0, 3).map((line) => `“${line.text}” is read as “${line.read}”`).join("; ");
  return `${count}. Not quite: ${named}${unsaid.length > 3 ? ` and ${unsaid.length - 3} more` : ""}. Another seed may do better.`;
}

function stop() {
  if (!running) return;
  running.abort();
  running = null;
  paper.stop();
  $("stop").disabled = true;
  $("generate-state").textContent = "Stopped.";
}

async function exportPage(format) {
  if (!written) return say("There is no page to download yet; write one first.");
  const { lines, asked } = written;
  const rows = Math.max(...lines.map((line) => line.line)) + 1;
  const strokes = [], counts = Array(rows).fill(0), texts = Array(rows).fill("");
  for (const line of lines) {
    counts[line.line] = line.strokes.length;
    texts[line.line] = line.text;
    for (const stroke of line.strokes) strokes.push(stroke.map(([x, y]) => ({ x, y })));
  }
  return download(`api/export?format=${format}`, { strokes, lines: counts, text: texts.join("\n"), sheet: asked.sheet }, `handwriting.${format}`);
}
