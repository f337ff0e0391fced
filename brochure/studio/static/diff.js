/** Two texts, word by word: what only one of them has. */

const LARGEST = 4_000_000; // cells of the table, some 2,000 words each

const words = (text) => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

/**
 * The pieces of two texts, each as [{text, own}]: `own` where the other text has no such words there
 * (longest common subsequence).
 */
export function compared(one, other) {
  const [a, b] = [words(one), words(other)];
  if (a.length * b.length > LARGEST) {
    return [[{ text: one, own: false }], [{ text: other, own: false }]];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const [left, right] = [[], []];
  const add = (pieces, text, own) => {
    const last = pieces.at(-1);
    if (last?.own === own) last.text += text;
    else pieces.push({ text, own });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(left, a[i++], false);
      add(right, b[j++], false);
    } else if (j >= b.length
      || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      add(left, a[i++], true);
    } else {
      add(right, b[j++], true);
    }
  }
  return [left, right];
}
