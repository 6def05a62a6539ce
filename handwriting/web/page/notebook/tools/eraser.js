// The eraser removes every stroke that it touches, or only the parts of strokes that it goes over. What one gesture
// erased comes back with one undo.

import { cut } from "../cut.js";
import { touches } from "../geometry.js";

const RADIUS = 9; // pixels

export class EraserTool {
  /** `partly` tells whether parts of strokes are erased. */
  constructor(notebook, partly) {
    this.notebook = notebook;
    this.partly = partly;
    this.left = null; // the remainder of each touched stroke: stroke → pieces
  }

  begin(point) {
    this.left = new Map();
    this.last = null;
    this.erase = this.partly() ? cut : (stroke, a, b, radius) => (touches(stroke, a, b, radius) ? [] : null);
    this.extend([point]);
  }

  extend(points) {
    if (!this.left) return;
    const { viewport } = this.notebook;
    let changed = false;
    for (const { x, y } of points) {
      const at = viewport.toPage(x, y);
      for (const stroke of this.notebook.document.strokes) changed = this.reduce(stroke, this.last ?? at, at, RADIUS / viewport.scale) || changed;
      this.last = at;
    }
    if (changed) this.show();
  }

  /** Erase from a stroke, or from what is left of it; true if that changes it. */
  reduce(stroke, a, b, radius) {
    const before = this.left.get(stroke) ?? [stroke];
    let changed = false;
    const after = before.flatMap((piece) => {
      const pieces = this.erase(piece, a, b, radius);
      changed ||= pieces !== null;
      return pieces ?? [piece];
    });
    if (changed) this.left.set(stroke, after);
    return changed;
  }

  show() {
    this.notebook.hide(new Set(this.left.keys()));
    const pieces = [...this.left.values()].flat();
    if (pieces.length) this.notebook.wet.lift(pieces);
    else this.notebook.wet.clear();
  }

  end() {
    const entries = [...this.left].flatMap(([stroke, pieces]) => {
      const same = pieces.find((piece) => piece.id === stroke.id) ?? null;
      return [[stroke.id, stroke, same], ...pieces.filter((piece) => piece !== same).map((piece) => [piece.id, null, piece])];
    });
    this.cancel();
    this.notebook.document.apply(entries);
  }

  cancel() {
    this.left = null;
    this.notebook.wet.clear();
    this.notebook.hide(new Set());
  }
}
