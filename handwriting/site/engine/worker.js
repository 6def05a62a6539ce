// The thread that answers the page's requests: see backend.js.

import { Refusal } from "./refusal.js";
import { routes, streams } from "./routes.js";

const running = new Map(); // what stops the requests that are running

self.addEventListener("message", async ({ data: { id, path, body, abort } }) => {
  if (abort) {
    running.get(id)?.abort();
    return;
  }
  const control = new AbortController();
  running.set(id, control);
  try {
    if (path in streams) {
      const emit = (event) => self.postMessage({ id, event });
      for await (const event of streams[path](body, { emit, signal: control.signal })) {
        if (control.signal.aborted) return;
        emit(event);
      }
      self.postMessage({ id });
    } else if (path in routes) self.postMessage({ id, value: await routes[path](body) });
    else throw new Refusal("site.needsServer");
  } catch (error) {
    const { message, status, text } = error;
    self.postMessage({ id, error: { message, status, text } });
  } finally {
    running.delete(id);
  }
});
