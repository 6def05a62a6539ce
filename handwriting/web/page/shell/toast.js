// Messages that appear for a while, and errors that are shown as messages.

import { $, h } from "./dom.js";
import { t } from "./strings.js";

/**
 * An error whose message can be shown as it is; `status` is that of the HTTP response, 0 without one. `text` is what
 * refusalText needs to say it in a thread that knows the language.
 */
export class UserError extends Error {
  constructor(message, status = null, text = null) {
    super(message);
    this.status = status;
    this.text = text;
  }
}

let timer;

/** Show a message for a while, with a button for `action` ({ label, run }) if there is one. */
export function notify(text, action) {
  const toast = $("toast");
  toast.textContent = text;
  if (action) {
    const run = () => {
      toast.classList.remove("shown");
      attempt(action.run);
    };
    toast.append(" ", h("button", { type: "button", textContent: action.label, onclick: run }));
  }
  toast.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => toast.classList.remove("shown"), Math.max(action ? 10_000 : 4000, 60 * text.length));
}

/** Whether the message that is shown is this one. */
export const isShown = (text) => $("toast").classList.contains("shown") && $("toast").textContent.startsWith(text);

/** Run a function, and show its error if it fails. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    notify(error instanceof UserError ? error.message : t("error.page", { reason: error.message }));
    if (!(error instanceof UserError)) console.error(error);
    return undefined;
  }
}
