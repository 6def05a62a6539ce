// What answers requests: the server, unless the page was exported for use without one (handwriting/site), which replaces
// this file.

export const local = null;
