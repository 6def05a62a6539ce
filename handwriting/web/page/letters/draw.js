// Draw writing on a paper while the server streams it.

import { stream } from "../shell/api.js";

/**
 * Draw what the server writes for a request, and return its finished lines. What is on the paper stays until the first
 * event arrives; `begin` is called then.
 */
export async function draw(paper, asked, { signal, begin = () => {} } = {}) {
  const lines = [];
  let first = true;
  for await (const event of stream("api/generate", asked, signal)) {
    if (first) {
      paper.clear();
      begin();
      first = false;
    }
    if (event.type === "sheet") paper.sheet(event);
    else if (event.type === "points") paper.begun(event.line, event.points);
    else if (event.type === "line") {
      paper.finished(event.line, event.strokes, event.same);
      lines.push(event);
    }
  }
  return lines;
}
