// Talking to the server, and saying what to do when that fails.

/** An error whose message can be shown as it is. */
export class Refused extends Error {
  constructor(reason, status) {
    super(reason);
    this.status = status;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The server does not answer. Start it again: handwriting serve", 0);
  }
  if (answer.ok) return answer;
  const reason = await answer.json().then((body) => body.reason, () => `the server answered ${answer.status}`);
  const text = answer.status === 429 ? "The server is busy with other requests; try again in a moment." : sentence(reason);
  throw new Refused(text, answer.status);
}

const sentence = (reason) => reason.charAt(0).toUpperCase() + reason.slice(1);

/** The JSON answer to a GET. */
export const get = (path) => ask(path).then((answer) => answer.json());

function post(path, body, signal) {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** The JSON answer to a POST; a busy server is asked again a few times. */
export async function send(path, body) {
  for (let wait = 150; ; wait *= 2) {
    try {
      return await (await post(path, body)).json();
    } catch (error) {
      if (error.status !== 429 || wait > 1000) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** A file made by the server, handed to the browser as a download. */
export async function download(path, body, name) {
  save(await (await post(path, body)).blob(), name);
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The events of a stream, one JSON object a line, as they arrive. */
export async function* stream(path, body, signal) {
  const reader = (await post(path, body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.type === "error") throw new Refused(sentence(event.reason), 422);
      yield event;
    }
  }
}

let hiding;
/** Show what went wrong, or was done, for a while. */
export function say(text) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("shown"), Math.max(4000, 60 * text.length));
}

/** Run something that may fail, and show how it failed. */
export async function trying(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    say(error instanceof Refused ? error.message : `Something went wrong on this page: ${error.message}`);
    if (!(error instanceof Refused)) console.error(error);
    return undefined;
  }
}
