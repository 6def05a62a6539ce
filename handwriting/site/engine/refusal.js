// What a request cannot have: a key of the page's texts, and the values that stand in it.

export class Refusal extends Error {
  constructor(key, values = {}) {
    super(key);
    this.text = { key, values };
  }
}
