// The text of a letter: characters that cannot be written are marked, and replaced with one click.

import { send } from "../shell/api.js";
import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { UserError, attempt, notify } from "../shell/toast.js";

const NAMED = 8; // characters listed in the message
const LOST = 0.5; // share of letters without a similar one from which the text is taken to be in another alphabet
let writable = new Set();
let changed = () => {};

/** `whenChanged` is called when the text changes. */
export function setUpText({ characters, replaced }, whenChanged) {
  changed = whenChanged;
  writable = new Set(characters + replaced + "\n\f");
  $("text").addEventListener("input", () => {
    check();
    whenChanged();
  });
  $("text").addEventListener("paste", (event) => {
    const { value, selectionStart, selectionEnd, maxLength } = $("text");
    const length = value.length - (selectionEnd - selectionStart) + event.clipboardData.getData("text/plain").length;
    if (length > maxLength) notify(t("letters.cut", { count: maxLength }));
  });
  $("text").addEventListener("scroll", () => ($("text-marks").scrollTop = $("text").scrollTop));
  $("replace").addEventListener("click", () => attempt(async () => {
    const { text } = await send("api/characters/nearest", { text: $("text").value });
    const before = $("text").value;
    const kept = countLetters(text) / Math.max(1, countLetters(before));
    if (kept <= LOST) throw new UserError(t("letters.noSpelling"));
    setText(text);
    notify(t(kept < 1 ? "letters.leftOut" : "letters.replaced"), { label: t("undo"), run: () => setText(before) });
    $("text").focus();
  }));
  check();
}

/** Replace the text. */
export function setText(text) {
  $("text").value = text;
  check();
  changed();
}

/** Letters and digits. */
const countLetters = (text) => (text.match(/[\p{L}\p{N}]/gu) ?? []).length;

/** Mark characters that cannot be written. */
export function check() {
  const bad = new Set();
  const parts = [];
  let fine = "";
  for (const character of $("text").value.normalize("NFC")) {
    if (writable.has(character)) {
      fine += character;
      continue;
    }
    bad.add(character);
    parts.push(fine, h("mark", { textContent: character }));
    fine = "";
  }
  $("text-marks").replaceChildren(...parts, `${fine}\u200b`);
  $("text-marks").scrollTop = $("text").scrollTop;
  const named = [...bad].slice(0, NAMED).join(" ") + (bad.size > NAMED ? " …" : "");
  $("text-fault").textContent = bad.size ? t("letters.unwritable", { characters: named }) : "";
  $("replace").hidden = !bad.size;
  $("text").setAttribute("aria-invalid", String(bad.size > 0));
  return bad.size === 0;
}
