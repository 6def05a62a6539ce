// The papers: sizes in millimetres, and what is printed on them.

export const SIZES = {
  a4: { width: 210, height: 297 },
  a5: { width: 148, height: 210 },
  a6: { width: 105, height: 148 },
  letter: { width: 215.9, height: 279.4 },
  wide: { width: 297, height: 210 },
  board: { width: 600, height: 400 },
};
export const RULINGS = ["ruled", "squared", "dotted", "plain"];
const LINE = 10, SQUARE = 5, MARGIN = 15;

/** The lines and dots printed on a paper: { lines: [[x1, y1, x2, y2]], dots: [[x, y]] }. */
export function printed({ width, height, ruling }) {
  const lines = [], dots = [];
  if (ruling === "ruled") for (let y = 2 * LINE; y < height - LINE / 2; y += LINE) lines.push([0, y, width, y]);
  if (ruling === "squared") {
    for (let y = SQUARE; y < height; y += SQUARE) lines.push([0, y, width, y]);
    for (let x = SQUARE; x < width; x += SQUARE) lines.push([x, 0, x, height]);
  }
  if (ruling === "dotted") {
    for (let y = MARGIN / 2; y < height; y += SQUARE) for (let x = MARGIN / 2; x < width; x += SQUARE) dots.push([x, y]);
  }
  return { lines, dots };
}

export class PaperRenderer {
  constructor(canvas, viewport, colors) {
    this.colors = colors;
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.viewport = viewport;
    this.paper = { ...SIZES.a4, ruling: "ruled" };
  }

  show(paper) {
    this.paper = paper;
    this.prints = printed(paper);
    this.draw();
  }

  draw() {
    const { canvas, context, viewport, paper } = this;
    const ratio = window.devicePixelRatio || 1;
    const { paper: white, rule } = this.colors();
    const [width, height] = [Math.round(viewport.width * ratio), Math.round(viewport.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = viewport.scale * ratio;
    context.setTransform(scale, 0, 0, scale, -viewport.x * scale, -viewport.y * scale);
    context.fillStyle = white;
    context.fillRect(0, 0, paper.width, paper.height);
    context.strokeStyle = context.fillStyle = rule;
    context.lineWidth = Math.max(0.15, 0.7 / viewport.scale);
    const [left, top, right, bottom] = viewport.box;
    context.beginPath();
    for (const [x1, y1, x2, y2] of this.prints.lines) {
      if (y2 < top || y1 > bottom || x2 < left || x1 > right) continue;
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
    const size = Math.max(0.4, 1.4 / viewport.scale);
    if (viewport.scale > 1.6) for (const [x, y] of this.prints.dots) if (x > left && x < right && y > top && y < bottom) context.fillRect(x - size / 2, y - size / 2, size, size);
  }
}
