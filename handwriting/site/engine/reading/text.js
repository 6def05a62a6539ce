// Texts compared without their spaces around punctuation: `canonical` of handwriting/text.py, for texts that were read and
// hold no character references.

export function canonical(text) {
  const words = text.replaceAll("#", "").split(/\s+/).filter(Boolean).join(" ");
  return words.replace(/ (?=[.,;:!?)\]])/g, "").replace(/(?<=[([]) /g, "").replace(/ ?(["'-]) ?/g, "$1").trim();
}

/** The character error rate of what was read: edits per character of the text. */
export function errorRate(text, read) {
  const a = [...canonical(text)], b = [...canonical(read)];
  let row = [...b, 0].map((_, j) => j);
  a.forEach((character, i) => {
    let before = row[0];
    row[0] = i + 1;
    for (let j = 1; j <= b.length; j++) {
      const kept = before + (character === b[j - 1] ? 0 : 1);
      before = row[j];
      row[j] = Math.min(kept, row[j] + 1, row[j - 1] + 1);
    }
  });
  return row[b.length] / Math.max(1, a.length);
}
