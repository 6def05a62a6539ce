// Which view is shown, and the colour theme.

import { attempt, get } from "./api.js";
import { setUpGenerate } from "./generate.js";
import { setUpHand } from "./hand.js";
import { setUpWrite } from "./write.js";

const VIEWS = { write: "Write", generate: "Generate", hand: "My hand" };
const THEMES = ["system", "light", "dark"];

function show(focus) {
  const name = location.hash.slice(1) in VIEWS ? location.hash.slice(1) : "write";
  for (const view of Object.keys(VIEWS)) document.getElementById(view).hidden = view !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${VIEWS[name]} – Handwriting`;
  if (focus) document.querySelector(`#${name} h1`).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("shown", { detail: name }));
}

function setUpTheme() {
  const button = document.getElementById("theme");
  let theme = stored("handwriting.theme") ?? "system";
  const apply = () => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = { system: "◐", light: "☀", dark: "☾" }[theme];
    button.setAttribute("aria-label", `Colour theme: ${theme}`);
    document.dispatchEvent(new CustomEvent("recoloured"));
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try {
      localStorage.setItem("handwriting.theme", theme);
    } catch { /* without storage, the theme lasts until the page is closed */ }
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Menus close when something else is clicked, or with Escape. */
function setUpMenus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

setUpMenus();
setUpWrite();
setUpTheme();
window.addEventListener("hashchange", () => show(true));
show(false);
attempt(async () => {
  const [styles, characters] = await Promise.all([get("api/styles"), get("api/characters")]);
  setUpGenerate(styles, characters);
  setUpHand();
  document.documentElement.dataset.ready = "true";
});
