// Selecting: a loop around ink or a tap on a word selects; a drag from within the selection moves it.

import { boundsOf, distance, grown, mostlyInside, union } from "../geometry.js";
import { moved, newId } from "../items.js";

const TAP = 6; // pixels that a tap may move
const NEAR = 10; // pixels from a tap to the ink that it selects
const EDGE = 1.5; // millimetres around the selected ink

export class SelectTool {
  constructor(notebook) {
    this.notebook = notebook;
    this.ids = new Set();
    this.loop = null; // the loop in the making, in millimetres
    this.drag = null; // where a drag began and how far it is, in millimetres
  }

  /** The selected strokes. */
  get strokes() {
    return this.ids.size ? this.notebook.document.strokes.filter((stroke) => this.ids.has(stroke.id)) : [];
  }

  /** The rectangle around the selection; null if nothing is selected. */
  get box() {
    const { strokes } = this;
    return strokes.length ? grown(union(strokes.map(boundsOf)), EDGE) : null;
  }

  select(ids) {
    this.ids = new Set(ids);
    this.notebook.selectionChanged();
  }

  begin(point, event) {
    const at = this.notebook.viewport.toPage(point.x, point.y);
    const box = this.box;
    this.tapped = point;
    this.extending = event.shiftKey;
    if (box && !event.shiftKey && at[0] > box[0] && at[0] < box[2] && at[1] > box[1] && at[1] < box[3]) {
      this.drag = { from: at, dx: 0, dy: 0 };
      const { strokes } = this;
      this.notebook.wet.lift(strokes, () => this.notebook.hide(strokes));
    } else this.loop = [at];
  }

  extend(points) {
    const { viewport } = this.notebook;
    const last = points.at(-1);
    if (this.tapped && Math.hypot(last.x - this.tapped.x, last.y - this.tapped.y) > TAP) this.tapped = null;
    if (this.drag) {
      const at = viewport.toPage(last.x, last.y);
      Object.assign(this.drag, { dx: at[0] - this.drag.from[0], dy: at[1] - this.drag.from[1] });
      this.notebook.wet.shift(this.drag.dx, this.drag.dy);
      this.notebook.selectionChanged(false);
    } else if (this.loop) {
      this.loop.push(...points.map(({ x, y }) => viewport.toPage(x, y)));
      this.notebook.showLoop(this.loop);
    }
  }

  end() {
    const { drag, loop, tapped } = this;
    if (drag && !tapped) return this.drop(drag);
    this.cancel();
    if (tapped) this.tap(tapped);
    else if (loop) {
      const found = this.notebook.document.strokes.filter((stroke) => mostlyInside(loop, stroke)).map((stroke) => stroke.id);
      this.select(this.extending ? [...this.ids, ...found] : found);
    }
    return undefined;
  }

  drop({ dx, dy }) {
    this.drag = null;
    this.move(dx, dy);
    this.notebook.stage.putDown();
  }

  /** Select what was tapped: the word, or the nearest stroke. */
  tap({ x, y }) {
    const [px, py] = this.notebook.viewport.toPage(x, y);
    const most = NEAR / this.notebook.viewport.scale;
    let nearest = null, least = most;
    for (const stroke of this.notebook.document.strokes) {
      const apart = distance(stroke, px, py, most);
      if (apart <= least) [nearest, least] = [stroke, apart];
    }
    const found = nearest ? this.notebook.wordOf(nearest.id) : [];
    this.select(this.extending ? [...this.ids, ...found] : found);
  }

  cancel() {
    this.drag = this.loop = this.tapped = null;
    this.notebook.wet.clear();
    this.notebook.hide(new Set());
    this.notebook.showLoop([]);
    this.notebook.selectionChanged(false);
  }

  move(dx, dy) {
    this.notebook.document.replace(this.strokes.map((stroke) => moved(stroke, dx, dy)));
  }

  remove() {
    const { strokes } = this;
    this.select([]);
    this.notebook.document.remove(strokes);
  }

  /** Put copies of strokes on the page, and select them. */
  paste(strokes, dx, dy) {
    const copies = strokes.map((stroke) => moved(stroke, dx, dy, newId()));
    const copyOf = new Map(strokes.map(({ id }, i) => [id, copies[i].id])), { document } = this.notebook;
    const corrections = document.corrections.filter(({ pieces }) => pieces.every(([id]) => copyOf.has(id)));
    const said = corrections.map((one) => ({ ...one, id: newId(), pieces: one.pieces.map(([id, ...part]) => [copyOf.get(id), ...part]) }));
    document.add([...copies, ...said]);
    this.select(copies.map((stroke) => stroke.id));
  }
}
