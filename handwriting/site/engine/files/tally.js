// What a reader has found in a file, and how much it left out. The twin of handwriting/notes.py, which tells each of them.

import { Refusal } from "../refusal.js";

const MAX_POINTS = 400_000, MAX_STROKES = 100_000; // of a file
const MAX_COORDINATE = 1e9;

/** Whether all coordinates of a stroke are numbers that ink can have. */
const isSound = ({ x, y }) => [x, y].every((values) => values.every((value) => Math.abs(value) <= MAX_COORDINATE));

export class Tally {
  left = 0; // things that no pen wrote
  lost = 0; // damaged parts
  dropped = false; // whether times or pressures are incomplete
  points = 0;
  strokes = 0;

  /** Leave out so many things that no pen wrote. */
  count(number = 1) {
    this.left += Number(number);
  }

  /** Read a part of the file, which is left out if it is damaged. */
  part(read) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refusal) || error.message === "site.tooMuchInk") throw error;
      this.lost += 1;
      atMost(this.lost, MAX_STROKES);
      return undefined;
    }
  }

  /** Add a stroke { x, y, t, p }, see pages.js, to those of a page; without points it is left out. */
  add(strokes, stroke) {
    if (!stroke.x.length) return;
    if (!isSound(stroke)) throw new Refusal("site.damagedFile");
    this.points += stroke.x.length;
    this.strokes += 1;
    atMost(this.points, MAX_POINTS);
    atMost(this.strokes, MAX_STROKES);
    strokes.push(stroke);
  }
}

/** Refuse a file that has more of something than it may have. */
export function atMost(count, most) {
  if (count > most) throw new Refusal("site.tooMuchInk");
}
