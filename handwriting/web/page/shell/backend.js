// The backend that answers requests: null for the server. The export as a static site (handwriting/site) replaces this
// file.

export const local = null;
