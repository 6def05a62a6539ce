// Tables of points, from CSV or from a flat list of JSON objects: which columns there are and where strokes end. The twin of
// handwriting/formats/point_table.py, which says by what a stroke ends.

import { Refusal } from "../refusal.js";
import { numberOf, stampOf } from "./numerals.js";

const DOWN = ["pen_down", "pendown", "is_down", "isdown", "down", "pen_state", "penstate", "pen_status", "state", "status", "contact", "touching", "pressed", "is_pressed", "tip", "pen"];
const NAMES = {
  x: ["x", "px", "pos_x", "posx", "x_mm", "x_px", "clientx", "pagex", "offsetx"],
  y: ["y", "py", "pos_y", "posy", "y_mm", "y_px", "clienty", "pagey", "offsety"],
  t: ["t", "time", "seconds", "t_s", "time_s", "timestamp"],
  ms: ["ms", "t_ms", "time_ms", "timestamp_ms", "milliseconds"],
  us: ["us", "t_us", "time_us", "timestamp_us", "microseconds"],
  ns: ["ns", "t_ns", "time_ns", "timestamp_ns", "nanoseconds"],
  stroke: ["stroke", "stroke_id", "strokeid", "stroke_number", "stroke_index", "trace", "trace_id", "s"],
  pressure: ["pressure", "p", "force", "f"],
  down: DOWN,
  up: ["pen_up", "penup", "up", "eos", "end_of_stroke", "in_air", "inair", "hover", "hovering"],
  eraser: ["eraser", "is_eraser", "iseraser", "erasing", "erase"],
  tool: ["tool", "pen_type", "pentype", "pointer_type", "pointertype", "tool_type"],
  event: ["event", "event_type", "eventtype", "action", "phase", "type", "e"],
};
const NOTHING = ["", "nan", "null", "none", "na"];
const UNITS = { t: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 }; // seconds
const NO = ["0", "0.0", "false", "f", "no", "n", "up", "off", "air", "hover", "penup", "pen_up", "none", ""];
const PUT_DOWN = ["down", "start", "begin", "pendown", "pointerdown", "mousedown", "touchstart"];
const LIFTED = ["up", "end", "cancel", "penup", "pointerup", "mouseup", "touchend", "pointercancel", "touchcancel", "leave"];
const HOVERS = ["hover", "air", "enter", "out"];

const isNo = (value) => NO.includes(value.toLowerCase());
const isNothing = (value) => NOTHING.includes(value.toLowerCase());
const isStroke = (name) => !isNothing(name) && !name.startsWith("-");
const pairs = (values, test) => values.slice(1).filter((value, i) => test(values[i], value)).length;

/** The place of each known column; a name may be followed by a unit in brackets. */
export function columnsOf(names) {
  const plain = names.map((name) => name.trim().toLowerCase().slice(0, 60).replace(/\s*[([].{0,20}[)\]]\s*$/, ""));
  const found = Object.entries(NAMES).map(([key, known]) => [key, known.map((name) => plain.indexOf(name)).find((at) => at >= 0)]);
  return new Map(found.filter(([, at]) => at !== undefined));
}

export class PointTable {
  /** `rows` of texts under `names`; `blanks`: the number of empty lines before each row. */
  constructor(names, rows, blanks) {
    Object.assign(this, { rows, blanks, columns: columnsOf(names) });
    // In a table with an empty line after every row, the empty lines separate nothing.
    this.spaced = pairs(blanks, (a, b) => a !== b) > Math.floor(rows.length / 2);
    if (!this.columns.has("x") || !this.columns.has("y")) throw new Refusal("site.files");
  }

  /** The values of a column, one a row; empty when the table does not have it. */
  column(key) {
    const at = this.columns.get(key);
    return at === undefined ? [] : this.rows.map((row) => row[at] ?? "");
  }

  /** The page of the table, see pages.js; `unit`: the seconds of a unit of the column t. */
  page(tally, unit = 1) {
    const units = { ...UNITS, t: unit }, clock = Object.keys(units).find((name) => this.column(name).some(Boolean));
    const t = clock && this.column(clock).map((value) => stampOf(value, units[clock]));
    const p = this.column("pressure").some(Boolean) && this.column("pressure").map(numberOf);
    const [x, y] = ["x", "y"].map((name) => this.column(name).map(numberOf));
    const tools = this.column("tool").map((tool) => tool.toLowerCase()), erased = this.column("eraser").map((value) => !isNo(value));
    const strokes = [];
    for (const [begin, end] of this.runs()) {
      if (erased[begin] || /erase|highl/.test(tools[begin] ?? "")) {
        tally.count();
        continue;
      }
      const part = (values) => (values ? values.slice(begin, end) : null);
      tally.part(() => tally.add(strokes, { x: part(x), y: part(y), t: part(t), p: part(p) }));
    }
    return { strokes, timeUnit: clock ? units[clock] : 1 };
  }

  /** The first and one past the last row of every stroke: rows with one key, none of them in the air. */
  runs() {
    let air = this.air(), names = this.column("stroke"); // finding the air may find further ends of strokes
    if (names.length) {
      const numbered = names.some(isStroke);
      air = air.map((up, i) => up || (numbered && !isStroke(names[i])));
    } else {
      const x = this.column("x"), y = this.column("y"), marks = this.marks(x.map(numberOf), y.map(numberOf));
      air = air.map((up, i) => up || (isNothing(x[i]) && isNothing(y[i])) || marks[i]);
      names = this.column("eraser");
    }
    const same = (a, b) => names[a] === names[b] && (this.spaced || this.blanks[a] === this.blanks[b]);
    const runs = [];
    air.forEach((up, row) => {
      if (up) return;
      if (runs.at(-1)?.[1] === row && same(row - 1, row)) runs.at(-1)[1] = row + 1;
      else runs.push([row, row + 1]);
    });
    return runs;
  }

  /** Whether each row is (-1, -1) in a table of points that are not below 0: such rows part strokes. */
  marks(x, y) {
    const marks = x.map((value, i) => value === -1 && y[i] === -1);
    const others = [x, y].flatMap((values) => values.filter((value, i) => !marks[i] && !Number.isNaN(value)));
    return others.length && others.every((value) => value >= 0) ? marks : marks.map(() => false);
  }

  /** Whether the pen is in the air at each row. */
  air() {
    const down = this.column("down").map(isNo), up = this.column("up").map((value) => !isNo(value));
    const events = this.column("event").map((event) => event.toLowerCase());
    if (events.some((event) => PUT_DOWN.includes(event))) return this.byEvents(events);
    if (down.includes(true) && down.includes(false)) return down;
    if (up.includes(true)) return this.afterUp(up);
    const pressure = this.column("pressure").map(numberOf), names = this.column("stroke");
    if (!pressure.some((value) => value > 0)) return this.rows.map(() => false);
    if (!names.length) return pressure.map((value) => value <= 0);
    // Numbered strokes may begin and end with no pressure; one that never has any is a way through the air.
    const touching = new Set(names.filter((_, i) => !(pressure[i] <= 0)));
    return names.map((name) => !touching.has(name));
  }

  /** A stroke begins where the pen is put down, and ends with the point at which it is lifted. */
  byEvents(events) {
    let lifted = true, strokes = 0;
    this.spaced = false;
    return events.map((event, row) => {
      const put = PUT_DOWN.includes(event), up = HOVERS.includes(event) || (lifted && !put);
      strokes += Number(put);
      lifted = LIFTED.includes(event) || (lifted && !put);
      this.blanks[row] = strokes;
      return up;
    });
  }

  /** A column of pen-ups marks the points in the air, many in a row, or the last point of each stroke. */
  afterUp(marks) {
    if (pairs(marks, (a, b) => a && b) > marks.filter(Boolean).length / 3) return marks;
    let ends = 0;
    this.blanks = this.blanks.map((blanks, i) => {
      ends += Number(i > 0 && marks[i - 1]);
      return blanks + ends;
    });
    this.spaced = false;
    return marks.map(() => false);
  }
}
