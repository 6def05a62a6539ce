// Ink files of other programs, read in the browser. It runs in the page and not in a worker, because only there XML can be
// parsed. The twin of handwriting/formats/__init__.py: the content of a file tells its format.

import { t } from "../../shell/strings.js";
import { Refusal } from "../refusal.js";
import { begins } from "./bytes.js";
import { placed } from "./pages.js";
import { Tally } from "./tally.js";

const ROOTS = {
  ink: async (root, tally) => (await import("./inkml.js")).readInkml(root, tally),
  svg: async (root, tally) => (await import("./svg.js")).readSvg(root, tally),
  xournal: async (root, tally) => (await import("./xournal.js")).readXournal(root, tally),
  WhiteboardCaptureSession: async (root, tally) => (await import("./iamondb.js")).readIamondb(root, tally),
};

const LARGE = 4096; // bytes
const BINARY = [
  [(bytes) => begins(bytes, "reMarkable .lines file, version="), async (bytes, tally) => (await import("./remarkable.js")).readPage(bytes, tally)],
  [(bytes) => begins(bytes, "RIFF") && begins(bytes, "UINK", 8), async (bytes, tally) => (await import("./uim.js")).readUim(bytes, tally)],
  [isIsf, async (bytes, tally) => (await import("./isf.js")).readIsf(bytes, tally)],
];
const TLDRAW = ['"tldrawFileFormatVersion"', '"tldraw"', '"tldrawVersion"', '"document:document"'];
const RNOTE = ['"engine_snapshot"', '"store_snapshot"', '"stroke_components"'];
const NOTE_APPS = [ // by what stands at the beginning, without white space
  [(head) => head.slice(0, 400).includes('"type":"excalidraw'), async (text, tally) => (await import("./excalidraw.js")).readExcalidraw(text, tally)],
  [isTldraw, async (text, tally) => (await import("./tldraw.js")).readTldraw(text, tally)],
  [(head) => head.includes('"version"') && RNOTE.some((mark) => head.includes(mark)), async (text, tally) => (await import("./rnote.js")).readRnote(text, tally)],
];

/** The pages of an ink file: what the server answers to /api/ink. */
export async function openInk(file) {
  const tally = new Tally(), bytes = new Uint8Array(await file.arrayBuffer());
  const found = await contents(bytes, tally).catch((error) => {
    throw error.message === "site.files" && tally.lost ? new Refusal("site.damagedFile") : error;
  });
  const pages = placed(found, tally), { lost, left, dropped } = tally;
  if (!pages.length && lost) throw new Refusal("site.damagedFile");
  const notes = [dropped && t("site.dropped"), lost && t("site.lost", { count: lost }), left && t("site.left", { count: left })];
  return { pages, notes: notes.filter(Boolean) };
}

/** The pages of a file, see pages.js. */
async function contents(bytes, tally) {
  const { Archive, gunzip, isGzip, isZip } = await import("./packed.js");
  if (isGzip(bytes)) bytes = gunzip(bytes, tally);
  if (isZip(bytes)) return inside(new Archive(bytes, tally), tally);
  for (const [recognises, read] of BINARY) if (recognises(bytes)) return read(bytes, tally);
  const text = decoded(bytes), start = text.trimStart();
  if (start.startsWith("<")) return readXml(start, tally);
  const { isUnipen, readUnipen } = await import("./unipen.js");
  if (isUnipen(text)) return readUnipen(text, tally);
  if (/^[[{]/.test(start)) {
    const head = start.slice(0, 2000).replace(/\s+/g, "");
    const [, read] = NOTE_APPS.find(([recognises]) => recognises(head)) ?? [];
    return read ? read(start, tally) : (await import("./json.js")).readJson(start, tally);
  }
  const { isCsv, readCsv } = await import("./csv.js");
  if (isCsv(text)) return readCsv(text, tally);
  throw new Refusal("site.files");
}

/** The pages of a zip archive. */
async function inside(archive, tally) {
  if (archive.names.includes("content.xml")) {
    const { gunzip, isGzip } = await import("./packed.js"), document = archive.read("content.xml", tally);
    return readXml(decoded(isGzip(document) ? gunzip(document, tally) : document).trimStart(), tally);
  }
  if (!archive.names.some((name) => /\.(content|rm)$/.test(name))) throw new Refusal("site.files");
  return (await import("./remarkable.js")).readBundle(archive, tally);
}

async function readXml(text, tally) {
  const { parseXml, local } = await import("./xml.js"), root = parseXml(text, tally);
  if (!Object.hasOwn(ROOTS, local(root))) throw new Refusal("site.files");
  return ROOTS[local(root)](root, tally);
}

/** The text of a file in the encoding that it says it is in, or UTF-8. */
function decoded(bytes) {
  const mark = { 0xfeff: "utf-16be", 0xfffe: "utf-16le" }[(bytes[0] << 8) | bytes[1]];
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 300));
  const named = head.match(/^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{1,40})["']/)?.[1];
  const decode = (fatal) => new TextDecoder(mark ?? named ?? "utf-8", { fatal }).decode(bytes);
  let text;
  try {
    text = decode(true);
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal("site.damagedFile"); // an unknown encoding
    text = decode(false).replaceAll("\ufffd", "\0"); // which neither XML nor JSON may have
  }
  return text.replace(/^\s*<\?xml[^>]*\?>/, "");
}

function isTldraw(head) {
  const first = head.includes('"document":{"id":') && head.includes('"version":15');
  return head.startsWith("{") && (first || TLDRAW.some((mark) => head.includes(mark)));
}

/** Microsoft's ink: a zero, the size of what follows, and a tag. */
function isIsf(bytes) {
  const lengths = [1, 2, 3, 4].filter((count) => bytes[count] < 0x80), after = 1 + (lengths[0] ?? Infinity);
  if (bytes[0] !== 0 || !(after < bytes.length)) return false;
  let size = 0;
  for (let at = after - 1; at > 0; at--) size = size * 128 + (bytes[at] & 0x7f);
  return size >= 2 && (size === bytes.length - after || bytes.length > LARGE) && bytes[after] < 32; // a large one may be cut
}
