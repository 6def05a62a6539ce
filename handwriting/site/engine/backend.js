// The page without a server: requests are answered in this browser. It takes the place of shell/backend.js on an exported
// site. Workers answer in their own thread; the page itself has a worker for it, so that nobody who writes has to wait.

import { t } from "../shell/strings.js";
import { UserError } from "../shell/toast.js";
import { Refusal } from "./refusal.js";

const NEEDS_SERVER = 501;
const inWorker = typeof document === "undefined";
let worker = null, asked = 0;
const waiting = new Map(); // the requests that are running: what is done with their messages

/** Messages of the worker about one request: { event }, then { value } or { error }. */
async function* messages(path, body, signal) {
  if (!worker) {
    worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data: { id, ...message } }) => waiting.get(id)?.(message));
    worker.addEventListener("error", ({ message }) => {
      worker = null; // it may not have been loaded; the next request starts another
      waiting.forEach((take) => take({ error: message ? { message } : { status: 0 } }));
    });
  }
  const id = (asked += 1), queue = [];
  let wake = () => {};
  waiting.set(id, (message) => {
    queue.push(message);
    wake();
  });
  const abort = () => {
    worker?.postMessage({ id, abort: true });
    queue.length = 0;
    queue.push({ aborted: true });
    wake();
  };
  try {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort);
    worker.postMessage({ id, path, body });
    for (;;) {
      while (!queue.length) await new Promise((resolve) => (wake = resolve));
      const { event, value, error, aborted } = queue.shift();
      if (aborted) signal.throwIfAborted();
      if (error) throw failure(error);
      if (event === undefined) return value;
      yield event;
    }
  } finally {
    waiting.delete(id);
    signal?.removeEventListener("abort", abort);
  }
}

/** An error of a worker, in the chosen language. */
function failure({ text, message, status }) {
  if (text) return new UserError(t(text.key, text.values), 422, text);
  return status === 0 ? new UserError(t("error.offline"), 0) : new Error(message);
}

async function answer(path, body, signal) {
  if (inWorker) {
    const { routes } = await import("./routes.js");
    if (!(path in routes)) throw new UserError(t("site.needsServer"), NEEDS_SERVER, { key: "site.needsServer" });
    return routes[path](body);
  }
  const found = messages(path, body, signal);
  for (;;) {
    const { value, done } = await found.next();
    if (done) return value;
  }
}

// The worker that has pages read loads the models at once: the first line should not have to wait for them.
if (inWorker) import("./models.js").then(({ reader }) => reader()).catch(() => {}); // it is tried again with the first line

const route = (path) => path.replace(/^.*?(?=api\/)/, "").replace(/\?.*$/, "");
const query = (path) => Object.fromEntries(new URLSearchParams(path.split("?")[1] ?? ""));

export const local = {
  get: (path) => answer(route(path), null),
  send: (path, body, signal) => answer(route(path), body, signal),
  stream: (path, body, signal) => messages(route(path), { ...body, ...query(path) }, signal),
  sendFile: async (path, file) => {
    const { openInk } = await import("./files/open.js");
    return openInk(file).catch((error) => {
      throw error instanceof Refusal ? failure(error) : error;
    });
  },
};
