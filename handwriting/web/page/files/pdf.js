// Pages as a PDF: the ink as vectors, and its text as invisible words in their places, so that it can be searched and
// copied. The words are set in a font that is not embedded, because nobody sees it; a table in the file says which
// character each of its codes is (ISO 32000-1, 9.10.3).

import { outlinePath, svgPieces } from "../notebook/ink-path.js";
import { INK, RULING, compressed, textOf } from "./sheet.js";

const POINT = 72 / 25.4;
const FIRST = 33, LAST = 255; // codes of the font
const ADVANCE = 0.5; // width of every character, in font sizes
const UNKNOWN = "?";
const encoder = new TextEncoder();

const number = (value) => String(Math.round(value * 1000) / 1000);
const rgb = (color) => [1, 3, 5].map((at) => number(parseInt(color.slice(at, at + 2), 16) / 255)).join(" ");
const hex = (text) => [...text].flatMap((character) => [...Array(character.length).keys()].map((i) => character.charCodeAt(i).toString(16).padStart(4, "0"))).join("");

/** A PDF of sheets (see sheet.js). */
export async function toPdf(sheets) {
  const file = new PdfFile();
  const codes = codesFor(sheets.map(textOf).join(" "));
  const pagesObject = file.reserve();
  const font = await addFont(file, codes);
  const opacities = new Set(sheets.flatMap(({ strokes }) => strokes.map(({ opacity }) => opacity)).filter(Boolean));
  const shades = [...opacities].map((opacity) => `/${shade(opacity)} << /ca ${number(opacity)} >>`).join(" ");
  const kids = [];
  for (const sheet of sheets) {
    const content = await file.stream(`${marks(sheet)}\n${words(sheet, codes)}`);
    const size = `[0 0 ${number(sheet.width * POINT)} ${number(sheet.height * POINT)}]`;
    kids.push(file.add(`<< /Type /Page /Parent ${pagesObject} 0 R /MediaBox ${size} /Contents ${content} 0 R /Resources << /Font << /F ${font} 0 R >> /ExtGState << ${shades} >> >> >>`));
  }
  file.put(pagesObject, `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] >>`);
  const catalog = file.add(`<< /Type /Catalog /Pages ${pagesObject} 0 R >>`);
  const info = file.add(`<< /Title <feff${hex(sheets[0]?.name ?? "")}> /Creator (Handwriting) >>`);
  return new Blob(file.end(catalog, info), { type: "application/pdf" });
}

/** Rulings and ink, in millimetres from the upper left corner. */
function marks(sheet) {
  const parts = [`q 1 J 1 j ${number(POINT)} 0 0 ${number(-POINT)} 0 ${number(sheet.height * POINT)} cm`, `${rgb(RULING)} RG 0.15 w`];
  for (const [a, b, c, d] of sheet.printed.lines) parts.push(`${number(a)} ${number(b)} m ${number(c)} ${number(d)} l S`);
  if (sheet.printed.dots.length) parts.push("0.4 w");
  for (const [x, y] of sheet.printed.dots) parts.push(`${number(x)} ${number(y)} m ${number(x)} ${number(y)} l S`);
  for (const stroke of sheet.strokes) {
    if (stroke.outline) {
      parts.push(`${rgb(INK[stroke.color])} rg /${shade(stroke.opacity)} gs ${pathOperators(outlinePath(stroke.outline))} f`);
      continue;
    }
    parts.push(`${rgb(INK[stroke.color])} RG`);
    for (const { width, d } of svgPieces(stroke)) parts.push(`${number(width)} w ${pathOperators(d)} S`);
  }
  parts.push("Q");
  return parts.join("\n");
}

/** The name of an opacity among the resources of a page. */
const shade = (opacity) => `Opacity${Math.round(100 * opacity)}`;

/** An SVG path of M, L and Q as PDF operators, with the quadratic curves as cubic ones. */
function pathOperators(d) {
  let at = [0, 0];
  return d.replace(/([MLQ])([^MLQ]*)/g, (whole, letter, values) => {
    const numbers = values.trim().split(/[ ,]+/).map(Number);
    const from = at;
    at = numbers.slice(-2);
    if (letter !== "Q") return `${numbers.map(number).join(" ")} ${letter === "M" ? "m" : "l"} `;
    const [a, b, x, y] = numbers;
    const third = (end, control) => end + (2 / 3) * (control - end);
    return `${[third(from[0], a), third(from[1], b), third(x, a), third(y, b), x, y].map(number).join(" ")} c `;
  });
}

/** The words of the lines, each stretched over its ink, those of a line on one baseline. */
function words(sheet, codes) {
  const parts = ["BT 3 Tr"];
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  for (const line of sheet.lines.filter(({ words: all }) => all.length)) {
    const size = Math.max(0.5, median(line.words.map(({ box }) => box[3] - box[1]))) * POINT;
    const baseline = (sheet.height - median(line.words.map(({ box }) => box[3]))) * POINT + 0.2 * size;
    for (const { text, box } of line.words) {
      const bytes = [...text].map((character) => (codes.get(character) ?? codes.get(UNKNOWN)).toString(16).padStart(2, "0")).join("");
      const stretch = (100 * (box[2] - box[0]) * POINT) / ([...text].length * ADVANCE * size);
      parts.push(`/F ${number(size)} Tf ${number(Math.max(1, stretch))} Tz 1 0 0 1 ${number(box[0] * POINT)} ${number(baseline)} Tm <${bytes}20> Tj`);
    }
  }
  parts.push("ET");
  return parts.join("\n");
}

/** A code of the font for every character; what does not fit is shown as a question mark. */
function codesFor(text) {
  const codes = new Map([[UNKNOWN, FIRST]]);
  for (const character of new Set(text)) {
    if (character.trim() && !codes.has(character) && FIRST + codes.size <= LAST) codes.set(character, FIRST + codes.size);
  }
  return codes;
}

async function addFont(file, codes) {
  const rows = [[" ", 32], ...codes].map(([character, code]) => `<${code.toString(16).padStart(2, "0")}> <${hex(character)}>`);
  const blocks = [];
  for (let i = 0; i < rows.length; i += 100) blocks.push(`${Math.min(100, rows.length - i)} beginbfchar\n${rows.slice(i, i + 100).join("\n")}\nendbfchar`);
  const unicode = await file.stream(`/CIDInit /ProcSet findresource begin
12 dict begin begincmap /CMapName /Words def /CMapType 2 def
1 begincodespacerange <00> <ff> endcodespacerange
${blocks.join("\n")}
endcmap CMapName currentdict /CMap defineresource pop end end`);
  const widths = Array(LAST - 32 + 1).fill(1000 * ADVANCE).join(" ");
  const names = [...codes].map(([character]) => `/uni${hex(character).slice(0, 4).toUpperCase()}`).join(" ");
  const descriptor = file.add("<< /Type /FontDescriptor /FontName /Helvetica /Flags 32 /FontBBox [0 -200 500 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>");
  return file.add(`<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 32 /LastChar ${LAST} /Widths [${widths}] /FontDescriptor ${descriptor} 0 R /Encoding << /Type /Encoding /Differences [32 /space ${names}] >> /ToUnicode ${unicode} 0 R >>`);
}

/** The objects of a PDF file, and where they begin. */
class PdfFile {
  constructor() {
    this.parts = [];
    this.length = 0;
    this.offsets = [];
    this.write("%PDF-1.5\n%\u00e2\u00e3\u00cf\u00d3\n");
  }

  write(data) {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  /** The number of an object that is put later. */
  reserve() {
    return this.offsets.push(null);
  }

  put(id, ...contents) {
    this.offsets[id - 1] = this.length;
    this.write(`${id} 0 obj\n`);
    for (const content of contents) this.write(content);
    this.write("\nendobj\n");
    return id;
  }

  add(content) {
    return this.put(this.reserve(), content);
  }

  async stream(text) {
    const data = await compressed(text, "deflate");
    return this.put(this.reserve(), `<< /Length ${data.length} /Filter /FlateDecode >>\nstream\n`, data, "\nendstream");
  }

  end(catalog, info) {
    const start = this.length;
    const rows = this.offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
    this.write(`xref\n0 ${rows.length + 1}\n0000000000 65535 f \n${rows.join("")}trailer\n<< /Size ${rows.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${start}\n%%EOF\n`);
    return this.parts;
  }
}
