// The menu of a word: type what it says, or choose another reading of the word or of its whole line.

import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { alternativesOf, lineAlternatives } from "./readings.js";

const GAP = 2, EDGE = 8; // pixels
let opened = null; // the button whose menu is open
let shown = null; // its word

export function openWordMenu(notebook, button, line, number) {
  const again = opened === button;
  closeWordMenu();
  if (again) return;
  opened = button;
  button.setAttribute("aria-expanded", "true");
  const word = (shown = line.words[number]);
  const say = (groups, texts) => {
    closeWordMenu();
    notebook.correct(groups, texts);
    refocus(button);
  };
  const field = h("input", { type: "text", value: word.text, id: "correction", maxlength: 200, autocomplete: "off", spellcheck: "false" });
  const form = h("form", { className: "correct" }, h("label", { for: "correction", textContent: t("word.says") }), field, h("button", { type: "submit", className: "primary", textContent: t("word.save") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() !== word.text) say([[word]], [field.value]);
    else closeWordMenu(true);
  });
  const choices = alternativesOf(line, number).map((text) => choice([h("b", { textContent: text })], () => say([[word]], [text])));
  const readings = lineAlternatives(line).slice(0, 4).map((text) => choice(marked(text, line.text), () => say(...changes(line, text))));
  const select = choice([t("word.select")], () => {
    closeWordMenu();
    notebook.use("select");
    notebook.tools.select.select(word.pieces.map(([id]) => id));
    $("pad").focus();
  });
  const menu = h("div", { className: "word-menu", role: "dialog", "aria-label": t("word.menu", { word: word.text }) }, form, ...section("word.others", choices), ...section("word.lines", readings), h("div", { className: "word-actions" }, select));
  menu.addEventListener("keydown", (event) => menuKey(event, menu));
  button.parentElement.append(menu);
  place(menu, button);
  field.focus({ preventScroll: true });
  field.select();
}

/**
 * The text is about to be shown anew: close the menu that is open. The function that is returned opens it again for the
 * same word of `notebook.lines`, if it is still there, with what has been typed.
 */
export function interruptWordMenu() {
  const menu = document.querySelector(".word-menu");
  if (!menu) return () => {};
  const word = shown, stops = stopsOf(menu), at = stops.indexOf(document.activeElement);
  const [{ value, selectionStart, selectionEnd }] = stops;
  closeWordMenu();
  return (notebook) => {
    const place = placeOf(notebook.lines, word);
    if (!place) return;
    const [line, number] = place;
    openWordMenu(notebook, buttonOf(line, number), notebook.lines[line], number);
    const [field, ...others] = stopsOf(document.querySelector(".word-menu"));
    if (value !== word.text) field.value = value;
    field.setSelectionRange(selectionStart, selectionEnd);
    [field, ...others][at]?.focus({ preventScroll: true });
  };
}

/** Where a word is now, by the ink that it begins with: [line, word]; null if it is gone. */
function placeOf(lines, { pieces }) {
  const startOf = ([first]) => first?.slice(0, 2).join();
  for (const [i, { words }] of lines.entries()) {
    const k = words.findIndex((word) => startOf(word.pieces) === startOf(pieces));
    if (k >= 0) return [i, k];
  }
  return null;
}

const buttonOf = (line, word) => $("lines").querySelector(`[data-line="${line}"][data-word="${word}"]`);

const stopsOf = (menu) => [...menu.querySelectorAll("input, button")];

/** Close the menu that is open, if one is; with `focus` its word is focused again. */
export function closeWordMenu(focus = false) {
  for (const menu of document.querySelectorAll(".word-menu")) menu.remove();
  opened?.setAttribute("aria-expanded", "false");
  if (focus) opened?.focus();
  opened = null;
}

document.addEventListener("click", (event) => opened && event.target.isConnected && !event.target.closest(".word-menu, .word") && closeWordMenu());

for (const kind of ["scroll", "resize"]) window.addEventListener(kind, (event) => opened && !event.target.closest?.(".word-menu") && moved(), true);

/** The word has moved away from its menu: follow it. */
function moved() {
  const menu = document.querySelector(".word-menu");
  if (menu) place(menu, opened);
}

const choice = (content, run) => h("button", { type: "button", onclick: run }, ...content);

const section = (title, buttons) => (buttons.length ? [h("div", { role: "group", "aria-label": t(title) }, h("p", { className: "muted", textContent: t(title) }), ...buttons)] : []);

/** The words of a line, and what they say instead where the line says `text`: one for all that do not match. */
function changes({ words }, text) {
  const said = text.split(" "), same = (a, b) => words[a].text === said[b];
  let [begin, end] = [0, 0];
  while (begin < Math.min(words.length, said.length) - 1 && same(begin, begin)) begin += 1;
  while (end < Math.min(words.length, said.length) - 1 - begin && same(words.length - 1 - end, said.length - 1 - end)) end += 1;
  const [own, other] = [words.slice(begin, words.length - end), said.slice(begin, said.length - end)];
  return own.length === other.length ? [own.map((word) => [word]), other] : [[own], [other.join(" ")]];
}

/** A reading with the words in bold that differ from the text shown. */
function marked(text, shown) {
  const words = shown.split(" ");
  return text.split(" ").flatMap((word, i) => [i ? " " : "", h(word === words[i] ? "span" : "b", { textContent: word })]);
}

/** Below the word, or over it where there is more room; always within the window, and within the panel if it fits there. */
function place(menu, button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = menu;
  const under = bottom + offsetHeight <= window.innerHeight || top < offsetHeight;
  const y = under ? bottom + GAP : top - offsetHeight - GAP;
  const panel = button.closest(".panel")?.getBoundingClientRect(), { right } = document.body.getBoundingClientRect();
  const last = Math.min(panel && panel.width >= offsetWidth ? panel.right : Infinity, right - EDGE) - offsetWidth;
  menu.style.left = `${Math.max(EDGE, Math.min(last, left))}px`;
  menu.style.top = `${Math.max(EDGE, Math.min(window.innerHeight - offsetHeight - EDGE, y))}px`;
}

function menuKey(event, menu) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = stopsOf(menu);
  if (step) {
    event.preventDefault();
    stops.at((stops.indexOf(document.activeElement) + step) % stops.length).focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeWordMenu(true);
  }
}

/** Focus the word that is now where the corrected one was. */
function refocus({ dataset }) {
  buttonOf(dataset.line, dataset.word)?.focus();
}
