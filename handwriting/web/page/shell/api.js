// Requests to the server, or to the browser itself where there is none, and downloads.

import { local } from "./backend.js";
import { refusalText, t } from "./strings.js";
import { UserError } from "./toast.js";

const RETRIES = 5; // of a request to a busy server, about five seconds in all

/** The error that the server reports. */
function refusal({ reason, key, values }, status) {
  const text = { key: `server.${key}`, values, reason };
  return new UserError(refusalText(text), status, text);
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const offline = () => new UserError(t("error.offline"), 0);

/** Fetch `path`; a busy server is asked again a few times. */
async function request(path, options = {}) {
  for (let retry = 0; ; retry++) {
    let response;
    try {
      response = await fetch(path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw offline();
    }
    if (response.ok) return response;
    if (response.status === 429 && retry < RETRIES) {
      await sleep(150 * 2 ** retry);
      options.signal?.throwIfAborted();
      continue;
    }
    if (response.status === 429) throw new UserError(t("error.busy"), 429);
    const refused = await response.json().catch(() => ({ reason: t("error.status", { status: response.status }) }));
    throw refusal(refused, response.status);
  }
}

/** The JSON response to a GET request. */
export const get = local?.get ?? ((path) => request(path).then((response) => response.json()));

function post(path, body, signal) {
  const headers = { "content-type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** The JSON response to a POST request with a JSON body. */
export const send = local?.send ?? ((path, body, signal) => post(path, body, signal).then((response) => response.json()));

/** The JSON response to a file that is sent as it is. */
export const sendFile = local?.sendFile ?? ((path, file) => request(path, { method: "POST", body: file }).then((response) => response.json()));

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
export const stream = local?.stream ?? streamed;

async function* streamed(path, body, signal) {
  const reader = (await post(path, body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : offline();
    });
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.type === "error") throw refusal(event, 422);
      yield event;
    }
  }
}
