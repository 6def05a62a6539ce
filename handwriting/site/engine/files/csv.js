// Tables of points: a line of names, and a line for each point. The twin of handwriting/formats/csv.py.

import { PointTable, columnsOf } from "./point-table.js";
import { atMost } from "./tally.js";

const MAX_LINES = 1_000_000;

/** Whether the first line of a text names the columns x and y. */
export function isCsv(text) {
  const { names } = namesOf(text.replace(/^[\r\n]+/, "").match(/^[^\r\n]*/)[0]);
  return ["x", "y"].every((name) => columnsOf(names).has(name));
}

/** The page of a table, see pages.js. */
export function readCsv(text, tally) {
  const [first, ...lines] = text.replace(/^[\r\n]+/, "").split(/\r\n|\r|\n/), { names, separator } = namesOf(first);
  atMost(lines.length, MAX_LINES);
  const rows = [], blanks = [];
  let empty = 0;
  for (const line of lines) {
    if (line.replaceAll(separator, "").trim() === "") {
      empty += 1;
      continue;
    }
    rows.push(line.split(separator).map(bare).map((value) => (separator === ";" ? value.replaceAll(",", ".") : value)));
    blanks.push(empty);
  }
  return [new PointTable(names, rows, blanks).page(tally)];
}

/** The names of the columns, and what separates them. */
function namesOf(line) {
  const head = line.slice(0, 1000), often = (mark) => head.split(mark).length;
  const separator = [",", ";", "\t"].reduce((most, mark) => (often(mark) > often(most) ? mark : most));
  return { names: head.split(separator).map(bare), separator };
}

const bare = (value) => value.replace(/^[ "]+|[ "]+$/g, "");
