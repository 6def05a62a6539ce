// What the server can do beyond reading and writing: fit hands, adapt its recognizer, and read with an adapted one.

import { get } from "./api.js";
import { preference } from "./preferences.js";

export const abilities = { fit: false, adapt: false, readers: [] };

/** Ask the server; one that does not answer or is older has no abilities. */
export async function askAbilities() {
  Object.assign(abilities, await get("api/abilities").catch(() => ({})));
}

/** The adapted recognizer to read with, by its name; null for the default one. */
export function chosenReader() {
  const name = preference("reader", "");
  return abilities.readers.includes(name) ? name : null;
}
