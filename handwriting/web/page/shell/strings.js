// What the page says, in the language that was chosen. All texts are in strings/LANGUAGE.js, under the same keys.

import { de } from "../strings/de.js";
import { en } from "../strings/en.js";
import { preference } from "./preferences.js";

export const LANGUAGES = { en: { name: "English", texts: en }, de: { name: "Deutsch", texts: de } };

const wanted = preference("language", "");
const preferred = (navigator.languages ?? [navigator.language]).map((language) => language.slice(0, 2));

/** The language in use: the chosen one, or the first of the browser's languages that is available, or English. */
export const language = wanted in LANGUAGES ? wanted : (preferred.find((one) => one in LANGUAGES) ?? "en");
const texts = LANGUAGES[language].texts;
let variant = "";
const plural = new Intl.PluralRules(language);

/** Take the text of `prefix` + key for every key that has one. */
export const preferTexts = (prefix) => (variant = prefix);

/**
 * The text of a key, with {names} replaced by `values`. A text that depends on a number is an object with the plural
 * categories of the language (`one`, `other`), chosen by `values.count`.
 */
export function t(key, values = {}) {
  let text = texts[variant + key] ?? texts[key] ?? en[key];
  if (text === undefined) throw new Error(`there is no text for ${key}`);
  if (typeof text === "object") text = text[plural.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The message of a server's error in the language of the page; its `reason` is in English and more precise. */
export function refusalText({ key, values, reason }) {
  if (key in texts || !reason) return t(key, values);
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** Fill the elements below `root`: data-t is the text, data-t-label, -title and -placeholder are attributes. */
export function translate(root = document) {
  for (const one of root.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
  for (const one of root.querySelectorAll("[data-t-label]")) one.setAttribute("aria-label", t(one.dataset.tLabel));
  for (const one of root.querySelectorAll("[data-t-title]")) {
    one.title = t(one.dataset.tTitle);
    one.setAttribute("aria-label", t(one.dataset.tTitle));
  }
  for (const one of root.querySelectorAll("[data-t-placeholder]")) one.placeholder = t(one.dataset.tPlaceholder);
}
