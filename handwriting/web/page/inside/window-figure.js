// The soft window of the writing network: which character it looks at (from bottom to top) at each point.

import { svg } from "../shell/dom.js";

const WIDTH = 1000, ROW = 20;

/** A figure of `window`, for each point the weight of each character of `text`; its last column is the end of the text. */
export function windowFigure(window, text, label) {
  const rows = [...text, "·"];
  const height = rows.length * ROW;
  const x = (step) => 30 + (step * (WIDTH - 30)) / window.length;
  const marks = window.flatMap((weights, step) => weights.map((weight, i) => [step, i, Math.sqrt(Math.max(0, weight))]).filter(([, , shade]) => shade > 0.08).map(([, i, shade]) => {
    const size = ROW * Math.min(1, shade);
    return svg("rect", { class: "weight", x: x(step), y: height - (i + 0.5) * ROW - size / 2, width: Math.max(1.5, (WIDTH - 30) / window.length), height: size, "fill-opacity": Math.min(1, 0.25 + shade) });
  }));
  const names = rows.map((character, i) => Object.assign(svg("text", { x: 8, y: height - i * ROW - 5 }), { textContent: character === " " ? "␣" : character }));
  const cursor = svg("line", { class: "cursor", y1: 0, y2: height, x1: 0, x2: 0 });
  const figure = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label, class: "curves window" }, ...marks, ...names, cursor);
  return {
    figure,
    at(step) {
      cursor.setAttribute("x1", x(step));
      cursor.setAttribute("x2", x(step));
    },
  };
}
