// The sheet on the screen: paper, ink, wet ink and overlay over each other, all showing the same part of the page.

import { SheetInput } from "./input.js";
import { COLORS } from "./items.js";
import { Overlay } from "./overlay.js";
import { PaperRenderer } from "./papers.js";
import { InkRenderer } from "./renderer.js";
import { Viewport } from "./viewport.js";
import { WetInk } from "./wet-ink.js";

export class Stage {
  /** `elements`: the `sheet`, its canvases `paper`, `ink` and `pad`, and the `overlay`. */
  constructor({ sheet, paper, ink, pad, overlay }, notebook) {
    this.notebook = notebook;
    this.sheet = sheet;
    this.pad = pad;
    this.hidden = new Set();
    this.viewport = new Viewport(() => this.viewChanged());
    this.paper = new PaperRenderer(paper, this.viewport, () => this.colors);
    const colorOf = (color) => this.colors[color] ?? color;
    this.ink = new InkRenderer(ink, this.viewport, colorOf, () => this.settled());
    this.wet = new WetInk(pad, this.viewport, colorOf);
    this.overlay = new Overlay(overlay, this.viewport);
    this.readColors();
    new ResizeObserver(() => this.fit()).observe(sheet);
    document.addEventListener("recoloured", () => {
      this.readColors();
      this.paper.draw();
      this.ink.restart();
    });
  }

  listen(tools) {
    this.input = new SheetInput(this.pad, this.viewport, tools);
  }

  /** Whether something is being drawn or moved. */
  get busy() {
    return Boolean(this.input.active);
  }

  /** The colours of ink and paper in the colour theme. */
  readColors() {
    const probe = this.sheet.appendChild(document.createElement("span"));
    const read = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    this.colors = { paper: read("paper"), rule: read("rule") };
    for (const color of COLORS) this.colors[color] = read(`ink-${color}`);
    probe.remove();
  }

  /** Give everything the size that the sheet has on the screen. */
  fit() {
    const { clientWidth, clientHeight } = this.sheet;
    if (!clientWidth) return;
    this.viewport.resize(clientWidth, clientHeight);
    this.ink.fit();
    this.wet.fit();
    this.viewChanged();
  }

  open(page, keepView) {
    this.document = page;
    this.paper.show(page.page);
    if (keepView) this.viewport.page = page.page;
    else this.viewport.fit(page.page);
    this.hidden = new Set();
    this.ink.show(page.strokes);
  }

  showPaper(page) {
    this.paper.show(page);
    const { width, height } = this.viewport.page;
    if (page.width === width && page.height === height) return undefined;
    if (this.viewport.fitted) return this.viewport.fit(page);
    this.viewport.page = page;
    return this.viewport.moveTo(this.viewport.x, this.viewport.y, this.viewport.scale);
  }

  change(entries) {
    const strokes = (which) => entries.map((entry) => entry[which]).filter((item) => item?.kind === "stroke");
    const added = strokes(2), removed = strokes(1).filter((stroke) => !this.hidden.delete(stroke));
    if (removed.length || added.length) this.ink.change(this.visible, added, removed);
  }

  get visible() {
    return this.hidden.size ? this.document.strokes.filter((stroke) => !this.hidden.has(stroke)) : this.document.strokes;
  }

  /** Do not show these strokes, for the time being. */
  hide(strokes) {
    const before = this.hidden;
    this.hidden = new Set(strokes);
    const gone = [...this.hidden].filter((stroke) => !before.has(stroke));
    const back = [...before].filter((stroke) => !this.hidden.has(stroke));
    if (gone.length || back.length) this.ink.change(this.visible, back, gone);
  }

  /** The lifted ink has been put down: it stays on top until the page's ink shows it. */
  putDown() {
    if (this.ink.sharp) this.wet.clear();
    else this.wet.leave();
  }

  settled() {
    if (this.wet.left) this.wet.clear();
  }

  viewChanged() {
    if (this.wet.left) this.wet.clear();
    this.framed ||= requestAnimationFrame(() => {
      this.framed = 0;
      if (this.paper.prints) this.paper.draw();
      this.overlay.moved();
      this.notebook.emit("view");
    });
    this.ink.moved();
  }
}
