// Small helpers to build elements.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

/**
 * An HTML element. Functions whose names begin with "on" become listeners, `dataset` is an object, `hidden`, `disabled`,
 * `checked`, `value`, `textContent` and `className` are properties, and everything else is an attribute.
 */
export function h(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (["hidden", "disabled", "checked", "value", "textContent", "className", "open"].includes(key)) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** An SVG element with attributes. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Scroll to an element; at once for who prefers less motion. */
export function scrollTo(element, block) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
}

/** Whether keys that are typed into `target` belong to it. */
export const isTyping = (target) => Boolean(target?.matches?.("textarea, select, input:not([type=radio], [type=checkbox], [type=range], [type=file])"));
