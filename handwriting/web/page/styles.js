// Styles of one's own: kept in this browser, moved as files.

const KEY = "handwriting.styles";
const listeners = [];
let own = read();

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((style) => strokesOf(style).length) : [];
  } catch {
    return [];
  }
}

/** The ink of a style, [] when it is none. */
export function strokesOf(style) {
  const strokes = style?.samples?.[0]?.strokes;
  return Array.isArray(strokes) && strokes.every((stroke) => Array.isArray(stroke) && stroke.length) ? strokes : [];
}

export const ownStyles = () => own;
export const onStyles = (listener) => listeners.push(listener);

function keep(styles) {
  own = styles;
  let kept = true;
  try {
    localStorage.setItem(KEY, JSON.stringify(own));
  } catch {
    kept = false;
  }
  for (const listener of listeners) listener();
  return kept;
}

/** Add a style, in place of one of the same name; false when the browser does not keep it beyond this page. */
export const addStyle = (style) => keep([...own.filter((one) => one.name !== style.name), style]);
export const removeStyle = (name) => keep(own.filter((one) => one.name !== name));
