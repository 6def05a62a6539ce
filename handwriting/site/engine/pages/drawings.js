// Strokes of a page that are not writing. The twin of handwriting/recognition/pages/drawings.py, which explains how drawings
// are told from writing; here nobody asks which kind they are. Check boxes, arrows beside lines, dashed rules, and words that
// are crossed out by several strokes are found by Python only.

import { keep, take } from "../ink/ink.js";
import { segments } from "../ink/normalise.js";
import { interpolate, length, max, median, min, range, sum, weightedMedian, where } from "../numbers.js";
import { crossedOut } from "./crossed-out.js";
import { Marks } from "./marks.js";
import { findRulings } from "./rulings.js";
import { Shapes, TOUCH, distance, lengthOf } from "./shapes.js";

const LENGTHS = [7, 10, 15, 25, 50], TURNS = [0.3, 0.5, 0.7, 0.95, 1.1];
const MAX_LETTER_HEIGHT = 7;
const MAX_STRAIGHT = 5.6, MAX_STRAIGHT_LEVEL = 7;
const MIN_UNDERLINE = 2.1;
const MAX_INK_LENGTH = 50_000;
const MIN_WRITING = 4;

/** The numbers of the strokes of a page's drawings; none when all of the ink looks like one. */
export function findDrawings(marks) {
  const ink = keep(marks.ink, marks.sound), height = typicalHeight(ink); // every stroke keeps a point
  if (sum(segments(ink)[2]) > MAX_INK_LENGTH * height) return [];
  let shapes = new Shapes(ink, height), drawn = shapes.all.map(() => false);
  for (let pass = 0; pass < 3; pass++) { // a drawing distorts the letter height until it is set aside
    const before = drawn;
    drawn = large(shapes);
    if (!isWriting(shapes, drawn)) return [];
    if (drawn.every((value, k) => value === before[k])) break;
    shapes = new Shapes(ink, new Marks(take(ink, where(drawn, (value) => !value))).height);
  }
  const found = new Finder(shapes, drawn).strokes();
  return found.length < shapes.count ? found : [];
}

/** Strokes that are longer, smoother or taller than any of a letter. */
function large(shapes) {
  return shapes.all.map((k) => {
    const path = shapes.length[k], [, top, , bottom] = shapes.boxes[k];
    const limit = path < LENGTHS[0] ? 0 : interpolate(path, LENGTHS, TURNS);
    const smooth = shapes.turning[k] < limit * path;
    const long = shapes.straight[k] && shapes.size[k] > (shapes.level[k] ? MAX_STRAIGHT_LEVEL : MAX_STRAIGHT);
    return (smooth || long || bottom - top > MAX_LETTER_HEIGHT) && !shapes.torn[k];
  });
}

/** A first letter height, in which a stroke drawn up and down many times weighs little more than a letter. */
function typicalHeight(ink) {
  const heights = [], weights = [];
  ink.starts.forEach((start, k) => {
    const y = ink.y.subarray(start, ink.ends[k]), rises = risesOf(y);
    if (!rises.length) return;
    heights.push(weightedMedian(rises, rises));
    weights.push(Math.sqrt(sum(rises)));
  });
  return heights.length ? weightedMedian(heights, weights) : new Marks(ink).height;
}

/** How far the pen goes up or down each time before it turns. */
function risesOf(y) {
  const rises = [];
  let way = 0;
  for (let i = 1; i < y.length; i++) {
    const step = y[i] - y[i - 1];
    if (!step) continue;
    if (Math.sign(step) === way) rises[rises.length - 1] += Math.abs(step);
    else rises.push(Math.abs(step));
    way = Math.sign(step);
  }
  return rises;
}

const isWriting = (shapes, drawn) => sum(shapes.boxes.filter((_, k) => !drawn[k]).map(([, top, , bottom]) => Math.min(bottom - top, 2))) > MIN_WRITING;

/** Finds what belongs to drawn strokes. */
class Finder {
  constructor(shapes, drawn) {
    this.shapes = shapes;
    this.drawn = [...drawn];
    this.free = drawn.map((value) => !value); // strokes that are taken for writing so far
    this.ruled = findRulings(shapes); // lines of the paper's ruling, which touch writing anywhere
  }

  strokes() {
    const found = new Set(crossedOut(this.shapes, this.drawn, this.ruled));
    for (const k of found) this.drawn[k] = this.free[k] = false;
    this.draw(this.freeOnes((k) => this.shapes.encloses(k)));
    this.hatch();
    this.join();
    this.underline();
    for (const group of this.touching()) for (const k of [...group, ...this.companions(group)]) {
      this.free[k] = false;
      found.add(k);
    }
    return [...found];
  }

  draw(strokes) {
    for (const k of strokes) [this.drawn[k], this.free[k]] = [true, false];
  }

  freeOnes(test) {
    return this.shapes.all.filter((k) => this.free[k] && test(k));
  }

  /** Groups of parallel straight strokes of one length, close beside each other. */
  hatch() {
    const { shapes } = this, some = this.freeOnes((k) => shapes.straight[k] && shapes.size[k] > 2.2);
    if (some.length < 4) return;
    const middle = some.map((k) => [0, 1].map((axis) => sum(shapes.points[k].map((point) => point[axis])) / shapes.points[k].length));
    const near = (i, j) => {
      const [a, b] = [some[i], some[j]], angle = (shapes.slope[b] * Math.PI) / 180;
      const dx = middle[i][0] - middle[j][0], dy = middle[i][1] - middle[j][1];
      const along = dx * Math.cos(angle) + dy * Math.sin(angle), across = dy * Math.cos(angle) - dx * Math.sin(angle);
      const alike = shapes.size[a] < 1.7 * shapes.size[b] && shapes.size[b] < 1.7 * shapes.size[a];
      return shapes.turned(a, b) < 15 && alike && Math.abs(across) < 1.6 && Math.abs(along) < 0.6 * shapes.size[b];
    };
    for (const group of components(some.length, near)) {
      const own = group.map((i) => some[i]);
      // Four or more letters l side by side are hatching only when they are taller than letters.
      if (own.length >= (median(own.map((k) => shapes.size[k])) > 3.4 ? 4 : 6)) this.draw(own);
    }
  }

  /** Parts that complete a drawing: sides of boxes and tables, heads of arrows. */
  join() {
    const { shapes } = this;
    for (;;) {
      const lines = where(this.drawn, (value, k) => value && !this.ruled[k]), more = new Set();
      for (const k of this.freeOnes((one) => shapes.straight[one] && shapes.size[one] > 1.5)) {
        const touch = [shapes.points[k][0], shapes.points[k].at(-1)].map((end) => lines.some((j) => shapes.near(j, k)
          && (shapes.turned(k, j) > 30 || !shapes.straight[j]) && distance(end, shapes.points[j]) < TOUCH));
        if ((touch[0] && touch[1] && shapes.size[k] > 2) || ((touch[0] || touch[1]) && shapes.size[k] > 3.5)) more.add(k);
      }
      for (const k of lines) for (const barb of this.head(k)) more.add(barb);
      if (!more.size) return;
      this.draw(more);
    }
  }

  /** Strokes of an arrow's head at either end of a drawn stroke: on both sides of it, pointing where it ends. */
  head(shaft) {
    const path = this.shapes.points[shaft], back = Math.min(path.length, 5);
    for (const [end, from] of [[path.at(-1), path.at(-back)], [path[0], path[back - 1]]]) {
      const wayX = end[0] - from[0], wayY = end[1] - from[1], size = length(wayX, wayY);
      if (!size) continue;
      // The shaft's end is 0, its direction the first axis.
      const seen = ([x, y]) => [((x - end[0]) * wayX + (y - end[1]) * wayY) / size, ((y - end[1]) * wayX - (x - end[0]) * wayY) / size];
      const barbs = [], tips = [];
      for (const k of this.shapes.beside(shaft, TOUCH)) {
        if (!this.free[k] || !(this.shapes.length[k] > 0.6 && this.shapes.length[k] < 8)) continue;
        const away = awayFromTip(this.shapes.points[k].map(seen));
        if (!away.length || !away.every(([x, y]) => -0.3 * length(x, y) > x && Math.abs(y) > 0.25 * length(x, y))) continue;
        barbs.push(k);
        tips.push(...away);
      }
      if (tips.some(([, y]) => y > 0) && tips.some(([, y]) => y < 0)) return barbs;
    }
    return [];
  }

  /** Level strokes under a word: ink above all along them, and hardly any below. */
  underline() {
    const { shapes } = this;
    for (const k of this.freeOnes((one) => shapes.level[one] && shapes.size[one] > MIN_UNDERLINE)) {
      const others = shapes.beside(k, 3).filter((one) => !this.drawn[one]);
      const [above, , covered] = shapes.around(k, others, 2.5), [near, below] = shapes.around(k, others, 1);
      if (covered > 0.6 && above > 2 * shapes.size[k] && below < 0.2 * above && below <= near) this.draw([k]);
    }
  }

  /** Small strokes inside a sketch that belong to it, like the eyes of a face; none of a box around writing. */
  companions(group) {
    const { shapes } = this, side = (index, pick) => pick(group.map((k) => shapes.boxes[k][index]));
    const left = side(0, min) - 0.3, top = side(1, min) - 0.3, right = side(2, max) + 0.3, bottom = side(3, max) + 0.3;
    const size = Math.max(right - left, bottom - top);
    if (group.every((k) => shapes.straight[k]) || Math.min(right - left, bottom - top) < 4) return [];
    const strokes = this.freeOnes((k) => {
      const box = shapes.boxes[k];
      return box[0] > left && box[1] > top && box[2] < right && box[3] < bottom;
    });
    const plain = (k) => shapes.turning[k] < 2.4 * Math.PI && Math.max(shapes.boxes[k][2] - shapes.boxes[k][0], shapes.boxes[k][3] - shapes.boxes[k][1]) < 0.6 * size;
    return strokes.length && strokes.length <= 5 && strokes.every(plain) && !this.isRow(strokes) ? strokes : [];
  }

  /** Whether strokes stand beside each other as letters do, or are a single one. */
  isRow(strokes) {
    const boxes = strokes.map((k) => this.shapes.boxes[k]);
    return [[0, 2, 1.2], [1, 3, 0.4]].every(([low, high, most]) => {
      const sorted = [...boxes].sort((a, b) => a[low] - b[low]);
      return sorted.slice(1).every((box, i) => box[low] - max(sorted.slice(0, i + 1).map((one) => one[high])) < most);
    });
  }

  /** Drawn strokes in groups that hang together. */
  touching() {
    const { shapes } = this, strokes = where(this.drawn);
    const meets = (a, b) => [shapes.points[a][0], shapes.points[a].at(-1)].some((end) => distance(end, shapes.points[b]) < TOUCH);
    const near = (i, j) => {
      const [a, b] = [strokes[i], strokes[j]];
      return shapes.near(a, b) && (shapes.crossings(a, b) > 0 || meets(a, b) || meets(b, a) || this.hatched(a, b));
    };
    return components(strokes.length, near).map((group) => group.map((i) => strokes[i]));
  }

  /** Whether two drawn strokes are neighbours in hatching. */
  hatched(a, b) {
    const { shapes } = this;
    if (![a, b].every((k) => shapes.straight[k] && shapes.size[k] < 12 && !shapes.level[k])) return false;
    return shapes.turned(a, b) < 15 && min(shapes.points[a].map((point) => distance(point, shapes.points[b]))) < 1.6;
  }
}

/** Where the straight sides of a stroke end that has its tip at 0; none if it is no barb of an arrow. */
function awayFromTip(path) {
  const sizes = path.map(([x, y]) => length(x, y)), tip = sizes.indexOf(min(sizes));
  if (sizes[tip] > TOUCH || max(sizes) > 5) return [];
  const apart = (part) => length(part[0][0] - part.at(-1)[0], part[0][1] - part.at(-1)[1]);
  const sides = [path.slice(0, tip + 1), path.slice(tip)].filter((part) => part.length > 1 && apart(part) > 0.6 && apart(part) < 3);
  if (sides.some((part) => lengthOf(part) > 1.1 * apart(part))) return [];
  return sides.map((part) => (length(...part[0]) > length(...part.at(-1)) ? part[0] : part.at(-1)));
}

/** Connected components of a symmetric relation between so many things. */
function components(count, near) {
  const left = new Set(range(count)), groups = [];
  for (const start of range(count)) {
    if (!left.delete(start)) continue;
    const group = [start];
    for (const one of group) for (const other of [...left]) if (near(one, other)) {
      left.delete(other);
      group.push(other);
    }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}
