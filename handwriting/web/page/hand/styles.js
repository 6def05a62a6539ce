// The person's own styles: stored in this browser, exchanged as files. A style has a name, and a few lines of someone's
// ink with their texts, a code, or both; the limits are those of handwriting/synthesis (styles and codes).

const KEY = "handwriting.styles";
const FORMAT = "handwriting-style", VERSIONS = [1, 2];
const MAX_NAME_LENGTH = 60, MIN_SIZE = 0.3, MAX_SIZE = 2;
const MAX_SAMPLES = 8, MAX_POINTS = 20_000, FARTHEST = 1e9;
const MAX_NUMBERS = 256, MAX_DELTA = 100_000, MAX_VALUE = 1000, MAX_HALF = 0x63d0; // 1000 as a float16

/** Whether a parsed file says that it is a style; it may still be damaged. */
export const saysStyle = (content) => content?.format === FORMAT;

/** The style in a record of a file or the storage; null if it is not a style or damaged. */
export function styleFrom(record) {
  if (!saysStyle(record) || !VERSIONS.includes(record.version)) return null;
  const { version, size = 1, samples: lines = [], code = null } = record;
  const name = nameFrom(record.name);
  const samples = Array.isArray(lines) && lines.length <= MAX_SAMPLES ? lines.map(sampleFrom) : [null];
  const points = samples.reduce((sum, sample) => sum + (sample?.strokes.flat().length ?? 0), 0);
  if (!name || !within(size, MIN_SIZE, MAX_SIZE) || samples.includes(null) || points > MAX_POINTS) return null;
  if (code === null ? !samples.length : !isCode(code)) return null;
  return { format: FORMAT, version, name, size, samples, ...(code && { code }) };
}

/** A name without invisible characters, cut to the maximum length; "" if nothing is left or it is not a string. */
function nameFrom(value) {
  return typeof value === "string" ? value.trim().slice(0, MAX_NAME_LENGTH).replace(/[\p{C}\p{Z}]+/gu, " ").trim() : "";
}

const within = (value, least, most) => typeof value === "number" && value >= least && value <= most;

/** A line { text, strokes }, each stroke of points [x, y] or each of points [x, y, seconds]; null if it is damaged. */
function sampleFrom(line) {
  if (typeof line?.text !== "string" || !line.text.trim() || !Array.isArray(line.strokes)) return null;
  if (!line.strokes.every(Array.isArray)) return null;
  const strokes = line.strokes.filter((stroke) => stroke.length);
  const fields = strokes[0]?.[0]?.length;
  const isPoint = (point) => Array.isArray(point) && point.length === fields && point.every((value) => within(value, -FARTHEST, FARTHEST));
  return (fields === 2 || fields === 3) && strokes.flat().every(isPoint) ? { text: line.text, strokes } : null;
}

function isCode({ network, numbers, delta = null }) {
  if (typeof network !== "string" || network.length > 64 || !Array.isArray(numbers)) return false;
  if (!within(numbers.length, 1, MAX_NUMBERS) || !numbers.every((value) => within(value, -MAX_VALUE, MAX_VALUE))) return false;
  return delta === null || isDelta(delta);
}

/** Whether a text is the base64 of float16 numbers, none of which is too large. */
function isDelta(delta) {
  if (typeof delta !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(delta) || delta.length % 4) return false;
  const bytes = atob(delta);
  if (bytes.length % 2 || bytes.length > 2 * MAX_DELTA) return false;
  for (let i = 0; i < bytes.length; i += 2) {
    const magnitude = bytes.charCodeAt(i) + 256 * (bytes.charCodeAt(i + 1) & 0x7f);
    if (magnitude > MAX_HALF) return false;
  }
  return true;
}

/** The ink of a style's first line; [] if it has none. */
export const strokesOf = (style) => style?.samples?.[0]?.strokes ?? [];

const listeners = [];
let own = read();
let loose = false; // whether `own` could not be stored

export const ownStyles = () => own;
export const onStyles = (listener) => listeners.push(listener);

/** The styles that are stored. */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").map(styleFrom).filter(Boolean);
  } catch {
    return [];
  }
}

/** The styles that are stored, by this tab or another, and those that could not be. */
function current() {
  const stored = read();
  return loose ? stored.concat(own.filter((one) => !stored.some((other) => other.name === one.name))) : stored;
}

function show(styles) {
  own = styles;
  for (const listener of listeners) listener();
}

addEventListener("storage", ({ key }) => (key === KEY || key === null) && show(current()));

/** Change the styles; returns whether they could be stored. */
function change(changed) {
  const styles = changed(current());
  try {
    localStorage.setItem(KEY, JSON.stringify(styles));
    loose = false;
  } catch {
    loose = true;
  }
  show(styles);
  return !loose;
}

/** The name, or a numbered one if it is taken. */
function free(wanted, styles) {
  const taken = new Set(styles.map((one) => one.name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted.slice(0, 56)} ${number}`;
  return name;
}

/** Store a style under its name, or under a numbered one if that is taken: { style, stored }. */
export function addStyle(style) {
  let named;
  const stored = change((styles) => {
    named = { ...style, name: free(style.name, styles) };
    return [...styles, named];
  });
  return { style: named, stored };
}

/** Give a style another name. */
export function renameStyle(from, to) {
  change((styles) => {
    const name = free(nameFrom(to) || from, styles.filter((one) => one.name !== from));
    return styles.map((one) => (one.name === from ? { ...one, name } : one));
  });
}

/** Remove the style of this name; the returned function restores it in its place. */
export function removeStyle(name) {
  let place, removed;
  change((styles) => {
    place = styles.findIndex((one) => one.name === name);
    removed = styles.filter((one) => one.name === name);
    return styles.filter((one) => one.name !== name);
  });
  return () => change((styles) => {
    const back = removed.map((one) => ({ ...one, name: free(one.name, styles) }));
    return [...styles.slice(0, place), ...back, ...styles.slice(place)];
  });
}
