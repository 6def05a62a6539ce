// XML that is damaged or cut short: the strokes that are whole, without those that are not. The twin of
// handwriting/formats/xml_damage.py, which says what units and groups are.

const MAX_UNITS = 50_000, MAX_DAMAGED = 100;
const TAG = /<(\/?)([A-Za-z_][\w.:-]*)([^<>]*)>/g, ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*("[^"<]*"|'[^'<]*')/g;

/** By the root of a document the local names of units and of groups, and the units with which no writing is lost. */
const VOCABULARIES = {
  ink: [["trace", "annotation"], ["ink", "traceGroup", "definitions", "traceView", "context"], ["annotation"]],
  xournal: [["stroke", "text", "image", "teximage", "preview"], ["xournal", "page", "layer", "background"], ["image", "teximage", "preview"]],
  svg: [["path", "polyline", "polygon", "line", "image", "rect", "circle", "ellipse"], ["svg", "g", "defs", "symbol", "switch", "a", "use", "text", "style"], ["image", "rect", "circle", "ellipse"]],
};

/** The root of a damaged document without its damaged units; null when nothing can be done. `parse` returns a root or null. */
export function mended(text, parse, tally) {
  const name = text.match(/<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/)?.[1];
  if (!Object.hasOwn(VOCABULARIES, name ?? "")) return null;
  const [units, groups, others] = VOCABULARIES[name], main = units.filter((unit) => !others.includes(unit));
  const side = withoutDamaged(text, unitsOf(text, others, [...units, ...groups]), parse); // these may be within strokes
  const whole = side && withoutDamaged(side.text, unitsOf(side.text, main, [...main, ...groups]), parse);
  if (!whole) return null;
  const root = parse(whole.text);
  tally.lost += whole.damaged + Number(root === null);
  return root ?? parse(recovered(whole.text));
}

/** A document with its damaged units replaced by empty elements, and their number; null when there are too many units. */
function withoutDamaged(text, units, parse) {
  if (units.length > MAX_UNITS) return null;
  const sound = (some) => parse(`<units>${some.map(({ start, end }) => text.slice(start, end)).join("")}</units>`) !== null;
  const bad = new Set([...units.filter(({ closed }) => !closed), ...damagedOf(units.filter(({ closed }) => closed), sound)]);
  if (bad.size > MAX_DAMAGED) return null;
  let whole = "", at = 0;
  for (const unit of units) {
    if (!bad.has(unit)) continue;
    whole += `${text.slice(at, unit.start)}<${unit.name}/>`;
    at = unit.end;
  }
  return { text: whole + text.slice(at), damaged: bad.size };
}

/** The elements with one of the names `own`; one that is not closed reaches to the next of `boundaries`. */
function unitsOf(text, own, boundaries) {
  const marks = [...text.matchAll(new RegExp(`<(/?)((?:[\\w.-]{1,40}:)?(${boundaries.join("|")}))(?=[\\s/>]|$)`, "g"))];
  const found = [];
  marks.forEach((mark, i) => {
    if (mark[1] || !own.includes(mark[3])) return;
    const next = marks[i + 1], after = mark.index + mark[0].length;
    let limit = next?.index ?? text.length, end = text.indexOf(">", after) + 1;
    if (end > limit) end = 0;
    let closed = end > 0 && text[end - 2] === "/";
    if (!closed && next?.[1] && next[2] === mark[2]) {
      const behind = next.index + next[0].length;
      end = text.indexOf(">", behind) + 1;
      closed = end > 0 && text.slice(behind, end - 1).trim() === "";
      if (!closed) limit = behind;
    }
    found.push({ name: mark[2], start: mark.index, end: closed ? end : limit, closed });
  });
  return found;
}

/** The units that are not well-formed, found by halving; the search ends when there are too many. */
function damagedOf(units, sound) {
  const bad = [], waiting = units.length ? [units] : [];
  while (waiting.length && bad.length <= MAX_DAMAGED) {
    const some = waiting.pop(), half = some.length >> 1;
    if (sound(some)) continue;
    if (some.length === 1) bad.push(...some);
    else waiting.push(some.slice(half), some.slice(0, half));
  }
  return bad;
}

/** A document of what can be made out, with those elements closed that are open; an end closes the innermost element. */
function recovered(text) {
  const open = [], plain = (part) => part.replace(/[<>&]|[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, " ");
  let made = "", at = 0;
  for (const { index, 0: tag, 1: closing, 2: name, 3: inside } of text.matchAll(TAG)) {
    if (open.length) made += plain(text.slice(at, index));
    at = index + tag.length;
    const attributes = new Map([...inside.matchAll(ATTRIBUTE)].map(([, key, value]) => [key, plain(value)]));
    if (closing && open.length) made += `</${open.pop()}>`;
    if (!closing) made += `<${name}${[...attributes].map(([key, value]) => ` ${key}=${value}`).join("")}>`;
    if (!closing && inside.endsWith("/")) made += `</${name}>`;
    else if (!closing) open.push(name);
    if (!open.length) break;
  }
  return made + open.reverse().map((name) => `</${name}>`).join("");
}
