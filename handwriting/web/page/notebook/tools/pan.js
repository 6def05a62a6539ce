// The hand moves the page.

export class PanTool {
  constructor(notebook) {
    this.notebook = notebook;
  }

  begin(point) {
    this.last = point;
  }

  extend(points) {
    const point = points.at(-1);
    this.notebook.viewport.pan(point.x - this.last.x, point.y - this.last.y);
    this.last = point;
  }

  end() {}

  cancel() {}
}
