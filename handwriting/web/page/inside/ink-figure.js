// The ink of a line, drawn step by step as the network goes along it: wider where the chosen signal is high.

import { svg } from "../shell/dom.js";

const THIN = 0.012, THICK = 0.06; // of the height of the line

/**
 * A figure of steps, each a list of points [x, y] that are drawn in it; `air` tells the steps in which the pen is up.
 * `mixture` has the Gaussians [weight, x, y, sigma_x, sigma_y, rho] of each step, if there are any.
 */
export function inkFigure(steps, { air = [], mixture = null, label }) {
  const points = steps.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const height = Math.max(...ys) - top || 1;
  const edge = 0.25 * height;
  const paths = steps.map((step, i) => svg("path", { class: air[i] ? "air" : "step", d: step.length > 1 ? `M${step.map(([x, y]) => `${x} ${y}`).join("L")}` : `M${step[0][0]} ${step[0][1]}h0` }));
  const pen = svg("circle", { class: "pen", r: 0.05 * height });
  const cloud = svg("g", { class: "cloud" });
  const figure = svg("svg", { viewBox: `${left - edge} ${top - edge} ${Math.max(...xs) - left + 2 * edge} ${height + 2 * edge}`, role: "img", "aria-label": label, class: "inside-ink" }, cloud, ...paths, pen);
  const plain = (THIN * 2) * height;
  for (const path of paths) path.style.strokeWidth = plain;
  return {
    figure,
    /** Draw the steps as wide as `values` say, from 0 to 1; without values all alike. */
    weigh(values) {
      paths.forEach((path, i) => {
        path.style.strokeWidth = values ? (THIN + (THICK - THIN) * Math.min(1, Math.max(0, values[i] ?? 0))) * height : plain;
      });
    },
    at(step) {
      paths.forEach((path, i) => path.classList.toggle("ahead", i > step));
      const [x, y] = steps[step].at(-1);
      pen.setAttribute("cx", x);
      pen.setAttribute("cy", y);
      if (mixture) cloud.replaceChildren(...mixture[Math.min(step + 1, mixture.length - 1)].map(ellipse));
    },
  };
}

/** The ellipse of one standard deviation of a Gaussian. */
function ellipse([weight, x, y, a, b, rho]) {
  const [p, q, r] = [a * a, rho * a * b, b * b];
  const [mean, spread] = [(p + r) / 2, Math.hypot((p - r) / 2, q)];
  const angle = (Math.atan2(2 * q, p - r) * 90) / Math.PI;
  return svg("ellipse", { rx: Math.sqrt(mean + spread), ry: Math.sqrt(Math.max(mean - spread, 1e-9)), transform: `translate(${x} ${y}) rotate(${angle})`, "fill-opacity": Math.min(0.8, 0.1 + weight) });
}
