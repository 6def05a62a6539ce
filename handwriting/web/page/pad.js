// A canvas to write on: pen, touch and mouse, with smooth ink as wide as the pen is pressed, or slow.

const DOT = 1.25; // how much wider than the pen a dot is

export class Pad {
  /** `changed` is called when a stroke was finished or taken back, `began` when the pen comes down. */
  constructor(canvas, { changed = () => {}, began = () => {}, width = 2.6 } = {}) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { desynchronized: true });
    this.changed = changed;
    this.began = began;
    this.width = width;
    this.strokes = [];
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

  /** As many device pixels as the screen has; the ink stays where it is. */
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
    for (const stroke of this.strokes) for (let i = 0; i < stroke.length; i++) this.draw(stroke, i);
  }

  down(event) {
    if (event.button !== 0 || this.active) return;
    if (event.pointerType === "pen") this.penSeen = true;
    else if (event.pointerType === "touch" && this.penSeen) return; // a palm
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.active = { id: event.pointerId, stroke: [], pen: event.pointerType === "pen" };
    this.began();
    this.add(event);
  }

  move(event) {
    if (event.pointerId !== this.active?.id) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) this.add(one);
  }

  up(event) {
    if (event.pointerId !== this.active?.id) return;
    const { stroke } = this.active;
    this.active = null;
    if (!stroke.length) return;
    this.draw(stroke, stroke.length);
    this.strokes.push(stroke);
    this.undone = [];
    this.changed();
  }

  add(event) {
    const { stroke, pen } = this.active;
    const box = this.canvas.getBoundingClientRect();
    const point = { x: round(event.clientX - box.left), y: round(event.clientY - box.top), t: round(event.timeStamp - this.start) };
    const last = stroke.at(-1);
    if (last && last.x === point.x && last.y === point.y) return;
    point.pressure = pen ? round(event.pressure) : undefined;
    point.w = this.thickness(point, last);
    stroke.push(point);
    this.draw(stroke, stroke.length - 1);
  }

  /** Of the line at a point: by pressure, else thinner where the pen is quick; always a little as it was. */
  thickness(point, last) {
    let wanted = this.width;
    if (point.pressure !== undefined) wanted *= 0.45 + 1.1 * point.pressure;
    else if (last) {
      const speed = Math.hypot(point.x - last.x, point.y - last.y) / Math.max(1, point.t - last.t);
      wanted *= 1.22 - 0.62 * Math.min(1, speed / 1.6);
    }
    return last ? 0.7 * last.w + 0.3 * wanted : wanted;
  }

  /** The piece that point `i` of a stroke completes: a curve from midpoint to midpoint. */
  draw(stroke, i) {
    const { context } = this;
    const [a, b, c] = [stroke[i - 2], stroke[i - 1], stroke[i]];
    context.beginPath();
    if (!b) {
      context.arc(c.x, c.y, (c.w * DOT) / 2, 0, 2 * Math.PI);
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

  undo() {
    if (!this.strokes.length) return;
    this.undone.push([this.strokes.pop()]);
    this.redraw();
    this.changed();
  }

  redo() {
    if (!this.undone.length) return;
    this.strokes.push(...this.undone.pop());
    this.redraw();
    this.changed();
  }

  /** Takes all ink away; it can be taken back. */
  clear() {
    if (!this.strokes.length) return;
    this.undone.push(this.strokes);
    this.strokes = [];
    this.redraw();
    this.changed();
  }

  /** The ink as the server takes it. */
  get ink() {
    return this.strokes.map((stroke) => stroke.map(({ x, y, t, pressure }) => (pressure === undefined ? { x, y, t } : { x, y, t, pressure })));
  }
}

const round = (value) => Math.round(value * 100) / 100;
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The ink's colour as the style sheet has it now. */
function inkColor(element) {
  const probe = document.createElement("span");
  probe.style.color = "var(--ink)";
  element.parentElement.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
