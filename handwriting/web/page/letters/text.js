// The text of a letter: what cannot be written is marked in it, and replaced with one click.

import { send } from "../shell/api.js";
import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { attempt, notify } from "../shell/toast.js";

const NAMED = 8; // characters that are named in the message
let writable = new Set();

/** `whenChanged` is called when the text changes. */
export function setUpText({ characters, replaced }, whenChanged) {
  writable = new Set(characters + replaced + "\n\f");
  $("text").addEventListener("input", () => {
    check();
    whenChanged();
  });
  $("text").addEventListener("scroll", () => ($("text-marks").scrollTop = $("text").scrollTop));
  $("replace").addEventListener("click", () => attempt(async () => {
    const { text } = await send("api/characters/nearest", { text: $("text").value });
    const before = $("text").value;
    set(text, whenChanged);
    notify(t("letters.replaced"), { label: t("undo"), run: () => set(before, whenChanged) });
    $("text").focus();
  }));
  check();
}

function set(text, whenChanged) {
  $("text").value = text;
  check();
  whenChanged();
}

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
