// Curves over the steps of a network: probabilities or gates, with their names, and a cursor.

import { h, svg } from "../shell/dom.js";

const WIDTH = 1000, HEIGHT = 190, EDGE = 6;
const BAND = 34; // above the curves, for the path
const PATTERNS = ["", "9 4", "2 4", "12 4 2 4", "5 5"]; // distinguish curves without colours
const MIN_NAMED = 0.2; // a curve that stays below is not named

/**
 * A figure of `curves` [{ name, values }] with values from 0 to 1, and the legend of those that have `listed`; the others
 * have their names beside them. `label` says what they are. `path` [{ text, step, first, last }] is what was decided: each
 * character above the step that decided it, and a line over its part of the path.
 */
export function curvesFigure(curves, { label, path = [] }) {
  const top = path.length ? BAND : 0;
  const steps = Math.max(2, ...curves.map(({ values }) => values.length));
  const x = (step) => EDGE + (step * (WIDTH - 2 * EDGE)) / (steps - 1);
  const y = (value) => top + HEIGHT - EDGE - Math.min(1, Math.max(0, value)) * (HEIGHT - 4 * EDGE);
  const cursor = svg("line", { class: "cursor", y1: 0, y2: top + HEIGHT, x1: 0, x2: 0 });
  const lines = curves.map(({ values }, i) => svg("path", { class: `curve c${i % 5}`, "stroke-dasharray": PATTERNS[i % 5], d: `M${values.map((value, step) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}` }));
  const decided = path.flatMap(({ text, step, first, last }) => {
    const name = Object.assign(svg("text", { class: "decided", x: x(step), y: 18 }), { textContent: text === " " ? "␣" : text });
    return [name, svg("line", { class: "decided", x1: x(first) - 2, x2: x(last - 1) + 2, y1: BAND - 8, y2: BAND - 8 })];
  });
  const known = new Set(path.map(({ text }) => text));
  const beside = curves.map((curve, i) => ({ ...curve, i })).filter(({ name, listed, values }) => !listed && !known.has(name) && Math.max(...values) >= MIN_NAMED);
  const figure = svg("svg", { viewBox: `0 0 ${WIDTH} ${top + HEIGHT}`, role: "img", "aria-label": label, class: "curves" }, svg("line", { class: "ground", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }), ...lines, ...decided, cursor, ...labels(beside, x, y));
  return {
    figure,
    legend: legendOf(curves),
    at(step) {
      cursor.setAttribute("x1", x(step));
      cursor.setAttribute("x2", x(step));
    },
  };
}

/** The names of the curves that are listed, each beside a piece of its line; null without any. */
function legendOf(curves) {
  const entries = curves.map((curve, i) => ({ ...curve, i })).filter(({ listed }) => listed).map(({ name, i }) => (
    h("span", { className: `c${i % 5}` }, svg("svg", { viewBox: "0 0 30 8", "aria-hidden": "true" }, svg("line", { x1: 1, x2: 29, y1: 4, y2: 4, "stroke-dasharray": PATTERNS[i % 5] })), name)
  ));
  return entries.length ? h("p", { className: "legend" }, ...entries) : null;
}

/** The name of each curve at its highest point, moved down where another name is. */
function labels(curves, x, y) {
  const taken = [];
  return curves.map(({ name, values, i }) => {
    const peak = values.indexOf(Math.max(...values));
    let [left, top] = [Math.min(WIDTH - 14 * name.length - EDGE, x(peak) + 4), y(values[peak]) + 4];
    while (taken.some(([a, b, length]) => Math.abs(b - top) < 18 && left < a + 12 * length && a < left + 12 * name.length) && top < y(0) - 8) top += 18;
    taken.push([left, top, name.length]);
    return Object.assign(svg("text", { class: `c${i % 5}`, x: left, y: top }), { textContent: name });
  });
}
