// Which part of the page the screen shows: millimetres of the page to pixels of the sheet.

const NATURAL = 96 / 25.4; // pixels in a millimetre, as CSS has it
const MIN_SCALE = 0.25 * NATURAL, MAX_SCALE = 8 * NATURAL;
const EDGE = 12; // pixels around a page that is fitted

export class Viewport {
  /** `changed` is called after every change. */
  constructor(changed) {
    this.changed = changed;
    this.scale = NATURAL; // pixels in a millimetre
    this.x = this.y = 0; // what is in the upper left corner, in millimetres
    this.width = this.height = 1; // of the sheet, in pixels
    this.page = { width: 210, height: 297 };
  }

  get percent() {
    return Math.round((100 * this.scale) / NATURAL);
  }

  toPage(x, y) {
    return [x / this.scale + this.x, y / this.scale + this.y];
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  /** The visible part of the page: left, top, right, bottom. */
  get box() {
    return [this.x, this.y, this.x + this.width / this.scale, this.y + this.height / this.scale];
  }

  resize(width, height) {
    if (!width || !height || (width === this.width && height === this.height)) return;
    const wasFitted = this.fitted;
    [this.width, this.height] = [width, height];
    if (wasFitted) this.fit();
    else this.moveTo(this.x, this.y, this.scale);
  }

  /** Show a page in its full width, from its top. */
  fit(page = this.page) {
    this.page = page;
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, (this.width - 2 * EDGE) / page.width));
    this.moveTo(-EDGE / scale, -EDGE / scale, scale);
    this.fitted = true;
  }

  /** Zoom by a factor; the point at x, y on the screen stays where it is. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [px, py] = this.toPage(x, y);
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, this.scale * factor));
    this.moveTo(px - x / scale, py - y / scale, scale);
  }

  /** Move the page by pixels. */
  pan(dx, dy) {
    this.moveTo(this.x - dx / this.scale, this.y - dy / this.scale, this.scale);
  }

  /** Scroll a part of the page into view if necessary. */
  reveal([left, top, right, bottom]) {
    const [a, b, c, d] = this.box;
    if (left >= a && right <= c && top >= b && bottom <= d) return;
    const [width, height] = [this.width / this.scale, this.height / this.scale];
    this.moveTo(left >= a && right <= c ? this.x : (left + right - width) / 2, (top + bottom - height) / 2, this.scale);
  }

  /** Part of the page always stays on the screen; a page that is narrower than the screen stays in its middle. */
  moveTo(x, y, scale) {
    const [width, height] = [this.width / scale, this.height / scale];
    this.scale = scale;
    this.x = width >= this.page.width ? (this.page.width - width) / 2 : Math.min(this.page.width - 0.3 * width, Math.max(-0.7 * width, x));
    this.y = Math.min(this.page.height - 0.3 * height, Math.max(-0.7 * height, y));
    this.fitted = false;
    this.changed();
  }
}
