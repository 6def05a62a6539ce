// Pages of reMarkable tablets since 2022: blocks of values with tags. The twin of handwriting/formats/remarkable_v6.py.

import { Refusal } from "../refusal.js";
import { ByteReader } from "./bytes.js";
import { atMost } from "./tally.js";

const HEADER_SIZE = 43;
const ID = 0xf, LENGTH = 0xc, BYTE8 = 0x8, BYTE4 = 0x4, BYTE1 = 0x1; // kinds of values
const TREE = 0x01, NODE = 0x02, GLYPHS = 0x03, LINE = 0x05, TEXT = 0x07, SCENE = 0x0d; // types of blocks
const POINT_SIZES = { 1: 24, 2: 14 }; // by the version of their block
const MAX_BLOCKS = 200_000, MAX_LINES = 50_000, MAX_DEPTH = 200;

/** The lines { tool, x, y, p } of a page, x from the middle of the paper, and the paper's size if the page has it. */
export function linesOfVersion6(bytes, tally) {
  const parents = new Map(), hidden = new Set(), found = [], reader = new ByteReader(bytes, HEADER_SIZE);
  let paper, blocks = 0, count = 0;
  const read = (kind, revision, block) => {
    if (kind === TREE) {
      const group = id(block, 1);
      id(block, 2);
      value(block, 3, BYTE1);
      parents.set(group, id(inner(block, 4), 1));
    } else if (kind === NODE) {
      const group = id(block, 1);
      inner(block, 2);
      const shown = inner(block, 3);
      id(shown, 1);
      if (value(shown, 2, BYTE1).uint8() === 0) hidden.add(group);
    } else if (kind === SCENE) paper = paperOf(block) ?? paper;
    else if (kind === TEXT) {
      id(block, 1);
      inner(inner(inner(block, 2), 1), 1).number();
    } else if (kind === GLYPHS) {
      place(block);
      tally.count(has(block, 6, LENGTH));
    } else if (kind === LINE) {
      const line = lineOf(block, revision);
      if (line) found.push(line);
    }
  };
  tally.part(() => {
    while (reader.left) {
      atMost(++blocks, MAX_BLOCKS);
      const length = reader.uint32();
      reader.skip(2);
      const revision = reader.uint8(), kind = reader.uint8(), block = reader.block(length);
      count += Number(kind === LINE);
      atMost(count, MAX_LINES);
      tally.part(() => read(kind, revision, block));
    }
  });
  const lines = found.filter(({ layer }) => !isHidden(layer, parents, hidden));
  tally.count(found.length - lines.length);
  return { lines, paper };
}

/** The line of a block; null when it was erased or has no points. */
function lineOf(block, revision) {
  const layer = place(block);
  if (!has(block, 6, LENGTH)) return null;
  const content = inner(block, 6);
  if (content.uint8() !== 3) return null;
  const tool = value(content, 1, BYTE4).uint32();
  value(content, 2, BYTE4);
  value(content, 3, BYTE8);
  value(content, 4, BYTE4);
  const points = inner(content, 5), line = { layer, tool, x: [], y: [], p: [] };
  if (!(revision in POINT_SIZES) || points.left % POINT_SIZES[revision]) throw new Refusal("site.damagedFile");
  while (points.left) {
    line.x.push(points.float32());
    line.y.push(points.float32());
    points.skip(POINT_SIZES[revision] - (revision === 1 ? 12 : 9)); // speed, direction and width
    line.p.push(revision === 1 ? Math.min(1, Math.max(0, points.float32())) : points.uint8() / 255);
  }
  return line.x.length ? line : null;
}

/** The group of an item, which has values 1 to 5: its identifier, those beside it, and how much was deleted. */
function place(block) {
  const group = id(block, 1);
  for (const index of [2, 3, 4]) id(block, index);
  value(block, 5, BYTE4);
  return group;
}

/** The paper's size in the scene's block. */
function paperOf(block) {
  for (const index of [1, 2, 3]) if (has(block, index, LENGTH)) inner(block, index);
  if (!has(block, 5, LENGTH)) return undefined;
  const size = inner(block, 5), paper = [size.uint32(), size.uint32()];
  return paper.every((side) => side > 0 && side < 100_000) ? paper : undefined;
}

function isHidden(group, parents, hidden) {
  for (let depth = 0; depth < MAX_DEPTH && group !== undefined; depth++) {
    if (hidden.has(group)) return true;
    group = parents.get(group);
  }
  return false;
}

/** Whether the value `index` comes next. */
const has = (block, index, kind) => block.peek() === ((index << 4) | kind);

/** The value `index`, as a reader. */
function value(block, index, kind) {
  if (!has(block, index, kind)) throw new Refusal("site.damagedFile");
  block.skip(1);
  return block.block({ [BYTE8]: 8, [BYTE4]: 4, [BYTE1]: 1 }[kind] ?? 0);
}

function id(block, index) {
  value(block, index, ID);
  return `${block.uint8()}:${block.number()}`;
}

/** The block inside another that is its value `index`. */
function inner(block, index) {
  value(block, index, LENGTH);
  return block.block(block.uint32());
}
