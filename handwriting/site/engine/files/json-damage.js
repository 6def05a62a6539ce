// JSON that is damaged or cut short: what comes before the damage, with the lists and objects closed that are open. The twin
// of handwriting/formats/json_damage.py. NaN and infinity, which Python writes, are no damage.

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, WORD = /true|false|null|NaN|-?Infinity/y, SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** A document without commas after the last elements of lists and objects, which JavaScript permits. */
export function withoutLastCommas(text) {
  let inside = false; // a text
  return text.replace(/\\.|"|,(?=\s*[\]}])/gs, (sign) => {
    inside = inside !== (sign === '"');
    return sign === "," && !inside ? "" : sign;
  });
}

/** What a document contains, and whether that is all of it; null when nothing comes before the damage. */
export function partBeforeDamage(text) {
  const { end, whole, words } = scanned(text);
  let known = "", at = 0;
  for (const [begin, after] of words) {
    known += `${text.slice(at, begin)}null`;
    at = after;
  }
  known += text.slice(at, end);
  const before = whole ? known : closed(known);
  return { content: before ? JSON.parse(before) : null, whole };
}

/** Where a document is damaged or ends, and where it has words for numbers that JSON does not know. */
function scanned(text) {
  const open = [], words = [];
  let at = 0, expected = "value", fresh = false; // fresh: just behind the beginning of a list or an object
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const string = () => {
    for (at += 1; at < text.length && text[at] >= " ";) {
      if (text[at] === '"') {
        at += 1;
        return true;
      }
      if (text[at] !== "\\") at += 1;
      else if (!take(ESCAPE)) return false;
    }
    return false;
  };
  for (;;) {
    take(SPACE);
    const begin = at, mark = text[at], damage = { end: begin, whole: false, words };
    if (at === text.length || expected === "nothing") return { ...damage, whole: at === text.length && expected === "nothing" };
    if (mark === open.at(-1) && (fresh || expected === "end")) {
      open.pop();
      at += 1;
    } else if (expected === "end" || expected === "colon") {
      if (mark !== (expected === "end" ? "," : ":")) return damage;
      at += 1;
      expected = expected === "end" && open.at(-1) === "}" ? "key" : "value";
      continue;
    } else if (mark === '"') {
      if (!string()) return damage;
      if (expected === "key") {
        [expected, fresh] = ["colon", false];
        continue;
      }
    } else if (expected === "key") return damage;
    else if (mark === "[" || mark === "{") {
      open.push(mark === "[" ? "]" : "}");
      at += 1;
      [expected, fresh] = [mark === "[" ? "value" : "key", true];
      continue;
    } else {
      const word = take(WORD);
      if (/N|y/.test(word)) words.push([begin, at]);
      if (!word && !take(NUMBER)) return damage;
    }
    [expected, fresh] = [open.length ? "end" : "nothing", false];
  }
}

/**
 * The beginning of a document up to its last whole element; lists and objects that are open are closed. An open object of
 * plain values, such as half a point, is no whole element.
 */
function closed(text) {
  let marks = [], inside = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\\") at += 1;
    else if (sign === '"') inside = !inside;
    else if (!inside && "[]{},".includes(sign)) marks.push(at);
  }
  let last = marks.length - 1;
  while (last >= 0 && text[marks[last]] === ",") last -= 1;
  if (last >= 0 && text[marks[last]] === "{") marks = marks.slice(0, last);
  if (!marks.length) return "";
  const open = [];
  for (const at of marks) {
    if ("[{".includes(text[at])) open.push(text[at] === "[" ? "]" : "}");
    else if (text[at] !== ",") open.pop();
  }
  const end = marks.at(-1);
  return text.slice(0, end + Number(text[end] !== ",")) + open.reverse().join("");
}
