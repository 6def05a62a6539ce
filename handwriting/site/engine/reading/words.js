// A drawn line read back, word by word. The twin of handwriting/composition/reading.py.

import { encode } from "../ink/encode.js";
import { range } from "../numbers.js";
import { bestPath, textLogProbability } from "./decode.js";
import { canonical } from "./text.js";

const TIE_NATS = Math.log(4); // a word counts as read when nothing else is more than four times as probable

/** What is read of each word of `text` in ink that should say it, { read, errors, tied }; a tie is no error. */
export async function readWords(recognizer, ink, text) {
  const frames = await recognizer.frames(encode(ink, recognizer.features));
  const words = splitReading(text, recognizer.text(bestPath(frames).labels)), texts = text.split(" ");
  const score = (some) => textLogProbability(frames, recognizer.labels(some.filter(Boolean).join(" ")));
  const read = words.map((word) => word.read);
  let best;
  return words.map((word, k) => {
    if (!word.errors || !word.read) return word;
    best ??= score(read);
    return score(read.with(k, texts[k])) >= best - TIE_NATS ? { ...word, errors: 0, tied: true } : word;
  });
}

/** The share of each word of `text` in what was `read`; a space that is missing is an error of both words beside it. */
export function splitReading(text, read) {
  const words = text.split(" ").map(() => ({ read: "", errors: 0, tied: false })), merged = [];
  let current = 0, next = 0;
  for (const [wanted, got] of alignment(text, read)) {
    if (wanted && wanted !== " ") current = next;
    if (wanted === " ") next += 1;
    if (wanted === " " && got === " ") continue;
    words[current].read += got;
    if (wanted === " ") merged.push(current);
    else if (wanted !== got) words[current].errors += 1;
  }
  for (const number of merged) {
    const [before, after] = [words[number].read, words[number + 1].read];
    if (!before || !after || canonical(before + after) === canonical(`${before} ${after}`)) continue;
    words[number].errors += 1;
    words[number + 1].errors += 1;
  }
  return words.map((word) => ({ ...word, read: word.read.trim() }));
}

/** Pairs of characters of two texts with the fewest edits; "" stands for what the other text lacks. */
function alignment(a, b) {
  const costs = range(a.length + 1).map((i) => range(b.length + 1).map((j) => (i && j ? 0 : i + j)));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) costs[i][j] = Math.min(costs[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), costs[i - 1][j] + 1, costs[i][j - 1] + 1);
  }
  const pairs = [];
  for (let i = a.length, j = b.length; i || j;) {
    if (i && j && costs[i][j] === costs[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)) pairs.push([a[--i], b[--j]]);
    else if (i && costs[i][j] === costs[i - 1][j] + 1) pairs.push([a[--i], ""]);
    else pairs.push(["", b[--j]]);
  }
  return pairs.reverse();
}
