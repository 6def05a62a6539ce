// Pages as ink in formats of other programs: InkML, Xournal++, and JSON.

import { pointsOf, recordOf } from "../notebook/items.js";
import { INK, compressed, escapeXml, textOf } from "./sheet.js";

const POINT = 72 / 25.4; // PDF points in a millimetre
const short = (value, digits = 4) => Number(value.toFixed(digits));

/** InkML of one page: millimetres and seconds, with pressure if every stroke has it. */
export function toInkml(sheet) {
  const pressed = sheet.strokes.every((stroke) => stroke.points[3] >= 0);
  const begin = sheet.strokes[0]?.start ?? 0;
  const traces = sheet.strokes.map((stroke) => {
    const points = pointsOf(stroke).map(([x, y, t, p]) => [short(x), short(y), short((stroke.start - begin + t) / 1000), ...(pressed ? [short(Math.max(0, p))] : [])].join(" "));
    return `  <trace contextRef="#pen" brushRef="#${stroke.color}">${points.join(", ")}</trace>`;
  });
  const brushes = Object.entries(INK).map(([name, color]) => `    <brush xml:id="${name}"><brushProperty name="color" value="${color}"/></brush>`);
  const markup = `<?xml version="1.0" encoding="UTF-8"?>
<ink xmlns="http://www.w3.org/2003/InkML">
  <annotation type="truth">${escapeXml(textOf(sheet))}</annotation>
  <definitions>
    <context xml:id="pen">
      <traceFormat>
        <channel name="X" type="decimal" units="mm"/>
        <channel name="Y" type="decimal" units="mm"/>
        <channel name="T" type="decimal" units="s"/>${pressed ? '\n        <channel name="F" type="decimal" min="0" max="1"/>' : ""}
      </traceFormat>
    </context>
${brushes.join("\n")}
  </definitions>
${traces.join("\n")}
</ink>
`;
  return new Blob([markup], { type: "application/inkml+xml" });
}

const BACKGROUNDS = { ruled: "ruled", squared: "graph", dotted: "dotted", plain: "plain" };

/** A Xournal++ document of pages. */
export async function toXopp(sheets) {
  const pages = sheets.map((sheet) => {
    const strokes = sheet.strokes.map((stroke) => {
      let points = pointsOf(stroke);
      if (points.length === 1) points = [...points, ...points]; // a dot has two points there
      const place = points.map(([x, y]) => `${short(x * POINT)} ${short(y * POINT)}`).join(" ");
      const widths = [stroke.width, ...(stroke.widths ?? []).slice(0, points.length - 1)]; // of the pen, and of each piece
      return `<stroke tool="pen" color="${INK[stroke.color]}ff" width="${widths.map((width) => short(width * POINT, 3)).join(" ")}">${place}</stroke>`;
    });
    const background = BACKGROUNDS[sheet.ruling] ?? "plain";
    return `<page width="${short(sheet.width * POINT)}" height="${short(sheet.height * POINT)}">
<background type="solid" color="#ffffffff" style="${background}"/>
<layer>
${strokes.join("\n")}
</layer>
</page>`;
  });
  const markup = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<xournal creator="Handwriting" fileversion="4">
<title>${escapeXml(sheets[0]?.name ?? "")}</title>
${pages.join("\n")}
</xournal>
`;
  return new Blob([await compressed(markup, "gzip")], { type: "application/x-xopp" });
}

/** JSON of one page: its strokes, its lines with the numbers of their strokes and the boxes of their words, and the corrections. */
export function toJson(sheet, corrections) {
  const begin = sheet.strokes[0]?.start ?? 0;
  const strokes = sheet.strokes.map((stroke) => ({
    id: stroke.id,
    color: INK[stroke.color],
    width: stroke.width,
    points: pointsOf(stroke).map(([x, y, t, p]) => ({ x: short(x), y: short(y), t: short(stroke.start - begin + t, 2), ...(p < 0 ? {} : { p: short(p) }) })),
  }));
  const box = (values) => values.map((value) => short(value, 3));
  const numbers = new Map(sheet.strokes.map(({ id }, number) => [id, number]));
  const lines = sheet.lines.map((line) => ({
    text: line.text,
    ...(line.words.some((word) => word.correction) ? { corrected: true } : {}),
    strokes: line.strokes.map((id) => numbers.get(id)).filter((number) => number !== undefined),
    box: box(line.box),
    words: line.words.map((word) => ({ text: word.text, box: box(word.box), ...(word.correction ? { read: word.read, corrected: true } : {}) })),
  }));
  const content = { text: textOf(sheet), units: "mm", width: short(sheet.width), height: short(sheet.height), strokes, lines, corrections: corrections.map(recordOf) };
  return new Blob([JSON.stringify(content, null, 1)], { type: "application/json" });
}
