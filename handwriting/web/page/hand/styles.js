// The person's own styles: stored in this browser, exchanged as files.

const KEY = "handwriting.styles";
const listeners = [];
let own = read();

function read() {
  try {
    const styles = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(styles) ? styles.filter((style) => strokesOf(style).length) : [];
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

/** Store a style under its name, or under a numbered one if that is taken: { style, stored }. */
export function addStyle(style) {
  const taken = new Set(own.map((one) => one.name));
  let { name } = style;
  for (let number = 2; taken.has(name); number++) name = `${style.name.slice(0, 56)} ${number}`;
  const renamed = { ...style, name };
  return { style: renamed, stored: store([...own, renamed]) };
}

/** Remove the style of this name; the function that is returned puts it back in its place. */
export function removeStyle(name) {
  const before = own;
  store(own.filter((one) => one.name !== name));
  return () => store(before.concat(own.filter((one) => !before.some((old) => old.name === one.name))));
}
