// The ink of the Write view, kept in this browser so that it survives a reload.

const KEY = "handwriting.ink";

/** Keep strokes of points { x, y, t, pressure }; false if the browser does not store them. */
export function storeInk(strokes) {
  try {
    if (strokes.length) localStorage.setItem(KEY, JSON.stringify(strokes.map((stroke) => stroke.map(({ x, y, t, pressure }) => [x, y, t, pressure]))));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}

/** The strokes that were kept; none if there are none or they are damaged. */
export function storedInk() {
  try {
    const strokes = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!strokes.every((stroke) => stroke.length && stroke.every((point) => point.slice(0, 3).every(Number.isFinite)))) return [];
    return strokes.map((stroke) => stroke.map(([x, y, t, pressure]) => ({ x, y, t, pressure: pressure ?? undefined })));
  } catch {
    return [];
  }
}
