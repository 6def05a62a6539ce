// Draws the ink of a page, and redraws only what has changed. A new stroke is drawn over the others; where something was
// removed, its rectangle alone is drawn again. When the view changes, the picture that there is moves or grows at once,
// and the sharp one is made in slices of a few milliseconds, so that no frame has to wait for it.

import { boundsOf, grown, overlap, union } from "./geometry.js";
import { drawStroke } from "./ink-path.js";
import { Pace } from "./pace.js";

export const DIRECT = 250; // strokes that are drawn again within one frame

const canvas = () => document.createElement("canvas");

export class InkRenderer {
  /** `colorOf` gives the colour on the screen of a stroke's colour; `settled` is called when the picture is sharp again. */
  constructor(front, viewport, colorOf, settled) {
    this.settled = settled;
    this.front = front;
    this.context = front.getContext("2d");
    this.viewport = viewport;
    this.colorOf = colorOf;
    this.strokes = [];
    this.old = { canvas: canvas(), view: null }; // the last sharp picture
    this.next = { canvas: canvas(), view: null }; // the one in the making
    this.job = null;
    this.frame = 0;
    this.sharp = false;
    this.pace = new Pace();
  }

  get view() {
    const { x, y, scale } = this.viewport;
    return { x, y, scale: scale * this.ratio };
  }

  get ratio() {
    return window.devicePixelRatio || 1;
  }

  /** Give the canvas as many pixels as the screen has there. */
  fit() {
    const [width, height] = [Math.round(this.viewport.width * this.ratio), Math.round(this.viewport.height * this.ratio)];
    if (this.front.width === width && this.front.height === height) return;
    for (const one of [this.front, this.next.canvas, this.old.canvas]) Object.assign(one, { width, height });
    this.sharp = false;
    this.old.view = null;
    this.restart();
  }

  /** Show other ink: all of it is drawn again. */
  show(strokes) {
    this.strokes = strokes;
    this.restart();
  }

  /** The strokes are these now; `added` and `removed` are what changed. */
  change(strokes, added, removed) {
    this.strokes = strokes;
    if (!this.sharp) {
      if (this.old.view && added.length <= DIRECT) this.paint(this.old.canvas.getContext("2d"), this.old.view, added); // seen until it is sharp
      return this.restart();
    }
    if (added.length > DIRECT) return this.restart();
    if (!removed.length) return this.paint(this.context, this.view, added);
    const box = union([...added, ...removed].map((stroke) => grown(boundsOf(stroke), stroke.width)));
    const there = strokes.filter((stroke) => overlap(grown(boundsOf(stroke), stroke.width), box));
    if (there.length > DIRECT) return this.restart();
    const { context, view } = this;
    const [left, top] = [Math.floor((box[0] - view.x) * view.scale), Math.floor((box[1] - view.y) * view.scale)];
    const [right, bottom] = [Math.ceil((box[2] - view.x) * view.scale), Math.ceil((box[3] - view.y) * view.scale)];
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    this.paint(context, view, there);
    return context.restore();
  }

  /** The view has changed. */
  moved() {
    if (this.sharp) {
      const context = this.old.canvas.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.old.canvas.width, this.old.canvas.height);
      context.drawImage(this.front, 0, 0);
      this.old.view = this.frontView;
      this.sharp = false;
    }
    this.wake();
  }

  /** Restart the picture. */
  restart() {
    if (this.sharp) this.moved();
    this.job = null;
    this.wake();
  }

  wake() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.pace.frame(now);
      this.step();
      if (!this.frame) this.pace.rest();
    });
  }

  step() {
    if (!this.front.width || this.sharp) return;
    this.job ??= this.begin();
    const { next } = this;
    const context = next.canvas.getContext("2d");
    const done = this.pace.run(this.job, (strokes) => this.paint(context, next.view, strokes));
    if (done) {
      [this.old, this.next] = [this.next, this.old];
      this.job = null;
    }
    this.display();
    this.sharp = done && same(this.old.view, this.view);
    this.frontView = this.view;
    if (this.sharp) this.settled();
    else this.wake();
  }

  begin() {
    this.next.view = this.view;
    const context = this.next.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.front.width, this.front.height);
    const box = this.viewport.box;
    return { at: 0, strokes: this.strokes.filter((stroke) => overlap(grown(boundsOf(stroke), stroke.width), box)) };
  }

  /** Show the last sharp picture, moved and scaled to the view. */
  display() {
    const { context, old, view } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.front.width, this.front.height);
    if (!old.view) return;
    const zoom = view.scale / old.view.scale;
    context.setTransform(zoom, 0, 0, zoom, (old.view.x - view.x) * view.scale, (old.view.y - view.y) * view.scale);
    context.drawImage(old.canvas, 0, 0);
  }

  paint(context, { x, y, scale }, strokes) {
    context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes) drawStroke(context, stroke, this.colorOf(stroke.color), scale);
  }
}

const same = (a, b) => a !== null && a.x === b.x && a.y === b.y && a.scale === b.scale;
