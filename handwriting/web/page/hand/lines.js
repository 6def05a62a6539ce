// The lines to copy: each is read when the pen rests, and what was really written counts, as read or as corrected.

import { send } from "../shell/api.js";
import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { Pad } from "./pad.js";

const TEXTS = ["the quick brown fox", "jumps over a lazy dog", "while we sit and watch"];
const CLOSE = 0.2; // character error rate up to which a line counts as copied
const CHECK_MS = 350; // after the last stroke
const THICKNESS = 2.4; // pixels

let lines = [];

export function setUpLines() {
  lines = TEXTS.map(line);
  document.addEventListener("recoloured", () => lines.forEach(({ pad }) => pad.redraw()));
}

/** A line to copy: its text, its sheet, the verdict, and a field for what was written if that is something else. */
function line(text, index) {
  const number = index + 1;
  const canvas = h("canvas", { role: "img", "aria-label": t("hand.sheet", { number, text }) });
  const made = { text, number, timer: 0, version: 0, checked: 0, verdict: h("p", { className: "verdict", role: "status" }), input: h("input", { type: "text", maxlength: 200 }) };
  made.field = h("label", { className: "field actual", hidden: true }, h("span", { textContent: t("hand.actual") }), made.input);
  const clear = h("button", { type: "button", textContent: t("hand.clear"), "aria-label": t("hand.clear.of", { number }) });
  const head = h("div", { className: "head" }, h("p", {}, h("span", { className: "muted", textContent: t("hand.copy") }), " ", h("span", { className: "say", textContent: text })), made.verdict, clear);
  $("samples").append(h("li", {}, head, h("div", { className: "sheet" }, canvas), made.field));
  made.input.addEventListener("input", () => (made.edited = true));
  made.pad = new Pad(canvas, { changed: () => changed(made), width: THICKNESS });
  clear.addEventListener("click", () => made.pad.clear());
  return made;
}

function changed(one) {
  clearTimeout(one.timer);
  one.version += 1;
  if (one.pad.strokes.length) one.timer = setTimeout(() => attempt(() => check(one)), CHECK_MS);
  else {
    one.edited = false;
    judge(one, "", "");
  }
}

/** Show a verdict, and the field with what was written where that is not the text to copy. */
function judge(one, kind, text, actual = null) {
  one.checked = one.version;
  one.verdict.className = `verdict ${kind}`;
  one.verdict.textContent = text;
  one.field.hidden = actual === null;
  if (actual !== null && !one.edited) one.input.value = actual;
}

/** Have the server read a line. */
async function check(one) {
  clearTimeout(one.timer);
  const { version } = one;
  let response;
  try {
    response = await send("api/styles/check", { strokes: one.pad.ink, text: one.text });
  } catch (error) {
    if (error.status !== 422) throw error;
    if (version === one.version) judge(one, "bad", error.message, "");
    return;
  }
  if (version !== one.version) return;
  const { cer, read } = response;
  if (cer === 0) judge(one, "good", t("hand.right"));
  else if (cer <= CLOSE) judge(one, "good", t("hand.close", { read }));
  else if (read) judge(one, "bad", t("hand.misread", { read }), read);
  else judge(one, "bad", t("hand.unread"), "");
}

/** The lines with what was really written, as the API takes samples. Throws if one is empty or nobody knows its text. */
export async function samples() {
  const missing = lines.find((one) => !one.pad.strokes.length);
  if (missing) throw new UserError(t("hand.missing", { number: missing.number, text: missing.text }));
  await Promise.all(lines.filter((one) => one.checked !== one.version).map(check));
  return lines.map((one) => {
    const text = one.field.hidden ? one.text : one.input.value.trim();
    if (text) return { strokes: one.pad.ink, text };
    one.input.focus();
    throw new UserError(t("hand.unknown", { number: one.number }));
  });
}
