// Ink files of other programs that the browser reads by itself: InkML, SVG, JSON, and Xournal++. It runs in the page and
// not in a worker, because only there XML can be parsed.

import { t } from "../../shell/strings.js";
import { Refusal } from "../refusal.js";
import { placed } from "./pages.js";

const MOST_UNPACKED = 64 * 2 ** 20;
const READERS = {
  ink: async (root) => (await import("./inkml.js")).readInkml(root),
  svg: async (root) => (await import("./svg.js")).readSvg(root),
  xournal: async (root) => (await import("./xournal.js")).readXournal(root),
};

/** The pages of an ink file: what the server answers to /api/ink. */
export async function openInk(file) {
  const { pages, left } = await contents(new Uint8Array(await file.arrayBuffer()));
  return { pages: placed(pages), notes: left ? [t("site.leftOut", { count: left })] : [] };
}

async function contents(bytes) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return contents(await unpacked(bytes));
  }
  const text = decoded(bytes).trimStart();
  if (/^[[{]/.test(text)) return (await import("./json.js")).readJson(text);
  if (!text.startsWith("<")) throw new Refusal("site.files");
  const { parseXml, local } = await import("./xml.js");
  const root = parseXml(text);
  if (!Object.hasOwn(READERS, local(root))) throw new Refusal("site.files");
  return READERS[local(root)](root);
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
