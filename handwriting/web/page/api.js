// Requests to the server, downloads, and messages to the person.

/** An error whose message can be shown as it is; `status` is that of the HTTP response, 0 without one. */
export class UserError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const OFFLINE = "The server does not answer. If it has stopped, start it again: handwriting serve";
const RETRIES = 5; // of a request to a busy server, about five seconds in all

const sentence = (reason) => reason.charAt(0).toUpperCase() + reason.slice(1);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Fetch `path`; a busy server is asked again a few times. */
async function request(path, options = {}) {
  for (let retry = 0; ; retry++) {
    let response;
    try {
      response = await fetch(path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new UserError(OFFLINE);
    }
    if (response.ok) return response;
    if (response.status === 429 && retry < RETRIES) {
      await sleep(150 * 2 ** retry);
      options.signal?.throwIfAborted();
      continue;
    }
    const reason = await response.json().then((body) => body.reason, () => `the server answered with status ${response.status}`);
    const text = response.status === 429 ? "The server is busy with other requests. Try again in a moment." : sentence(reason);
    throw new UserError(text, response.status);
  }
}

/** The JSON response to a GET request. */
export const get = (path) => request(path).then((response) => response.json());

function post(path, body, signal) {
  const headers = { "content-type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** The JSON response to a POST request with a JSON body. */
export const send = (path, body) => post(path, body).then((response) => response.json());

/** The JSON response to a file that is sent as it is. */
export const sendFile = (path, file) => request(path, { method: "POST", body: file }).then((response) => response.json());

/** Have the server make a file, and offer it as a download. */
export async function download(path, body, name) {
  save(await (await post(path, body)).blob(), name);
}

/** Offer `blob` as a download. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The events of a streamed response, one JSON object per line, as they arrive. */
export async function* stream(path, body, signal) {
  const reader = (await post(path, body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new UserError(OFFLINE);
    });
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.type === "error") throw new UserError(sentence(event.reason), 422);
      yield event;
    }
  }
}

let timer;
/** Show a message for a while, with a button for `action` ({ label, run }) if there is one. */
export function notify(text, action) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.label });
    button.addEventListener("click", () => {
      toast.classList.remove("shown");
      attempt(action.run);
    });
    toast.append(" ", button);
  }
  toast.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => toast.classList.remove("shown"), Math.max(action ? 10_000 : 4000, 60 * text.length));
}

/** Run something that may fail, and show the error if it does. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    notify(error instanceof UserError ? error.message : `Something went wrong on this page: ${error.message}`);
    if (!(error instanceof UserError)) console.error(error);
    return undefined;
  }
}
