// A page as PNG, drawn as on the screen.

import { drawStroke } from "../notebook/ink-path.js";
import { INK, RULING } from "./sheet.js";

const DPI = 200;
const MAX_SIDE = 8000; // pixels of a side, which every browser can draw

export async function toPng(sheet) {
  const scale = Math.min(DPI / 25.4, MAX_SIDE / Math.max(sheet.width, sheet.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(sheet.width * scale), height: Math.ceil(sheet.height * scale) });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.strokeStyle = context.fillStyle = RULING;
  context.lineWidth = 0.15;
  for (const [a, b, c, d] of sheet.printed.lines) {
    context.beginPath();
    context.moveTo(a, b);
    context.lineTo(c, d);
    context.stroke();
  }
  for (const [x, y] of sheet.printed.dots) context.fillRect(x - 0.2, y - 0.2, 0.4, 0.4);
  context.lineCap = context.lineJoin = "round";
  for (const stroke of sheet.strokes) drawStroke(context, stroke, INK[stroke.color], Infinity);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
