// Starts the page: texts and settings first, then the views.

import { askAbilities } from "./shell/abilities.js";
import { get } from "./shell/api.js";
import { setUpSettings } from "./shell/settings.js";
import { translate } from "./shell/strings.js";
import { attempt } from "./shell/toast.js";
import { setUpViews } from "./shell/views.js";
import { setUpHand } from "./hand/hand.js";
import { setUpInside } from "./inside/view.js";
import { setUpLetters, writeText } from "./letters/letters.js";
import { setUpNotebook } from "./notebook/view.js";

translate();
setUpSettings();
setUpViews();
await askAbilities();
let notebook;
await attempt(async () => {
  notebook = await setUpNotebook(writeText);
  setUpInside(notebook);
});
await attempt(async () => {
  const [styles, characters, pens] = await Promise.all([get("api/styles"), get("api/characters"), get("api/pens")]);
  setUpLetters(styles, characters, pens);
  setUpHand(notebook);
});
document.documentElement.dataset.ready = "true";
