// A canvas to write on with pen, touch or mouse. The ink is smooth, and wider where the pen is pressed or slow.

const DOT_WIDTH = 1.25; // diameter of a dot, as a multiple of the stroke's width

export class Pad {
  /** `changed` is called after a stroke, undo, redo or clear; `began` when the pen comes down. */
  constructor(canvas, { changed = () => {}, began = () => {}, width = 2.6 } = {}) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { desynchronized: true });
    this.changed = changed;
    this.began = began;
    this.width = width;
    this.strokes = [];
    this.done = []; // changes that can be undone: { added } or { removed }, lists of strokes
    this.undone = [];
    this.active = null;
    this.penSeen = false;
    this.start = performance.now();
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => this.up(event));
    for (const kind of ["touchstart", "touchmove"]) canvas.addEventListener(kind, (event) => event.preventDefault(), { passive: false });
    new ResizeObserver(() => this.fit()).observe(canvas);
    this.fit();
  }

  /** Give the canvas as many pixels as the screen has there; the ink stays in place. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    if (!clientWidth || (this.canvas.width === Math.round(clientWidth * ratio) && this.canvas.height === Math.round(clientHeight * ratio))) return;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.redraw();
  }

  redraw() {
    const ratio = window.devicePixelRatio || 1;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    this.context.lineCap = this.context.lineJoin = "round";
    this.context.strokeStyle = this.context.fillStyle = inkColor(this.canvas);
    for (const stroke of this.strokes) for (let i = 0; i <= stroke.length; i++) this.draw(stroke, i);
  }

  down(event) {
    if (event.button !== 0) return;
    if (event.pointerType === "pen") {
      this.penSeen = true;
      if (this.active?.type === "touch") this.drop(); // the palm came down before the pen
    } else if (event.pointerType === "touch" && this.penSeen) return; // a palm
    if (this.active) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.active = { id: event.pointerId, type: event.pointerType, stroke: [] };
    this.began();
    this.extend(event);
  }

  move(event) {
    if (event.pointerId !== this.active?.id) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const one of coalesced.length ? coalesced : [event]) this.extend(one);
  }

  up(event) {
    if (event.pointerId !== this.active?.id) return;
    const { stroke } = this.active;
    this.active = null;
    if (!stroke.length) return;
    this.draw(stroke, stroke.length);
    this.undone = [];
    this.done.push({ added: [stroke] });
    this.strokes = [...this.strokes, stroke];
    this.changed();
  }

  /** Discard the stroke that is being drawn. */
  drop() {
    this.active = null;
    this.redraw();
  }

  /** Add the point of a pointer event to the active stroke. */
  extend(event) {
    const { stroke, type } = this.active;
    const box = this.canvas.getBoundingClientRect();
    const point = { x: round(event.clientX - box.left), y: round(event.clientY - box.top), t: round(event.timeStamp - this.start) };
    const last = stroke.at(-1);
    if (last && last.x === point.x && last.y === point.y) return;
    if (type === "pen") point.pressure = round(event.pressure);
    point.w = this.thickness(point, last);
    stroke.push(point);
    this.draw(stroke, stroke.length - 1);
  }

  /** Line width at a point: by pressure, or else thinner where the pen is fast, and smoothed. */
  thickness(point, last) {
    let wanted = this.width;
    if (point.pressure !== undefined) wanted *= 0.45 + 1.1 * point.pressure;
    else if (last) {
      const speed = Math.hypot(point.x - last.x, point.y - last.y) / Math.max(1, point.t - last.t);
      wanted *= 1.22 - 0.62 * Math.min(1, speed / 1.6);
    }
    return last ? 0.7 * last.w + 0.3 * wanted : wanted;
  }

  /** Draw the piece that point `i` of a stroke completes: a curve from midpoint to midpoint. */
  draw(stroke, i) {
    const { context } = this;
    const [a, b, c] = [stroke[i - 2], stroke[i - 1], stroke[i]];
    context.beginPath();
    if (!b) {
      context.arc(c.x, c.y, (c.w * DOT_WIDTH) / 2, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.lineWidth = b.w;
    const from = a ? middle(a, b) : b;
    const to = c ? middle(b, c) : b;
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(b.x, b.y, to.x, to.y);
    context.stroke();
  }

  /** Add strokes as one change. */
  add(strokes) {
    this.undone = [];
    if (strokes.length) this.redo({ added: strokes });
  }

  /** Remove all ink as one change. */
  clear() {
    this.undone = [];
    if (this.strokes.length) this.redo({ removed: this.strokes });
  }

  /** Show strokes that were stored earlier, each of which can be undone; later ones follow them in time. */
  restore(strokes) {
    this.start = performance.now() - strokes.at(-1).at(-1).t;
    this.thicken(strokes);
    this.strokes = strokes;
    this.done = strokes.map((stroke) => ({ added: [stroke] }));
    this.redraw();
    this.changed();
  }

  /** Give a line width to points that were not drawn here. */
  thicken(strokes) {
    for (const stroke of strokes) stroke.forEach((point, i) => (point.w ??= this.thickness(point, stroke[i - 1])));
  }

  undo() {
    const change = this.done.pop();
    if (!change) return;
    this.undone.push(change);
    this.strokes = change.added ? this.strokes.slice(0, -change.added.length) : change.removed;
    this.redraw();
    this.changed();
  }

  redo(change = this.undone.pop()) {
    if (!change) return;
    this.done.push(change);
    this.thicken(change.added ?? []);
    this.strokes = change.added ? [...this.strokes, ...change.added] : [];
    this.redraw();
    this.changed();
  }

  /** The ink in the format of the API. */
  get ink() {
    return this.strokes.map((stroke) => stroke.map(({ x, y, t, pressure }) => (pressure === undefined ? { x, y, t } : { x, y, t, pressure })));
  }
}

const round = (value) => Math.round(value * 100) / 100;
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The current ink colour of the style sheet. */
function inkColor(element) {
  const probe = document.createElement("span");
  probe.style.color = "var(--ink)";
  element.parentElement.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
