// What the page needs on a site without a server: it works offline after the first visit, and says what is missing.

import { t } from "./shell/strings.js";

document.documentElement.dataset.backend = "browser";

for (const [id, key] of Object.entries({ settings: "site.here", inside: "site.inside" })) {
  const note = Object.assign(document.createElement("p"), { className: "muted site-note", textContent: t(key) });
  (document.querySelector(`#${id} .choices, section#${id}`) ?? document.body).append(note);
}

navigator.serviceWorker?.register("service-worker.js");
