// Choices that this browser remembers: small values, each under its own name.

const PREFIX = "handwriting.";

/** The value of a preference, or `fallback` if there is none or the browser does not store any. */
export function preference(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remember a preference; without storage it lasts until the page is closed. */
export function prefer(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* nothing depends on it */ }
}
