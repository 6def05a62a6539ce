// What the page needs on a site without a server: other texts, and its files in a cache, so that it works offline.

import { preferTexts } from "./shell/strings.js";

preferTexts("site.");
document.documentElement.dataset.backend = "browser";
navigator.serviceWorker?.register("service-worker.js").catch(() => {}); // it works without, but only online
