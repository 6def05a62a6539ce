// Which view is shown: the part of the address after #.

import { $ } from "./dom.js";
import { t } from "./strings.js";

const VIEWS = ["notebook", "letters", "hand", "inside"];
const FORMER = { write: "notebook", generate: "letters" }; // addresses of earlier versions

export function setUpViews() {
  window.addEventListener("hashchange", () => show(true));
  show(false);
}

function show(focus) {
  const asked = location.hash.slice(1);
  const named = FORMER[asked] ?? asked;
  const name = VIEWS.includes(named) ? named : "notebook";
  for (const view of VIEWS) $(view).hidden = view !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.view = name;
  document.title = `${t(`${name}.title`)} – Handwriting`;
  if (focus) document.querySelector(`#${name} h1`).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("shown", { detail: name }));
}
