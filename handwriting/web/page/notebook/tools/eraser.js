// The eraser removes every stroke that it touches; what one gesture erased comes back with one undo.

import { touches } from "../geometry.js";

const RADIUS = 9; // pixels

export class EraserTool {
  constructor(notebook) {
    this.notebook = notebook;
    this.erased = null;
  }

  begin(point) {
    this.erased = new Set();
    this.last = null;
    this.extend([point]);
  }

  extend(points) {
    if (!this.erased) return;
    const { viewport } = this.notebook;
    const found = [];
    for (const { x, y } of points) {
      const at = viewport.toPage(x, y);
      for (const stroke of this.notebook.document.strokes) {
        if (this.erased.has(stroke) || !touches(stroke, this.last ?? at, at, RADIUS / viewport.scale)) continue;
        this.erased.add(stroke);
        found.push(stroke);
      }
      this.last = at;
    }
    if (found.length) this.notebook.hide(this.erased);
  }

  end() {
    const erased = [...this.erased];
    this.erased = null;
    this.notebook.hide(new Set());
    this.notebook.document.remove(erased);
  }

  cancel() {
    this.erased = null;
    this.notebook.hide(new Set());
  }
}
