// The error of a refused request: a key of the page's texts, and the values to insert in it.

export class Refusal extends Error {
  constructor(key, values = {}) {
    super(key);
    this.text = { key, values };
  }
}
