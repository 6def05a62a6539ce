// The person's own styles: stored in this browser, exchanged as files.

const KEY = "handwriting.styles";
const listeners = [];
let own = read();

function read() {
  try {
    const styles = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(styles) ? styles.filter((style) => strokesOf(style).length || style?.code) : [];
  } catch {
    return [];
  }
}

/** The ink of a style; [] if it is not a style. */
export function strokesOf(style) {
  const strokes = style?.samples?.[0]?.strokes;
  return Array.isArray(strokes) && strokes.every((stroke) => Array.isArray(stroke) && stroke.length) ? strokes : [];
}

export const ownStyles = () => own;
export const onStyles = (listener) => listeners.push(listener);

function store(styles) {
  own = styles;
  let stored = true;
  try {
    localStorage.setItem(KEY, JSON.stringify(own));
  } catch {
    stored = false;
  }
  for (const listener of listeners) listener();
  return stored;
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
  const named = { ...style, name: free(style.name, own) };
  return { style: named, stored: store([...own, named]) };
}

/** Give a style another name. */
export function renameStyle(from, to) {
  const others = own.filter((one) => one.name !== from);
  store(own.map((one) => (one.name === from ? { ...one, name: free(to.slice(0, 60), others) } : one)));
}

/** Remove the style of this name; the function that is returned puts it back in its place. */
export function removeStyle(name) {
  const before = own;
  store(own.filter((one) => one.name !== name));
  return () => store(before.concat(own.filter((one) => !before.some((old) => old.name === one.name))));
}
