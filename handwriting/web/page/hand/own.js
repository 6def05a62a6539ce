// The list of the person's own hands: used, renamed, downloaded, and deleted with undo.

import { save } from "../shell/api.js";
import { $, h, svg } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { attempt, notify } from "../shell/toast.js";
import { chooseStyle } from "../letters/letters.js";
import { firstWords, picture } from "../letters/paper.js";
import { onStyles, ownStyles, removeStyle, renameStyle, strokesOf } from "./styles.js";

const WORDS = 4; // shown in a picture
let late = false; // whether the list has changed since it was shown

export function setUpOwn() {
  onStyles(show);
  show();
}

/** Show the list; not before the end if a name is being typed in it. */
function show() {
  late = Boolean($("own").querySelector("input"));
  if (late) return;
  $("own").replaceChildren(...ownStyles().map(item));
  $("own-empty").hidden = ownStyles().length > 0;
}

function item(style) {
  const image = svg("svg", { "aria-hidden": "true" });
  const strokes = strokesOf(style);
  if (strokes.length) picture(image, firstWords(strokes, style.samples[0].text ?? "", WORDS), 0.04);
  const name = h("strong", { textContent: style.name });
  const entry = h("li", {}, image, name);
  const button = (key, work) => h("button", { type: "button", textContent: t(key), "aria-label": t(`${key}.of`, { name: style.name }), onclick: () => attempt(work) });
  entry.append(
    button("hand.use", () => {
      chooseStyle(style.name);
      location.hash = "#letters";
    }),
    button("hand.rename", () => rename(style, name)),
    button("hand.download", () => save(new Blob([JSON.stringify(style)], { type: "application/json" }), `${style.name}.json`)),
    button("hand.delete", () => {
      const undo = removeStyle(style.name);
      notify(t("page.deleted", { title: style.name }), { label: t("undo"), run: undo });
      $("hand-title").focus();
    }),
  );
  return entry;
}

function rename(style, name) {
  const field = h("input", { type: "text", value: style.name, maxlength: 60, "aria-label": t("hand.name") });
  let settled = false;
  const settle = (to) => {
    if (settled) return;
    settled = true;
    field.replaceWith(name);
    if (to && to !== style.name) renameStyle(style.name, to);
    else if (late) show();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") settle(field.value.trim());
    if (event.key === "Escape") settle(null);
  });
  field.addEventListener("blur", () => settle(field.value.trim()));
  name.replaceWith(field);
  field.select();
}
