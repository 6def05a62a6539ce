// The hands to choose from: any hand, the shipped ones, and the person's own, each with a picture of its writing, and a
// blend of two of them.

import { $, h, svg } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { onStyles, ownStyles, strokesOf } from "../hand/styles.js";
import { firstWords, picture } from "./paper.js";

const WORDS = 3; // shown in a picture, the same for every shipped hand

let shipped = [];
let changed = () => {};

/** Show the hands; `whenChanged` is called when another one is chosen. */
export function setUpHands(styles, whenChanged) {
  shipped = styles;
  changed = whenChanged;
  show();
  onStyles(show);
  $("blend").addEventListener("change", () => {
    showBlend();
    changed();
  });
  $("blend-share").addEventListener("input", showBlend);
  $("blend-share").addEventListener("change", () => changed());
}

const titled = (style) => style.name.charAt(0).toUpperCase() + style.name.slice(1);
const all = () => [...shipped.map((style) => ({ value: style.name, style })), ...ownStyles().map((style) => ({ value: `own:${style.name}`, style }))];
const named = (value) => all().find((one) => one.value === value)?.style ?? null;
const chosen = () => document.querySelector('[name="style"]:checked')?.value ?? "";

/** Choose one of the person's own styles by its name. */
export function chooseStyle(name) {
  const input = [...document.getElementsByName("style")].find((one) => one.value === `own:${name}`);
  if (!input) return;
  input.checked = true;
  showBlendChoices();
  changed();
}

/** The style to write in, as the API takes it: a name, a style, or null for any hand. */
export function chosenStyle() {
  const value = chosen();
  const style = named(value);
  const other = $("blend-field").hidden ? null : named($("blend").value);
  if (style && other) return blended(style, other, Number($("blend-share").value) / 100);
  return value.startsWith("own:") ? style : value || null;
}

function show() {
  const before = chosen();
  $("styles").replaceChildren(choice("", null, before), ...all().map(({ value, style }) => choice(value, style, before)));
  if (!document.querySelector('[name="style"]:checked')) document.querySelector('[name="style"]').checked = true;
  showBlendChoices();
}

function choice(value, style, before) {
  const input = h("input", { type: "radio", name: "style", value, checked: value === before });
  input.addEventListener("change", () => {
    showBlendChoices();
    changed();
  });
  const image = svg("svg", { "aria-hidden": "true" });
  const strokes = strokesOf(style);
  if (strokes.length) picture(image, firstWords(strokes, style.samples[0].text ?? "", WORDS), 0.035, { size: style.size });
  else image.append(svg("path", { class: "stroke", d: "M4 20c8-14 14-14 16 0s10 8 16-4 10 8 16 4 8-10 14-6 6 8 14 4", "stroke-width": 1.6, "stroke-dasharray": "3 3.4" }));
  return h("label", {}, input, image, h("span", { textContent: style ? titled(style) : t("letters.anyHand") }));
}

/** Only hands with codes of the same network can be blended. */
function showBlendChoices() {
  const style = named(chosen());
  const others = style?.code && !style.code.delta ? all().filter((one) => one.value !== chosen() && one.style.code?.network === style.code.network && !one.style.code.delta) : [];
  const before = $("blend").value;
  $("blend-field").hidden = !others.length;
  $("blend").replaceChildren(h("option", { value: "", textContent: t("letters.noBlend") }), ...others.map((one) => h("option", { value: one.value, textContent: titled(one.style) })));
  $("blend").value = others.some((one) => one.value === before) ? before : "";
  showBlend();
}

function showBlend() {
  $("blend-share").hidden = !$("blend").value;
  $("blend-value").textContent = $("blend").value ? `${$("blend-share").value} %` : "";
}

function blended(one, other, share) {
  const numbers = one.code.numbers.map((value, i) => (1 - share) * value + share * other.code.numbers[i]);
  const size = (1 - share) * one.size + share * other.size;
  return { format: one.format, version: one.version, name: `${one.name} and ${other.name}`.slice(0, 60), size, samples: [], code: { network: one.code.network, numbers } };
}
