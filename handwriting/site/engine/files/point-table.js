// Tables of points, from CSV or from a flat list of JSON objects: where strokes end, and what is no writing. The twin of
// handwriting/formats/point_table.py, which says by what a stroke ends.

import { Refusal } from "../refusal.js";
import { columnsOf, eventsOf, isGroup, toolsOf } from "./column-names.js";
import { numberOf, stampOf } from "./numerals.js";

const NOTHING = ["", "nan", "null", "none", "na"];
const UNITS = { t: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 }; // seconds
const NO = ["0", "0.0", "false", "f", "no", "n", "up", "off", "air", "hover", "penup", "pen_up", "released", "none", ""];
const YES = ["1", "1.0", "true", "t", "yes", "y", "x"];
const PARTING = ["stroke", "down", "up", "first", "event"]; // columns that tell strokes apart
const MAX_UNKNOWN = 20; // columns of unknown names that may number the strokes
const FULLEST = 0.7; // groups for each row of such a column, at most

const isNo = (value) => NO.includes(value.toLowerCase());
const isNothing = (value) => NOTHING.includes(value.toLowerCase());
const isStroke = (name) => !isNothing(name) && !name.startsWith("-");
const pairs = (values, test) => values.slice(1).filter((value, i) => test(values[i], value)).length;

export class PointTable {
  /** `rows` of texts under `names`; `blanks`: the number of empty lines before each row. */
  constructor(names, rows, blanks) {
    Object.assign(this, { names, rows, blanks, columns: columnsOf(names), tools: toolsOf(names) });
    // In a table with an empty line after every row, the empty lines separate nothing.
    this.spaced = pairs(blanks, (a, b) => a !== b) > Math.floor(rows.length / 2);
    if (!this.columns.has("x") || !this.columns.has("y")) throw new Refusal("site.files");
  }

  /** The values of a column, one a row; empty when the table does not have it. */
  column(key) {
    const at = this.columns.get(key);
    return at === undefined ? [] : this.values(at);
  }

  values(at) {
    return this.rows.map((row) => row[at] ?? "");
  }

  /** The pages of the table that have strokes, see pages.js; `unit`: the seconds of a unit of the column t. */
  pages(tally, unit = 1) {
    const units = { ...UNITS, t: unit }, clock = Object.keys(units).find((name) => this.column(name).some(Boolean));
    const t = clock && this.column(clock).map((value) => stampOf(value, units[clock]));
    const p = this.column("pressure").some(Boolean) && this.column("pressure").map(numberOf);
    const [x, y] = ["x", "y"].map((name) => this.column(name).map(numberOf));
    const sheets = this.column("page"), pages = new Map();
    for (const [begin, end] of this.runs()) {
      if (!this.isWriting(begin)) {
        tally.count();
        continue;
      }
      const part = (values) => (values ? values.slice(begin, end) : null);
      tally.part(() => {
        const strokes = pages.get(sheets[begin]) ?? [];
        tally.add(strokes, { x: part(x), y: part(y), t: part(t), p: part(p) });
        pages.set(sheets[begin], strokes);
      });
    }
    return [...pages.values()].map((strokes) => ({ strokes, timeUnit: clock ? units[clock] : 1 }));
  }

  /** The first and one past the last row of every stroke: rows with one key, none of them in the air. */
  runs() {
    let air = this.air(); // it may find further ends of strokes
    const names = this.column("stroke");
    if (names.length) {
      const numbered = names.some(isStroke);
      air = air.map((up, i) => up || (numbered && !isStroke(names[i])));
    } else {
      const x = this.column("x"), y = this.column("y"), marks = this.marks(x.map(numberOf), y.map(numberOf));
      air = air.map((up, i) => up || (isNothing(x[i]) && isNothing(y[i])) || marks[i]);
    }
    const keys = ["stroke", "page", "eraser"].map((key) => this.column(key)).filter(({ length }) => length);
    if (names.length) keys.push(...this.restarting(names, air));
    if (!this.spaced) keys.push(this.blanks);
    const runs = runsOf(keys, air), parted = PARTING.some((key) => this.columns.has(key));
    return runs.length === 1 && runs[0][1] - runs[0][0] > 1 && !parted ? runsOf([this.groups()], air) : runs;
  }

  /** Whether a stroke that begins at this row was drawn by a pen that can be seen, and by no eraser or highlighter. */
  isWriting(row) {
    const of = (at) => this.rows[row][at]?.toLowerCase(), told = this.tools.map((at) => of(at) ?? "").join(" ");
    const erased = of(this.columns.get("eraser")), opacity = of(this.columns.get("opacity"));
    return !/eras|rubber|highlight/.test(told) && isNo(erased ?? "") && !["0", "0.0", "false", "no"].includes(opacity);
  }

  unknown() {
    const known = [...this.columns.values(), ...this.tools];
    return [...this.names.keys()].filter((at) => !known.includes(at)).slice(0, MAX_UNKNOWN);
  }

  /** The columns with every change of which the stroke numbers begin again; their name decides if there is only one number. */
  restarting(strokes, air) {
    const rows = [...air.keys()].filter((row) => !air[row]);
    return this.unknown().filter((at) => {
      const values = this.values(at), changed = rows.map((row, i) => i > 0 && values[row] !== values[rows[i - 1]]);
      const starts = rows.filter((_, i) => changed[i]), ends = rows.filter((_, i) => changed[i + 1]);
      const seen = isGroup(this.names[at]) || starts.some((row, i) => strokes[row] !== strokes[ends[i]]);
      return seen && starts.every((row) => strokes[row] === strokes[rows[0]]) && starts.length < FULLEST * rows.length;
    }).map((at) => this.values(at));
  }

  /** The column that separates the most strokes, of those with unknown names. */
  groups() {
    let best = this.rows.map(() => ""), most = 1;
    for (const at of this.unknown()) {
      const values = this.values(at), count = 1 + pairs(values, (a, b) => a !== b);
      const numbers = count === new Set(values).size || isGroup(this.names[at]);
      if (numbers && count > most && count <= FULLEST * values.length) [best, most] = [values, count];
    }
    return best;
  }

  /** Whether each row is (-1, -1) in a table of points that are not below 0: such rows part strokes. */
  marks(x, y) {
    const marks = x.map((value, i) => value === -1 && y[i] === -1);
    const others = [x, y].flatMap((values) => values.filter((value, i) => !marks[i] && !Number.isNaN(value)));
    return others.length && others.every((value) => value >= 0) ? marks : marks.map(() => false);
  }

  /** Whether the pen is in the air at each row. */
  air() {
    const down = this.column("down"), happened = eventsOf(this.column("event")), states = eventsOf(down);
    const together = pairs(happened, (a, b) => a === "down" && b === "down");
    if (happened.includes("down") && (happened.includes("move") || !together)) return this.byEvents(happened, down);
    if (states.includes("down") && states.includes("move")) return this.byEvents(states, []);
    const first = this.flags("first"), up = this.flags("up"), lifted = down.map(isNo);
    if (first.includes(true) && first.includes(false)) this.part(first);
    if (lifted.includes(true) && lifted.includes(false)) return lifted;
    if (up.includes(true)) return this.afterUp(up);
    const pressure = this.column("pressure").map(numberOf), names = this.column("stroke");
    if (!pressure.some((value) => value > 0)) return this.rows.map(() => false);
    if (!names.length) return pressure.map((value) => value <= 0);
    // Numbered strokes may begin and end with no pressure; one that never has any is a way through the air.
    const touching = new Set(names.filter((_, i) => !(pressure[i] <= 0)));
    return names.map((name) => !touching.has(name));
  }

  /** A stroke begins where the pen is put down, and ends with the point at which it is lifted. */
  byEvents(happened, down) {
    let lifted = true;
    const told = down.some((value) => !isNo(value));
    this.part(happened.map((event) => event === "down"));
    return happened.map((event, row) => {
      const hovers = event === "hover" || (told && event === "move" && isNo(down[row]));
      const up = hovers || (lifted && event !== "down");
      lifted = event === "up" || (lifted && event !== "down");
      return up;
    });
  }

  /** The values of a column of yes and no; empty for a column of other values, such as times. */
  flags(key) {
    const values = this.column(key).map((value) => value.toLowerCase());
    return values.every((value) => YES.includes(value) || NO.includes(value)) ? values.map((value) => YES.includes(value)) : [];
  }

  /** A column of pen-ups marks the points in the air, many in a row, or the last point of each stroke. */
  afterUp(marks) {
    if (pairs(marks, (a, b) => a && b) > marks.filter(Boolean).length / 3) return marks;
    this.part([false, ...marks.slice(0, -1)]);
    return marks.map(() => false);
  }

  /** Let a stroke begin at these rows, as if an empty line stood before them. */
  part(begins) {
    let count = 0;
    this.blanks = this.blanks.map((blanks, row) => {
      count += Number(begins[row]);
      return blanks + count;
    });
    this.spaced = false;
  }
}

/** The first and one past the last of the rows that follow each other with one value in each list and are not in the air. */
function runsOf(keys, air) {
  const same = (a, b) => keys.every((values) => values[a] === values[b]), runs = [];
  air.forEach((up, row) => {
    if (up) return;
    if (runs.at(-1)?.[1] === row && same(row - 1, row)) runs.at(-1)[1] = row + 1;
    else runs.push([row, row + 1]);
  });
  return runs;
}
