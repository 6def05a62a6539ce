// What lies over the ink: the selection, the loop that is being drawn, the word that is pointed at, and search hits.

import { svg } from "../shell/dom.js";
import { grown } from "./geometry.js";

const AROUND = 0.8; // millimetres around a word

const rectangle = ([left, top, right, bottom], name) => svg("rect", { class: name, x: left, y: top, width: right - left, height: bottom - top, rx: 1 });

export class Overlay {
  constructor(element, viewport) {
    this.element = element;
    this.viewport = viewport;
    this.layers = Object.fromEntries(["hits", "word", "selection", "loop"].map((name) => [name, element.appendChild(svg("g", { class: name }))]));
  }

  moved() {
    const { x, y, scale, width, height } = this.viewport;
    this.element.setAttribute("viewBox", `${x} ${y} ${width / scale} ${height / scale}`);
  }

  show(layer, boxes) {
    this.layers[layer].replaceChildren(...boxes.map((box) => rectangle(grown(box, AROUND), "")));
  }

  showSelection({ box, drag }) {
    const shown = box && drag ? [box[0] + drag.dx, box[1] + drag.dy, box[2] + drag.dx, box[3] + drag.dy] : box;
    this.layers.selection.replaceChildren(...(shown ? [rectangle(shown, "")] : []));
  }

  showLoop(points) {
    const d = points.length > 1 ? `M${points.map(([x, y]) => `${x} ${y}`).join("L")}Z` : "";
    this.layers.loop.replaceChildren(...(d ? [svg("path", { d })] : []));
  }
}
