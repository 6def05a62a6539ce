// Pen, fingers and mouse on the sheet, given to the tool in use, or taken for moving and zooming the page.
//
// Once a pen was seen, fingers only move the page: what else touches the screen is a palm. Before that one finger uses
// the tool, and two fingers move and zoom. The pen's own eraser, and the button at its side, erase.

const ERASER_BUTTON = 5, ERASER_BUTTONS = 32, SIDE_BUTTONS = 2;

export class SheetInput {
  /**
   * `tools` has the `current` tool and the `eraser`, `pan` ones. A tool has begin(at), extend(points) and end(), and
   * cancel() if what has begun turns out to be a gesture; points are { x, y } in pixels, { time, pressure }.
   */
  constructor(element, viewport, tools) {
    this.element = element;
    this.viewport = viewport;
    this.tools = tools;
    this.penSeen = false;
    this.active = null; // the pointer that uses a tool: { id, type, tool }
    this.fingers = new Map(); // touches that move the page: id → [x, y]
    this.space = false;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.up(event));
    element.addEventListener("pointercancel", (event) => this.up(event, true));
    element.addEventListener("contextmenu", (event) => event.preventDefault());
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    for (const kind of ["touchstart", "touchmove"]) element.addEventListener(kind, (event) => event.preventDefault(), { passive: false });
  }

  down(event) {
    const pen = event.pointerType === "pen", touch = event.pointerType === "touch";
    const tool = this.toolFor(event);
    if (!tool) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.box = this.element.getBoundingClientRect();
    if (pen) {
      this.penSeen = true;
      this.fingers.clear();
      if (this.active?.type === "touch") this.cancel(); // the palm came down before the pen
    } else if (touch && (this.penSeen || this.active?.type === "touch" || this.fingers.size)) {
      if (this.active?.type === "pen") return; // a palm
      if (this.active) {
        this.fingers.set(this.active.id, this.active.last);
        this.cancel();
      }
      this.fingers.set(event.pointerId, this.at(event));
      return;
    }
    if (this.active) return;
    this.element.setPointerCapture(event.pointerId);
    this.active = { id: event.pointerId, type: event.pointerType, tool, last: this.at(event) };
    tool.begin(this.point(event), event);
  }

  toolFor({ pointerType, button, buttons }) {
    const { tools } = this;
    if (pointerType === "pen" && (button === ERASER_BUTTON || buttons & ERASER_BUTTONS || buttons & SIDE_BUTTONS)) return tools.eraser;
    if (pointerType === "mouse" && (button === 1 || (button === 0 && this.space))) return tools.pan;
    return button === 0 ? tools.current : null;
  }

  move(event) {
    if (this.fingers.has(event.pointerId)) return this.pinch(event);
    if (event.pointerId !== this.active?.id) return undefined;
    this.active.last = this.at(event);
    const coalesced = event.getCoalescedEvents?.() ?? [];
    return this.active.tool.extend((coalesced.length ? coalesced : [event]).map((one) => this.point(one)), event);
  }

  up(event, cancelled = false) {
    this.fingers.delete(event.pointerId);
    if (event.pointerId !== this.active?.id) return;
    const { tool } = this.active;
    if (cancelled) return void this.cancel();
    this.active = null;
    tool.end(event);
  }

  cancel() {
    const { tool } = this.active;
    this.active = null;
    tool.cancel();
  }

  /** Move the page with one finger; move and zoom it with two. */
  pinch(event) {
    const before = [...this.fingers.values()];
    this.fingers.set(event.pointerId, this.at(event));
    const after = [...this.fingers.values()];
    if (after.length > 2) return;
    const [from, to] = [middle(before), middle(after)];
    if (after.length === 2) {
      const spread = ([[a, b], [c, d]]) => Math.max(10, Math.hypot(a - c, b - d));
      this.viewport.zoom(spread(after) / spread(before), ...from);
    }
    this.viewport.pan(to[0] - from[0], to[1] - from[1]);
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 20 : event.deltaMode === 2 ? 400 : 1;
    this.box = this.element.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) this.viewport.zoom(Math.exp((-event.deltaY * unit) / 300), ...this.at(event));
    else if (event.shiftKey && !event.deltaX) this.viewport.pan(-event.deltaY * unit, 0);
    else this.viewport.pan(-event.deltaX * unit, -event.deltaY * unit);
  }

  at(event) {
    return [event.clientX - this.box.left, event.clientY - this.box.top];
  }

  point(event) {
    const [x, y] = this.at(event);
    return { x, y, time: event.timeStamp, pressure: event.pointerType === "pen" ? event.pressure : -1 };
  }
}

const middle = (points) => [points.reduce((sum, [x]) => sum + x, 0) / points.length, points.reduce((sum, [, y]) => sum + y, 0) / points.length];
