// Styles of an SVG drawing: which lines a pen drew and can be seen. The twin of handwriting/formats/svg_style.py; style
// sheets are parsed and their selectors matched by the browser.

import { Refusal } from "../refusal.js";

const INHERITED = ["fill", "stroke", "visibility", "stroke-opacity", "stroke-width"];
const OWN = ["display", "opacity", "mix-blend-mode", "transform", "transform-origin", "transform-box", "translate", "rotate", "scale"];
const ATTRIBUTES = [...INHERITED, ...OWN.slice(0, 5)];
const NOTHING = ["none", "transparent"];
const DEEPEST_RULES = 20;
const FAINT = 0.02; // opacity below which a line cannot be seen
const ALPHA = /^(?:(?:rgba?|hsla?)\([^()]*[,/]\s*([0-9.]{1,20}%?)\s*\)|#[0-9a-f]{6}([0-9a-f]{2})|#[0-9a-f]{3}([0-9a-f]))$/;

/** The number that a length begins with; null when there is none. */
function numberOf(text) {
  const match = text?.match(/^\s*([0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,3})?)/i);
  return match ? Number(match[1]) : null;
}

/** An opacity from 0 to 1, 1 when it is not given. */
function share(text) {
  const value = numberOf(text);
  return value === null ? 1 : Math.min(1, text.trim().endsWith("%") ? value / 100 : value);
}

/** The opacity of a color that has one of its own. */
function alphaOf(color) {
  const match = color.trim().match(ALPHA);
  if (!match) return 1;
  if (match[1] === undefined) return parseInt(match[2] ?? match[3].repeat(2), 16) / 255;
  return color.split(",").length === 3 && !color.includes("/") ? 1 : share(match[1]); // rgb(1, 2, 3) has no fourth value
}

/** The style of an element with all that it inherits. */
export class Style {
  constructor(values = {}, opacity = 1, shown = true, blended = false) {
    Object.assign(this, { values, opacity, shown, blended });
  }

  /** The style of an element that declares this, inside of one with this style. */
  within(declared) {
    const values = { ...this.values };
    for (const name of INHERITED) if ((declared[name] ?? "inherit") !== "inherit") values[name] = declared[name];
    return new Style(values, this.opacity * share(declared.opacity), this.shown && declared.display !== "none", this.blended || declared["mix-blend-mode"] === "multiply");
  }

  get alpha() {
    return this.opacity * share(this.values["stroke-opacity"]) * alphaOf(this.values.stroke ?? "");
  }

  get width() {
    return numberOf(this.values["stroke-width"]) ?? 1;
  }

  /** Whether a line in this style can be seen. */
  get visible() {
    const { visibility, fill, stroke } = this.values;
    const empty = NOTHING.includes(fill) && NOTHING.includes(stroke);
    return this.shown && !["hidden", "collapse"].includes(visibility) && !empty && this.alpha > FAINT && this.width !== 0;
  }

  /** Whether a line was drawn by a pen and is not the outline of something filled. */
  isPen(closed) {
    const { fill, stroke } = this.values;
    if (stroke === undefined || NOTHING.includes(stroke)) return stroke === undefined && fill === undefined && !closed;
    return NOTHING.includes(fill) || !closed;
  }
}

/** The style sheets of a drawing. */
export class Sheets {
  constructor(root) {
    const rules = [];
    for (const element of root.querySelectorAll("style")) {
      const sheet = new CSSStyleSheet();
      checkNesting(element.textContent);
      sheet.replaceSync(element.textContent);
      for (const rule of sheet.cssRules) {
        if (!rule.selectorText) continue;
        const declared = Object.fromEntries([...INHERITED, ...OWN].map((name) => [name, rule.style.getPropertyValue(name).toLowerCase()]).filter(([, value]) => value));
        for (const selector of rule.selectorText.split(",")) rules.push({ selector: selector.trim(), declared });
      }
    }
    this.rules = rules.map((rule, i) => ({ ...rule, rank: rank(rule.selector), i })).sort((a, b) => a.rank - b.rank || a.i - b.i);
  }

  /** What attributes, style sheets and the `style` of an element declare, the last of them the strongest. */
  declared(element) {
    const found = {};
    for (const name of ATTRIBUTES) if (element.getAttribute(name)) found[name] = element.getAttribute(name);
    for (const { selector, declared } of this.rules) if (element.matches(selector)) Object.assign(found, declared);
    for (const part of (element.getAttribute("style") ?? "").split(";")) {
      const [name, value] = [part.split(":")[0].trim().toLowerCase(), part.slice(part.indexOf(":") + 1).replace("!important", "").trim().toLowerCase()];
      if (part.includes(":") && [...INHERITED, ...OWN].includes(name) && value) found[name] = value;
    }
    return found;
  }
}

/** Refuse style sheets with rules in rules in rules, which the browser's parser may not survive. */
function checkNesting(text) {
  let depth = 0;
  for (const [sign] of text.matchAll(/[{}]/g)) {
    depth += sign === "{" ? 1 : -1;
    if (depth > DEEPEST_RULES) throw new Refusal("site.damagedFile");
  }
}

/** How specific a selector is: ids, then classes, then names. */
function rank(selector) {
  const count = (pattern) => (selector.match(pattern) ?? []).length;
  return 10_000 * count(/#/g) + 100 * count(/[.:[]/g) + count(/(^|[\s>+~])[a-z]/gi);
}
