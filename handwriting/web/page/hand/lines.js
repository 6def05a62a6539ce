// The lines to copy: each is read when the pen rests, and its text is what was really written, as read or as corrected.

import { send } from "../shell/api.js";
import { $, h } from "../shell/dom.js";
import { icon } from "../shell/icons.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { isMisreading } from "./misreading.js";
import { Pad } from "./pad.js";

const TEXTS = ["the quick brown fox", "jumps over a lazy dog", "while we sit and watch"];
const CHECK_MS = 350; // after the last stroke
const THICKNESS = 2.4; // pixels

let lines = [];
let store = null;

/** Show the lines, with what was written on them before the page was loaded again; `where` is the store, if there is one. */
export async function setUpLines(where) {
  lines = TEXTS.map(line);
  document.addEventListener("recoloured", () => lines.forEach(({ pad }) => pad.redraw()));
  if (!where) return;
  for (const kept of await where.lines()) {
    const one = lines.find(({ number, text, pad }) => number === kept.number && text === kept.text && !pad.strokes.length);
    if (!one) continue;
    one.edited = kept.actual !== null;
    one.input.value = kept.actual ?? "";
    one.pad.restore(kept.strokes);
  }
  store = where;
}

/** Store a line as it is now. */
function keep({ number, text, pad, edited, input }) {
  const actual = edited ? input.value : null;
  const stored = pad.strokes.length ? store?.putLine({ number, text, strokes: pad.strokes, actual }) : store?.deleteLine(number);
  stored?.catch(() => {}); // without storage, the lines last until the page is closed
}

/** Forget the stored lines, because they have become a stored hand. */
export function forgetLines() {
  for (const { number } of lines) store?.deleteLine(number).catch(() => {});
}

/** A line to copy: its text, its sheet, the verdict, and a field for what was written if that seems to be something else. */
function line(text, index) {
  const number = index + 1;
  const canvas = h("canvas", { role: "img", "aria-label": t("hand.sheet", { number, text }) });
  const made = { text, number, timer: 0, version: 0, checked: 0, verdict: h("p", { className: "verdict", role: "status" }), input: h("input", { type: "text", maxlength: 200 }) };
  const asked = h("button", { type: "button", textContent: t("hand.asked", { text }) });
  made.field = h("div", { className: "actual", hidden: true }, h("label", { className: "field" }, h("span", { textContent: t("hand.actual") }), made.input), asked);
  made.undo = h("button", { type: "button", title: t("undo"), "aria-label": t("hand.undo.of", { number }), disabled: true }, icon("undo"));
  const clear = h("button", { type: "button", textContent: t("hand.clear"), "aria-label": t("hand.clear.of", { number }) });
  const head = h("div", { className: "head" }, h("p", {}, h("span", { className: "muted", textContent: t("hand.copy") }), " ", h("span", { className: "say", textContent: text })), made.verdict, h("div", { className: "actions" }, made.undo, clear));
  $("samples").append(h("li", {}, head, h("div", { className: "sheet" }, canvas), made.field));
  made.input.addEventListener("input", () => correct(made));
  asked.addEventListener("click", () => {
    made.input.value = text;
    correct(made);
  });
  made.pad = new Pad(canvas, { changed: () => changed(made), width: THICKNESS });
  made.undo.addEventListener("click", () => made.pad.undo());
  clear.addEventListener("click", () => made.pad.clear());
  return made;
}

function changed(one) {
  clearTimeout(one.timer);
  one.version += 1;
  one.undo.disabled = !one.pad.done.length;
  if (one.pad.strokes.length) one.timer = setTimeout(() => attempt(() => check(one)), CHECK_MS);
  else {
    one.edited = false;
    judge(one, "", "");
  }
  keep(one);
}

/** Show a verdict, and the field with what was written where that is not the text to copy. */
function judge(one, kind, text, actual = null) {
  one.checked = one.version;
  one.verdict.className = `verdict ${kind}`;
  if (one.verdict.textContent !== text) one.verdict.textContent = text;
  one.field.hidden = actual === null;
  if (actual !== null && actual !== one.input.value) one.input.value = actual;
}

/** The person has typed what a line says. */
function correct(one) {
  settle(one);
  keep(one);
}

/** Use the text that the person gives for a line. */
function settle(one) {
  one.edited = true;
  const { value } = one.input;
  if (value.trim()) judge(one, "good", t("hand.confirmed"), value);
  else judge(one, "bad", t("hand.unknown", { number: one.number }), value);
}

/** Have the server read a line, unless the person has said what it says. */
async function check(one) {
  clearTimeout(one.timer);
  if (one.edited) return settle(one);
  const { version } = one;
  const late = () => version !== one.version || one.edited;
  let response;
  try {
    response = await send("api/styles/check", { strokes: one.pad.ink, text: one.text });
  } catch (error) {
    if (error.status !== 422) throw error;
    if (!late()) judge(one, "bad", error.message, "");
    return;
  }
  if (late()) return;
  const { cer, read } = response;
  if (cer === 0) judge(one, "good", t("hand.right"));
  else if (isMisreading(one.text, read, cer)) judge(one, "good", t("hand.close", { read }));
  else if (read) judge(one, "bad", t("hand.misread", { read }), read);
  else judge(one, "bad", t("hand.unread"), "");
}

/**
 * The lines with what was really written, as the API takes samples. Throws if one is empty, nobody knows its text, or
 * its text was read only now, so that the person has not seen it.
 */
export async function samples() {
  const missing = lines.find((one) => !one.pad.strokes.length);
  if (missing) throw new UserError(t("hand.missing", { number: missing.number, text: missing.text }));
  const unread = lines.filter((one) => one.checked !== one.version);
  await Promise.all(unread.map(check));
  return lines.map((one) => {
    const text = one.field.hidden ? one.text : one.input.value.trim();
    const unseen = !one.field.hidden && !one.edited && unread.includes(one);
    if (text && !unseen) return { strokes: one.pad.ink, text };
    one.input.focus();
    throw new UserError(text ? t("hand.unseen", { number: one.number, text }) : t("hand.unknown", { number: one.number }));
  });
}
