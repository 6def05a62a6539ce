// A page as SVG, drawn as on the screen.

import { outlinePath, svgPieces } from "../notebook/ink-path.js";
import { INK, RULING, escapeXml, textOf } from "./sheet.js";

export function toSvg(sheet) {
  const { width, height, printed } = sheet;
  const rulings = printed.lines.map(([a, b, c, d]) => `M${a} ${b}L${c} ${d}`).join("") + printed.dots.map(([x, y]) => `M${x} ${y}h0`).join("");
  const strokes = sheet.strokes.map((stroke) => {
    if (stroke.outline) return `<path fill="${INK[stroke.color]}" fill-opacity="${stroke.opacity}" d="${outlinePath(stroke.outline)}"/>`;
    const pieces = svgPieces(stroke).map((piece) => `<path stroke-width="${Math.round(piece.width * 1000) / 1000}" d="${piece.d}"/>`);
    return `<g stroke="${INK[stroke.color]}">${pieces.join("")}</g>`;
  });
  const markup = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">
<title>${escapeXml(sheet.name)}</title>
<desc>${escapeXml(textOf(sheet))}</desc>
<rect width="100%" height="100%" fill="#fff"/>
<path fill="none" stroke="${RULING}" stroke-width="${printed.dots.length ? 0.4 : 0.15}" stroke-linecap="round" d="${rulings}"/>
<g fill="none" stroke-linecap="round" stroke-linejoin="round">
${strokes.join("\n")}
</g>
</svg>
`;
  return new Blob([markup], { type: "image/svg+xml" });
}
