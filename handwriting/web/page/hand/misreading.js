// Whether a line that is read otherwise than asked was probably copied well and misread, rather than written otherwise.

const MAX_CER = 0.2; // character error rate
const SHORT = 3; // letters of a word in which one may be wrong; in a longer one, two may

/** Whether every word of `read` is the same word of `asked` but for a letter or two. */
export function isMisreading(asked, read, cer) {
  const words = asked.split(" "), seen = read.trim().split(/\s+/);
  return cer <= MAX_CER && words.length === seen.length && words.every((word, i) => distance(word, seen[i]) <= (word.length > SHORT ? 2 : 1));
}

/** The Levenshtein distance of two words. */
function distance(one, other) {
  let above = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + Number(one[i - 1] !== other[j - 1]));
    above = row;
  }
  return above[other.length];
}
