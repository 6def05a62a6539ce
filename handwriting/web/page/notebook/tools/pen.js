// The pen: the stroke that is being drawn lies on a canvas of its own, and joins the page's ink when the pen is lifted.

import { widthAt } from "../ink-path.js";
import { FIELDS, newStroke } from "../items.js";

const round = (value) => Math.round(value * 100) / 100;

export class PenTool {
  /** `notebook` has the document, the viewport and the `wet` canvas; `style` gives colour and width of new strokes. */
  constructor(notebook, style) {
    this.notebook = notebook;
    this.style = style;
    this.points = null;
  }

  begin(point) {
    this.pen = this.style();
    this.points = [];
    this.began = point.time;
    this.start = Date.now();
    this.thick = 0;
    this.notebook.wet.begin(this.pen.color);
    this.notebook.quiet();
    this.extend([point]);
  }

  extend(points) {
    if (!this.points) return;
    for (const point of points) this.addPoint(point);
  }

  addPoint({ x, y, time, pressure }) {
    const [px, py] = this.notebook.viewport.toPage(x, y).map(round);
    const { points } = this;
    const last = points.length - FIELDS;
    if (last >= 0 && points[last] === px && points[last + 1] === py) return;
    points.push(px, py, round(time - this.began), pressure < 0 ? -1 : round(pressure));
    this.thick = widthAt(points, points.length - FIELDS, this.pen.width, this.thick);
    this.notebook.wet.extend(points, this.thick);
  }

  end() {
    const { points } = this;
    this.cancel();
    if (points?.length) this.notebook.document.add([newStroke(points, { ...this.pen, start: this.start })]);
  }

  cancel() {
    this.points = null;
    this.notebook.wet.clear();
  }
}
