// What can be done with selected ink, beside it.

import { $ } from "../shell/dom.js";
import { t } from "../shell/strings.js";

const HEIGHT = 48; // pixels over the selection

export function setUpSelectionBar(notebook, clipboard) {
  const bar = $("selection-bar");
  const { select } = notebook.tools;
  $("selection-copy").addEventListener("click", () => clipboard.duplicate());
  $("selection-delete").addEventListener("click", () => {
    select.remove();
    $("pad").focus();
  });
  const place = () => {
    const { box } = select;
    bar.hidden = !box;
    if (!box) return;
    const { viewport } = notebook;
    const [left, top] = viewport.toScreen(box[0], box[1]);
    const [, bottom] = viewport.toScreen(box[0], box[3]);
    const over = top - HEIGHT > 4 ? top - HEIGHT : Math.min(viewport.height - HEIGHT, bottom + 8);
    bar.style.left = `${Math.max(4, Math.min(viewport.width - bar.offsetWidth - 4, left))}px`;
    bar.style.top = `${Math.max(4, over)}px`;
  };
  notebook.on("selection", () => {
    $("selection-count").textContent = t("selection.count", { count: select.ids.size });
    place();
  });
  notebook.on("view", place);
}
