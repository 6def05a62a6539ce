// Curves over the steps of a network: probabilities or gates, with their names written beside them, and a cursor.

import { svg } from "../shell/dom.js";

const WIDTH = 1000, HEIGHT = 190, EDGE = 6;
const PATTERNS = ["", "9 4", "2 4", "12 4 2 4", "5 5"]; // tells curves apart without colours

/** A figure of `curves` [{ name, values, patterned }] with values from `low` to `high`; `label` says what they are. */
export function curvesFigure(curves, { low = 0, high = 1, label }) {
  const steps = Math.max(2, ...curves.map(({ values }) => values.length));
  const x = (step) => EDGE + (step * (WIDTH - 2 * EDGE)) / (steps - 1);
  const y = (value) => HEIGHT - EDGE - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (HEIGHT - 4 * EDGE);
  const cursor = svg("line", { class: "cursor", y1: 0, y2: HEIGHT, x1: 0, x2: 0 });
  const lines = curves.map(({ values }, i) => svg("path", { class: `curve c${i % 5}`, "stroke-dasharray": PATTERNS[i % 5], d: `M${values.map((value, step) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}` }));
  const names = labels(curves, x, y);
  const figure = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "curves" }, svg("line", { class: "ground", x1: 0, x2: WIDTH, y1: y(low), y2: y(low) }), ...lines, cursor, ...names);
  return {
    figure,
    at(step) {
      cursor.setAttribute("x1", x(step));
      cursor.setAttribute("x2", x(step));
    },
  };
}

/** The name of each curve at its highest point, moved down where another name is. */
function labels(curves, x, y) {
  const taken = [];
  return curves.map(({ name, values }, i) => {
    const peak = values.indexOf(Math.max(...values));
    let [left, top] = [Math.min(WIDTH - 14 * name.length - EDGE, x(peak) + 4), Math.max(18, y(values[peak]) + 4)];
    while (taken.some(([a, b, length]) => Math.abs(b - top) < 18 && left < a + 12 * length && a < left + 12 * name.length) && top < HEIGHT - 20) top += 18;
    taken.push([left, top, name.length]);
    const text = svg("text", { class: `c${i % 5}`, x: left, y: top });
    text.textContent = name;
    return text;
  });
}
