// The ink that versions before the notebook kept in localStorage: strokes of [x, y, t, pressure] in pixels.

const KEY = "handwriting.ink";
const MM = 25.4 / 96;
const WIDEST = 190; // millimetres

/** The strokes that are there, in millimetres: { points, start }; none if there are none or they are damaged. */
export function legacyStrokes() {
  try {
    const strokes = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!strokes.every((stroke) => stroke.length && stroke.every((point) => point.slice(0, 3).every(Number.isFinite)))) return [];
    const right = strokes.flat().reduce((most, [x]) => Math.max(most, x), 0);
    const scale = Math.min(MM, WIDEST / right);
    const now = Date.now();
    return strokes.map((stroke) => ({
      start: now + stroke[0][2],
      points: stroke.flatMap(([x, y, t, pressure]) => [x * scale, y * scale, t - stroke[0][2], pressure ?? -1]),
    }));
  } catch {
    return [];
  }
}

export function forgetLegacy() {
  localStorage.removeItem(KEY);
}
