// Words set on lines and pages. The twin of handwriting/composition/typeset.py.

export const ASCENT = 0.7; // share of the line height above the first baseline
const ROUNDING_MM = 1e-6;

/** The lines of a block, filled greedily: { first, x }, the number of the first word and the left edge of each. */
export function breakLines(words, { align, indent, left }, width) {
  if (!words.length) return [{ first: 0, x: [] }];
  const lines = [];
  for (let first = 0; first < words.length;) {
    const begin = left + (first ? 0 : indent), room = width - begin;
    let end = first + 1, used = words[first].width;
    while (end < words.length && !words[end - 1].cut && used + words[end - 1].space + words[end].width <= room + ROUNDING_MM) {
      used += words[end - 1].space + words[end].width;
      end += 1;
    }
    const slack = room - used, gaps = end - first - 1;
    const stretch = align === "justify" && end < words.length && gaps ? slack / gaps : 0;
    let at = begin + ({ center: slack / 2, right: slack }[align] ?? 0);
    lines.push({ first, x: words.slice(first, end).map((word) => {
      const edge = at;
      at += word.width + word.space + stretch;
      return edge;
    }) });
    first = end;
  }
  return lines;
}

/** Places lines on pages of `rows` lines each, in their order. */
export class Paginator {
  page = 0;
  row = 0;
  begun = false;

  constructor(rows) {
    this.rows = rows;
  }

  /** { page, row } of the next line; null for a blank line at the top of a page. `more` lines of its block follow. */
  place(line, { breaksPage, before, keep }, more) {
    const first = line.first === 0;
    if (first && breaksPage && this.begun) [this.page, this.row] = [this.page + 1, 0];
    this.begun = true;
    if (first && this.row > 0) this.row += before;
    const needed = Math.min((first && more ? 2 : 1) + (keep ? 2 : 0), this.rows);
    if (this.row > 0 && this.row + needed > this.rows + ROUNDING_MM) [this.page, this.row] = [this.page + 1, 0];
    if (!line.x.length && this.row === 0 && this.page > 0) return null;
    this.row += 1;
    return { page: this.page, row: this.row - 1 };
  }
}
