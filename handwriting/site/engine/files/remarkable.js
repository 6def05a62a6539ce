// reMarkable notebooks: pages of the versions 3, 5 and 6, and bundles of them. The twin of handwriting/formats/remarkable.py,
// remarkable_page.py and remarkable_v5.py.

import { max } from "../numbers.js";
import { Refusal } from "../refusal.js";
import { ByteReader } from "./bytes.js";
import { linesOfVersion6 } from "./remarkable-v6.js";
import { atMost } from "./tally.js";

const VERSION_AT = 32, HEADER_SIZE = 43;
const PAPER = [1404, 1872]; // of the first tablets, in pixels
const UNIT = "1/226 in";
const NOT_PENS = [5, 6, 8, 18, 23]; // highlighters, erasers and the shader
const MAX_LAYERS = 1000, MAX_STROKES = 100_000, MAX_PAGES = 5000;

/** The page of a file, see pages.js. */
export const readPage = (bytes, tally) => [pageOf(bytes, tally)];

/** The pages of a bundle. */
export function readBundle(archive, tally) {
  return orderOf(archive, tally).map((name) => {
    const page = tally.part(() => {
      if (archive.names.includes(name)) return pageOf(archive.read(name, tally), tally);
      if (archive.isCut) throw new Refusal("site.damagedFile");
      return null; // it was never drawn on
    });
    return page ?? { strokes: [] };
  });
}

/** The members that are the pages, in the document's order, with pages that the archive does not contain. */
function orderOf(archive, tally) {
  const contents = archive.names.filter((name) => name.endsWith(".content"));
  let names = contents.flatMap((name) => listed(archive, name, tally));
  if (!names.some((name) => archive.names.includes(name))) names = archive.names.filter((name) => name.endsWith(".rm")).sort(naturally);
  if (!names.length) throw new Refusal("site.damagedFile");
  atMost(names.length, MAX_PAGES);
  return names;
}

/** The pages that a .content file lists and that are not deleted; all that it names when it is damaged. */
function listed(archive, name, tally) {
  const folder = name.slice(0, -".content".length);
  let text = "";
  const pages = tally.part(() => {
    text = new TextDecoder().decode(archive.read(name, tally));
    let content = null;
    try {
      content = JSON.parse(text);
    } catch {
      throw new Refusal("site.damagedFile");
    }
    const sheets = (content?.cPages ?? content)?.pages;
    if (!Array.isArray(sheets)) return [];
    atMost(sheets.length, MAX_PAGES);
    return sheets.filter((sheet) => !isDeleted(sheet)).map((sheet) => `${folder}/${sheet?.id ?? sheet}.rm`);
  });
  if (pages) return pages;
  const place = (page) => {
    const at = text.indexOf(`"${stemOf(page)}"`);
    return at < 0 ? Infinity : at;
  };
  const inside = archive.names.filter((page) => page.startsWith(`${folder}/`) && page.endsWith(".rm"));
  return inside.sort((a, b) => (place(a) === place(b) ? naturally(a, b) : place(a) - place(b)));
}

/** A page that was deleted and restored keeps the mark, with the value 0. */
function isDeleted(sheet) {
  const mark = sheet?.deleted;
  return Boolean(mark !== null && typeof mark === "object" ? mark.value ?? true : mark);
}

const stemOf = (name) => name.slice(name.lastIndexOf("/") + 1).replace(/\.rm$/, "");

/** Pages of old tablets are numbered (10.rm). */
function naturally(a, b) {
  const number = (name) => (/^\d{1,9}$/.test(stemOf(name)) ? Number(stemOf(name)) : 0);
  return number(a) - number(b) || (a < b ? -1 : Number(a > b));
}

function pageOf(bytes, tally) {
  const version = String.fromCharCode(bytes[VERSION_AT] ?? 0), strokes = [];
  const known = version === "6" || ("35".includes(version) && bytes.length > HEADER_SIZE);
  if (!known || new TextDecoder().decode(bytes.subarray(0, VERSION_AT)) !== "reMarkable .lines file, version=") throw new Refusal("site.files");
  const { lines, paper = PAPER } = version === "6" ? linesOfVersion6(bytes, tally) : { lines: linesOfVersion5(bytes, version, tally) };
  const shift = version === "6" ? paper[0] / 2 : 0; // newer tablets count x from the middle
  for (const { tool, x, y, p } of lines) {
    if (NOT_PENS.includes(tool)) tally.count();
    else tally.part(() => tally.add(strokes, { x: x.map((value) => value + shift), y, t: null, p }));
  }
  // A page may be scrolled down beyond its screen.
  return { strokes, units: UNIT, width: paper[0], height: Math.max(paper[1], max(strokes.flatMap(({ y }) => y))) };
}

/** The lines { tool, x, y, p } of a page of version 3 or 5: plain numbers one after the other. */
function linesOfVersion5(bytes, version, tally) {
  const reader = new ByteReader(bytes, HEADER_SIZE), found = [];
  tally.part(() => {
    const layers = reader.uint32();
    if (layers > MAX_LAYERS) throw new Refusal("site.damagedFile");
    for (let layer = 0; layer < layers; layer++) {
      const count = reader.uint32();
      atMost(count, MAX_STROKES);
      for (let i = 0; i < count; i++) {
        const tool = reader.uint32();
        reader.skip(version === "3" ? 12 : 16); // color, width, and what is reserved
        const points = reader.uint32(), rows = reader.block(24 * points), line = { tool, x: [], y: [], p: [] };
        while (rows.left) {
          const [x, y, , , , pressure] = [0, 1, 2, 3, 4, 5].map(() => rows.float32());
          line.x.push(x);
          line.y.push(y);
          line.p.push(Math.min(1, Math.max(0, pressure)));
        }
        if (points) found.push(line);
      }
    }
  });
  return found;
}
