// Styles of an SVG drawing: which lines a pen drew and can be seen. The twin of handwriting/formats/svg_style.py, which
// says what is understood of CSS.

import { local } from "./xml.js";

const INHERITED = ["fill", "fill-opacity", "stroke", "visibility", "stroke-opacity", "stroke-width"];
const OWN = ["display", "opacity", "mix-blend-mode", "transform", "transform-origin", "transform-box", "translate", "rotate", "scale"];
const ATTRIBUTES = [...INHERITED, ...OWN.slice(0, 5)];
const NOTHING = ["none", "transparent"];
const MAX_INNER_RULES = 100;
const FAINT = 0.02; // opacity below which a line cannot be seen
const ALPHA = /^(?:(?:rgba?|hsla?)\([^()]*[,/]\s*([0-9.]{1,20}%?)\s*\)|#[0-9a-f]{6}([0-9a-f]{2})|#[0-9a-f]{3}([0-9a-f]))$/;

const COMMENT = /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g;
const SIMPLE = /^(?:\*|[\p{L}\p{N}_-]+|[\p{L}\p{N}_-]*\.[\p{L}\p{N}_-]+|#[\p{L}\p{N}_-]+)$/u; // selectors that are looked up by their text
const PART = /\*|([.#]?)([\p{L}\p{N}_-]+)|\[\s*([\p{L}\p{N}_:-]+)\s*(?:=\s*["']?([^"'\]]*)["']?\s*)?\]/uy;
const ENTERED = /^@(?:media\s+(?:only\s+)?(?:all|screen)\b[^{]*|layer[^{]*|supports[^{]*)$/; // blocks that hold on a screen
const IMPORTANT = "!important";

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

  /** Whether a shape in this style is filled with a color that can be seen. */
  get filled() {
    const { visibility, fill = "" } = this.values, opacity = this.opacity * share(this.values["fill-opacity"]) * alphaOf(fill);
    return this.shown && !["hidden", "collapse"].includes(visibility) && !NOTHING.includes(fill) && opacity > FAINT;
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
    const clear = alphaOf(fill ?? "") * share(this.values["fill-opacity"]) <= FAINT;
    return NOTHING.includes(fill) || clear || !closed;
  }
}

/** The style sheets of a drawing. */
export class Sheets {
  constructor(root) {
    this.rules = new Map();
    this.inner = []; // other rules: { levels, declared }, see levelsOf
    for (const sheet of root.querySelectorAll("style")) {
      for (const [selectors, body] of rulesOf(sheet.textContent.replace(COMMENT, ""))) {
        const declared = declarations(body);
        if (Object.keys(declared).length) selectors.split(",").forEach((selector) => this.add(selector, declared));
      }
    }
  }

  add(selector, declared) {
    const name = selector.trim();
    if (SIMPLE.test(name)) {
      this.rules.set(name, overridden(this.rules.get(name) ?? {}, declared));
    } else if (this.inner.length < MAX_INNER_RULES) {
      const levels = levelsOf(selector.slice(0, 200));
      if (levels.length) this.inner.push({ levels, declared });
    }
  }

  /** What attributes, style sheets and the `style` of an element declare, the last of them the strongest. */
  declared(element) {
    const found = {};
    for (const name of ATTRIBUTES) if (element.getAttribute(name)) found[name] = element.getAttribute(name).toLowerCase();
    for (const selector of this.rules.size ? selectorsOf(element) : []) overridden(found, this.rules.get(selector) ?? {});
    for (const { levels, declared } of this.inner) if (isSelected(element, levels)) overridden(found, declared);
    overridden(found, declarations(element.getAttribute("style") ?? ""));
    for (const [name, value] of Object.entries(found)) if (value.endsWith(IMPORTANT)) found[name] = value.slice(0, -IMPORTANT.length).trim();
    return found;
  }
}

/** Selectors and declarations of a style sheet; with one pass, whatever the text. */
function* rulesOf(text) {
  text = text.replaceAll("<!--", "").replaceAll("-->", "");
  for (let at = 0, brace; (brace = text.indexOf("{", at)) >= 0; ) {
    const before = text.slice(at, brace); // behind statements such as @import
    const selectors = before.slice(before.lastIndexOf(";") + 1).replace(/^[} \t\r\n]+/, "").trimEnd();
    if (ENTERED.test(selectors)) at = brace + 1;
    else if (selectors.startsWith("@")) at = blockEnd(text, brace);
    else {
      const end = text.indexOf("}", brace);
      at = end < 0 ? text.length : end + 1;
      yield [selectors, text.slice(brace + 1, end < 0 ? text.length : end)];
    }
  }
}

/** Where the block ends that begins with a brace. */
function blockEnd(text, brace) {
  const braces = /[{}]/g;
  braces.lastIndex = brace;
  for (let depth = 0, sign; (sign = braces.exec(text)); ) {
    depth += sign[0] === "{" ? 1 : -1;
    if (!depth) return braces.lastIndex;
  }
  return text.length;
}

/** Declarations with others added, which override those before unless these are important. */
function overridden(found, declared) {
  for (const [name, value] of Object.entries(declared)) {
    if (value.endsWith(IMPORTANT) || !found[name]?.endsWith(IMPORTANT)) found[name] = value;
  }
  return found;
}

/** The levels { direct, parts } of a selector such as `g.pen > path[a=b]`, from outside in; none if it is not understood. */
function levelsOf(selector) {
  const levels = [];
  let direct = false; // whether it must be directly inside of the level before
  for (const word of selector.replaceAll(">", " > ").trim().split(/\s+/)) {
    if (word === ">") {
      direct = true;
      continue;
    }
    const parts = [];
    let at = 0;
    PART.lastIndex = 0;
    for (let part; (part = PART.exec(word)); at = PART.lastIndex) parts.push(part.slice(1));
    if (at < word.length || !word) return [];
    levels.push({ direct, parts });
    direct = false;
  }
  return direct ? [] : levels;
}

/** Whether the last of the levels selects an element, and the others elements around it, from outside in. */
function isSelected(element, levels) {
  if (!matches(element, levels.at(-1).parts)) return false;
  let { direct } = levels.at(-1), above = element.parentElement;
  for (const level of levels.slice(0, -1).reverse()) {
    while (above && !direct && !matches(above, level.parts)) above = above.parentElement;
    if (!above || !matches(above, level.parts)) return false;
    [above, direct] = [above.parentElement, level.direct];
  }
  return true;
}

/** Whether an element has all parts of a selector: classes, ids, names, and attributes with their values. */
function matches(element, parts) {
  return parts.every(([sign, name, attribute, value]) => {
    if (attribute !== undefined) return element.hasAttribute(attribute) && [undefined, element.getAttribute(attribute)].includes(value);
    if (sign === ".") return element.classList.contains(name);
    return name === undefined || name === (sign === "#" ? element.getAttribute("id") : local(element));
  });
}

/** The selectors that match an element, the weakest first. */
function selectorsOf(element) {
  const name = local(element), classes = [...element.classList];
  return ["*", name, ...classes.map((one) => `.${one}`), ...classes.map((one) => `${name}.${one}`), `#${element.getAttribute("id")}`];
}

function declarations(text) {
  const found = {};
  for (const part of text.split(";").filter((one) => one.includes(":"))) {
    const colon = part.indexOf(":"), name = part.slice(0, colon).trim().toLowerCase(), value = part.slice(colon + 1).trim().toLowerCase();
    if (value && (INHERITED.includes(name) || OWN.includes(name))) found[name] = value;
  }
  return found;
}
