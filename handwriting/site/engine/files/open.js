// Ink files of other programs, read in the browser. It runs in the page and not in a worker, because only there XML can be
// parsed. The twin of handwriting/formats/__init__.py: the content of a file tells its format.

import { t } from "../../shell/strings.js";
import { Refusal } from "../refusal.js";
import { placed } from "./pages.js";
import { Tally } from "./tally.js";

const MOST_UNPACKED = 64 * 2 ** 20;
const ROOTS = {
  ink: async (root, tally) => (await import("./inkml.js")).readInkml(root, tally),
  svg: async (root, tally) => (await import("./svg.js")).readSvg(root, tally),
  xournal: async (root, tally) => (await import("./xournal.js")).readXournal(root, tally),
  WhiteboardCaptureSession: async (root, tally) => (await import("./iamondb.js")).readIamondb(root, tally),
};

/** The pages of an ink file: what the server answers to /api/ink. */
export async function openInk(file) {
  const tally = new Tally();
  const pages = placed(await contents(new Uint8Array(await file.arrayBuffer()), tally));
  if (!pages.length && tally.lost) throw new Refusal("site.damagedFile");
  const notes = [["site.lost", tally.lost], ["site.left", tally.left]].filter(([, count]) => count);
  return { pages, notes: notes.map(([key, count]) => t(key, { count })) };
}

/** The pages of a file, see pages.js. */
async function contents(bytes, tally) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return contents(await unpacked(bytes), tally);
  }
  const text = decoded(bytes), start = text.trimStart();
  if (start.startsWith("<")) {
    const { parseXml, local } = await import("./xml.js");
    const root = parseXml(start);
    if (!Object.hasOwn(ROOTS, local(root))) throw new Refusal("site.files");
    return ROOTS[local(root)](root, tally);
  }
  const { isUnipen, readUnipen } = await import("./unipen.js");
  if (isUnipen(text)) return readUnipen(text, tally);
  if (/^[[{]/.test(start)) return (await import("./json.js")).readJson(start, tally);
  const { isCsv, readCsv } = await import("./csv.js");
  if (isCsv(text)) return readCsv(text, tally);
  throw new Refusal("site.files");
}

/** The bytes of a gzip file, which may be much longer than it. */
async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader(), chunks = [];
  for (let length = 0; ;) {
    const { value, done } = await reader.read().catch(() => {
      throw new Refusal("site.damagedFile");
    });
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    chunks.push(value);
    length += value.length;
    if (length > MOST_UNPACKED) {
      reader.cancel();
      throw new Refusal("site.tooMuchInk");
    }
  }
}

/** The text of a file in the encoding that it says it is in, or UTF-8. */
function decoded(bytes) {
  const mark = { 0xfeff: "utf-16be", 0xfffe: "utf-16le" }[(bytes[0] << 8) | bytes[1]];
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 300));
  const named = head.match(/^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{1,40})["']/)?.[1];
  try {
    return new TextDecoder(mark ?? named ?? "utf-8").decode(bytes).replace(/^\s*<\?xml[^>]*\?>/, "");
  } catch {
    throw new Refusal("site.damagedFile");
  }
}
