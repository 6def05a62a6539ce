// A sheet on the screen on which handwriting is drawn, stroke by stroke, at a pace that is pleasant to watch.

import { svg } from "../shell/dom.js";

const POINTS_PER_SECOND = 330; // about five times as fast as a person
const CATCH_UP_SECONDS = 1.6; // time in which the queued points should be drawn

/** A smooth path through points [x, y]; a single point is a line of no length. */
export function pathThrough(points) {
  if (!points.length) return "";
  const [first] = points;
  let path = `M${first[0]} ${first[1]}`;
  if (points.length === 1) return `${path}h0`;
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    path += `Q${x} ${y} ${(x + points[i + 1][0]) / 2} ${(y + points[i + 1][1]) / 2}`;
  }
  const last = points.at(-1);
  return `${path}L${last[0]} ${last[1]}`;
}

/** Show ink, strokes of points [x, y, ...]; writing of a smaller `size` is shown smaller. */
export function picture(image, strokes, thickness = 0.035, { size = 1 } = {}) {
  const points = strokes.flat();
  const xs = points.map((point) => point[0]), ys = points.map((point) => point[1]);
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const height = bottom - top || 1;
  const edge = 0.08 * height;
  const shown = (height + 2 * edge) * Math.max(1, 1.15 / size);
  image.setAttribute("viewBox", `${left - edge} ${(top + bottom - shown) / 2} ${right - left + 2 * edge} ${shown}`);
  image.setAttribute("preserveAspectRatio", "xMinYMid meet");
  image.replaceChildren(svg("path", { class: "stroke", "stroke-width": thickness * height, d: strokes.map(pathThrough).join("") }));
}

/** The strokes of the first `count` words of a line that says `text`, split into words at the widest gaps. */
export function firstWords(strokes, text, count) {
  const words = text.trim().split(/\s+/).length;
  if (words <= count) return strokes;
  const extents = strokes.map((stroke) => [Math.min(...stroke.map((point) => point[0])), Math.max(...stroke.map((point) => point[0]))]);
  const gaps = [];
  let end = Infinity;
  for (const [from, to] of [...extents].sort((a, b) => a[0] - b[0])) {
    if (from > end) gaps.push([from - end, end]);
    end = Math.max(end === Infinity ? to : end, to);
  }
  const cuts = gaps.sort((a, b) => b[0] - a[0]).slice(0, words - 1).map(([, at]) => at).sort((a, b) => a - b);
  return cuts.length < words - 1 ? strokes : strokes.filter((stroke, i) => extents[i][1] <= cuts[count - 1]);
}

export class Paper {
  constructor(image, thickness = 0.45) {
    this.svg = image;
    this.thickness = thickness;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.clear();
  }

  clear() {
    this.lines = [];
    this.rulings = svg("path", { class: "rulings" });
    this.layer = svg("g", { class: "stroke", "stroke-width": this.thickness });
    this.svg.replaceChildren(this.rulings, this.layer);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.ended = false;
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  sheet({ width, height, rulings }) {
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.style.aspectRatio = `${width} / ${height}`;
    this.rulings.setAttribute("d", rulings.map(([x1, y1, x2, y2]) => `M${x1} ${y1}L${x2} ${y2}`).join(""));
  }

  line(number) {
    return (this.lines[number] ??= { strokes: [], paths: [], shown: 0, open: true, drawn: [] });
  }

  /** Add points [x, y, end of stroke] of a line that is being sampled. */
  begun(number, points) {
    const line = this.line(number);
    for (const [x, y, end] of points) {
      if (line.open) line.strokes.push([]);
      line.strokes.at(-1).push([x, y]);
      line.open = end > 0.5;
    }
    this.wake();
  }

  /** Add a finished line; its points on the paper move to their places, or vanish if it is another candidate. */
  finished(number, strokes, same) {
    const line = this.line(number);
    if (line.shown && !same) {
      for (const path of line.paths) {
        path.classList.add("gone");
        setTimeout(() => path.remove(), 200);
      }
      this.lines[number] = { strokes, paths: [], shown: 0, drawn: [], finished: true };
    } else {
      line.moved = line.shown ? { from: line.strokes, begin: performance.now() } : null;
      line.strokes = strokes;
      line.finished = true;
    }
    this.wake();
  }

  /** Signal that everything has arrived; the promise resolves once all of it is drawn. */
  end() {
    this.ended = true;
    this.wake();
    return this.done;
  }

  /** Show all finished lines, remove an unfinished one, and stop. */
  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const line of this.lines) {
      if (!line) continue;
      if (!line.finished) for (const path of line.paths) path.remove();
      else {
        line.moved = null;
        line.drawn = [];
        this.show(line, count(line.strokes));
        for (const path of line.paths.splice(line.strokes.length)) path.remove();
      }
    }
    this.lines = this.lines.filter((line) => line?.finished);
    this.finish();
  }

  get waiting() {
    return this.lines.reduce((sum, line) => sum + (line ? count(line.strokes) - line.shown : 0), 0);
  }

  wake() {
    if (!this.frame) {
      this.last = performance.now();
      this.frame = requestAnimationFrame((now) => this.step(now));
    }
  }

  step(now) {
    const seconds = Math.min(0.1, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    const pace = Math.max(POINTS_PER_SECOND, this.waiting / CATCH_UP_SECONDS);
    let budget = this.still.matches ? Infinity : (this.budget ?? 0) + pace * seconds;
    let moving = false;
    for (const line of this.lines) {
      if (!line) continue;
      moving = this.move(line, now) || moving;
      const left = count(line.strokes) - line.shown;
      const drawn = Math.min(left, Math.floor(budget));
      if (drawn) this.show(line, line.shown + drawn);
      budget -= drawn;
      if (drawn < left) break;
    }
    this.budget = Math.min(Number.isFinite(budget) ? budget : 0, 1);
    this.frame = 0;
    if (moving || this.waiting) this.frame = requestAnimationFrame((later) => this.step(later));
    else if (this.ended) this.finish();
  }

  /** Draw the first `points` points of a line. */
  show(line, points) {
    let before = 0;
    for (let i = 0; i < line.strokes.length && before < points; i++) {
      const stroke = line.strokes[i];
      const wanted = Math.min(stroke.length, points - before);
      if (line.drawn[i] !== wanted) {
        line.paths[i] ??= this.layer.appendChild(svg("path"));
        line.paths[i].setAttribute("d", pathThrough(stroke.slice(0, wanted)));
        line.drawn[i] = wanted;
      }
      before += stroke.length;
    }
    line.shown = points;
  }

  /** Move the drawn points of a line towards their final places; true while they are moving. */
  move(line, now) {
    if (!line.moved) return false;
    const share = this.still.matches ? 1 : Math.min(1, (now - line.moved.begin) / 240);
    const eased = share * share * (3 - 2 * share);
    line.shown = Math.min(line.shown, count(line.strokes));
    line.paths.forEach((path, i) => {
      const to = line.strokes[i];
      if (!to) return path.remove();
      const from = line.moved.from[i] ?? to;
      const points = to.slice(0, line.drawn[i]).map(([x, y], k) => {
        const [a, b] = from[k] ?? [x, y];
        return [a + (x - a) * eased, b + (y - b) * eased];
      });
      return path.setAttribute("d", pathThrough(points));
    });
    if (share === 1) line.moved = null;
    return share < 1;
  }
}

const count = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
