// The settings: colours, language, and the side of the writing hand. Menus, which the settings are one of, close with
// Escape or when something else is pressed.

import { $, h } from "./dom.js";
import { prefer, preference } from "./preferences.js";
import { LANGUAGES, language, t } from "./strings.js";

export function setUpSettings() {
  document.documentElement.lang = language;
  options("theme", ["system", "light", "dark"].map((name) => [name, t(`theme.${name}`)]), preference("theme", "system"), (theme) => {
    prefer("theme", theme);
    setTheme(theme);
  });
  setTheme(preference("theme", "system"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  options("language", Object.entries(LANGUAGES).map(([code, { name }]) => [code, name]), language, (code) => {
    prefer("language", code);
    location.reload();
  });
  options("side", ["right", "left"].map((name) => [name, t(`side.${name}`)]), preference("side", "right"), (side) => {
    prefer("side", side);
    document.documentElement.dataset.side = side;
  });
  document.documentElement.dataset.side = preference("side", "right");
  setUpMenus();
}

function options(id, choices, chosen, choose) {
  const select = $(id);
  select.append(...choices.map(([value, text]) => h("option", { value, textContent: text })));
  select.value = chosen;
  select.addEventListener("change", () => choose(select.value));
}

function setTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  recolour();
}

const recolour = () => document.dispatchEvent(new CustomEvent("recoloured"));

function setUpMenus() {
  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu");
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== inside) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
