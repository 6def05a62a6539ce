// Has the page read whenever its ink has changed, in another thread: one reading at a time, and again when the server is
// back.

import { chosenReader } from "../shell/abilities.js";
import { refusalText, t } from "../shell/strings.js";
import { UserError } from "../shell/toast.js";

const PAUSE_MS = 120; // after the pen was lifted
const RETRY_MS = 3000; // while the server does not answer

export class Reader {
  /**
   * `shown` is called with all bands that are read, { key, lines }, and with how long it took; `failed` with an error,
   * and whether it is tried again.
   */
  constructor({ shown, failed }) {
    this.shown = shown;
    this.failed = failed;
    this.version = 0;
    this.running = false;
    this.untold = [];
    this.worker = new Worker(new URL("reader-worker.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.answered(data));
    this.worker.postMessage({ reader: chosenReader() });
    this.worker.addEventListener("error", ({ message }) => failed(new UserError(t("error.page", { reason: message })), false));
    window.addEventListener("online", () => this.soon(0));
  }

  /** Read with another recognizer from now on, and what is open anew; null is the default one. */
  use(reader) {
    this.tellAll();
    this.version += 1;
    this.worker.postMessage({ reader, version: this.version });
    this.soon(0);
  }

  /** Another page: its ink, and what was read there earlier. */
  open(strokes, bands) {
    this.tell({ added: strokes, removed: [], bands });
    this.soon(0);
  }

  /** The ink has changed: what was `added`, and the ids of what was `removed`. */
  change(added, removed) {
    this.tell({ added, removed });
    this.soon(PAUSE_MS);
  }

  /** Tell the worker what has changed; soon, because copying thousands of strokes takes a while. */
  tell(changes) {
    this.version += 1;
    this.untold.push({ ...changes, version: this.version });
    setTimeout(() => this.tellAll());
  }

  tellAll() {
    for (const changes of this.untold.splice(0)) this.worker.postMessage(changes);
  }

  soon(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), milliseconds);
  }

  run() {
    if (this.running) return; // the answer starts the next one
    this.running = true;
    this.tellAll();
    this.worker.postMessage({ added: [], removed: [], version: this.version, read: true });
  }

  answered({ version, bands, milliseconds, error }) {
    this.running = false;
    const current = version === this.version;
    if (error) {
      const offline = error.status === 0;
      if (!current) this.soon(0);
      else if (offline) this.soon(RETRY_MS);
      const text = error.text ?? { key: { 0: "error.offline", 429: "error.busy" }[error.status], reason: error.message };
      const message = refusalText(text); // in the chosen language, which the worker does not know
      this.failed(new UserError(message, error.status), offline);
    } else if (current && bands) this.shown(bands, milliseconds);
    else this.soon(0);
  }
}
