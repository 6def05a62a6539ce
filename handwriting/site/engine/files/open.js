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
const HEAD = 16384, NEAR = 2000; // characters at the beginning by which a format is recognised
const BINARY = [
  [(bytes) => begins(bytes, "reMarkable .lines file, version="), async (bytes, tally) => (await import("./remarkable.js")).readPage(bytes, tally)],
  [(bytes) => begins(bytes, "RIFF") && begins(bytes, "UINK", 8), async (bytes, tally) => (await import("./uim.js")).readUim(bytes, tally)],
  [isIsf, async (bytes, tally) => (await import("./isf.js")).readIsf(bytes, tally)],
];
const ENDINGS = /[^/]\.(xml|dat|upn|unp|inkml|xopp|xoj|svgz?|rm|rmdoc|excalidraw|tldr|writing|drawing|rnote|uim|isf|ndjson|json|jiix|csv|tsv)$/i;
const ENCODINGS = /^(us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-125\d|koi8-.|shift.jis|euc-..|gb.+|big5)$/; // that XML may declare
const TLDRAW = ['"tldrawFileFormatVersion"', '"tldraw"', '"tldrawVersion"', '"document:document"'];
const RNOTE = ['"engine_snapshot"', '"store_snapshot"', '"stroke_components"'];
const NOTE_APPS = [ // by what stands at the beginning, and in a little of it, without white space
  [isExcalidraw, async (text, tally) => (await import("./excalidraw.js")).readExcalidraw(text, tally)],
  [isTldraw, async (text, tally) => (await import("./tldraw.js")).readTldraw(text, tally)],
  [(_, near) => near.includes('"version"') && RNOTE.some((mark) => near.includes(mark)), async (text, tally) => (await import("./rnote.js")).readRnote(text, tally)],
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
  if (isZip(bytes)) bytes = packedIn(new Archive(bytes, new Tally()), tally) ?? bytes;
  if (isGzip(bytes)) bytes = gunzip(bytes, tally);
  if (isZip(bytes)) return inside(new Archive(bytes, tally), tally);
  for (const [recognises, read] of BINARY) if (recognises(bytes)) return read(bytes, tally);
  const text = decoded(bytes), start = text.trimStart();
  if (start.startsWith("<")) return readXml(start, tally);
  const { isUnipen, readUnipen } = await import("./unipen.js");
  if (isUnipen(text)) return readUnipen(text, tally);
  if (/^[[{]/.test(start)) {
    const [head, near] = [HEAD, NEAR].map((count) => start.slice(0, count).replace(/\s+/g, ""));
    const [, read] = NOTE_APPS.find(([recognises]) => recognises(head, near)) ?? [];
    return read ? read(start, tally) : (await import("./json.js")).readJson(start, tally);
  }
  const { isCsv, readCsv } = await import("./csv.js");
  if (isCsv(text)) return readCsv(text, tally);
  throw new Refusal("site.files");
}

/** The one ink file in a zip archive; null for an archive of a format of its own. */
function packedIn(archive, tally) {
  if (isPackage(archive.names)) return null;
  const names = archive.names.filter((name) => ENDINGS.test(name));
  if (names.length > 1) throw new Refusal("site.files");
  return names.length ? archive.read(names[0], tally) : null;
}

/** Whether an archive with these names is a notebook of Xournal++ or of a reMarkable tablet. */
const isPackage = (names) => names.some((name) => name === "content.xml" || /\.(content|rm)$/.test(name));

/** The pages of a zip archive. */
async function inside(archive, tally) {
  if (!isPackage(archive.names)) throw new Refusal("site.files");
  if (archive.names.includes("content.xml")) {
    const { gunzip, isGzip } = await import("./packed.js"), document = archive.read("content.xml", tally);
    return readXml(decoded(isGzip(document) ? gunzip(document, tally) : document).trimStart(), tally);
  }
  return (await import("./remarkable.js")).readBundle(archive, tally);
}

async function readXml(text, tally) {
  const { parseXml, local } = await import("./xml.js"), root = parseXml(text, tally);
  if (!Object.hasOwn(ROOTS, local(root))) throw new Refusal("site.files");
  return ROOTS[local(root)](root, tally);
}

/** The text of a file in the encoding that it is in by its first bytes, or that it says and that can be right, or UTF-8. */
function decoded(bytes) {
  const wide = wideEncoding(bytes);
  if (wide?.startsWith("utf-32")) return withoutDeclaration(fromUtf32(bytes, wide === "utf-32le"));
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 300)), isXml = !wide && /^(\xef\xbb\xbf)?\s*</.test(head);
  const named = isXml ? head.match(/^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{1,40})["']/)?.[1].toLowerCase() : null;
  const label = wide ?? (ENCODINGS.test(named ?? "") ? named : "utf-8");
  const whole = isXml ? bytes.subarray(0, bytes.findLastIndex(Boolean) + 1) : bytes; // zeros may fill the last block of a disk
  const decode = (name, fatal) => new TextDecoder(name, { fatal }).decode(whole);
  try {
    return withoutDeclaration(decode(label, true));
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal("site.damagedFile"); // an unknown encoding
    const other = isXml && label === "utf-8" ? "windows-1252" : label;
    return withoutDeclaration(decode(other, false).replaceAll("\ufffd", "\x01")); // which neither XML nor JSON may have
  }
}

/** An encoding of two or four bytes a character, by its mark or by the zeros at the beginning; null for any other. */
function wideEncoding([a, b, c, d]) {
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "utf-32le" : "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0) return b ? "utf-16be" : "utf-32be";
  if (b === 0) return c || d ? "utf-16le" : "utf-32le";
  return null;
}

function fromUtf32(bytes, little) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, little);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\x01";
  }
  return text.replace(/^\ufeff/, "");
}

const withoutDeclaration = (text) => text.replace(/^\s*<\?xml[^>]*\?>/, "");

/** Whether a document without white space is an Excalidraw drawing, or what it puts on the clipboard. */
function isExcalidraw(head) {
  const copied = head.includes('"elements":[') && head.includes('"type":"freedraw"');
  return head.startsWith("{") && (head.slice(0, 400).includes('"type":"excalidraw') || copied);
}

function isTldraw(_, near) {
  const first = near.includes('"document":{"id":') && near.includes('"version":15');
  return near.startsWith("{") && (first || TLDRAW.some((mark) => near.includes(mark)));
}

/** Microsoft's ink: a zero, the size of what follows, and a tag; but not an object of JSON in UTF-16. */
function isIsf(bytes) {
  const lengths = [1, 2, 3, 4].filter((count) => bytes[count] < 0x80), after = 1 + (lengths[0] ?? Infinity);
  if (bytes[0] !== 0 || !(after < bytes.length) || begins(bytes, "\0{\0")) return false;
  let size = 0;
  for (let at = after - 1; at > 0; at--) size = size * 128 + (bytes[at] & 0x7f);
  return size >= 2 && (size === bytes.length - after || bytes.length > LARGE) && bytes[after] < 32; // a large one may be cut
}
