// The canvas over the page's ink: the stroke that is being drawn, or ink that is lifted from the page to be moved.

import { drawStroke } from "./ink-path.js";
import { FIELDS } from "./items.js";
import { Pace } from "./pace.js";

export class WetInk {
  constructor(canvas, viewport, colorOf) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { desynchronized: true });
    this.viewport = viewport;
    this.colorOf = colorOf;
    this.empty = true;
    this.pace = new Pace();
    this.frame = 0;
  }

  fit() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.viewport.width * ratio), Math.round(this.viewport.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
  }

  prepare() {
    const { context, viewport } = this;
    const scale = viewport.scale * (window.devicePixelRatio || 1);
    context.setTransform(scale, 0, 0, scale, -viewport.x * scale, -viewport.y * scale);
    context.lineCap = context.lineJoin = "round";
    this.empty = false;
  }

  begin(color) {
    this.clear();
    this.prepare();
    this.context.strokeStyle = this.colorOf(color);
  }

  /** Draw the piece that the last point completes: a curve between the middles before it and after it. */
  extend(points, width) {
    const { context } = this;
    const c = points.length - FIELDS, b = c - FIELDS, a = b - FIELDS;
    context.lineWidth = width;
    context.beginPath();
    if (b < 0) {
      context.moveTo(points[c], points[c + 1]);
      context.lineTo(points[c] + 0.001, points[c + 1]);
    } else {
      const from = a < 0 ? [points[b], points[b + 1]] : [(points[a] + points[b]) / 2, (points[a + 1] + points[b + 1]) / 2];
      context.moveTo(...from);
      context.quadraticCurveTo(points[b], points[b + 1], (points[b] + points[c]) / 2, (points[b + 1] + points[c + 1]) / 2);
    }
    context.stroke();
  }

  /** Show strokes here, to be shifted by millimetres; many of them over several frames. `whole` is called after the last. */
  lift(strokes, whole = () => {}) {
    this.clear();
    this.prepare();
    const { scale } = this.viewport, job = { strokes, at: 0 };
    const paint = (some) => some.forEach((stroke) => drawStroke(this.context, stroke, this.colorOf(stroke.color), scale * (window.devicePixelRatio || 1)));
    const step = () => {
      this.frame = 0;
      if (this.pace.run(job, paint)) {
        this.pace.rest();
        whole();
      } else {
        this.frame = requestAnimationFrame((now) => {
          this.pace.frame(now);
          step();
        });
      }
    };
    step();
  }

  /** What was lifted stays until the ink below shows it. */
  leave() {
    cancelAnimationFrame(this.frame);
    this.left = true;
  }

  shift(dx, dy) {
    this.canvas.style.transform = `translate(${dx * this.viewport.scale}px, ${dy * this.viewport.scale}px)`;
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.left = false;
    this.canvas.style.transform = "";
    if (this.empty) return;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.empty = true;
  }
}
