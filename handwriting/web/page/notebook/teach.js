// Teaching the recognizer one's own writing by the corrected lines of all pages; asked first, with progress, to be stopped
// at any time. Which recognizer reads is a setting.

import { stream } from "../shell/api.js";
import { abilities, chosenReader } from "../shell/abilities.js";
import { $, h } from "../shell/dom.js";
import { prefer } from "../shell/preferences.js";
import { language, t } from "../shell/strings.js";
import { attempt } from "../shell/toast.js";
import { inkOf } from "./bands.js";

const MIN_LINES = 8; // lines, as the server asks for
const NAME = "mine";

let running = null; // AbortController of the training

/** `contents` gives all pages with their items and lines. */
export function setUpTeaching(notebook, contents) {
  showReaders();
  $("reader").addEventListener("change", () => read(notebook, $("reader").value));
  $("teach").hidden = !abilities.adapt;
  const dialog = $("teach-dialog");
  let lines = [];
  $("teach").addEventListener("click", () => attempt(async () => {
    $("copy-menu").open = false;
    if (!running) {
      lines = await corrected(contents);
      $("teach-state").textContent = t(lines.length < MIN_LINES ? "teach.few" : "teach.ready", { count: lines.length, fewest: MIN_LINES });
      $("teach-start").disabled = lines.length < MIN_LINES;
    }
    dialog.showModal();
  }));
  $("teach-start").addEventListener("click", () => attempt(() => teach(notebook, lines)));
  $("teach-stop").addEventListener("click", () => running?.abort());
  $("teach-close").addEventListener("click", () => dialog.close());
}

/** The lines of all pages that have a correction, as the API takes them. */
async function corrected(contents) {
  const found = [];
  for (const { items, lines } of await contents()) {
    const strokes = new Map(items.filter((item) => item.kind === "stroke").map((stroke) => [stroke.id, stroke]));
    for (const line of lines.filter(({ words }) => words.some((word) => word.correction))) {
      const ink = line.strokes.map((id) => strokes.get(id)).filter(Boolean);
      if (ink.length === line.strokes.length) found.push({ text: line.text, strokes: inkOf(ink) });
    }
  }
  return found;
}

async function teach(notebook, lines) {
  const control = (running = new AbortController());
  busy(true);
  $("teach-state").textContent = t("teach.running");
  try {
    for await (const event of stream("api/adapt", { name: NAME, lines }, control.signal)) {
      if (event.type === "progress") Object.assign($("teach-progress"), { max: event.total, value: event.done });
      else if (event.type === "done") learned(notebook, event);
    }
  } catch (error) {
    $("teach-state").textContent = error.name === "AbortError" ? t("letters.stopped") : t("teach.failed");
    throw error;
  } finally {
    running = null;
    busy(false);
  }
}

function busy(is) {
  $("teach-start").disabled = is;
  $("teach-stop").hidden = $("teach-progress").hidden = !is;
  $("teach-progress").removeAttribute("value");
}

function learned(notebook, { name, before, after, heldOut, share }) {
  const percent = (rate) => (100 * rate).toLocaleString(language, { maximumFractionDigits: 1 });
  $("teach-state").textContent = t(share ? "teach.done" : "teach.nothing", { count: heldOut, before: percent(before), after: percent(after) });
  if (!share) return; // the server has stored nothing
  if (!abilities.readers.includes(name)) abilities.readers.push(name);
  read(notebook, name);
  showReaders();
}

/** Read with an adapted recognizer from now on, or, with an empty name, with the default one. */
function read(notebook, name) {
  prefer("reader", name);
  notebook.reader.use(chosenReader());
}

function showReaders() {
  $("reader-field").hidden = !abilities.readers.length;
  $("reader").replaceChildren(h("option", { value: "", textContent: t("reader.default") }), ...abilities.readers.map((name) => h("option", { value: name, textContent: name === NAME ? t("reader.mine") : name })));
  $("reader").value = chosenReader() ?? "";
}
