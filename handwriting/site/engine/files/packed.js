// Compressed files: gzip and zip, unpacked within limits and as far as they are sound. The twin of
// handwriting/formats/packed.py and zip_damage.py.

import { Refusal } from "../refusal.js";
import { crc32, gunzipMember, inflate } from "./inflate.js";
import { atMost } from "./tally.js";

const MAX_UNPACKED = 64 * 2 ** 20, MAX_MEMBERS = 10_000;
const MEMBER = 0x04034b50, ENTRY = 0x02014b50, DIRECTORY_END = 0x06054b50, SIZES = 0x08074b50; // signatures, little-endian
const STORED = 0, DEFLATED = 8;
const ENCRYPTED = 1, SIZES_FOLLOW = 8; // flags of a member
const END_SIZE = 22, MAX_COMMENT = 65_535;

const isAt = (bytes, at, signature) => [0, 8, 16, 24].every((shift, i) => bytes[at + i] === ((signature >> shift) & 255));
export const isGzip = (bytes, at = 0) => bytes[at] === 0x1f && bytes[at + 1] === 0x8b;
export const isZip = (bytes) => isAt(bytes, 0, MEMBER);

/** The content of a gzip file, which may have several members in sequence; damage is counted. */
export function gunzip(bytes, tally) {
  const parts = [];
  let size = 0;
  tally.part(() => {
    for (let at = 0; isGzip(bytes, at);) {
      const { data, end, damage } = gunzipMember(bytes, at, MAX_UNPACKED - size);
      size += data.length;
      atMost(size, MAX_UNPACKED);
      parts.push(data);
      if (damage) throw new Refusal("site.damagedFile");
      atMost(parts.length, MAX_MEMBERS);
      at = end;
    }
  });
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A zip archive; when its directory is lost, its members are found by the headers in front of their data. */
export class Archive {
  constructor(bytes, tally) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.left = MAX_UNPACKED;
    this.entries = this.directory();
    this.isCut = this.entries === null;
    if (this.isCut) {
      if (!this.members.size) throw new Refusal("site.damagedFile");
      tally.lost += 1;
    }
    this.names = [...(this.entries ?? this.members).keys()].filter((name) => !isLitter(name));
  }

  /** The bytes of a member, as far as they can be unpacked; damage is counted. */
  read(name, tally) {
    const entry = this.entries?.get(name);
    let found = entry ? this.unpack(entry) : { data: new Uint8Array(), damaged: true }, wrong = false;
    if (found.damaged && !found.locked && this.members.has(name)) {
      const member = this.members.get(name);
      found = this.unpack(member);
      wrong = !found.damaged && member.sum !== null && crc32(found.data) !== member.sum;
    }
    if (found.locked) throw new Refusal("site.damagedFile");
    this.left -= found.data.length;
    atMost(0, this.left);
    if (wrong || found.damaged) tally.lost += 1;
    return found.data;
  }

  /** What a member or an entry of the directory has: { data, damaged, locked }. */
  unpack({ method, start, end, sum, size, encrypted }) {
    if (encrypted || ![STORED, DEFLATED].includes(method)) return { data: new Uint8Array(), damaged: true, locked: true };
    const listed = size !== undefined;
    if (listed) atMost(size, this.left);
    if (start === null) return { data: new Uint8Array(), damaged: true };
    const stop = end ?? (method === STORED ? this.endOfStored(start) : this.bytes.length);
    let data, damage = null;
    if (method === DEFLATED) ({ data, damage } = inflate(this.bytes.subarray(0, stop), start, this.left));
    else {
      data = this.bytes.subarray(start, Math.min(stop, start + this.left + 1));
      damage = stop > this.bytes.length ? "cut short" : null;
    }
    if (!listed) return { data, damaged: damage !== null };
    data = data.subarray(0, size);
    return { data, damaged: damage === "damaged" || crc32(data) !== sum };
  }

  endOfStored(start) {
    for (let at = start; at < this.bytes.length; at++) {
      if (this.bytes[at] === 0x50 && [MEMBER, ENTRY, SIZES, DIRECTORY_END].some((mark) => isAt(this.bytes, at, mark))) return at;
    }
    return this.bytes.length + 1;
  }

  /** What the directory at the end of the archive lists, by name; null when it is damaged. */
  directory() {
    const { bytes, view } = this;
    let end = bytes.length - END_SIZE;
    while (end >= 0 && end >= bytes.length - END_SIZE - MAX_COMMENT && !isAt(bytes, end, DIRECTORY_END)) end -= 1;
    if (end < 0 || !isAt(bytes, end, DIRECTORY_END)) return null;
    const size = view.getUint32(end + 12, true), begin = end - size, shift = begin - view.getUint32(end + 16, true);
    const found = new Map();
    let count = 0, at = begin;
    while (at < end) {
      if (begin < 0 || at + 46 > end || !isAt(bytes, at, ENTRY)) return null;
      const [flags, method] = [8, 10].map((offset) => view.getUint16(at + offset, true));
      const [sum, packed, unpacked, header] = [16, 20, 24, 42].map((offset) => view.getUint32(at + offset, true));
      const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
      const text = this.text(at + 46, name), local = memberAt(this, header + shift);
      const start = local?.name === text ? local.start : null;
      found.set(text, { method, start, end: start + packed, sum, size: unpacked, encrypted: Boolean(flags & ENCRYPTED) });
      at += 46 + name + extra + comment;
      count += 1;
      atMost(count, MAX_MEMBERS);
    }
    return at === end ? found : null;
  }

  /** The members by the headers in front of their data. */
  get members() {
    if (this.found) return this.found;
    this.found = new Map();
    const { bytes } = this;
    for (let at = 0, count = 0; at < bytes.length && count < MAX_MEMBERS; at++) {
      if (bytes[at] !== 0x50 || !isAt(bytes, at, MEMBER)) continue;
      const member = memberAt(this, at);
      if (!member) break;
      this.found.set(member.name, member);
      at = Math.max(member.start, Math.min(member.end ?? 0, bytes.length)) - 1;
      count += 1;
    }
    return this.found;
  }

  text(at, length) {
    return new TextDecoder().decode(this.bytes.subarray(at, at + length));
  }
}

/** The member whose header begins at `at`; null if there is none or it is cut short. */
function memberAt(archive, at) {
  const { bytes, view } = archive;
  if (at < 0 || at + 30 > bytes.length || !isAt(bytes, at, MEMBER)) return null;
  const [flags, method, name, extra] = [6, 8, 26, 28].map((offset) => view.getUint16(at + offset, true));
  const [sum, packed] = [14, 18].map((offset) => view.getUint32(at + offset, true));
  const start = at + 30 + name + extra, known = !(flags & SIZES_FOLLOW) && packed !== 0xffffffff;
  return {
    name: archive.text(at + 30, name), method, start, end: known ? start + packed : null, sum: known ? sum : null,
    encrypted: Boolean(flags & ENCRYPTED),
  };
}

/** Files that macOS and Windows add. */
function isLitter(name) {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return name.startsWith("__MACOSX/") || last.startsWith("._") || ["", ".DS_Store", "Thumbs.db", "desktop.ini"].includes(last);
}
