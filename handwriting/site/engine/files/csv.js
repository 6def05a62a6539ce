// Tables of points: a line of names, and a line for each point. The twin of handwriting/formats/csv.py.

import { columnsOf } from "./column-names.js";
import { PointTable } from "./point-table.js";
import { atMost } from "./tally.js";

const HEAD = 16384, MAX_LINES = 1_000_000, MAX_COMMENTS = 100, MAX_VALUE = 131_072;
const COMMENTS = ["#", "%", "//", "sep="]; // how lines begin that are neither names nor values
const SEPARATORS = [",", ";", "\t", "|"];

const linesOf = (text) => text.split(/\r\n|\r|\n/);
const isComment = (line) => COMMENTS.some((mark) => line.startsWith(mark));

/** Whether a text begins with the names of columns, of which two are x and y. */
export const isCsv = (text) => namesOf(linesOf(text.slice(0, HEAD))) !== null;

/** The pages of a table, see pages.js. */
export function readCsv(text, tally) {
  const lines = linesOf(text), { names, separator, begin } = namesOf(lines);
  atMost(lines.length - begin, MAX_LINES);
  const rows = [], blanks = [];
  let empty = 0;
  for (const line of lines.slice(begin)) {
    if (!/[^ \t\x1a]/.test(separator ? line.replaceAll(separator, "") : line)) empty += 1;
    else if (!isComment(line)) {
      rows.push(valuesOf(line, separator));
      blanks.push(empty);
    }
  }
  return new PointTable(names, rows, blanks).pages(tally);
}

/** The names of the columns, the separator (null for spaces), and the line where the rows begin; null without x and y. */
function namesOf(lines) {
  for (let at = 0; at < Math.min(lines.length, MAX_COMMENTS); at++) {
    const line = lines[at].slice(0, 1000).trim(), shown = line.replace(/^[#%/ ]+/, ""), often = (mark) => shown.split(mark).length;
    const most = SEPARATORS.reduce((best, mark) => (often(mark) > often(best) ? mark : best)), separator = often(most) > 1 ? most : null;
    const names = valuesOf(shown, separator), known = columnsOf(names);
    // Words of a sentence may be x and y, but not all of them are names of columns.
    if (known.has("x") && known.has("y") && (separator || known.size === names.length)) return { names, separator, begin: at + 1 };
    if (line && !isComment(line)) return null;
  }
  return null;
}

/** The values of a line, with a point for a decimal comma. */
function valuesOf(line, separator) {
  const quoted = separator && line.includes('"') ? unquoted(line, separator) : null;
  const values = quoted ?? (separator ? line.split(separator) : line.split(/\s+/).filter(Boolean));
  return values.map((value) => value.replace(/^[ "]+|[ "]+$/g, "").replaceAll(",", "."));
}

/** The values of a line, some of them in quotes, in which two quotes stand for one; null when one is too long. */
function unquoted(line, separator) {
  const values = [];
  let value = "", state = "begin"; // of a value; or plain, or quoted
  for (let at = 0; at < line.length; at++) {
    const sign = line[at];
    if (state === "quoted") {
      if (sign !== '"') value += sign;
      else if (line[at + 1] !== '"') state = "plain";
      else {
        value += sign;
        at += 1;
      }
    } else if (sign === separator) {
      values.push(value);
      [value, state] = ["", "begin"];
    } else if (state === "begin" && sign === '"') state = "quoted";
    else if (state !== "begin" || sign !== " ") {
      value += sign;
      state = "plain";
    }
  }
  values.push(value);
  return values.some((found) => found.length > MAX_VALUE) ? null : values;
}
